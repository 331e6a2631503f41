package io.perfkit.batching.jobs.internal;

import java.time.Duration;

/** Whether values are such as a queue takes. */
public final class Checks {
    /** A century: what is longer cannot be added to an instant everywhere, or kept by every database. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final int MOST_LISTED = 10_000;

    private Checks() {}

    /** A number of at least 1. */
    public static int atLeastOne(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, but was " + value);
        }
        return value;
    }

    /** A time above zero that can be reckoned with. */
    public static Duration positive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(what + " must be longer than zero, but was " + value);
        }
        return bounded(what, value);
    }

    /** As {@link #positive}, and not too short for a timer. */
    public static Duration millis(String what, Duration value) {
        if (positive(what, value).toMillis() == 0) {
            throw new IllegalArgumentException(what + " must be at least a millisecond, but was " + value);
        }
        return value;
    }

    /** A time of zero or more that can be reckoned with. */
    public static Duration notNegative(String what, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(what + " must not be negative, but was " + value);
        }
        return bounded(what, value);
    }

    private static Duration bounded(String what, Duration value) {
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    what + " must be at most " + LONGEST.toDays() + " days, but was " + value);
        }
        return value;
    }

    /** How many are asked for in a list. */
    public static void listed(int maximumJobs) {
        if (maximumJobs < 1 || maximumJobs > MOST_LISTED) {
            throw new IllegalArgumentException(
                    "maximumJobs must be from 1 to " + MOST_LISTED + ", but was " + maximumJobs);
        }
    }

    /** How long somebody waits; what is too long to be counted is as good as for ever. */
    public static long nanosOf(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
        return timeout.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : timeout.toNanos();
    }
}
