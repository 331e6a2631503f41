package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatcherBuilderTest {
    private final BatcherBuilder<Integer, String> builder = Batcher.builder("users", keys -> Map.of());

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
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("window must be shorter than timeout, but window was PT2S and timeout was PT2S");
    }

    @Test
    void setters_leaveTheBuilderTheyAreCalledOnAlone() {
        BatcherBuilder<Integer, String> changed = builder.maximumBatchSize(7)
                .maximumConcurrentBatches(2)
                .maximumPending(3, Overflow.REJECT)
                .whenMissing(Missing.NULL)
                .timeout(Duration.ofSeconds(1));

        assertThat(changed.maximumBatchSize).isEqualTo(7);
        assertThat(changed.whenMissing(key -> "x").missing).isEqualTo(Missing.NULL);
        assertThat(changed.whenMissing(key -> "x").whenMissing(Missing.FAIL).fallback)
                .isNull();
        assertThat(builder.maximumBatchSize).isEqualTo(500);
        assertThat(builder.maximumConcurrentBatches).isEqualTo(4);
        assertThat(builder.maximumPending).isEqualTo(10_000);
        assertThat(builder.overflow).isEqualTo(Overflow.WAIT);
        assertThat(builder.missing).isEqualTo(Missing.FAIL);
        assertThat(builder.timeout).isNull();
    }
}
