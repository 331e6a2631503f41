package io.perfkit.examples.dashboard.measure;

/**
 * What one run of one endpoint measured.
 *
 * @param label what was run, such as {@code page 20,000}
 * @param side before or after
 * @param requests requests answered, with or without error
 * @param errors requests that failed
 * @param perSecond requests per second
 * @param p50Nanos median latency as the client saw it
 * @param p95Nanos 95th percentile
 * @param p99Nanos 99th percentile
 * @param maxNanos slowest request
 * @param queries database statements per request, counted in the server; NaN where no request ended
 * @param allocatedBytes bytes allocated per request by the thread that handled it; NaN where the JVM does not tell
 */
public record Figures(
        String label,
        Side side,
        long requests,
        long errors,
        double perSecond,
        double p50Nanos,
        double p95Nanos,
        double p99Nanos,
        double maxNanos,
        double queries,
        double allocatedBytes) {

    /** How many times faster this is than the other, by the 95th percentile. */
    public double timesFasterThan(Figures other) {
        return other.p95Nanos / p95Nanos;
    }
}
