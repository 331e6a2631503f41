package io.perfkit.batching.jobs;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.jobs.internal.Checks;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt.
 *
 * @param initial before the second attempt
 * @param factor by how much each wait is longer than the one before
 * @param maximum the longest wait, up to 36,500 days
 * @param jitter how much of the wait is left to chance, from 0 to 1, so that jobs which failed together do not come back
 *     together; a wait is never longer than without it
 */
public record Backoff(Duration initial, double factor, Duration maximum, double jitter) {
    private static final Duration HOUR = Duration.ofHours(1);

    /** Checks the values. */
    public Backoff {
        requireNonNull(initial, "initial");
        requireNonNull(maximum, "maximum");
        Duration ignored = Checks.notNegative("initial", initial);
        ignored = Checks.notNegative("maximum", maximum);
        if (!(factor >= 1) || factor > 1_000) {
            throw new IllegalArgumentException("factor must be from 1 to 1000, but was " + factor);
        }
        if (maximum.compareTo(initial) < 0) {
            throw new IllegalArgumentException("maximum must be at least initial, " + initial + ", but was " + maximum);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, but was " + jitter);
        }
    }

    /** Each wait twice as long as the one before, up to an hour or the initial wait, half of it left to chance. */
    public static Backoff exponential(Duration initial) {
        return exponential(initial, initial.compareTo(HOUR) > 0 ? initial : HOUR);
    }

    /** Each wait twice as long as the one before, half of it left to chance. */
    public static Backoff exponential(Duration initial, Duration maximum) {
        return new Backoff(initial, 2, maximum, 0.5);
    }

    /** The same wait each time. */
    public static Backoff fixed(Duration wait) {
        return new Backoff(wait, 1, wait, 0);
    }

    /**
     * The wait after an attempt.
     *
     * @param failed how many attempts have failed, from 1
     * @param random where chance comes from
     */
    public Duration after(int failed, RandomGenerator random) {
        if (failed < 1) {
            throw new IllegalArgumentException("failed must be at least 1, but was " + failed);
        }
        double millis =
                Math.min((double) maximum.toMillis(), (double) initial.toMillis() * Math.pow(factor, failed - 1));
        return Duration.ofMillis(Math.round(millis * (1 - jitter * random.nextDouble())));
    }
}
