package io.perfkit.cache;

import io.perfkit.cache.LoadSteps.Call;
import io.perfkit.cache.LoadSteps.Claim;
import io.perfkit.cache.LoadSteps.Done;
import io.perfkit.cache.LoadSteps.Elsewhere;
import io.perfkit.cache.LoadSteps.Look;
import io.perfkit.cache.LoadSteps.Step;
import io.perfkit.cache.LocalReads.Answer;
import io.perfkit.cache.SharedValues.AfterLoad;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a call that waits comes to a value: from the region's local tier, by waiting for somebody who is getting it
 * already, or by leading a flight through its {@link LoadSteps} on its own thread.
 *
 * <p>With a load timeout in the policy, flights are led by the executor and every caller only waits, so that nobody has
 * to stay for a load that takes too long. A flight is claimed when its task begins, not when it is queued: a caller that
 * is itself a loader takes it out of the queue and hands it to a thread beyond the executor's ({@link LoadThreads}). A
 * caller whose soft timeout is over looks again for a value, which is then a stale one that the leader has found.
 *
 * <p>A caller that is interrupted fails alone. Its flight ends without a result, and those who wait with it begin again;
 * one of them leads the next one.
 */
final class WaitingLoads<V> {

    private final CoarseClock clock;
    private final Counters counters;
    private final LoadTimeouts timeouts;
    private final LocalReads<V> reads;
    private final LoadSteps<V> steps;
    private final LoadOutcome<V> outcome;
    private final SharedValues<V> values;
    private final LoadTasks<V> tasks;
    private final LoadErrors errors;

    WaitingLoads(
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
    @Nullable
    V find(String key, long ttl, ContextLoader<? extends V> loader) {
        while (true) {
            Entry<V> entry = reads.usable(key);
            Answer answer = entry == null ? Answer.NONE : reads.answer(key, entry);
            if (entry != null && answer != Answer.NONE) {
                if (answer == Answer.SERVED_AND_REFRESHED) {
                    refresh(key, entry, ttl, loader);
                }
                return entry.value;
            }
            Flight<V> flight = reads.join(key);
            Entry<V> beside = steps.isRefreshOfSharedValue(flight) ? steps.whileRefreshed(flight) : null;
            if (beside != null) {
                return beside.value;
            }
            BooleanSupplier mine = () -> false;
            if (!timeouts.none()) {
                mine = dispatch(flight, ttl, loader);
            } else if (flight.claim()) {
                Entry<V> led = lead(flight, ttl, loader, false);
                return led == null ? null : led.value;
            }
            Entry<V> result = await(flight);
            if (result == null && mine.getAsBoolean()) {
                result = flight.leadersEntry();
            }
            if (result != null) {
                if (!mine.getAsBoolean()) {
                    counters.coalesced.increment();
                }
                return result.value;
            }
        }
    }

    /**
     * Has the flight led by another thread, unless somebody has done so.
     *
     * @return whether it was led for this call, to be asked when it has ended
     */
    private BooleanSupplier dispatch(Flight<V> flight, long ttl, ContextLoader<? extends V> loader) {
        if (LoadThreads.isLoading()) {
            boolean mine = flight.claim();
            if (mine) {
                tasks.run(() -> leadForOthers(flight, ttl, loader, false));
            }
            return () -> mine;
        }
        AtomicBoolean mine = new AtomicBoolean();
        if (flight.enqueue()) {
            tasks.run(() -> {
                if (flight.claim()) {
                    mine.set(true);
                    leadForOthers(flight, ttl, loader, false);
                }
            });
        }
        return mine::get;
    }

    /** Waits no longer than the policy says. */
    private @Nullable Entry<V> await(Flight<V> flight) {
        if (timeouts.none()) {
            return flight.await();
        }
        long start = System.nanoTime();
        try {
            return flight.await(timeouts.soft());
        } catch (TimeoutException soft) {
            // What follows is for this case.
        }
        try {
            Entry<V> stale = reads.standIn(flight.key());
            if (stale == null) {
                // The shared tier may have one, and be late itself.
                flight.awaitOr(flight.fallbackKnown(), timeouts.hard() - (System.nanoTime() - start));
                stale = flight.hasEnded() ? null : reads.standIn(flight.key());
            }
            if (stale != null) {
                counters.staleHit(flight.key());
                return stale;
            }
            return flight.await(timeouts.hard() - (System.nanoTime() - start));
        } catch (TimeoutException hard) {
            throw errors.late(flight.key());
        }
    }

    private void refresh(String key, Entry<V> replaced, long ttl, ContextLoader<? extends V> loader) {
        tasks.refresh(key, replaced, flight -> leadForOthers(flight, ttl, loader, true));
    }

    /** Those who wait have what it throws. A refresh has nobody waiting. */
    private void leadForOthers(Flight<V> flight, long ttl, ContextLoader<? extends V> loader, boolean refresh) {
        try {
            lead(flight, ttl, loader, refresh);
        } catch (Throwable t) {
            if (refresh) {
                errors.refreshFailed(t);
            }
        }
    }

    /** Leads a flight on the calling thread. Null if it is a refresh that was left to another node. */
    private @Nullable Entry<V> lead(Flight<V> flight, long ttl, ContextLoader<? extends V> loader, boolean refresh) {
        flight.ledHere();
        try {
            LeaseWait wait = null;
            Step<V> step = steps.begin(flight, refresh);
            while (!(step instanceof Done<V> done)) {
                if (step instanceof Look<V> look) {
                    step = look(look);
                } else if (step instanceof Claim<V> claim) {
                    step = claim(claim);
                } else if (step instanceof Elsewhere<V> elsewhere) {
                    wait = wait == null ? steps.newWait() : wait;
                    step = await(elsewhere, wait);
                } else {
                    return load((Call<V>) step, ttl, loader);
                }
            }
            if (done.entry() != null && done.refreshes()) {
                refresh(done.key(), done.entry(), ttl, loader);
            }
            return done.entry();
        } catch (Throwable t) {
            outcome.crash(flight, t);
            throw Flight.<RuntimeException>unchanged(t);
        }
    }

    private Step<V> look(Look<V> look) {
        Step<V> next = look.answered(look.ask());
        if (!(next instanceof Done) && look.isInterrupted()) {
            look.giveUp();
            throw errors.interrupted(look.key(), null);
        }
        return next;
    }

    private Step<V> claim(Claim<V> claim) {
        CompletableFuture<Boolean> answer = claim.ask();
        try {
            return claim.answered(answer.get(steps.claimNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            // It may be granted yet, and this call will not use it.
            var unused = answer.thenAccept(mine -> {
                if (mine) {
                    claim.giveUp();
                }
            });
            throw errors.interrupted(claim.key(), e);
        } catch (ExecutionException | TimeoutException e) {
            return claim.answered(true);
        }
    }

    private Step<V> await(Elsewhere<V> elsewhere, LeaseWait wait) {
        if (wait.isOver()) {
            return elsewhere.loadHere();
        }
        LockSupport.parkNanos(wait.next());
        return elsewhere.lookAgain();
    }

    private Entry<V> load(Call<V> call, long ttl, ContextLoader<? extends V> loader) {
        call.begins();
        LoadContext<V> context = call.context();
        AfterLoad<V> after = values.afterLoad();
        long start = clock.preciseNanos();
        try {
            V value;
            try {
                value = apply(loader, call.key(), context);
                errors.checkNull(call.key(), value, context);
            } catch (Throwable t) {
                Interruption.keepFlag(t);
                return call.failed(t, clock.preciseNanos() - start, after);
            }
            long end = clock.preciseNanos();
            return call.brought(value, context, ttl, end, end - start, after);
        } finally {
            values.settle(after);
        }
    }

    @SuppressWarnings("unchecked") // a loader of a subtype never sees a value, except the one that it returned
    private @Nullable V apply(ContextLoader<? extends V> loader, String key, LoadContext<V> context) throws Exception {
        boolean begun = LoadThreads.begin();
        try {
            return ((ContextLoader<V>) loader).load(key, context);
        } finally {
            LoadThreads.end(begun);
        }
    }
}
