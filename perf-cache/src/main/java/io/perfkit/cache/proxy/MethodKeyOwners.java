package io.perfkit.cache.proxy;

import io.perfkit.cache.PerfCache;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Which interface the keys of a region belong to that are made of a method's name. The name of the interface is not in
 * them, so two interfaces with a {@code findAll()} must not share a region.
 */
final class MethodKeyOwners {

    /** Caches are told apart by identity, and no cache is kept alive from here. */
    private static final Map<PerfCache, MethodKeyOwners> BY_CACHE = new WeakHashMap<>();

    private final Map<String, String> owners = new HashMap<>();

    static MethodKeyOwners of(PerfCache cache) {
        synchronized (BY_CACHE) {
            return BY_CACHE.computeIfAbsent(cache, c -> new MethodKeyOwners());
        }
    }

    /** The interface that has these keys: the given one, unless another was first. */
    synchronized String claim(String region, String start, Class<?> type) {
        String owner = owners.putIfAbsent(region + ' ' + start, type.getName());
        return owner == null ? type.getName() : owner;
    }
}
