package io.perfkit.monitoring;

/**
 * Something crossed a threshold. Raised at most once per kind and subject within the cool-down.
 *
 * @param kind what crossed
 * @param subject the endpoint, the timed name, or the fingerprint of the query
 * @param value what was measured: nanoseconds, or a number of queries for {@link Kind#TOO_MANY_QUERIES}
 * @param threshold the bound that was crossed, in the same unit
 * @param message the same as one line of English
 */
public record Alert(Kind kind, String subject, long value, long threshold, String message) {

    /** What crossed its threshold. */
    public enum Kind {
        /** A request scope took longer than {@link Thresholds#responseTime()}. */
        SLOW_RESPONSE,
        /** A query took longer than {@link Thresholds#queryTime()}. */
        SLOW_QUERY,
        /** A call took longer than its {@link Monitored#slowAfter()}. */
        SLOW_CALL,
        /** A call ran more queries than its {@link Monitored#maximumQueries()}. */
        TOO_MANY_QUERIES
    }
}
