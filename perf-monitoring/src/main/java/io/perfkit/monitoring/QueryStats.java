package io.perfkit.monitoring;

import java.time.Duration;

/**
 * What has been seen of one query since the monitor was built.
 *
 * @param fingerprint the SQL with its values folded away, or {@code _other}
 * @param count the executions; a batch counts as one
 * @param errors the executions that threw
 * @param slow the executions at or above {@link PerformanceMonitor.Builder#slowQuery}
 * @param rowsFetched the rows read from its result sets
 * @param totalTime the time of all executions
 * @param maxTime the longest execution
 */
public record QueryStats(
        String fingerprint,
        long count,
        long errors,
        long slow,
        long rowsFetched,
        Duration totalTime,
        Duration maxTime) {}
