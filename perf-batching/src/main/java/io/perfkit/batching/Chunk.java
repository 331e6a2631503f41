package io.perfkit.batching;

import java.util.List;

/**
 * Some neighbouring items of a source.
 *
 * @param number which chunk, counted from 0 over the whole source, also when it was resumed
 * @param position of its first item in the source, counted from 0
 * @param items the items, at least one; unmodifiable
 * @param <T> the items
 */
public record Chunk<T>(long number, long position, List<T> items) {}
