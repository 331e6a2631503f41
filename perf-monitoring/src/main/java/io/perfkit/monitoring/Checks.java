package io.perfkit.monitoring;

import java.time.Duration;

/** The wording of rejected settings, once. */
final class Checks {
    /** 292 years in nanoseconds do not fit further; a century is already no limit. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Checks() {}

    static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, but was " + value);
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be at most " + LONGEST + ", but was " + value);
        }
        return value;
    }

    static double share(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be above 0 and at most 1, but was " + value);
        }
        return value;
    }

    static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but was " + value);
        }
        return value;
    }
}
