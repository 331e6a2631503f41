package io.perfkit.cache;

import java.util.Map;
import java.util.Set;

/**
 * Computes the values of many keys at once. See {@link ValueLoader} for what a loader may do and throw.
 *
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface BulkLoader<V> {

    /**
     * Computes the values that are not in the cache.
     *
     * @param keys the keys, in the order in which they were asked for; not empty
     * @return the values by their keys. A key without a value is left out: with a {@code nullTtl} its absence is cached.
     *     Keys that were not asked for are ignored
     * @throws Exception whatever goes wrong; nothing is cached then
     */
    Map<String, V> load(Set<String> keys) throws Exception;
}
