package io.perfkit.cache;

import io.perfkit.cache.SharedRegion.Found;

/** What the histories need to see of a region and is nobody else's. */
public final class Inner {

    private Inner() {}

    /** What the shared tier says, past the local one. */
    public static <V> V findShared(CacheRegion<V> region, String key) {
        Found<V> found = region.shared().find(key, SharedRegion.LEASE_LIFE);
        return found == null ? null : found.value();
    }

    /** Whether the node reads and follows the shared tier. */
    public static boolean isFollowing(CacheRegion<?> region) {
        return region.shared().isFollowing() && !region.shared().gate().isOpen();
    }
}
