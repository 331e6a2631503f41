package io.perfkit.batching;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keys on their way through the loader, and those who wait for them. */
sealed interface Batch<K, V extends @Nullable Object> permits CallBatch, BulkBatch {

    Set<K> keys();

    int callCount();

    /** When the oldest of its calls arrived. */
    long arrivedNanos();

    /** Whether anybody still waits for a value of this batch. */
    boolean isAwaited();

    /** Gives each caller its own outcome, by what the loader returned. */
    void deliver(Map<K, V> loaded);

    /** Fails every caller that still waits; tells how many. */
    int fail(Throwable failure);

    /**
     * Fails the calls that arrived at or before the given time.
     *
     * @return the arrival of the oldest call that still waits, {@link Long#MAX_VALUE} if none does
     */
    long expire(long arrivedUntilNanos, Function<Object, ? extends Throwable> failureOfKey);
}
