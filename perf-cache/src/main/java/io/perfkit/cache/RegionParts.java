package io.perfkit.cache;

import org.jspecify.annotations.Nullable;

/**
 * What the classes of one region are made from.
 *
 * @param name the region's name
 * @param shared the shared tier, if the region has one
 */
record RegionParts<V>(
        String name,
        CachePolicy policy,
        CoarseClock clock,
        LocalTier<V> local,
        @Nullable SharedRegion<V> shared,
        Counters counters,
        FailureLog failures) {}
