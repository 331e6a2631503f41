package io.perfkit.monitoring;

/**
 * Something crossed a threshold. Raised at most once per kind and subject within the cool-down.
 *
 * @param kind what crossed
 * @param subject the endpoint, the timed name, the fingerprint of the query, or {@code heap} or {@code cpu}
 * @param value what was measured: nanoseconds, a number of queries for {@link Kind#TOO_MANY_QUERIES}, or ten-thousandths
 *     (0.8 is 8,000) for heap, processors and errors
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
        /**
         * A call took longer than its {@link Monitored#slowAfter()}, or one of another service longer than
         * {@link Thresholds#callTime()}.
         */
        SLOW_CALL,
        /** A call ran more queries than its {@link Monitored#maximumQueries()}. */
        TOO_MANY_QUERIES,
        /** The heap was used to {@link Thresholds#heapUse()} or more for half a minute. */
        HIGH_HEAP_USE,
        /** The processors were busy to {@link Thresholds#cpuUse()} or more for half a minute. */
        HIGH_CPU_USE,
        /** Of the requests of an endpoint, {@link Thresholds#errorRate()} or more failed within the window. */
        HIGH_ERROR_RATE
    }
}
