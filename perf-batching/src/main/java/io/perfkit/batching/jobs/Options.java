package io.perfkit.batching.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

record Options(
        int maximumAttempts,
        Backoff backoff,
        Duration delay,
        int priority,
        @Nullable String key) implements JobOptions {
    static final Options DEFAULTS = new Options(3, Backoff.exponential(Duration.ofSeconds(2)), Duration.ZERO, 0, null);

    private static final int MOST_ATTEMPTS = 1_000_000;
    private static final int HIGHEST_PRIORITY = 1_000;
    private static final int LONGEST_KEY = 200;
    private static final Duration LONGEST_DELAY = Duration.ofDays(3_660);

    @Override
    public JobOptions maximumAttempts(int maximum) {
        if (maximum < 1 || maximum > MOST_ATTEMPTS) {
            throw new IllegalArgumentException(
                    "maximumAttempts must be from 1 to " + MOST_ATTEMPTS + ", but was " + maximum);
        }
        return new Options(maximum, backoff, delay, priority, key);
    }

    @Override
    public JobOptions backoff(Backoff other) {
        return new Options(maximumAttempts, requireNonNull(other, "backoff"), delay, priority, key);
    }

    @Override
    public JobOptions delay(Duration other) {
        if (other.isNegative() || other.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay must be from zero to ten years, but was " + other);
        }
        return new Options(maximumAttempts, backoff, other, priority, key);
    }

    @Override
    public JobOptions priority(int other) {
        if (Math.abs((long) other) > HIGHEST_PRIORITY) {
            throw new IllegalArgumentException(
                    "priority must be from -" + HIGHEST_PRIORITY + " to " + HIGHEST_PRIORITY + ", but was " + other);
        }
        return new Options(maximumAttempts, backoff, delay, other, key);
    }

    @Override
    public JobOptions key(String other) {
        if (other.isEmpty() || other.length() > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "key must have 1 to " + LONGEST_KEY + " characters, but has " + other.length());
        }
        if (other.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("key must not contain control characters");
        }
        if (other.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new IllegalArgumentException("key must not contain half a surrogate pair, which no database keeps");
        }
        return new Options(maximumAttempts, backoff, delay, priority, other);
    }
}
