package io.perfkit.monitoring;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What has been seen of one query since the monitor was built, or since it was last among those that are kept.
 *
 * @param fingerprint the SQL with its values folded away, or {@code _other}
 * @param count the executions; a batch counts as one
 * @param batchEntries what the executions were asked to do: the sizes of batches, and one for all others
 * @param errors the executions that threw
 * @param errorsByState the errors by the class of their SQL state (its first two characters), or {@code none}
 * @param slow the executions that took {@link PerformanceMonitor.Builder#slowQuery} or more, with their fetching
 * @param rowsFetched the rows read from its result sets
 * @param executeTime the time of the executing calls
 * @param fetchTime the time of stepping through the results
 * @param maxTime the longest execution with its fetching
 */
public record QueryStats(
        String fingerprint,
        long count,
        long batchEntries,
        long errors,
        Map<String, Long> errorsByState,
        long slow,
        long rowsFetched,
        Duration executeTime,
        Duration fetchTime,
        Duration maxTime) {

    /** Copies the map. */
    public QueryStats {
        errorsByState = Map.copyOf(errorsByState);
    }

    /**
     * The time of all executions with their fetching.
     *
     * @return the sum of both
     */
    public Duration totalTime() {
        return executeTime.plus(fetchTime);
    }

    QueryStats plus(QueryStats that) {
        Map<String, Long> states = new TreeMap<>(errorsByState);
        that.errorsByState.forEach((state, number) -> states.merge(state, number, Long::sum));
        return new QueryStats(
                fingerprint,
                count + that.count,
                batchEntries + that.batchEntries,
                errors + that.errors,
                states,
                slow + that.slow,
                rowsFetched + that.rowsFetched,
                executeTime.plus(that.executeTime),
                fetchTime.plus(that.fetchTime),
                maxTime.compareTo(that.maxTime) >= 0 ? maxTime : that.maxTime);
    }
}
