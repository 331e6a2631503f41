package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.benchmarks.Measurements.Series;
import org.junit.jupiter.api.Test;

class MeasurementsTest {

    private final Measurements measurements = new Measurements();

    @Test
    void counted_aNameThatEndsInAdded_leavesOutTheRawCallOfTheSameRound() {
        measurements.put("monitoring.statement.added", Side.OURS, nanos(150, 260));
        measurements.put("monitoring.statement.added", Side.RAW, nanos(50, 60));

        assertThat(measurements.counted("monitoring.statement.added", Side.OURS).samples())
                .containsExactly(100, 200);
    }

    @Test
    void counted_aLineWithABase_isTheGrowthOverTheBaseOfTheSameRound() {
        measurements.put("pagination.depth_growth", Side.OURS, nanos(120, 300));
        measurements.put("pagination.depth_growth", Side.BASE, nanos(100, 200));

        Series growth = measurements.counted("pagination.depth_growth", Side.OURS);

        assertThat(growth.samples()).containsExactly(1.2, 1.5);
        assertThat(growth.shortUnit()).isEqualTo("x");
    }

    @Test
    void counted_anyOtherLine_isWhatWasMeasured() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(90, 92));

        assertThat(measurements.counted("cache.local_hit.1t", Side.OURS).samples())
                .containsExactly(90, 92);
    }

    @Test
    void counted_anAddedNameWithoutARawSide_isRefused() {
        measurements.put("monitoring.statement.added", Side.OURS, nanos(150, 260));

        assertThatThrownBy(() -> measurements.counted("monitoring.statement.added", Side.OURS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing was measured for side raw of monitoring.statement.added");
    }

    static Series nanos(double... samples) {
        return new Series(samples, "ns/op", false, true);
    }
}
