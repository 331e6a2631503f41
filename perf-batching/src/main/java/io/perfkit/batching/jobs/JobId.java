package io.perfkit.batching.jobs;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.jobs.internal.Reasons;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The identity of a job, fit for a URL. It is also the key under which a handler writes its effects, so that a second
 * attempt finds those of the first.
 *
 * @param value at most 64 visible characters of ASCII; those that {@link #create} makes have 36
 */
public record JobId(String value) {
    private static final int LONGEST = 64;

    /** Checks the text. */
    public JobId {
        requireNonNull(value, "value");
        if (value.isEmpty() || value.length() > LONGEST || !value.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException("value must have 1 to " + LONGEST
                    + " visible characters of ASCII, but was \""
                    + Reasons.clean(value.substring(0, Math.min(LONGEST, value.length()))) + "\"");
        }
    }

    /** A new one. They grow with the time (UUID version 7, RFC 9562), so that an index of them stays compact. */
    public static JobId create() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (System.currentTimeMillis() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
        long low = 0x8000000000000000L | (random.nextLong() & 0x3FFFFFFFFFFFFFFFL);
        return new JobId(new UUID(high, low).toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
