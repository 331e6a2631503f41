package io.perfkit.monitoring;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.HdrHistogram.AbstractHistogram;

/**
 * The latencies of one name over the rolling window, to 1 %, with a resolution of a microsecond and a ceiling of an
 * hour.
 *
 * @param name the name, or {@code _other} for all names beyond the cap
 * @param count the calls
 * @param errors the calls that ended in an exception
 * @param mean the mean
 * @param min the shortest
 * @param max the longest
 * @param p50 the median
 * @param p95 the 95th percentile
 * @param p99 the 99th percentile
 * @param p999 the 99.9th percentile
 */
public record TimingStats(
        String name,
        long count,
        long errors,
        Duration mean,
        Duration min,
        Duration max,
        Duration p50,
        Duration p95,
        Duration p99,
        Duration p999) {

    /**
     * The share of calls that failed.
     *
     * @return from 0 to 1; 0 where there were no calls
     */
    public double errorRate() {
        return count == 0 ? 0 : (double) errors / count;
    }

    static TimingStats of(String name, AbstractHistogram micros, long errors) {
        long count = micros.getTotalCount();
        return new TimingStats(
                name,
                count,
                errors,
                duration(count == 0 ? 0 : Math.round(micros.getMean())),
                duration(count == 0 ? 0 : micros.getMinValue()),
                duration(micros.getMaxValue()),
                duration(micros.getValueAtPercentile(50)),
                duration(micros.getValueAtPercentile(95)),
                duration(micros.getValueAtPercentile(99)),
                duration(micros.getValueAtPercentile(99.9)));
    }

    private static Duration duration(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
