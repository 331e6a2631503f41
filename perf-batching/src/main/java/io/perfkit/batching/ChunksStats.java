package io.perfkit.batching;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a run of {@link Chunks} is.
 *
 * @param items the items whose chunk was handled by this run
 * @param chunks the chunks that were handled by this run
 * @param failedChunks the chunks that failed
 * @param elapsed since the run began
 * @param remaining the items that are left, if the size of the source is known
 */
public record ChunksStats(long items, long chunks, long failedChunks, Duration elapsed, OptionalLong remaining) {

    /**
     * Items per second since the run began.
     *
     * @return empty before any time has passed
     */
    public OptionalDouble rate() {
        return elapsed.isZero() ? OptionalDouble.empty() : OptionalDouble.of(items / (elapsed.toNanos() / 1e9));
    }

    /**
     * How long the rest takes at the present rate.
     *
     * @return {@code null} if the size of the source is not known or nothing is done
     */
    public @Nullable Duration timeLeft() {
        if (remaining.isEmpty() || items == 0) {
            return null;
        }
        double seconds = remaining.getAsLong() * (elapsed.toNanos() / 1e9) / items;
        return Duration.ofMillis((long) Math.min(seconds * 1000, Long.MAX_VALUE / 2.0));
    }
}
