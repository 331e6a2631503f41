package io.perfkit.cache;

import io.perfkit.cache.RegionLoads.Answer;
import io.perfkit.cache.SharedRegion.Found;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How a call for many keys comes by their values: one pass over the local tier, one pipelined read of the shared one,
 * one load of what is missing, one pipelined write.
 *
 * <p>Each key has a flight of its own, so that bulk calls and single ones wait for each other key by key. A call first
 * ends the flights that it leads, and only then waits for those of others: two calls that each need what the other is
 * loading never wait in a circle.
 */
final class BulkLoads<V> {

    private static final long POLL = TimeUnit.MILLISECONDS.toNanos(20);

    private final RegionLoads<V> loads;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Landing<V> landing;
    private final CoarseClock clock;
    private final RegionCounters counters;
    private final FailureLog failures;

    BulkLoads(RegionLoads<V> loads, RegionCounters counters, FailureLog failures) {
        this.loads = loads;
        this.local = loads.local();
        this.shared = loads.shared();
        this.landing = loads.landing();
        this.clock = loads.clock();
        this.counters = counters;
        this.failures = failures;
    }

    /** The values of the keys that have one, in the order of the keys. */
    Map<String, V> find(Collection<String> keys, long ttl, BulkLoader<V> loader) {
        Map<String, @Nullable Entry<V>> results = new LinkedHashMap<>();
        for (String key : keys) {
            results.put(Objects.requireNonNull(key, "key"), null);
        }
        if (loads.hardTimeout() == Long.MAX_VALUE) {
            fill(results, ttl, loader);
        } else {
            fillInTime(results, ttl, loader);
        }
        Map<String, V> values = new LinkedHashMap<>(results.size() * 2);
        results.forEach((key, entry) -> {
            if (entry != null && entry.value != null) {
                values.put(key, entry.value);
            }
        });
        return values;
    }

    private void fill(Map<String, @Nullable Entry<V>> results, long ttl, BulkLoader<V> loader) {
        Collection<String> open = results.keySet();
        while (!open.isEmpty()) {
            open = round(open, results, ttl, loader);
        }
    }

    /** The same on another thread, and no longer than the policy says. */
    private void fillInTime(Map<String, @Nullable Entry<V>> results, long ttl, BulkLoader<V> loader) {
        Set<String> keys = new LinkedHashSet<>(results.keySet());
        // Whoever is late must not write into what the caller has been given.
        CompletableFuture<Map<String, @Nullable Entry<V>>> all = CompletableFuture.supplyAsync(
                () -> {
                    Map<String, @Nullable Entry<V>> filled = new LinkedHashMap<>();
                    keys.forEach(key -> filled.put(key, null));
                    fill(filled, ttl, loader);
                    return filled;
                },
                loads.background());
        long start = System.nanoTime();
        try {
            results.putAll(all.get(loads.softTimeout(), TimeUnit.NANOSECONDS));
            return;
        } catch (TimeoutException soft) {
            keys.forEach(key -> results.put(key, landing.usable(key)));
            if (!results.containsValue(null)) {
                keys.forEach(counters::staleHit);
                return;
            }
        } catch (ExecutionException e) {
            throw Flight.<RuntimeException>unchanged(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            results.putAll(all.get(loads.hardTimeout() - (System.nanoTime() - start), TimeUnit.NANOSECONDS));
        } catch (TimeoutException hard) {
            throw loads.late(String.join("', '", keys));
        } catch (ExecutionException e) {
            throw Flight.<RuntimeException>unchanged(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private CacheException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CacheException("Interrupted while waiting for a bulk load of region '" + loads.name() + "'", e);
    }

    /** Answers what it can. What it returns stays open: it was being loaded by somebody who gave up. */
    private List<String> round(
            Collection<String> open, Map<String, @Nullable Entry<V>> results, long ttl, BulkLoader<V> loader) {
        List<Flight<V>> mine = new ArrayList<>(open.size());
        List<Flight<V>> others = new ArrayList<>();
        List<String> toRefresh = new ArrayList<>();
        try {
            for (String key : open) {
                Entry<V> entry = landing.usable(key);
                Answer answer = entry == null ? Answer.NONE : loads.answer(key, entry);
                if (answer != Answer.NONE) {
                    results.put(key, entry);
                    if (answer == Answer.SERVED_AND_REFRESHED) {
                        toRefresh.add(key);
                    }
                    continue;
                }
                Flight<V> flight = local.join(local.newFlight(key), landing.joinableSince());
                if (flight.claim()) {
                    mine.add(flight);
                } else {
                    others.add(flight);
                }
            }
            loads.refreshAll(toRefresh, flights -> refresh(flights, ttl, loader));
            lead(mine, results, ttl, loader, false);
        } catch (Throwable t) {
            // Those that have ended stay as they are.
            mine.forEach(flight -> landing.crash(flight, t));
            throw t;
        }
        List<String> again = new ArrayList<>();
        for (Flight<V> flight : others) {
            Entry<V> entry = flight.await();
            if (entry == null) {
                again.add(flight.key());
            } else {
                counters.coalesced.increment();
                results.put(flight.key(), entry);
            }
        }
        return again;
    }

    private void refresh(List<Flight<V>> flights, long ttl, BulkLoader<V> loader) {
        try {
            lead(flights, new HashMap<>(), ttl, loader, true);
        } catch (Throwable t) {
            flights.forEach(flight -> landing.crash(flight, t));
            failures.failed("a refresh of region '" + loads.name() + "' failed; stale values are served on", t);
        }
    }

    /** Leads flights on the calling thread. Where it throws, some may not have ended. */
    private void lead(
            List<Flight<V>> mine,
            Map<String, @Nullable Entry<V>> results,
            long ttl,
            BulkLoader<V> loader,
            boolean refresh) {
        List<Flight<V>> open = new ArrayList<>(mine.size());
        Map<String, Entry<V>> fallbacks = new HashMap<>();
        for (Flight<V> flight : mine) {
            flight.ledHere();
            Entry<V> present = landing.usable(flight.key());
            if (!refresh && present != null && loads.isServable(present)) {
                landing.abandon(flight);
                counters.localHit(flight.key());
                results.put(flight.key(), present);
                continue;
            }
            if (present != null) {
                fallbacks.put(flight.key(), present);
            }
            open.add(flight);
        }
        List<String> toRefresh = new ArrayList<>();
        long start = System.nanoTime();
        while (!open.isEmpty()) {
            Map<String, Found<V>> found = shared == null ? Map.of() : shared.findAll(keys(open), loads.leaseLife());
            boolean waits = loads.crossNode()
                    && !refresh
                    && System.nanoTime() - start < loads.leaseLife().toNanos();
            List<Flight<V>> toLoad = new ArrayList<>();
            List<Flight<V>> elsewhere = new ArrayList<>();
            for (Flight<V> flight : open) {
                String key = flight.key();
                Found<V> there = found.get(key);
                Entry<V> adopted = landing.adopt(flight, there, refresh ? fallbacks.get(key) : null);
                if (adopted != null) {
                    results.put(key, adopted);
                    if (!refresh && loads.isPast(adopted)) {
                        toRefresh.add(key);
                    }
                } else if (!waits || there == null || there.present() || there.leaseIsOurs()) {
                    toLoad.add(flight);
                    Entry<V> fallback = landing.fallback(flight, there, fallbacks.get(key));
                    if (fallback != null) {
                        fallbacks.put(key, fallback);
                    }
                } else {
                    elsewhere.add(flight);
                }
            }
            if (!toLoad.isEmpty()) {
                load(toLoad, found, fallbacks, results, ttl, loader, refresh);
            } else if (!elsewhere.isEmpty()) {
                // Another node loads these.
                LockSupport.parkNanos(POLL);
            }
            open = elsewhere;
        }
        loads.refreshAll(toRefresh, flights -> refresh(flights, ttl, loader));
    }

    private static List<String> keys(List<? extends Flight<?>> flights) {
        List<String> keys = new ArrayList<>(flights.size());
        for (Flight<?> flight : flights) {
            keys.add(flight.key());
        }
        return keys;
    }

    private void load(
            List<Flight<V>> toLoad,
            Map<String, Found<V>> found,
            Map<String, Entry<V>> fallbacks,
            Map<String, @Nullable Entry<V>> results,
            long ttl,
            BulkLoader<V> loader,
            boolean refresh) {
        Map<String, V> values = null;
        Throwable failure = null;
        long start = clock.preciseNanos();
        try {
            values = loader.load(Collections.unmodifiableSet(new LinkedHashSet<>(keys(toLoad))));
            if (values == null) {
                throw new CacheException("The bulk loader of region '" + loads.name()
                        + "' returned null: return a map, without the keys that have no value");
            }
        } catch (Throwable t) {
            failure = t;
        }
        long end = clock.preciseNanos();
        long each = (end - start) / toLoad.size();
        Throwable toThrow = null;
        for (Flight<V> flight : toLoad) {
            String key = flight.key();
            Found<V> there = found.get(key);
            if (!refresh) {
                counters.misses.increment();
            }
            V value = values == null ? null : values.get(key);
            if (failure != null) {
                try {
                    results.put(key, landing.failed(flight, there, fallbacks.get(key), failure, each));
                } catch (Throwable t) {
                    landing.crash(flight, t);
                    toThrow = t;
                }
            } else if (value == null && !landing.lifetimes().cachesNull()) {
                // Nothing to keep. Who waits for the key with a loader of his own shall ask that one.
                landing.release(key, there);
                landing.abandon(flight);
            } else {
                results.put(key, landing.loaded(flight, there, new LoadContext<>(null), value, ttl, end, each));
            }
        }
        if (toThrow != null) {
            throw Flight.<RuntimeException>unchanged(toThrow);
        }
    }
}
