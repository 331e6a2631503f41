package io.perfkit.benchmarks;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * The ratio of two costs that were measured in the same rounds, with the lower end of its 95 % interval.
 *
 * <p>The sample of a round is the mean of one forked JVM. Iterations within a fork are not independent of each other (they
 * share one compilation and one memory layout), so the fork is the unit of the variance, as in T. Kalibera and R. Jones,
 * "Rigorous Benchmarking in Reasonable Time", ISMM 2013, which also takes the interval of a ratio of means from Fieller's
 * theorem. Here the two samples of one round belong together, because they ran on the same machine within the same minute
 * and, where a raw call is subtracted, because it is the same raw call; so the theorem is used in its general form with
 * the covariance: E. C. Fieller, "Some Problems in Interval Estimation", Journal of the Royal Statistical Society B 16
 * (1954). With the means x̄ and ȳ of n rounds, their variances and covariance v (each divided by n), and t the 97.5 %
 * quantile of Student's distribution with n − 1 degrees of freedom, the interval is every r with
 *
 * <pre>{@code (x̄ − r·ȳ)² ≤ t²·(vxx − 2·r·vxy + r²·vyy)}</pre>
 *
 * <p>Where ȳ itself cannot be told from zero the set has no lower end, and {@link #low()} is 0, the least that a ratio of
 * two costs can be.
 *
 * @param value the ratio of the means
 * @param low the lower end of its interval, never below 0
 */
record Ratio(double value, double low) {

    private static final double UPPER_QUANTILE = 0.975;

    /**
     * The ratio of the means of {@code x} and {@code y}.
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
        double meanX = mean(x);
        double meanY = mean(y);
        double t = new TDistribution(n - 1.0).inverseCumulativeProbability(UPPER_QUANTILE);
        double scale = t * t / n;
        double a = meanY * meanY - scale * covariance(y, y);
        double b = meanX * meanY - scale * covariance(x, y);
        double c = meanX * meanX - scale * covariance(x, x);
        boolean bounded = meanY > 0 && a > 0;
        double low = bounded ? (b - Math.sqrt(Math.max(0, b * b - a * c))) / a : 0;
        return new Ratio(meanX / meanY, Math.max(0, low));
    }

    static double mean(double[] samples) {
        double sum = 0;
        for (double sample : samples) {
            sum += sample;
        }
        return sum / samples.length;
    }

    private static double covariance(double[] x, double[] y) {
        double meanX = mean(x);
        double meanY = mean(y);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - meanX) * (y[i] - meanY);
        }
        return sum / (x.length - 1);
    }
}
