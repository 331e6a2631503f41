package io.perfkit.batching;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bulk call that answers by position: the value of the first key first. For sources that return one element for each
 * key. As {@link BatchLoader} in all else.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface ListBatchLoader<K, V extends @Nullable Object> {

    /**
     * Fetches the values of the keys.
     *
     * @param keys the distinct keys, at least one; the list is immutable
     * @return as many values, in the order of the keys; {@code null} for a key that has none. A list of another length
     *     fails the batch: which value belongs to which key is then unknown
     * @throws Exception any failure; it reaches every caller of this batch
     */
    List<? extends @Nullable V> load(List<K> keys) throws Exception;
}
