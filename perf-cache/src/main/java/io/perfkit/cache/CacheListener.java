package io.perfkit.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells operators what a cache does. Every method does nothing unless overridden. What they throw is logged and ignored.
 *
 * <p>{@code onHit}, {@code onLoad} and {@code onInvalidation} run on the thread that caused the event, which may be a
 * caller's or one of the Redis client, and at the same time on several threads: they must be quick and must not block.
 * For numbers, {@link CacheRegion#stats} is cheaper.
 *
 * <p>{@code onSharedTierDown} and {@code onSharedTierUp} run on a thread for these two alone, one at a time and in the
 * order in which they happened, once for each change; they may block.
 */
public interface CacheListener {

    /** Where a hit came from. */
    enum Tier {
        /** This node's memory. */
        LOCAL,
        /** What the nodes share. */
        SHARED
    }

    /** What an invalidation was for. */
    enum Scope {
        /** One key. */
        KEY,
        /** The keys that match a pattern. */
        PATTERN,
        /** The values that carry a tag. */
        TAG,
        /** The whole region. */
        EVERYTHING
    }

    /**
     * A call was answered without a load of its own.
     *
     * @param region the region
     * @param key the key
     * @param tier which tier had the value
     * @param stale whether it was past its ttl
     */
    default void onHit(String region, String key, Tier tier, boolean stale) {}

    /**
     * A load has ended; a bulk load ends once for each of its keys.
     *
     * @param region the region
     * @param key the key
     * @param took how long the loader ran
     * @param failure what it threw, or null
     */
    default void onLoad(String region, String key, Duration took, @Nullable Throwable failure) {}

    /**
     * An invalidation, an expiry or a {@code put} took effect on this node.
     *
     * @param region the region
     * @param scope what it was for
     * @param subject the key, pattern or tag; empty for the whole region
     * @param remote whether another node issued it
     */
    default void onInvalidation(String region, Scope scope, String subject, boolean remote) {}

    /**
     * The shared tier is not used any more until it is well again. Also told when it cannot be reached in the beginning;
     * not when the cache is closed, nor when a connection was lost and made again at the first attempt.
     *
     * @param cause what was noticed last, or null
     */
    default void onSharedTierDown(@Nullable Throwable cause) {}

    /** The shared tier is used again; this node has learned what it missed. */
    default void onSharedTierUp() {}
}
