package io.perfkit.testkit.grammar;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationTextsTest {
    @Test
    void check_parserOfTheIsoFormOnly_isToldWhatItDoesNotRead() {
        assertThatThrownBy(() -> DurationTexts.check(DurationTextsTest::iso))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("'500ms' must be read as PT0.5S")
                .hasMessageNotContaining("'PT5M'");
    }

    @Test
    void check_parserThatTakesAnything_isToldWhatItShouldRefuse() {
        assertThatThrownBy(() -> DurationTexts.check(text -> Duration.ofMinutes(5)))
                .hasMessageContaining("'5M' must be refused with IllegalArgumentException")
                .hasMessageContaining("'2s' must be read as PT2S, but gave PT5M")
                .hasMessageNotContaining("'5m' must be read");
    }

    @Test
    void check_parserThatDoesNotQuoteTheText_isTold() {
        assertThatThrownBy(() -> DurationTexts.check(text -> {
                    throw new IllegalArgumentException("no duration");
                }))
                .hasMessageContaining("the refusal of '5min' must quote it, but said no duration");
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
