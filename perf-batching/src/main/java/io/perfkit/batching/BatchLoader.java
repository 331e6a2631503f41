package io.perfkit.batching;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bulk call behind a {@link Batcher}: many keys in, their values out.
 *
 * <p>It is called from several threads at once, up to the batcher's {@code maximumConcurrentBatches}, and never while
 * the batcher holds a lock. It may itself use batchers, the same one included.
 *
 * @param <K> the keys; they need {@code equals} and {@code hashCode}, and must not change while a call is under way
 * @param <V> the values
 */
@FunctionalInterface
public interface BatchLoader<K, V extends @Nullable Object> {

    /**
     * Fetches the values of the keys.
     *
     * @param keys the distinct keys asked for: at least one, never more than the batcher's {@code maximumBatchSize}.
     *     The set is immutable and keeps the order in which the keys were first asked for
     * @return the values by key. A key that is absent, or mapped to {@code null}, is treated as the batcher's
     *     {@code whenMissing} says; keys that were not asked for are ignored. The batcher only reads the map, and the
     *     loader must not change it afterwards
     * @throws Exception any failure; it reaches every caller of this batch
     */
    Map<K, V> load(Set<K> keys) throws Exception;
}
