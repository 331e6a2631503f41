package io.perfkit.batching;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bulk call that answers each key with a value or a failure of its own. As {@link BatchLoader} in all else.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface ResultBatchLoader<K, V extends @Nullable Object> {

    /**
     * Fetches the values of the keys.
     *
     * @param keys the distinct keys, at least one; the set is immutable
     * @return the results by key. A key that is absent, or whose result is a success with {@code null}, is treated as
     *     the batcher's {@code whenMissing} says
     * @throws Exception any failure; it reaches every caller of this batch
     */
    Map<K, Result<V>> load(Set<K> keys) throws Exception;
}
