package io.perfkit.monitoring;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * The latencies of one name over the rolling window, percentiles to 3 %, with a resolution of a microsecond and a ceiling
 * of an hour.
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
 * @param queries the queries of its scopes; 0 for calls
 * @param database where the time of its scopes in databases went; nothing for calls
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
        Duration p999,
        long queries,
        DatabaseTimes database) {

    /**
     * The share of calls that failed.
     *
     * @return from 0 to 1; 0 where there were no calls
     */
    public double errorRate() {
        return count == 0 ? 0 : (double) errors / count;
    }

    static TimingStats of(String name, RollingHistogram.Distribution latencies, long errors, DatabaseTotals database) {
        long count = latencies.count();
        boolean none = count == 0;
        return new TimingStats(
                name,
                count,
                errors,
                duration(none ? 0 : Math.round((double) latencies.sumMicros / count)),
                duration(none ? 0 : latencies.minMicros),
                duration(latencies.maxMicros),
                duration(none ? 0 : latencies.percentile(0.5)),
                duration(none ? 0 : latencies.percentile(0.95)),
                duration(none ? 0 : latencies.percentile(0.99)),
                duration(none ? 0 : latencies.percentile(0.999)),
                database.queries(),
                database.times());
    }

    private static Duration duration(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
