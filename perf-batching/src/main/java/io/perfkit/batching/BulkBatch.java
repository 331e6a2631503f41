package io.perfkit.batching;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A known set of keys that is a batch by itself: one future for all of them. */
final class BulkBatch<K, V extends @Nullable Object> implements Batch<K, V> {
    final CompletableFuture<Map<K, V>> future = new CompletableFuture<>();

    private final Outcomes<K, V> outcomes;
    private final Set<K> keys;
    private final long arrivedNanos;

    BulkBatch(Outcomes<K, V> outcomes, Set<K> keys, long arrivedNanos) {
        this.outcomes = outcomes;
        this.keys = keys;
        this.arrivedNanos = arrivedNanos;
    }

    @Override
    public Set<K> keys() {
        return keys;
    }

    @Override
    public int callCount() {
        return keys.size();
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public boolean isAwaited() {
        return !future.isDone();
    }

    @Override
    public void deliver(Map<K, V> loaded) {
        Map<K, V> values;
        try {
            values = outcomes.valuesOf(keys, loaded);
        } catch (Throwable failure) {
            future.completeExceptionally(failure);
            return;
        }
        future.complete(values);
    }

    @Override
    public int fail(Throwable failure) {
        return future.completeExceptionally(failure) ? keys.size() : 0;
    }

    @Override
    public long expire(long arrivedUntilNanos, Function<Object, ? extends Throwable> failureOfKey) {
        if (future.isDone()) {
            return Long.MAX_VALUE;
        }
        if (arrivedNanos > arrivedUntilNanos) {
            return arrivedNanos;
        }
        future.completeExceptionally(failureOfKey.apply(keys));
        return Long.MAX_VALUE;
    }
}
