package io.perfkit.benchmarks;

import java.util.Arrays;

/**
 * The median of what the rounds gave, with a distribution-free interval: of a cost, or of the ratio of two costs that were
 * measured in the same rounds.
 *
 * <p>The sample of a round is the mean of one forked JVM, or the ratio of two such means. Iterations within a fork are not
 * independent of each other (they share one compilation and one memory layout), so the fork is the unit (T. Kalibera and
 * R. Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013). The two samples of one round belong together: they ran
 * on the same machine within the same minutes and, where a raw call is subtracted, less the same raw call. So a machine
 * that slows down for one round cancels out of that round's ratio.
 *
 * <p>The interval is that of the sign test (W. Thompson 1936; W. Conover, "Practical Nonparametric Statistics", §3.2):
 * between the k-th smallest and the k-th largest sample lies the median with the probability 1 − 2·P(B &lt; k), B being
 * binomial with n trials of one half. It takes the largest k that gives 90 %, which for five rounds is the whole range of
 * the samples (94 %). Nothing is assumed about how the samples are distributed; one outlier widens the interval and moves
 * the median little.
 *
 * @param value the median
 * @param low the lower end of its interval
 * @param high the upper end of its interval, positive infinity where a round's ratio has no value
 */
record Ratio(double value, double low, double high) {

    private static final double CONFIDENCE = 0.90;

    /**
     * The ratio of {@code x} to {@code y}.
     *
     * @param x the numerator's samples, one for each round
     * @param y the denominator's samples of the same rounds
     */
    static Ratio of(double[] x, double[] y) {
        int n = x.length;
        if (n != y.length || n < 2) {
            throw new IllegalArgumentException(
                    "a ratio needs the same rounds on both sides, at least 2, but got " + n + " and " + y.length);
        }
        double[] ratios = new double[n];
        Arrays.setAll(ratios, round -> ratio(x[round], y[round]));
        return of(ratios);
    }

    /** What one side cost, with its interval. */
    static Ratio of(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int k = rank(sorted.length);
        return new Ratio(median(sorted), sorted[k - 1], sorted[sorted.length - k]);
    }

    /** A cost less the raw call may come out as nothing: then the peer's cost is lost in the noise, and so is the ratio. */
    private static double ratio(double x, double y) {
        return y > 0 ? Math.max(0, x / y) : Double.POSITIVE_INFINITY;
    }

    static double median(double... samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The largest k whose interval covers the median often enough; 1, the whole range, where none does. */
    private static int rank(int n) {
        double below = 0;
        double term = Math.pow(0.5, n);
        int k = 0;
        while (k < (n + 1) / 2 && 1 - 2 * (below + term) >= CONFIDENCE) {
            below += term;
            term = term * (n - k) / (k + 1);
            k++;
        }
        return Math.max(1, k);
    }
}
