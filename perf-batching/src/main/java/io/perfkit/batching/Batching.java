package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Batching in one call. */
public final class Batching {
    private Batching() {}

    /**
     * The N+1 loop, as one call: fetches what the rows refer to, each key once, and combines each row with its value.
     *
     * <p>The batcher's settings hold: more keys than its {@code maximumBatchSize} are asked for in several batches, and
     * a key without a value is treated as its {@code whenMissing} says. Blocks until all values are there. Takes time
     * and memory linear in the number of rows, besides the loader.
     *
     * @param rows the rows, read once or twice in their order
     * @param keyOf the key a row refers to; {@code null} if it refers to nothing
     * @param batcher fetches the values
     * @param combiner makes the result from a row and its value; the value is {@code null} if the key is {@code null},
     *     or if it has no value and the batcher permits that
     * @param <R> the rows
     * @param <K> the keys
     * @param <V> the values
     * @param <E> the enriched rows
     * @return one element for each row, in the order of the rows; the list can be modified
     * @throws RuntimeException what {@link Batcher#getAll} throws
     */
    public static <R, K, V extends @Nullable Object, E> List<E> enrich(
            Collection<? extends R> rows,
            Function<? super R, ? extends @Nullable K> keyOf,
            Batcher<K, V> batcher,
            BiFunction<? super R, ? super @Nullable V, ? extends E> combiner) {
        requireNonNull(keyOf, "keyOf");
        requireNonNull(batcher, "batcher");
        requireNonNull(combiner, "combiner");
        List<@Nullable K> keyOfRow = new ArrayList<>(rows.size());
        List<R> snapshot = new ArrayList<>(rows.size());
        Set<K> keys = new LinkedHashSet<>();
        for (R row : rows) {
            K key = keyOf.apply(row);
            snapshot.add(row);
            keyOfRow.add(key);
            if (key != null) {
                keys.add(key);
            }
        }
        Map<K, V> values = batcher.getAll(keys);
        List<E> enriched = new ArrayList<>(snapshot.size());
        for (int i = 0; i < snapshot.size(); i++) {
            K key = keyOfRow.get(i);
            enriched.add(combiner.apply(snapshot.get(i), key == null ? null : values.get(key)));
        }
        return enriched;
    }
}
