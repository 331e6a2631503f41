package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatcherSettingsTest {
    private final Batcher.Builder<Integer, String> builder = Batcher.builder("users", keys -> Map.of());

    @Test
    void setters_badValue_areRejectedAtOnceNamingSettingAndValue() {
        assertThatThrownBy(() -> builder.maximumBatchSize(-3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maximumBatchSize must be at least 1, but was -3");
        assertThatThrownBy(() -> builder.maximumConcurrentBatches(0))
                .hasMessage("maximumConcurrentBatches must be at least 1, but was 0");
        assertThatThrownBy(() -> builder.maximumConcurrentBatches(2_000_000))
                .hasMessage("maximumConcurrentBatches must be at most 1048575, but was 2000000");
        assertThatThrownBy(() -> builder.maximumPending(0, Overflow.WAIT))
                .hasMessage("maximumPending must be at least 1, but was 0");
        assertThatThrownBy(() -> builder.window(Duration.ZERO))
                .hasMessage("window must be more than zero, but was PT0S");
        assertThatThrownBy(() -> builder.timeout(Duration.ofMillis(-1)))
                .hasMessage("timeout must be more than zero, but was PT-0.001S");
        assertThatThrownBy(() -> builder.timeout(Duration.ofDays(100_000)))
                .hasMessageStartingWith("timeout must be at most");
        assertThatThrownBy(() -> Batcher.builder(" ", keys -> Map.of()))
                .hasMessageStartingWith("name must not be blank");
    }

    @Test
    void build_windowNotShorterThanTimeout_failsNamingBoth() {
        assertThatThrownBy(() -> builder.window(Duration.ofSeconds(2))
                        .timeout(Duration.ofSeconds(2))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("window must be shorter than timeout, but window was PT2S and timeout was PT2S");
    }

    @Test
    void setters_resultNotKept_settingIsKept() {
        builder.maximumBatchSize(7);
        builder.maximumPending(3, Overflow.REJECT);

        assertThat(builder.maximumBatchSize).isEqualTo(7);
        assertThat(builder.maximumPending).isEqualTo(3);
        assertThat(builder.overflow).isEqualTo(Overflow.REJECT);
    }

    @Test
    void whenMissing_asOneThenTheOther_theLastIsKept() {
        assertThat(builder.whenMissing(key -> "x").fallback).isNotNull();
        assertThat(builder.whenMissing(Missing.NULL).fallback).isNull();
        assertThat(builder.missing).isEqualTo(Missing.NULL);
    }

    @Test
    void build_builderChangedAfterwards_batcherKeepsItsSettings() {
        try (Batcher<Integer, String> first = builder.whenMissing(Missing.NULL).build();
                Batcher<Integer, String> second =
                        builder.whenMissing(key -> "made up").build()) {
            assertThat(first.get(1)).isNull();
            assertThat(second.get(1)).isEqualTo("made up");
        }
    }

    @Test
    void close_negativeTime_isRefused() {
        try (Batcher<Integer, String> batcher = builder.build()) {
            assertThatThrownBy(() -> batcher.close(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("atMost must not be negative, but was PT-1S");
        }
    }
}
