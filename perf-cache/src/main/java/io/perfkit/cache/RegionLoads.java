package io.perfkit.cache;

import io.perfkit.cache.SharedRegion.Found;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How a region comes by a value: from its local tier, by waiting for somebody who is getting it already, from the
 * shared tier, or from the loader.
 *
 * <p>A flight is registered before anything is looked up elsewhere, and remembers the local epoch of that moment. So an
 * invalidation either comes first, and the look-up sees what it left, or it finds the flight and cuts it off.
 */
final class RegionLoads<V> {

    private final String name;
    private final CachePolicy policy;
    private final Codec<V> codec;
    private final boolean weighted;
    private final CoarseClock clock;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final RegionCounters counters;
    private final Executor executor;
    private final FailureLog failures;

    RegionLoads(
            String name,
            CachePolicy policy,
            Codec<V> codec,
            boolean weighted,
            CoarseClock clock,
            LocalTier<V> local,
            @Nullable SharedRegion<V> shared,
            RegionCounters counters,
            Executor executor,
            FailureLog failures) {
        this.name = name;
        this.policy = policy;
        this.codec = codec;
        this.weighted = weighted;
        this.clock = clock;
        this.local = local;
        this.shared = shared;
        this.counters = counters;
        this.executor = executor;
        this.failures = failures;
    }

    /** Local entries of shared regions are served only while the node knows that it is up to date. */
    boolean isTrusted(long now) {
        return shared == null || now < shared.trustedUntil();
    }

    /** The local entry, if it may be served: fresh or stale. */
    @Nullable
    Entry<V> servable(String key) {
        Entry<V> entry = local.peek(key);
        long now = clock.nanos();
        return entry != null && now < entry.staleUntil && isTrusted(now) && local.isLive(key, entry) ? entry : null;
    }

    /** The value of a key, from either tier or loaded. */
    V find(String key, long ttl, ValueLoader<? extends V> loader) {
        Objects.requireNonNull(key, "key");
        while (true) {
            Entry<V> entry = servable(key);
            if (entry != null) {
                counters.localHits.increment();
                if (clock.nanos() >= entry.freshUntil) {
                    counters.staleServed.increment();
                    refresh(key, ttl, loader);
                }
                return entry.value;
            }
            Flight<V> flight = local.join(local.newFlight(key));
            if (flight.claim()) {
                return lead(flight, ttl, loader);
            }
            Entry<V> result = flight.await();
            if (result != null) {
                counters.coalesced.increment();
                return result.value;
            }
        }
    }

    /** Reads the shared tier without loading. What is found goes into the local tier, unless somebody loads the key. */
    @Nullable
    V findShared(String key) {
        SharedRegion<V> tier = Objects.requireNonNull(shared);
        Flight<V> flight = local.newFlight(key);
        if (local.join(flight) != flight || !flight.claim()) {
            Found<V> found = tier.find(key, SharedRegion.LEASE_LIFE);
            return found == null ? null : found.value();
        }
        LoadingThread thread = LoadingThread.enter();
        flight.ledBy(thread);
        try {
            Found<V> found = tier.find(key, SharedRegion.LEASE_LIFE);
            V value = found == null ? null : found.value();
            if (found != null && value != null) {
                local.store(flight, entryOf(flight, found, value));
            }
            return value;
        } finally {
            local.end(flight);
            flight.abandon();
            thread.leave();
        }
    }

    private V lead(Flight<V> flight, long ttl, ValueLoader<? extends V> loader) {
        String key = flight.key();
        LoadingThread thread = LoadingThread.enter();
        flight.ledBy(thread);
        try {
            Entry<V> present = servable(key);
            if (present != null) {
                local.end(flight);
                flight.abandon();
                counters.localHits.increment();
                return present.value;
            }
            return fly(flight, ttl, loader, false).value;
        } catch (Throwable t) {
            local.end(flight);
            flight.fail(t);
            throw Flight.<RuntimeException>unchanged(t);
        } finally {
            thread.leave();
        }
    }

    /** Finds the value in the shared tier or loads it, stores it, and gives it to those who wait. */
    private Entry<V> fly(Flight<V> flight, long ttl, ValueLoader<? extends V> loader, boolean refresh) {
        String key = flight.key();
        Found<V> found = shared == null ? null : shared.find(key, SharedRegion.LEASE_LIFE);
        if (found != null && found.value() != null && (found.freshFor() > 0 || (!refresh && found.staleFor() > 0))) {
            counters.sharedHits.increment();
            Entry<V> entry = entryOf(flight, found, found.value());
            finish(flight, entry);
            if (found.freshFor() <= 0) {
                counters.staleServed.increment();
                refresh(key, ttl, loader);
            }
            return entry;
        }
        if (!refresh) {
            counters.misses.increment();
        }
        V value = load(key, loader);
        SharedWrites.Encoded bytes = encodeIfNeeded(value);
        Entry<V> entry = newEntry(key, value, bytes, flight.startEpoch(), ttl);
        finish(flight, entry);
        if (shared != null && found != null && bytes != null && !local.isCutOff(flight)) {
            shared.writes().store(key, found, bytes, life(ttl));
        }
        return entry;
    }

    SharedWrites.Life life(long ttl) {
        return new SharedWrites.Life(ttl, policy.staleWhileRevalidate().toNanos(), 0, 0, java.util.List.of());
    }

    /** An entry whose life begins now, and whose load began at a local epoch. */
    Entry<V> newEntry(String key, V value, SharedWrites.@Nullable Encoded bytes, long epoch, long ttl) {
        long freshUntil = clock.preciseNanos() + ttl;
        long staleUntil = freshUntil + policy.staleWhileRevalidate().toNanos();
        return new Entry<>(value, epoch, freshUntil, staleUntil, weight(key, bytes == null ? 0 : bytes.bytes().length));
    }

    private Entry<V> entryOf(Flight<V> flight, Found<V> found, V value) {
        return new Entry<>(
                value,
                flight.startEpoch(),
                found.askedAt() + found.freshFor(),
                found.askedAt() + found.staleFor(),
                weight(flight.key(), found.size()));
    }

    /** In this order: whoever comes later must find the entry, and not a flight that an invalidation missed. */
    private void finish(Flight<V> flight, Entry<V> entry) {
        local.store(flight, entry);
        local.end(flight);
        flight.complete(entry);
    }

    private V load(String key, ValueLoader<? extends V> loader) {
        long start = System.nanoTime();
        boolean loaded = false;
        try {
            V value = loader.load();
            if (value == null) {
                throw new CacheException("The loader of key '" + key + "' of region '" + name
                        + "' returned null: return a value that stands for absence, such as Optional.empty()");
            }
            loaded = true;
            return value;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new CacheLoadException("The loader of key '" + key + "' of region '" + name + "' failed: " + e, e);
        } finally {
            counters.loadNanos.add(System.nanoTime() - start);
            (loaded ? counters.loads : counters.loadFailures).increment();
        }
    }

    /** Loads anew in the background, unless somebody does already. */
    private void refresh(String key, long ttl, ValueLoader<? extends V> loader) {
        if (local.isLoading(key)) {
            return;
        }
        Flight<V> flight = local.newFlight(key);
        if (local.join(flight) != flight) {
            return;
        }
        try {
            executor.execute(() -> runRefresh(flight, ttl, loader));
        } catch (RuntimeException e) {
            if (flight.claim()) {
                local.end(flight);
                flight.abandon();
            }
            failures.failed("a refresh of region '" + name + "' found no thread", e);
        }
    }

    private void runRefresh(Flight<V> flight, long ttl, ValueLoader<? extends V> loader) {
        if (!flight.claim()) {
            return;
        }
        LoadingThread thread = LoadingThread.enter();
        flight.ledBy(thread);
        try {
            fly(flight, ttl, loader, true);
        } catch (Throwable t) {
            local.end(flight);
            flight.fail(t);
            failures.failed("a refresh of region '" + name + "' failed; the stale value is served on", t);
        } finally {
            thread.leave();
        }
    }

    /** The value's bytes, where they are needed for sharing or weighing and there are any. */
    SharedWrites.@Nullable Encoded encodeIfNeeded(V value) {
        if (shared != null) {
            return shared.writes().encode(value);
        }
        if (!weighted) {
            return null;
        }
        try {
            return new SharedWrites.Encoded(codec.encode(value), false, false);
        } catch (Exception | StackOverflowError e) {
            failures.failed("a value of region '" + name + "' has no encoding and weighs nothing", e);
            return null;
        }
    }

    private static int weight(String key, int size) {
        return (int) Math.min(Integer.MAX_VALUE, 64L + 2L * key.length() + size);
    }
}
