package io.perfkit.monitoring;

import java.time.Duration;
import java.util.List;

/**
 * What a scope executed of one query.
 *
 * @param fingerprint the SQL with its values folded away
 * @param count the executions; a batch counts as one
 * @param distinctParameters with how many different parameters
 * @param rows the rows read
 * @param totalTime executing and fetching
 * @param chains where it came from, as far as it was noted: up to three lines of the application each
 */
public record ScopeQuery(
        String fingerprint,
        long count,
        long distinctParameters,
        long rows,
        Duration totalTime,
        List<List<String>> chains) {

    /** Copies the list. */
    public ScopeQuery {
        chains = List.copyOf(chains);
    }
}
