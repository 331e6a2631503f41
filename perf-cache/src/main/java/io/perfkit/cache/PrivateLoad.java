package io.perfkit.cache;

import org.jspecify.annotations.Nullable;

/**
 * A load in a transaction: no other call joins it, and what it brings is stored when the transaction has committed, as if it
 * had been stored under the state of its beginning, so that every change since then wins.
 *
 * @param key the key
 * @param epoch the local epoch at which it began
 * @param stamp of the key's changes on this node, when it began
 * @param savepoints how many savepoints had been rolled back when it began
 */
record PrivateLoad(String key, long epoch, int stamp, int savepoints) {

    /**
     * What its loader brought; null is checked already.
     *
     * @param context what the loader decided about it
     * @param ttl how long it is fresh, if the loader did not decide that
     * @param endedAt when the load ended, in the cache's nanoseconds
     * @param nanos how long it took
     */
    record Brought<V>(@Nullable V value, LoadContext<V> context, long ttl, long endedAt, long nanos) {}

    /**
     * The same as it is to be kept.
     *
     * @param found what the shared tier said before the load; null if nothing may be stored there
     * @param bytes the value's bytes for the shared tier, if it has any
     * @param endedAt when the load ended, in the cache's nanoseconds
     */
    record Loaded<V>(
            PrivateLoad load,
            Entry<V> entry,
            @Nullable Found<V> found,
            @Nullable Encoded bytes,
            Life life,
            long endedAt) {}
}
