package io.perfkit.cache;

import io.perfkit.cache.LoadSteps.Call;
import io.perfkit.cache.LoadSteps.Claim;
import io.perfkit.cache.LoadSteps.Done;
import io.perfkit.cache.LoadSteps.Elsewhere;
import io.perfkit.cache.LoadSteps.Look;
import io.perfkit.cache.LoadSteps.Step;
import io.perfkit.cache.LocalReads.Answer;
import io.perfkit.cache.SharedValues.AfterLoad;
import io.perfkit.cache.internal.Envelope;
import io.perfkit.cache.internal.Futures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How a call that does not wait comes to a value: by the same {@link LoadSteps} as one that does, each of which begins
 * when the one before has ended, on whatever thread ended it. No thread is held.
 */
final class AsyncLoads<V> {

    private final CoarseClock clock;
    private final Counters counters;
    private final LoadTimeouts timeouts;
    private final LocalReads<V> reads;
    private final LoadSteps<V> steps;
    private final LoadOutcome<V> outcome;
    private final SharedValues<V> values;
    private final LoadTasks<V> tasks;
    private final LoadErrors errors;

    AsyncLoads(
            RegionParts<V> parts,
            LocalReads<V> reads,
            LoadSteps<V> steps,
            LoadOutcome<V> outcome,
            SharedValues<V> values,
            LoadTasks<V> tasks,
            LoadErrors errors) {
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

    /** The value of a key, from either tier or loaded. */
    CompletableFuture<@Nullable V> find(String key, long ttl, AsyncLoader<V> loader) {
        Entry<V> entry = reads.usable(key);
        Answer answer = entry == null ? Answer.NONE : reads.answer(key, entry);
        if (entry != null && answer != Answer.NONE) {
            if (answer == Answer.SERVED_AND_REFRESHED) {
                tasks.refresh(key, entry, flight -> lead(flight, ttl, loader, true));
            }
            return CompletableFuture.completedFuture(entry.value);
        }
        Flight<V> flight = reads.join(key);
        return steps.isRefreshOfSharedValue(flight)
                ? steps.whileRefreshedAsync(flight, tasks.forCaller())
                        .thenCompose(beside -> beside == null
                                ? await(flight, ttl, loader)
                                : CompletableFuture.completedFuture(beside.value))
                : await(flight, ttl, loader);
    }

    /** The value that a flight brings, which is led here unless somebody does already. */
    private CompletableFuture<@Nullable V> await(Flight<V> flight, long ttl, AsyncLoader<V> loader) {
        String key = flight.key();
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
        return timeouts.none() ? result : bounded(flight, result);
    }

    /** A result that comes no later than the policy says. */
    private CompletableFuture<@Nullable V> bounded(Flight<V> flight, CompletableFuture<@Nullable V> result) {
        String key = flight.key();
        CompletableFuture<@Nullable V> soft = new CompletableFuture<>();
        Futures.forward(result, soft);
        Executor later = CompletableFuture.delayedExecutor(timeouts.soft(), TimeUnit.NANOSECONDS);
        later.execute(() -> {
            if (!standIn(key, soft)) {
                // The shared tier may have one, and be late itself. What hangs on the result is no work for its leader.
                var unused = flight.fallbackKnown().thenRunAsync(() -> standIn(key, soft));
            }
        });
        return soft.orTimeout(timeouts.hard(), TimeUnit.NANOSECONDS).handle((value, failure) -> {
            if (failure instanceof TimeoutException) {
                throw errors.late(key);
            }
            if (failure != null) {
                throw Flight.<RuntimeException>unchanged(failure);
            }
            return value;
        });
    }

    private boolean standIn(String key, CompletableFuture<@Nullable V> result) {
        Entry<V> stale = result.isDone() ? null : reads.standIn(key);
        if (stale != null && result.complete(stale.value)) {
            counters.staleHit(key);
        }
        return result.isDone();
    }

    /** Leads a flight to its end, which is after this method returns. Never throws. */
    private void lead(Flight<V> flight, long ttl, AsyncLoader<V> loader, boolean refresh) {
        Leading leading = new Leading(flight, ttl, loader, refresh);
        try {
            var unused = leading.proceed(steps.begin(flight, refresh)).whenComplete((done, failure) -> {
                if (failure != null) {
                    leading.crash(Envelope.opened(failure));
                }
            });
        } catch (Throwable t) {
            leading.crash(t);
        }
    }

    /** A flight on its way. */
    private final class Leading {

        private final Flight<V> flight;
        private final long ttl;
        private final AsyncLoader<V> loader;
        private final boolean refresh;
        /** Where the shared tier's answers are worked on. */
        private final Executor executor = tasks.forCaller();

        private @Nullable LeaseWait wait;

        Leading(Flight<V> flight, long ttl, AsyncLoader<V> loader, boolean refresh) {
            this.flight = flight;
            this.ttl = ttl;
            this.loader = loader;
            this.refresh = refresh;
        }

        /** Completes when the flight has ended. */
        CompletionStage<@Nullable Void> proceed(Step<V> step) {
            if (step instanceof Done<V> done) {
                return ended(done);
            }
            if (step instanceof Look<V> look) {
                return look.askAsync(executor).thenCompose(found -> proceed(look.answered(found)));
            }
            if (step instanceof Claim<V> claim) {
                return claim.ask().exceptionally(failure -> true).thenCompose(mine -> proceed(claim.answered(mine)));
            }
            return step instanceof Elsewhere<V> elsewhere ? await(elsewhere) : load((Call<V>) step);
        }

        private CompletionStage<@Nullable Void> ended(Done<V> done) {
            if (done.entry() != null && done.refreshes()) {
                tasks.refresh(done.key(), done.entry(), next -> lead(next, ttl, loader, true));
            }
            return CompletableFuture.completedFuture(null);
        }

        private CompletionStage<@Nullable Void> await(Elsewhere<V> elsewhere) {
            LeaseWait waiting = wait == null ? steps.newWait() : wait;
            wait = waiting;
            return waiting.isOver()
                    ? proceed(elsewhere.loadHere())
                    : pause(waiting.next(), executor).thenCompose(paused -> proceed(elsewhere.lookAgain()));
        }

        private CompletionStage<@Nullable Void> load(Call<V> call) {
            call.begins();
            LoadContext<V> context = call.context();
            long start = clock.preciseNanos();
            CompletionStage<? extends @Nullable V> stage;
            try {
                stage = begin(call.key(), context);
            } catch (Throwable t) {
                Interruption.keepFlag(t);
                failed(call, t, clock.preciseNanos() - start);
                return CompletableFuture.completedFuture(null);
            }
            return stage.handle((value, failure) -> {
                // As it is: what would leave here as an exception would be put into an envelope like the loader's own.
                Throwable cause = failure == null ? nullFailure(call.key(), value, context) : Envelope.opened(failure);
                long end = clock.preciseNanos();
                if (cause != null) {
                    failed(call, cause, end - start);
                } else {
                    loaded(call, value, context, end, end - start);
                }
                return null;
            });
        }

        private CompletionStage<? extends @Nullable V> begin(String key, LoadContext<V> context) {
            boolean begun = LoadThreads.begin();
            try {
                CompletionStage<? extends @Nullable V> stage = loader.load(key, context);
                if (stage == null) {
                    throw errors.noStage(key);
                }
                return stage;
            } finally {
                LoadThreads.end(begun);
            }
        }

        private @Nullable Throwable nullFailure(String key, @Nullable V value, LoadContext<V> context) {
            try {
                errors.checkNull(key, value, context);
                return null;
            } catch (CacheException e) {
                return e;
            }
        }

        private void loaded(Call<V> call, @Nullable V value, LoadContext<V> context, long end, long nanos) {
            AfterLoad<V> after = values.afterLoad();
            try {
                call.brought(value, context, ttl, end, nanos, after);
                values.settle(after);
            } catch (Throwable t) {
                crash(t);
            }
        }

        private void failed(Call<V> call, Throwable failure, long nanos) {
            AfterLoad<V> after = values.afterLoad();
            try {
                call.failed(failure, nanos, after);
            } catch (Throwable t) {
                crash(t);
            } finally {
                values.settle(after);
            }
        }

        void crash(Throwable failure) {
            outcome.crash(flight, failure);
            if (refresh) {
                errors.refreshFailed(failure);
            }
        }
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
}
