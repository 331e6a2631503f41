package io.perfkit.cache;

import io.perfkit.cache.LocalReads.Answer;
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
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How a call for many keys comes to their values: one pass over the local tier, one pipelined read of the shared one,
 * one load of what is missing, one pipelined write. The {@link BulkSteps} of all keys go together.
 *
 * <p>Each key has a flight of its own, so that bulk calls and single ones wait for each other key by key. A call first
 * ends the flights that it leads, and only then waits for those of others: two calls that each need what the other is
 * loading never wait in a circle.
 */
final class BulkLoads<V> {

    private final String region;
    private final CoarseClock clock;
    private final Counters counters;
    private final LoadTimeouts timeouts;
    private final LocalReads<V> reads;
    private final LoadSteps<V> steps;
    private final LoadOutcome<V> outcome;
    private final SharedValues<V> values;
    private final LoadTasks<V> tasks;
    private final LoadErrors errors;

    BulkLoads(
            RegionParts<V> parts,
            LocalReads<V> reads,
            LoadSteps<V> steps,
            LoadOutcome<V> outcome,
            SharedValues<V> values,
            LoadTasks<V> tasks,
            LoadErrors errors) {
        this.region = parts.name();
        this.clock = parts.clock();
        this.counters = parts.counters();
        this.timeouts = LoadTimeouts.of(parts.policy());
        this.reads = reads;
        this.steps = steps;
        this.outcome = outcome;
        this.values = values;
        this.tasks = tasks;
        this.errors = errors;
    }

    /** The values of the keys that have one, in the order of the keys. */
    Map<String, V> find(Collection<String> keys, long ttl, BulkLoader<V> loader) {
        Map<String, @Nullable Entry<V>> results = new LinkedHashMap<>();
        for (String key : keys) {
            results.put(Objects.requireNonNull(key, "key"), null);
        }
        if (timeouts.none()) {
            fill(results, new Request<>(ttl, loader, () -> {}));
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
    record Request<V>(long ttl, BulkLoader<V> loader, Runnable looked) {}

    private void fill(Map<String, @Nullable Entry<V>> results, Request<V> request) {
        Collection<String> open = new ArrayList<>(results.keySet());
        while (!open.isEmpty()) {
            open = round(open, results, request);
        }
    }

    /** The same on another thread, and no longer than the policy says. */
    private void fillInTime(Map<String, @Nullable Entry<V>> results, long ttl, BulkLoader<V> loader) {
        Set<String> keys = new LinkedHashSet<>(results.keySet());
        // A task that is late must not write into what the caller has been given.
        Map<String, @Nullable Entry<V>> filled = Collections.synchronizedMap(new LinkedHashMap<>(results));
        CompletableFuture<@Nullable Void> looked = new CompletableFuture<>();
        // Nobody joins it, but a loader that waits in a circle is seen to.
        Flight<V> whole = new Flight<>(region, LoadErrors.several(keys), 0, 0);
        long start = System.nanoTime();
        tasks.run(() -> {
            whole.ledHere();
            try {
                fill(filled, new Request<>(ttl, loader, () -> looked.complete(null)));
                whole.abandon();
            } catch (Throwable t) {
                whole.fail(t);
            }
        });
        try {
            whole.await(timeouts.soft());
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
                whole.awaitOr(news, timeouts.hard() - (System.nanoTime() - start));
            }
            if (!whole.hasEnded() && standsIn(results, filled)) {
                return;
            }
            whole.await(timeouts.hard() - (System.nanoTime() - start));
            results.putAll(filled);
        } catch (TimeoutException hard) {
            throw errors.late(String.join("', '", keys));
        }
    }

    /** Whether each key has been found or can be served as stale, which is then the result. */
    private boolean standsIn(Map<String, @Nullable Entry<V>> results, Map<String, @Nullable Entry<V>> filled) {
        Map<String, @Nullable Entry<V>> all = new LinkedHashMap<>();
        List<String> stale = new ArrayList<>();
        for (String key : results.keySet()) {
            Entry<V> entry = filled.get(key);
            if (entry == null) {
                entry = reads.standIn(key);
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
            Flight<V> flight = filled.get(key) == null ? reads.underWay(key) : null;
            if (flight != null) {
                known.add(flight.fallbackKnown());
            }
        }
        return CompletableFuture.allOf(known.toArray(CompletableFuture<?>[]::new));
    }

    /** Answers what it can. What it returns stays open: it was being loaded by somebody who gave up. */
    private List<String> round(Collection<String> open, Map<String, @Nullable Entry<V>> results, Request<V> request) {
        List<Flight<V>> mine = new ArrayList<>(open.size());
        List<Flight<V>> others = new ArrayList<>();
        List<Flight<V>> refreshed = new ArrayList<>();
        Map<String, Entry<V>> toRefresh = new LinkedHashMap<>();
        try {
            for (String key : open) {
                Entry<V> entry = reads.usable(key);
                Answer answer = entry == null ? Answer.NONE : reads.answer(key, entry);
                if (entry != null && answer != Answer.NONE) {
                    results.put(key, entry);
                    if (answer == Answer.SERVED_AND_REFRESHED) {
                        toRefresh.put(key, entry);
                    }
                    continue;
                }
                Flight<V> flight = reads.join(key);
                if (steps.isRefreshOfSharedValue(flight)) {
                    refreshed.add(flight);
                } else {
                    (flight.claim() ? mine : others).add(flight);
                }
            }
            Map<String, Entry<V>> beside = steps.whileRefreshed(refreshed);
            for (Flight<V> flight : refreshed) {
                Entry<V> entry = beside.get(flight.key());
                if (entry != null) {
                    results.put(flight.key(), entry);
                } else {
                    (flight.claim() ? mine : others).add(flight);
                }
            }
            refresh(toRefresh, request);
            lead(mine, results, request, false);
        } catch (Throwable t) {
            // Those that have ended stay as they are.
            mine.forEach(flight -> outcome.crash(flight, t));
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

    private void refresh(Map<String, Entry<V>> replaced, Request<V> request) {
        tasks.refreshAll(replaced, flights -> {
            try {
                lead(flights, new HashMap<>(), request, true);
            } catch (Throwable t) {
                flights.forEach(flight -> outcome.crash(flight, t));
                errors.refreshesFailed(t);
            }
        });
    }

    /** Leads flights on the calling thread. Where it throws, some may not have ended. */
    private void lead(
            List<Flight<V>> mine, Map<String, @Nullable Entry<V>> results, Request<V> request, boolean refresh) {
        if (!mine.isEmpty()) {
            refresh(new BulkSteps<>(steps, values, errors, clock, request, results).lead(mine, refresh), request);
        }
    }
}
