package io.perfkit.examples.dashboard.measure;

import java.util.List;

/**
 * A distribution of times by four of its points.
 *
 * @param p50Nanos the median
 * @param p95Nanos the 95th percentile
 * @param p99Nanos the 99th percentile
 * @param maxNanos the longest
 */
public record Times(double p50Nanos, double p95Nanos, double p99Nanos, double maxNanos) {

    /** Of times in any order; NaN where there are none. */
    public static Times of(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Times(
                percentile(sorted, 50), percentile(sorted, 95), percentile(sorted, 99), percentile(sorted, 100));
    }

    private static double percentile(long[] sorted, double percent) {
        int index = (int) Math.ceil(percent / 100 * sorted.length) - 1;
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, index)];
    }

    /** The share of requests, in percent, against the time within which they were done. */
    public Plot.Line line(Side side, String name) {
        Plot.Line line = new Plot.Line(side, name);
        line.add(50, p50Nanos);
        line.add(95, p95Nanos);
        line.add(99, p99Nanos);
        line.add(100, maxNanos);
        return line;
    }
}
