package io.perfkit.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    private static final Figures SLOW = new Figures(2, Duration.ofSeconds(5), Duration.ofSeconds(9), 1, 41);
    private static final Figures FAST = new Figures(3_000, Duration.ofMillis(3), Duration.ofMillis(12), 0, 0.02);

    @Test
    void promise_isKept_whereTheFactorIsReachedWithoutError() {
        assertThat(new Row("a", 100, 1_500, SLOW, FAST).met()).isTrue();
        assertThat(new Row("a", 100, 1_501, SLOW, FAST).met()).isFalse();
        assertThat(new Row("a", 100, 1, FAST, SLOW).met()).isFalse();
        Figures failing = new Figures(3_000, Duration.ofMillis(3), Duration.ofMillis(12), 1, 0);
        assertThat(new Row("a", 100, 1, SLOW, failing).met()).isFalse();
    }

    @Test
    void factor_whereNobodyWasAnsweredBefore_isNoNumber() {
        Figures none = new Figures(0, Duration.ofSeconds(30), Duration.ofSeconds(30), 100, 12);
        assertThat(Table.of(List.of(new Row("dashboard", 100, 1_000, none, FAST))))
                .contains("no end");
    }

    @Test
    void table_ofARow_tellsBothSidesAndTheFactor() {
        assertThat(Table.of(List.of(new Row("dashboard", 100, 1_000, SLOW, FAST)))
                        .lines())
                .anySatisfy(line -> assertThat(line.split("\\s{2,}"))
                        .containsExactly(
                                "dashboard",
                                "100",
                                "2.0",
                                "5.0 s",
                                "9.0 s",
                                "1",
                                "41",
                                "3,000",
                                "3.0 ms",
                                "12 ms",
                                "0",
                                "0.0",
                                "1,500x",
                                ">= 1,000x",
                                "met"));
    }

    @Test
    void runs_takenTogether_areAverageAnswersAndMedianTimes() {
        Figures other = new Figures(4, Duration.ofSeconds(7), Duration.ofSeconds(1), 2, 43);
        assertThat(Figures.together(List.of(SLOW, other)))
                .isEqualTo(new Figures(3, Duration.ofSeconds(7), Duration.ofSeconds(9), 3, 42));
        assertThat(Figures.together(List.of(SLOW))).isEqualTo(SLOW);
    }
}
