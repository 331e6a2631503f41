package io.perfkit.examples.dashboard.measure;

/**
 * What one run of one endpoint measured. Two sides are compared by how long a client waits for a <em>successful</em>
 * answer: a side that fails at once would otherwise look faster than one that answers everybody.
 *
 * @param label what was run, such as {@code page 20,000}
 * @param side before or after
 * @param counts how many requests there were, and what became of them
 * @param answer from a client's first request until it had a successful answer, the requests that failed before it and
 *     its next tries included
 * @param request the time of a single request, whether it succeeded or failed
 * @param queries database statements per request, counted in the server; NaN where no request ended
 * @param allocatedBytes bytes allocated per request by the thread that handled it; NaN where the JVM does not tell
 */
public record Figures(
        String label, Side side, Counts counts, Times answer, Times request, double queries, double allocatedBytes) {

    /**
     * Requests and their outcome.
     *
     * @param requests requests answered, with or without error
     * @param errors requests that failed
     * @param unanswered clients that gave up without a successful answer
     * @param answersPerSecond successful answers per second: the goodput
     */
    public record Counts(long requests, long errors, long unanswered, double answersPerSecond) {}

    public long requests() {
        return counts.requests;
    }

    public long errors() {
        return counts.errors;
    }

    public double answersPerSecond() {
        return counts.answersPerSecond;
    }

    public double p50Nanos() {
        return answer.p50Nanos();
    }

    public double p95Nanos() {
        return answer.p95Nanos();
    }

    public double p99Nanos() {
        return answer.p99Nanos();
    }

    public double maxNanos() {
        return answer.maxNanos();
    }

    /** How many times sooner this answers than the other, by the 95th percentile of the time to a successful answer. */
    public double timesFasterThan(Figures other) {
        return other.p95Nanos() / p95Nanos();
    }
}
