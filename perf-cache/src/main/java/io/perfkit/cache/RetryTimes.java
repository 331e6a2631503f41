package io.perfkit.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * When the load of a stale value is tried again. The entry says so itself, and these times are for a region that keeps
 * none: there only the shared tier has the value. Thread-safe.
 */
final class RetryTimes {

    private static final int MAXIMUM = 1_000;

    private final @Nullable Cache<String, Long> instants;

    /** @param keepsEntries whether the region keeps entries, which say it */
    RetryTimes(boolean keepsEntries) {
        instants = keepsEntries
                ? null
                : Caffeine.newBuilder()
                        .executor(Runnable::run)
                        .maximumSize(MAXIMUM)
                        .build();
    }

    /** Until when a stale value of the key is served without an attempt to load the next one; 0 if unknown. */
    long of(String key) {
        Long instant = instants == null ? null : instants.getIfPresent(key);
        return instant == null ? 0 : instant;
    }

    void put(String key, long instant) {
        if (instants != null) {
            instants.put(key, instant);
        }
    }
}
