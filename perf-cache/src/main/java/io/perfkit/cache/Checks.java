package io.perfkit.cache;

import io.perfkit.cache.internal.Limits;
import java.time.Duration;

/** The checks that several settings share, so that their messages read alike. */
final class Checks {

    /** Far above every sensible setting, and far below where nanoseconds overflow. */
    private static final Duration MAXIMUM = Duration.ofDays(3650);

    private Checks() {}

    static Duration positive(String setting, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(setting + " must be at least 1 ms, but was " + value);
        }
        return bounded(setting, value);
    }

    static Duration notNegative(String setting, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(setting + " must not be negative, but was " + value);
        }
        return bounded(setting, value);
    }

    static long atLeastOne(String setting, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(setting + " must be at least 1, but was " + value);
        }
        return value;
    }

    /** Names become parts of Redis keys: a brace would move the hash slot, a colon would let two names collide. */
    static String name(String what, String value) {
        if (value.isEmpty() || value.length() > 100) {
            throw new IllegalArgumentException(what + " must have 1 to 100 characters, but was '" + value + "'");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > '~' || c == '{' || c == '}' || c == ':') {
                throw new IllegalArgumentException(what + " must consist of printable ASCII characters other than "
                        + "space, colon and braces, but was '" + value + "'");
            }
        }
        return value;
    }

    static String tag(String tag) {
        if (tag.isEmpty() || tag.length() > Limits.MAXIMUM_TAG_LENGTH) {
            throw new IllegalArgumentException(
                    "A tag must have 1 to " + Limits.MAXIMUM_TAG_LENGTH + " characters, but was '" + tag + "'");
        }
        return tag;
    }

    private static Duration bounded(String setting, Duration value) {
        if (value.compareTo(MAXIMUM) > 0) {
            throw new IllegalArgumentException(setting + " must be at most 3650 days, but was " + value);
        }
        return value;
    }
}
