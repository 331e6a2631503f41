package io.perfkit.cache;

import io.perfkit.cache.internal.Envelope;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How a call that does not wait comes by a value: the same steps as in {@link RegionLoads}, each of which begins when
 * the one before has ended, on whatever thread ended it. No thread is held.
 */
final class AsyncLoads<V> {

    private final RegionLoads<V> loads;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Landing<V> landing;
    private final CoarseClock clock;
    private final Counters counters;
    private final FailureLog failures;

    AsyncLoads(RegionLoads<V> loads, Counters counters, FailureLog failures) {
        this.loads = loads;
        this.local = loads.local();
        this.shared = loads.shared();
        this.landing = loads.landing();
        this.clock = loads.clock();
        this.counters = counters;
        this.failures = failures;
    }

    /** The value of a key, from either tier or loaded. */
    CompletableFuture<@Nullable V> find(String key, long ttl, AsyncLoader<V> loader) {
        Objects.requireNonNull(key, "key");
        Entry<V> entry = landing.usable(key);
        if (entry != null && loads.serves(key, entry, f -> lead(f, ttl, loader, true))) {
            return CompletableFuture.completedFuture(entry.value);
        }
        Flight<V> flight = local.join(local.newFlight(key), landing.joinableSince());
        boolean mine = flight.claim();
        if (mine) {
            lead(flight, ttl, loader, false);
        }
        CompletableFuture<@Nullable V> result = flight.result().thenCompose(landed -> {
            Entry<V> brought = landed == null && mine ? flight.leadersEntry() : landed;
            if (brought == null) {
                return find(key, ttl, loader);
            }
            if (!mine) {
                counters.coalesced.increment();
            }
            return CompletableFuture.completedFuture(brought.value);
        });
        return loads.hardTimeout() == Long.MAX_VALUE ? result : bounded(flight, result);
    }

    /** A result that comes no later than the policy says. */
    private CompletableFuture<@Nullable V> bounded(Flight<V> flight, CompletableFuture<@Nullable V> result) {
        String key = flight.key();
        CompletableFuture<@Nullable V> soft = new CompletableFuture<>();
        forward(result, soft);
        Executor later = CompletableFuture.delayedExecutor(loads.softTimeout(), TimeUnit.NANOSECONDS);
        later.execute(() -> {
            if (!standIn(key, soft)) {
                // The shared tier may have one, and be late itself. What hangs on the result is no work for its leader.
                var unused = flight.fallbackKnown().thenRunAsync(() -> standIn(key, soft));
            }
        });
        return soft.orTimeout(loads.hardTimeout(), TimeUnit.NANOSECONDS).handle((value, failure) -> {
            if (failure instanceof TimeoutException) {
                throw loads.late(key);
            }
            if (failure != null) {
                throw Flight.<RuntimeException>unchanged(failure);
            }
            return value;
        });
    }

    private boolean standIn(String key, CompletableFuture<@Nullable V> result) {
        Entry<V> stale = result.isDone() ? null : landing.standIn(key);
        if (stale != null && result.complete(stale.value)) {
            counters.staleHit(key);
        }
        return result.isDone();
    }

    private static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        var unused = from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    /** Leads a flight to its end, which is after this method returns. Never throws. */
    private void lead(Flight<V> flight, long ttl, AsyncLoader<V> loader, boolean refresh) {
        try {
            Entry<V> present = landing.usable(flight.key());
            // A stale entry past its window: the call loads, and keeps it for the case that loading fails.
            if (!refresh && present != null && loads.isServable(present)) {
                landing.abandon(flight);
                return;
            }
            var unused = search(
                            flight,
                            present,
                            refresh,
                            new LeaseWait(loads.leaseLife()),
                            loads.threads().forCaller())
                    .thenCompose(read -> load(flight, ttl, loader, refresh, read))
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            crash(flight, Envelope.opened(failure), refresh);
                        }
                    });
        } catch (Throwable t) {
            crash(flight, t, refresh);
        }
    }

    private void crash(Flight<V> flight, Throwable failure, boolean refresh) {
        landing.crash(flight, failure);
        if (refresh) {
            failures.failed("a refresh of region '" + loads.name() + "' failed; the stale value is served on", failure);
        }
    }

    /**
     * What a search of the shared tier came to.
     *
     * @param found what stands there, or null if it cannot be used
     * @param adopted the entry with which the flight has ended, or null
     * @param fallback what may stand in if loading fails
     * @param ended whether the flight has ended
     */
    private record Read<V>(
            @Nullable Found<V> found,
            @Nullable Entry<V> adopted,
            @Nullable Entry<V> fallback,
            boolean ended) {}

    private CompletableFuture<Read<V>> search(
            Flight<V> flight, @Nullable Entry<V> present, boolean refresh, LeaseWait wait, Executor executor) {
        SharedRegion<V> tier = shared;
        if (tier == null) {
            return CompletableFuture.completedFuture(
                    new Read<>(null, null, landing.fallback(flight, null, present), false));
        }
        String key = flight.key();
        return tier.findAsync(key, loads.leaseLife(), executor).thenCompose(found -> {
            Entry<V> adopted = landing.adopt(flight, found, refresh);
            if (adopted != null) {
                return CompletableFuture.completedFuture(new Read<>(found, adopted, null, true));
            }
            Entry<V> fallback = landing.fallback(flight, found, present);
            Read<V> toLoad = new Read<>(found, null, fallback, false);
            if (found == null || !loads.crossNode()) {
                return CompletableFuture.completedFuture(toLoad);
            }
            return isMine(tier, key, found).thenCompose(mine -> {
                if (mine || (!refresh && wait.isOver())) {
                    return CompletableFuture.completedFuture(toLoad);
                }
                if (refresh) {
                    landing.postpone(key, fallback, RegionLoads.OTHER_REFRESHES);
                    landing.abandon(flight);
                    return CompletableFuture.completedFuture(new Read<>(found, null, null, true));
                }
                return pause(wait.next(), executor)
                        .thenCompose(paused -> search(flight, fallback, false, wait, executor));
            });
        });
    }

    /** Completes later, on the executor or, if that takes no more tasks, beside it. */
    private static CompletableFuture<@Nullable Void> pause(long nanos, Executor executor) {
        CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> {
                    try {
                        executor.execute(() -> over.complete(null));
                    } catch (RuntimeException full) {
                        over.complete(null);
                    }
                });
        return over;
    }

    private CompletableFuture<Boolean> isMine(SharedRegion<V> tier, String key, Found<V> found) {
        if (!found.present()) {
            return CompletableFuture.completedFuture(found.leaseIsOurs());
        }
        // Without an answer it is better to load twice than not at all.
        return tier.claimRefresh(key, found, loads.leaseLife()).exceptionally(failure -> true);
    }

    private CompletionStage<@Nullable Void> load(
            Flight<V> flight, long ttl, AsyncLoader<V> loader, boolean refresh, Read<V> read) {
        String key = flight.key();
        Entry<V> adopted = read.adopted();
        if (read.ended()) {
            if (!refresh && adopted != null && landing.isToRefresh(adopted)) {
                loads.refresh(key, adopted, f -> lead(f, ttl, loader, true));
            }
            return CompletableFuture.completedFuture(null);
        }
        if (!refresh) {
            counters.misses.increment();
        }
        Entry<V> fallback = read.fallback();
        LoadContext<V> context = new LoadContext<>(fallback == null ? null : fallback.value);
        long start = clock.preciseNanos();
        CompletionStage<? extends @Nullable V> stage;
        try {
            stage = begin(loader, key, context);
        } catch (Throwable t) {
            Interruption.keepFlag(t);
            failed(flight, read, refresh, t, clock.preciseNanos() - start);
            return CompletableFuture.completedFuture(null);
        }
        return stage.handle((value, failure) -> {
            // As it is: what would leave here as an exception would be put into an envelope like the loader's own.
            try {
                Throwable cause = failure == null ? nullFailure(key, value, context) : Envelope.opened(failure);
                long end = clock.preciseNanos();
                if (cause == null) {
                    landing.loaded(flight, read.found(), context, value, ttl, end, end - start);
                } else {
                    failed(flight, read, refresh, cause, end - start);
                }
            } catch (Throwable t) {
                crash(flight, t, refresh);
            }
            return null;
        });
    }

    private void failed(Flight<V> flight, Read<V> read, boolean refresh, Throwable failure, long nanos) {
        try {
            landing.failed(flight, read.found(), read.fallback(), refresh, failure, nanos);
        } catch (Throwable t) {
            crash(flight, t, refresh);
        }
    }

    private CompletionStage<? extends @Nullable V> begin(AsyncLoader<V> loader, String key, LoadContext<V> context) {
        boolean begun = LoadThreads.begin();
        try {
            CompletionStage<? extends @Nullable V> stage = loader.load(key, context);
            if (stage == null) {
                throw new CacheException("The loader of key '" + key + "' of region '" + loads.name()
                        + "' returned null instead of a stage: return a completed stage");
            }
            return stage;
        } finally {
            LoadThreads.end(begun);
        }
    }

    private @Nullable Throwable nullFailure(String key, @Nullable V value, LoadContext<V> context) {
        try {
            landing.checkNull(key, value, context);
            return null;
        } catch (CacheException e) {
            return e;
        }
    }
}
