package io.perfkit.cache;

import org.jspecify.annotations.Nullable;

/**
 * Computes a value that is not in the cache, and decides how it is kept. See {@link ValueLoader} for what a loader may
 * do and throw.
 *
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface ContextLoader<V> {

    /**
     * Computes the value.
     *
     * @param key the key that is asked for
     * @param context the stale value, if there is one, and what to do with the new one
     * @return the value; null only where the policy has a {@code nullTtl}, or after {@link LoadContext#doNotStore}
     * @throws Exception whatever goes wrong; nothing is cached then
     */
    @Nullable
    V load(String key, LoadContext<V> context) throws Exception;
}
