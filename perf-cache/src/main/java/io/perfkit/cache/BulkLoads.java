package io.perfkit.cache;

import io.perfkit.cache.RegionLoads.Answer;
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

    private final RegionLoads<V> loads;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Landing<V> landing;
    private final CoarseClock clock;
    private final Counters counters;
    private final FailureLog failures;

    BulkLoads(RegionLoads<V> loads, Counters counters, FailureLog failures) {
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
            fill(results, new Call<>(ttl, loader, () -> {}));
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

    /**
     * What a call asks for, besides the keys.
     *
     * @param looked to be run whenever the tiers have been looked into and something is missing
     */
    private record Call<V>(long ttl, BulkLoader<V> loader, Runnable looked) {}

    private void fill(Map<String, @Nullable Entry<V>> results, Call<V> call) {
        Collection<String> open = new ArrayList<>(results.keySet());
        while (!open.isEmpty()) {
            open = round(open, results, call);
        }
    }

    /** The same on another thread, and no longer than the policy says. */
    private void fillInTime(Map<String, @Nullable Entry<V>> results, long ttl, BulkLoader<V> loader) {
        Set<String> keys = new LinkedHashSet<>(results.keySet());
        // Whoever is late must not write into what the caller has been given.
        Map<String, @Nullable Entry<V>> filled = Collections.synchronizedMap(new LinkedHashMap<>(results));
        CompletableFuture<@Nullable Void> looked = new CompletableFuture<>();
        // Nobody joins it, but a loader that waits in a circle is seen to.
        Flight<V> whole = new Flight<>(loads.name(), several(keys), 0, 0);
        long start = System.nanoTime();
        loads.run(() -> {
            whole.ledHere();
            try {
                fill(filled, new Call<>(ttl, loader, () -> looked.complete(null)));
                whole.abandon();
            } catch (Throwable t) {
                whole.fail(t);
            }
        });
        try {
            whole.await(loads.softTimeout());
            results.putAll(filled);
            return;
        } catch (TimeoutException soft) {
            // What follows is for this case.
        }
        try {
            // The shared tier may have what can stand in, and be late itself.
            for (CompletableFuture<?> news : List.of(looked, looked.thenCompose(done -> standInsOf(keys, filled)))) {
                if (standsIn(results, filled)) {
                    return;
                }
                whole.awaitOr(news, loads.hardTimeout() - (System.nanoTime() - start));
            }
            if (!whole.hasEnded() && standsIn(results, filled)) {
                return;
            }
            whole.await(loads.hardTimeout() - (System.nanoTime() - start));
            results.putAll(filled);
        } catch (TimeoutException hard) {
            throw loads.late(String.join("', '", keys));
        }
    }

    /** Whether each key has been found or can be served as stale, which is then the result. */
    private boolean standsIn(Map<String, @Nullable Entry<V>> results, Map<String, @Nullable Entry<V>> filled) {
        Map<String, @Nullable Entry<V>> all = new LinkedHashMap<>();
        List<String> stale = new ArrayList<>();
        for (String key : results.keySet()) {
            Entry<V> entry = filled.get(key);
            if (entry == null) {
                entry = landing.standIn(key);
                stale.add(key);
            }
            if (entry == null) {
                return false;
            }
            all.put(key, entry);
        }
        results.putAll(all);
        stale.forEach(counters::staleHit);
        return true;
    }

    /** Done as soon as every load that is under way for a key has found what may stand in for it. */
    private CompletableFuture<@Nullable Void> standInsOf(
            Collection<String> keys, Map<String, @Nullable Entry<V>> filled) {
        List<CompletableFuture<?>> known = new ArrayList<>();
        for (String key : keys) {
            Flight<V> flight = filled.get(key) == null ? local.flight(key) : null;
            if (flight != null) {
                known.add(flight.fallbackKnown());
            }
        }
        return CompletableFuture.allOf(known.toArray(CompletableFuture<?>[]::new));
    }

    /** For messages. */
    private static String several(Collection<String> keys) {
        String first = keys.isEmpty() ? "" : keys.iterator().next();
        return keys.size() < 2 ? first : first + " and " + (keys.size() - 1) + " more";
    }

    /** Answers what it can. What it returns stays open: it was being loaded by somebody who gave up. */
    private List<String> round(Collection<String> open, Map<String, @Nullable Entry<V>> results, Call<V> call) {
        List<Flight<V>> mine = new ArrayList<>(open.size());
        List<Flight<V>> others = new ArrayList<>();
        Map<String, Entry<V>> toRefresh = new LinkedHashMap<>();
        try {
            for (String key : open) {
                Entry<V> entry = landing.usable(key);
                Answer answer = entry == null ? Answer.NONE : loads.answer(key, entry);
                if (entry != null && answer != Answer.NONE) {
                    results.put(key, entry);
                    if (answer == Answer.SERVED_AND_REFRESHED) {
                        toRefresh.put(key, entry);
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
            loads.refreshAll(toRefresh, flights -> refresh(flights, call));
            lead(mine, results, call, false);
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

    private void refresh(List<Flight<V>> flights, Call<V> call) {
        try {
            lead(flights, new HashMap<>(), call, true);
        } catch (Throwable t) {
            flights.forEach(flight -> landing.crash(flight, t));
            failures.failed("a refresh of region '" + loads.name() + "' failed; stale values are served on", t);
        }
    }

    /** Leads flights on the calling thread. Where it throws, some may not have ended. */
    private void lead(List<Flight<V>> mine, Map<String, @Nullable Entry<V>> results, Call<V> call, boolean refresh) {
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
        Map<String, Entry<V>> toRefresh = new LinkedHashMap<>();
        LeaseWait wait = new LeaseWait(loads.leaseLife());
        boolean waited = false;
        while (!open.isEmpty()) {
            Map<String, Found<V>> found = shared == null ? Map.of() : shared.findAll(keys(open), loads.leaseLife());
            List<Flight<V>> missing = new ArrayList<>();
            for (Flight<V> flight : open) {
                String key = flight.key();
                Entry<V> adopted = landing.adopt(flight, found.get(key), refresh);
                if (adopted == null) {
                    missing.add(flight);
                    Entry<V> fallback = landing.fallback(flight, found.get(key), fallbacks.get(key));
                    if (fallback != null) {
                        fallbacks.put(key, fallback);
                    }
                    continue;
                }
                results.put(key, adopted);
                if (!refresh && landing.isToRefresh(adopted)) {
                    toRefresh.put(key, adopted);
                }
            }
            // In the pause or in the look, which then found nothing: no reason to load beside the other node.
            if (isInterrupted(missing, found, waited)) {
                missing.forEach(flight -> landing.releaseLease(flight.key(), found.get(flight.key())));
                throw LeaseWait.interrupted(loads.name(), several(keys(missing)), null);
            }
            if (!missing.isEmpty()) {
                call.looked().run();
            }
            Set<String> elsewhere = refresh || !wait.isOver() ? loadedElsewhere(missing, found) : Set.of();
            List<Flight<V>> toLoad = new ArrayList<>(missing);
            toLoad.removeIf(flight -> elsewhere.contains(flight.key()));
            missing.removeIf(flight -> !elsewhere.contains(flight.key()));
            if (!toLoad.isEmpty()) {
                load(toLoad, found, fallbacks, results, call, refresh);
            }
            if (refresh) {
                missing.forEach(flight -> {
                    landing.postpone(flight.key(), fallbacks.get(flight.key()), RegionLoads.OTHER_REFRESHES);
                    landing.abandon(flight);
                });
                break;
            }
            if (toLoad.isEmpty() && !missing.isEmpty()) {
                LockSupport.parkNanos(wait.next());
            }
            waited = true;
            open = missing;
        }
        loads.refreshAll(toRefresh, flights -> refresh(flights, call));
    }

    private boolean isInterrupted(List<Flight<V>> missing, Map<String, Found<V>> found, boolean waited) {
        if (missing.isEmpty() || !Thread.currentThread().isInterrupted()) {
            return false;
        }
        return waited
                || (loads.crossNode()
                        && LeaseWait.isInterrupted(shared)
                        && missing.stream().anyMatch(flight -> !found.containsKey(flight.key())));
    }

    /**
     * Of what is to be loaded, with loads across nodes: what another node is the one to load. Who finds nothing is known
     * by the lease that stands there; a value past its time is claimed, all of them in one round trip.
     */
    private Set<String> loadedElsewhere(List<Flight<V>> missing, Map<String, Found<V>> found) {
        if (!loads.crossNode() || shared == null) {
            return Set.of();
        }
        Set<String> elsewhere = new HashSet<>();
        Map<String, Found<V>> toClaim = new LinkedHashMap<>();
        for (Flight<V> flight : missing) {
            Found<V> there = found.get(flight.key());
            if (there != null && there.present()) {
                toClaim.put(flight.key(), there);
            } else if (there != null && !there.leaseIsOurs()) {
                elsewhere.add(flight.key());
            }
        }
        if (toClaim.isEmpty()) {
            return elsewhere;
        }
        Map<String, Boolean> claimed = shared.claimRefreshes(toClaim, loads.leaseLife());
        if (Thread.currentThread().isInterrupted()) {
            // Some may have been granted, and this call will not use them.
            toClaim.keySet().removeIf(key -> !claimed.getOrDefault(key, true));
            landing.releaseAll(toClaim);
            throw LeaseWait.interrupted(loads.name(), several(keys(missing)), null);
        }
        claimed.forEach((key, mine) -> {
            if (!mine) {
                elsewhere.add(key);
            }
        });
        return elsewhere;
    }

    private static List<String> keys(List<? extends Flight<?>> flights) {
        List<String> keys = new ArrayList<>(flights.size());
        for (Flight<?> flight : flights) {
            keys.add(flight.key());
        }
        return keys;
    }

    private Map<String, V> apply(BulkLoader<V> loader, List<String> keys) throws Exception {
        boolean begun = LoadThreads.begin();
        try {
            return loader.load(Collections.unmodifiableSet(new LinkedHashSet<>(keys)));
        } finally {
            LoadThreads.end(begun);
        }
    }

    private void load(
            List<Flight<V>> toLoad,
            Map<String, Found<V>> found,
            Map<String, Entry<V>> fallbacks,
            Map<String, @Nullable Entry<V>> results,
            Call<V> call,
            boolean refresh) {
        Map<String, V> values = null;
        Throwable failure = null;
        long start = clock.preciseNanos();
        try {
            values = apply(call.loader(), keys(toLoad));
            if (values == null) {
                throw new CacheException("The bulk loader of region '" + loads.name()
                        + "' returned null: return a map, without the keys that have no value");
            }
        } catch (Throwable t) {
            Interruption.keepFlag(t);
            failure = t;
        }
        long end = clock.preciseNanos();
        long each = (end - start) / toLoad.size();
        Throwable toThrow = null;
        Landing.AfterLoad<V> after = new Landing.AfterLoad<>();
        for (Flight<V> flight : toLoad) {
            String key = flight.key();
            Found<V> there = found.get(key);
            if (!refresh) {
                counters.misses.increment();
            }
            V value = values == null ? null : values.get(key);
            if (failure != null) {
                after.release(key, there);
                try {
                    results.put(key, landing.failed(flight, null, fallbacks.get(key), refresh, failure, each));
                } catch (Throwable t) {
                    landing.crash(flight, t);
                    toThrow = t;
                }
            } else if (value == null && !landing.lifetimes().cachesNull()) {
                // Nothing to keep. Who waits for the key with a loader of his own shall ask that one.
                after.release(key, there);
                landing.abandon(flight);
            } else {
                results.put(
                        key,
                        landing.loaded(flight, there, new LoadContext<>(null), value, call.ttl(), end, each, after));
            }
        }
        landing.settle(after);
        if (toThrow != null) {
            throw Flight.<RuntimeException>unchanged(toThrow);
        }
    }
}
