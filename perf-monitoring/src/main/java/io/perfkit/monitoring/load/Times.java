package io.perfkit.monitoring.load;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The distribution of some times, in microseconds and exact to 0.1 %. Not safe for use by several threads. */
final class Times {
    private final Histogram micros = new Histogram(3);

    Times() {
        micros.setAutoResize(true);
    }

    void add(long nanos) {
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    long count() {
        return micros.getTotalCount();
    }

    Duration mean() {
        return duration(count() == 0 ? 0 : Math.round(micros.getMean()));
    }

    Duration percentile(double percent) {
        return duration(micros.getValueAtPercentile(percent));
    }

    Duration max() {
        return duration(micros.getMaxValue());
    }

    private static Duration duration(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
