package io.perfkit.batching;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Parallel} does with each item. Called from several threads at once.
 *
 * @param <T> the items
 * @param <R> the results
 */
@FunctionalInterface
public interface ParallelFunction<T extends @Nullable Object, R extends @Nullable Object> {

    /**
     * Handles one item.
     *
     * @param item the item
     * @return its result
     * @throws Exception any failure; it is that of the item
     */
    R apply(T item) throws Exception;
}
