package io.perfkit.cache;

/**
 * Computes a value that is not in the cache. May block, may call the cache for other keys, may throw anything: an
 * unchecked exception reaches every waiting caller unchanged, a checked one wrapped once in
 * {@link CacheLoadException}.
 *
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface ValueLoader<V> {

    /**
     * Computes the value.
     *
     * @return the value, never null
     * @throws Exception whatever goes wrong; nothing is cached then
     */
    V load() throws Exception;
}
