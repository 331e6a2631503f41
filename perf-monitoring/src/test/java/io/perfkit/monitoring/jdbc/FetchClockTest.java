package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToLongFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Against a clock by hand: what is measured, and how often the clock is read for it. */
class FetchClockTest {
    private static final long MILLI = 1_000_000;

    private long now;
    private long reads;

    private long measured(int rows, int fetchSize, IntToLongFunction step, IntToLongFunction caller) {
        FetchClock clock = new FetchClock(
                () -> {
                    reads++;
                    return now;
                },
                fetchSize);
        for (int row = 0; row < rows; row++) {
            long begun = clock.begin(row);
            now += step.applyAsLong(row);
            clock.end(begun);
            now += caller.applyAsLong(row);
        }
        return clock.take();
    }

    @Test
    void slowRows_areEachMeasured() {
        assertThat(measured(400, 0, row -> 30 * MILLI, row -> 100 * MILLI)).isEqualTo(400 * 30 * MILLI);
    }

    @Test
    void quickRows_readTheClockFew_andAreRightInSum() {
        assertThat(measured(100_000, 0, row -> 200, row -> 300))
                .isCloseTo(100_000 * 200L, Percentage.withPercentage(1));
        assertThat(reads).isLessThan(2 * (16 + 100_000 / 64 + 1));
    }

    @Test
    void batchesOfTheServer_areMeasured_withAndWithoutAFetchSize() {
        IntToLongFunction pulling = row -> row % 100 == 0 ? 30 * MILLI : 50;
        assertThat(measured(2_000, 100, pulling, row -> 100)).isCloseTo(600 * MILLI, Percentage.withPercentage(5));
        assertThat(measured(2_000, 0, pulling, row -> 100)).isCloseTo(600 * MILLI, Percentage.withPercentage(10));
    }

    @Test
    void oneSlowRowAmongThousands_isFound() {
        IntToLongFunction once = row -> row == 777 ? 1_000 * MILLI : 50;
        assertThat(measured(5_000, 0, once, row -> 100)).isCloseTo(1_000 * MILLI, Percentage.withPercentage(5));
    }

    @Test
    void slowCaller_isNotTakenForFetching() {
        assertThat(measured(5_000, 0, row -> 50, row -> MILLI)).isLessThan(2 * MILLI);
    }
}
