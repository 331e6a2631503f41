package io.perfkit.batching;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys on their way through the loader, and those who wait for them. */
sealed interface Batch<K, V extends @Nullable Object> permits CallBatch, BulkBatch {

    Set<K> keys();

    int callCount();

    /** When the oldest of its calls arrived. */
    long arrivedNanos();

    /** Whether anybody still waits for a value of this batch. */
    boolean isAwaited();

    /** Whether each caller gets its own outcome, so that it helps to find out which of the keys fails. */
    boolean isPerKey();

    /** Runs a task in the context of its first caller. */
    void inContext(Runnable task);

    /** Gives each caller its own outcome, by what the loader returned. */
    void deliver(Map<K, V> loaded);

    /** Fails every caller that still waits, each with an exception of its own; tells how many. */
    int fail(BatchingException failure);

    /** The next deadline among the calls that still wait, {@link Long#MAX_VALUE} if there is none. */
    long earliestDeadline();

    /** The last deadline among the calls that still wait, {@link Long#MIN_VALUE} if none waits. */
    long latestDeadline();

    /**
     * Fails the calls whose deadline has passed.
     *
     * @return the next deadline among the others, as {@link #earliestDeadline}
     */
    long expire(long nowNanos, Expiry expiry);

    /** Makes the failure of a call whose deadline has passed. */
    interface Expiry {
        BatchTimeoutException of(Object keyOrKeys, long arrivedNanos, long deadlineNanos);
    }
}
