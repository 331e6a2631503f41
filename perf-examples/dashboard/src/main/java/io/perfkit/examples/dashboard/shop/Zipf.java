package io.perfkit.examples.dashboard.shop;

import java.util.Arrays;

/**
 * Picks ranks as sales do: the first rank is drawn most often, the k-th about {@code 1/k^exponent} times as often.
 *
 * <p>{@code StrictMath} rather than {@code Math}, so that every machine generates the same data.
 */
public final class Zipf {

    private final double[] cumulative;

    public Zipf(int ranks, double exponent) {
        if (ranks < 1) {
            throw new IllegalArgumentException("ranks must be at least 1, but was " + ranks);
        }
        cumulative = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += 1 / StrictMath.pow(rank + 1, exponent);
            cumulative[rank] = sum;
        }
    }

    /** The rank, from 0, for a number drawn evenly from [0, 1). */
    public int rank(double uniform) {
        int found = Arrays.binarySearch(cumulative, uniform * cumulative[cumulative.length - 1]);
        return Math.min(found < 0 ? -found - 1 : found + 1, cumulative.length - 1);
    }
}
