package io.perfkit.cache;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of a region come to values that the local tier does not have ready: each kind of call in its own class,
 * and all of them in another one inside a transaction.
 */
final class RegionLoads<V> {

    private final WaitingLoads<V> waiting;
    private final AsyncLoads<V> async;
    private final BulkLoads<V> bulk;
    private final PresentReads<V> present;
    /** Null where the cache knows of no transactions. */
    private final @Nullable TransactionLoads<V> transactional;

    RegionLoads(
            WaitingLoads<V> waiting,
            AsyncLoads<V> async,
            BulkLoads<V> bulk,
            PresentReads<V> present,
            @Nullable TransactionLoads<V> transactional) {
        this.waiting = waiting;
        this.async = async;
        this.bulk = bulk;
        this.present = present;
        this.transactional = transactional;
    }

    static <V> RegionLoads<V> of(
            RegionParts<V> parts,
            LocalReads<V> reads,
            Lifetimes lifetimes,
            SharedValues<V> values,
            LoadErrors errors,
            LoadThreads threads,
            @Nullable Transactions transactions) {
        LoadOutcome<V> outcome = new LoadOutcome<>(parts, reads, lifetimes, values, errors);
        LoadSteps<V> steps = new LoadSteps<>(parts, reads, outcome, lifetimes, values);
        LoadTasks<V> tasks = new LoadTasks<>(reads, outcome, threads, errors);
        return new RegionLoads<>(
                new WaitingLoads<>(parts, reads, steps, outcome, values, tasks, errors),
                new AsyncLoads<>(parts, reads, steps, outcome, values, tasks, errors),
                new BulkLoads<>(parts, reads, steps, outcome, values, tasks, errors),
                new PresentReads<>(parts, reads, outcome, values, lifetimes),
                transactions == null
                        ? null
                        : new TransactionLoads<>(transactions, parts, reads, lifetimes, values, threads, errors));
    }

    /** Whether the calling thread is in a transaction, and may not be served what it has changed itself. */
    boolean inTransaction() {
        return transactional != null && transactional.current() != null;
    }

    private @Nullable TransactionChanges transaction() {
        return transactional == null ? null : transactional.current();
    }

    /** The value of a key, from either tier or loaded. */
    @Nullable
    V find(String key, long ttl, ContextLoader<? extends V> loader) {
        TransactionChanges transaction = transaction();
        return transactional == null || transaction == null
                ? waiting.find(key, ttl, loader)
                : transactional.find(transaction, key, ttl, loader);
    }

    CompletableFuture<@Nullable V> findAsync(String key, long ttl, AsyncLoader<V> loader) {
        TransactionChanges transaction = transaction();
        return transactional == null || transaction == null
                ? async.find(key, ttl, loader)
                : transactional.findAsync(transaction, key, ttl, loader);
    }

    /** The values of the keys that have one, in the order of the keys. */
    Map<String, V> findAll(Collection<String> keys, long ttl, BulkLoader<V> loader) {
        TransactionChanges transaction = transaction();
        return transactional == null || transaction == null
                ? bulk.find(keys, ttl, loader)
                : transactional.findAll(transaction, keys, ttl, loader);
    }

    /** The value, if one of the tiers has it. */
    @Nullable
    V getIfPresent(String key) {
        TransactionChanges transaction = transaction();
        return transactional == null || transaction == null
                ? present.find(key)
                : transactional.getIfPresent(transaction, key);
    }

    /** What a transaction has changed and loaded here; null where the cache knows of none. */
    @Nullable
    TransactionRegion<V> region(TransactionChanges transaction) {
        return transactional == null ? null : transactional.region(transaction);
    }
}
