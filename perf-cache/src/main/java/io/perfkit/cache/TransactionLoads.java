package io.perfkit.cache;

import io.perfkit.cache.LocalReads.Answer;
import io.perfkit.cache.PrivateLoad.Brought;
import io.perfkit.cache.PrivateLoad.Loaded;
import io.perfkit.cache.internal.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How calls inside a transaction get values. What is cached was committed, and serves as long as the transaction has
 * not changed the key. Everything else is loaded here, on the calling thread, by this call alone: the loader may read
 * rows that nobody else sees yet. What it brings serves this transaction again while it changes nothing of that key, and
 * is stored at the commit, under the epoch of the load's beginning.
 *
 * <p>No refresh is set off: it would run this transaction's loader outside of it, or inside and seen by others. Load
 * timeouts and stale values for failed loads are for loads that can be given up; here the caller's transaction is what
 * runs, and it sees how it fares.
 */
final class TransactionLoads<V> {

    private final Transactions transactions;
    private final String name;
    private final CoarseClock clock;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Counters counters;
    private final boolean crossNode;
    private final Duration leaseLife;
    private final LocalReads<V> reads;
    private final Lifetimes lifetimes;
    private final SharedValues<V> values;
    private final LoadThreads threads;
    private final LoadErrors errors;
    /** The keys that the thread is loading, in whatever transactions, so that a loader that asks for its own is told. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Set<String>> loading = new ThreadLocal<>();

    TransactionLoads(
            Transactions transactions,
            RegionParts<V> parts,
            LocalReads<V> reads,
            Lifetimes lifetimes,
            SharedValues<V> values,
            LoadThreads threads,
            LoadErrors errors) {
        this.transactions = transactions;
        this.name = parts.name();
        this.clock = parts.clock();
        this.local = parts.local();
        this.shared = parts.shared();
        this.counters = parts.counters();
        this.crossNode = parts.policy().crossNodeLoads().isPresent();
        this.leaseLife = parts.policy().crossNodeLoads().orElse(SharedRegion.LEASE_LIFE);
        this.reads = reads;
        this.lifetimes = lifetimes;
        this.values = values;
        this.threads = threads;
        this.errors = errors;
        local.countChanges();
    }

    /** The transaction of the calling thread, or null. */
    @Nullable
    TransactionChanges current() {
        return transactions.current();
    }

    /** What a transaction has changed and loaded of this region. */
    TransactionRegion<V> region(TransactionChanges transaction) {
        return transaction.region(name, this::store);
    }

    @Nullable
    V find(TransactionChanges transaction, String key, long ttl, ContextLoader<? extends V> loader) {
        Objects.requireNonNull(key, "key");
        TransactionRegion<V> region = region(transaction);
        boolean changed = region.isChanged(key);
        Entry<V> known = changed ? null : known(region, key);
        if (known != null) {
            return known.value;
        }
        PrivateLoad load = begin(transaction, key);
        Found<V> found = changed || shared == null ? null : shared.find(key, leaseLife);
        Entry<V> adopted = adopt(region, load, found);
        if (adopted != null) {
            return adopted.value;
        }
        beginLoading(Set.of(key));
        LoadContext<V> context = new LoadContext<>(null);
        long start = startLoading();
        V value;
        try {
            value = apply(loader, key, context);
            errors.checkNull(key, value, context);
        } catch (Throwable t) {
            throw Flight.<RuntimeException>unchanged(failed(key, t, clock.preciseNanos() - start));
        } finally {
            endLoading(Set.of(key));
        }
        long end = clock.preciseNanos();
        loaded(transaction, load, held(load, found), new Brought<>(value, context, ttl, end, end - start));
        return value;
    }

    CompletableFuture<@Nullable V> findAsync(
            TransactionChanges transaction, String key, long ttl, AsyncLoader<V> loader) {
        Objects.requireNonNull(key, "key");
        TransactionRegion<V> region = region(transaction);
        boolean changed = region.isChanged(key);
        Entry<V> known = changed ? null : known(region, key);
        if (known != null) {
            return CompletableFuture.completedFuture(known.value);
        }
        PrivateLoad load = begin(transaction, key);
        // What was changed, only the calling thread's transaction can read; the answer would come on another thread.
        return shared == null || !region.isUnchanged()
                ? loadAsync(transaction, load, null, ttl, loader)
                : shared.findAsync(key, leaseLife, threads.forCaller()).thenCompose(found -> {
                    Entry<V> adopted = adopt(region, load, found);
                    return adopted == null
                            ? loadAsync(transaction, load, held(load, found), ttl, loader)
                            : CompletableFuture.completedFuture(adopted.value);
                });
    }

    private CompletableFuture<@Nullable V> loadAsync(
            TransactionChanges transaction,
            PrivateLoad load,
            @Nullable Found<V> found,
            long ttl,
            AsyncLoader<V> loader) {
        String key = load.key();
        LoadContext<V> context = new LoadContext<>(null);
        long start = startLoading();
        CompletionStage<? extends V> stage;
        Throwable thrown = null;
        try {
            stage = loader.load(key, context);
            if (stage == null) {
                throw errors.noStage(key);
            }
        } catch (Throwable t) {
            thrown = t;
            stage = CompletableFuture.failedFuture(t);
        }
        Throwable thrownHere = thrown;
        CompletableFuture<@Nullable V> result = new CompletableFuture<>();
        var unused = stage.whenComplete((value, failure) -> {
            long end = clock.preciseNanos();
            try {
                if (failure != null) {
                    throw thrownHere == null ? Envelope.opened(failure) : thrownHere;
                }
                errors.checkNull(key, value, context);
                loaded(transaction, load, found, new Brought<>(value, context, ttl, end, end - start));
                result.complete(value);
            } catch (Throwable t) {
                result.completeExceptionally(failed(key, t, end - start));
            }
        });
        return result;
    }

    /** The values of the keys that have one, in the order of the keys; one load of all that is missing. */
    Map<String, V> findAll(TransactionChanges transaction, Collection<String> keys, long ttl, BulkLoader<V> loader) {
        TransactionRegion<V> region = region(transaction);
        Map<String, @Nullable V> results = new LinkedHashMap<>();
        List<String> unchanged = new ArrayList<>();
        Map<String, PrivateLoad> open = new LinkedHashMap<>();
        for (String key : new LinkedHashSet<>(keys)) {
            Objects.requireNonNull(key, "key");
            boolean changed = region.isChanged(key);
            Entry<V> known = changed ? null : known(region, key);
            results.put(key, known == null ? null : known.value);
            if (known == null) {
                open.put(key, begin(transaction, key));
                if (!changed) {
                    unchanged.add(key);
                }
            }
        }
        Map<String, Found<V>> found =
                shared == null || unchanged.isEmpty() ? Map.of() : shared.findAll(unchanged, leaseLife);
        found.forEach((key, each) -> {
            Entry<V> adopted = adopt(region, Objects.requireNonNull(open.get(key)), each);
            if (adopted != null) {
                results.put(key, adopted.value);
                open.remove(key);
            }
        });
        if (!open.isEmpty()) {
            load(transaction, open, found, results, ttl, loader);
        }
        Map<String, V> values = new LinkedHashMap<>(2 * results.size());
        results.forEach((key, value) -> {
            if (value != null) {
                values.put(key, value);
            }
        });
        return values;
    }

    private void load(
            TransactionChanges transaction,
            Map<String, PrivateLoad> open,
            Map<String, Found<V>> found,
            Map<String, @Nullable V> results,
            long ttl,
            BulkLoader<V> loader) {
        beginLoading(open.keySet());
        counters.misses.add(open.size() - 1);
        long start = startLoading();
        Map<String, V> values;
        try {
            values = loader.load(Collections.unmodifiableSet(new LinkedHashSet<>(open.keySet())));
            if (values == null) {
                throw errors.noMap();
            }
        } catch (Throwable t) {
            long each = (clock.preciseNanos() - start) / open.size();
            Throwable seen = t;
            for (String key : open.keySet()) {
                seen = failed(key, t, each);
            }
            throw Flight.<RuntimeException>unchanged(seen);
        } finally {
            endLoading(open.keySet());
        }
        long end = clock.preciseNanos();
        long each = (end - start) / open.size();
        Map<String, V> loaded = new HashMap<>(values);
        open.forEach((key, load) -> {
            V value = loaded.get(key);
            results.put(key, value);
            Found<V> there = held(load, found.get(key));
            if (value != null || lifetimes.cachesNull()) {
                loaded(transaction, load, there, new Brought<>(value, new LoadContext<>(null), ttl, end, each));
            }
        });
    }

    @Nullable
    V getIfPresent(TransactionChanges transaction, String key) {
        TransactionRegion<V> region = region(transaction);
        if (!region.isChanged(key)) {
            Entry<V> known = known(region, key);
            if (known == null && shared != null) {
                PrivateLoad load = begin(transaction, key);
                Found<V> found = shared.find(key, leaseLife);
                known = adopt(region, load, found);
                if (known == null) {
                    held(load, found);
                }
            }
            if (known != null) {
                return known.value;
            }
        }
        counters.misses.increment();
        return null;
    }

    /** What the transaction loaded itself or what is committed and in the local tier, if it may be served. */
    private @Nullable Entry<V> known(TransactionRegion<V> region, String key) {
        Loaded<V> own = region.value(key);
        if (own != null && isCurrent(own) && reads.now() < own.entry().freshUntil()) {
            counters.localHit(key);
            return own.entry();
        }
        Entry<V> entry = reads.usable(key);
        return entry != null && !region.isChanged(key, entry.tags) && reads.answer(key, entry) != Answer.NONE
                ? entry
                : null;
    }

    private PrivateLoad begin(TransactionChanges transaction, String key) {
        // The stamp first: a change between the two is counted as later than both.
        int savepoints = transaction.savepoints();
        int stamp = local.changesOf(key);
        return new PrivateLoad(key, local.epoch(), stamp, savepoints);
    }

    private boolean isCurrent(Loaded<V> loaded) {
        PrivateLoad load = loaded.load();
        return reads.isTrusted(reads.now()) && local.isUnchanged(load, loaded.entry().tags);
    }

    /** Serves what the shared tier has: it is committed, and goes into the local tier at once. */
    private @Nullable Entry<V> adopt(TransactionRegion<V> region, PrivateLoad load, @Nullable Found<V> found) {
        if (!(found instanceof Found.Present<V> present) || region.isChanged(load.key(), present.tags())) {
            return null;
        }
        boolean fresh = present.isFresh();
        if (!fresh && lifetimes.staleFor(present) <= 0) {
            return null;
        }
        Entry<V> entry = lifetimes.entry(load.epoch(), present, SharedValues.weight(load.key(), present.size()));
        counters.sharedHit(load.key(), !fresh);
        local.store(load, entry);
        return entry;
    }

    /** What a store at the commit has to find. A lease that other nodes would wait for is given up. */
    private @Nullable Found<V> held(PrivateLoad load, @Nullable Found<V> found) {
        if (found != null && crossNode && !found.present() && found.leaseIsOurs()) {
            values.release(load.key(), found);
            return null;
        }
        return found;
    }

    private void beginLoading(Set<String> keys) {
        Set<String> present = loading.get();
        for (String key : keys) {
            if (local.isLedHere(key) || (present != null && present.contains(key))) {
                throw errors.recursive(key);
            }
        }
        if (present == null) {
            present = new HashSet<>();
            loading.set(present);
        }
        present.addAll(keys);
    }

    private void endLoading(Set<String> keys) {
        Set<String> present = loading.get();
        if (present != null) {
            present.removeAll(keys);
            if (present.isEmpty()) {
                loading.remove();
            }
        }
    }

    private long startLoading() {
        counters.misses.increment();
        return clock.preciseNanos();
    }

    @SuppressWarnings("unchecked") // a loader of a subtype never sees a value, except the one that it returned
    private @Nullable V apply(ContextLoader<? extends V> loader, String key, LoadContext<V> context) throws Exception {
        return ((ContextLoader<V>) loader).load(key, context);
    }

    private void loaded(
            TransactionChanges transaction, PrivateLoad load, @Nullable Found<V> found, Brought<V> brought) {
        V value = brought.value();
        LoadContext<V> context = brought.context();
        counters.loadNanos.add(brought.nanos());
        counters.loaded(load.key(), brought.nanos(), null);
        if (!context.stored()) {
            return;
        }
        Life life = lifetimes.life(value, brought.ttl(), context, brought.nanos());
        @Nullable Encoded bytes = values.encodeIfNeeded(value);
        Entry<V> entry =
                lifetimes.entry(value, load.epoch(), brought.endedAt(), life, SharedValues.weight(load.key(), bytes));
        transaction.loaded(region(transaction), new Loaded<>(load, entry, found, bytes, life, brought.endedAt()));
    }

    /** After the commit. */
    private void store(Loaded<V> loaded) {
        PrivateLoad load = loaded.load();
        if (!local.isUnchanged(load, loaded.entry().tags)) {
            return;
        }
        local.store(load, loaded.entry());
        Life life = loaded.life();
        long left = life.ttl() - (clock.preciseNanos() - loaded.endedAt());
        if (shared != null && loaded.found() != null && loaded.bytes() != null && left > 0) {
            shared.store(load.key(), loaded.found(), loaded.bytes(), life.withTtl(left));
        }
    }

    /** What the caller is to see: unchecked ones as they are, checked ones wrapped once. */
    private Throwable failed(String key, Throwable failure, long nanos) {
        counters.loadNanos.add(nanos);
        counters.loaded(key, nanos, failure);
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return errors.asSeen(key, failure);
    }
}
