package io.perfkit.batching;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How calls are let in, refused, and waited for. */
final class Admission<K, V extends @Nullable Object> {
    private final Dispatcher<K, V> dispatcher;
    private final Outcomes<K, V> outcomes;
    private final Overflow overflow;
    private final int maximumPending;

    Admission(Dispatcher<K, V> dispatcher, Batcher.Builder<K, V> settings) {
        this.dispatcher = dispatcher;
        outcomes = dispatcher.outcomes;
        overflow = settings.overflow;
        maximumPending = settings.maximumPending;
    }

    /** @throws BatchRejectedException if the key is too large for any batch */
    void checkSize(K key) {
        if (dispatcher.bounds.areMeasured()) {
            BatchingException refusal = refusalOfSize(key, dispatcher.bounds.bytesOf(key));
            if (refusal != null) {
                throw refusal;
            }
        }
    }

    private @Nullable BatchingException refusalOfSize(K key, long bytes) {
        if (!dispatcher.bounds.isTooLarge(bytes)) {
            return null;
        }
        return outcomes.tooLarge(key, bytes, dispatcher.bounds.maximumBytes);
    }

    boolean areSmall(Set<K> keys) {
        if (dispatcher.bounds.areMeasured()) {
            for (K key : keys) {
                if (dispatcher.bounds.isTooLarge(dispatcher.bounds.bytesOf(key))) {
                    return false;
                }
            }
        }
        return true;
    }

    Call<K, V> enter(K key, long timeoutNanos) {
        Run inside = Run.current();
        if (inside != null) {
            inside.giveSlotsAway();
        }
        Call<K, V> call = dispatcher.call(key, timeoutNanos);
        BatchingException refusal = refusalOfSize(key, call.bytes);
        if (refusal == null) {
            refusal = admit(call, inside != null);
        }
        if (refusal == null && !dispatcher.submit(call)) {
            if (call.leave() == Call.WAITING_RESERVED) {
                dispatcher.queue.unreserve();
            }
            refusal = outcomes.closed(key);
        }
        if (refusal != null) {
            if (refusal instanceof BatchRejectedException) {
                dispatcher.counters.rejected.increment();
            }
            call.fail(refusal);
        } else if (inside != null) {
            inside.hasAsked(call);
        }
        return call;
    }

    private @Nullable BatchingException admit(Call<K, V> call, boolean isInside) {
        if (dispatcher.slots.isClosed()) {
            return outcomes.closed(call.key);
        }
        if (dispatcher.queue.tryReserve()) {
            call.reserved(true);
            return null;
        }
        if (overflow == Overflow.REJECT) {
            return outcomes.full(call.key, maximumPending);
        }
        if (isInside) {
            return null;
        }
        long timeout = call.deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : call.deadlineNanos - call.arrivedNanos;
        try {
            if (!dispatcher.queue.reserve(timeout)) {
                dispatcher.counters.expired.increment();
                return outcomes.noRoom(call.key, maximumPending, Duration.ofNanos(timeout), dispatcher.likelyCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return outcomes.interrupted(call.key);
        }
        call.reserved(true);
        return null;
    }

    /** Waits for a call that was just made. */
    V await(Call<K, V> call) {
        try {
            return call.get();
        } catch (InterruptedException e) {
            call.cancel(false);
            Thread.currentThread().interrupt();
            throw outcomes.interrupted(call.key);
        } catch (ExecutionException e) {
            throw ofItsOwn(cause(e));
        }
    }

    /** The failure of a call that only this thread has seen: its stack is where the call was made. */
    private RuntimeException ofItsOwn(Throwable failure) {
        if (failure instanceof BatchingException known) {
            known.fillInStackTrace();
            return known;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException unchecked ? unchecked : outcomes.failed(failure);
    }

    /** A batch of its own for the keys if that can begin now, otherwise a call for each of them. */
    <R> CompletableFuture<R> submitAll(
            BulkBatch.Request<K, V, R> request, long timeoutNanos, Function<List<Call<K, V>>, R> collector) {
        Run inside = Run.current();
        if (inside != null) {
            inside.giveSlotsAway();
        }
        Set<K> keys = request.keys();
        if (!dispatcher.hasWindow
                && dispatcher.queue.size() == 0
                && dispatcher.bounds.parts(keys).size() == 1
                && areSmall(keys)) {
            CompletableFuture<R> bulk = dispatcher.trySubmitBulk(request, timeoutNanos);
            if (bulk != null) {
                if (inside != null) {
                    inside.hasAsked(bulk);
                }
                return bulk;
            }
        }
        List<Call<K, V>> calls = enterAll(keys, timeoutNanos);
        NestedFuture<R> all = new NestedFuture<>(dispatcher.queue.helpers);
        CompletableFuture<Void> ends = CompletableFuture.allOf(calls.toArray(new CompletableFuture<?>[0]));
        var unusedEnd = ends.whenComplete((done, failure) -> {
            try {
                if (failure != null && !request.isPerKey()) {
                    all.completeExceptionally(cause(failure));
                } else {
                    all.complete(collector.apply(calls));
                }
            } catch (Throwable notCollected) {
                all.completeExceptionally(cause(notCollected));
            }
        });
        var unusedCancellation = all.whenComplete((values, failure) -> {
            if (failure != null) {
                calls.forEach(call -> call.cancel(false));
            }
        });
        return all;
    }

    /** A call for each of the keys, waited for in this thread. */
    <R> R awaitAll(BulkBatch.Request<K, V, R> request, long timeoutNanos, Function<List<Call<K, V>>, R> collector) {
        List<Call<K, V>> calls = enterAll(request.keys(), timeoutNanos);
        try {
            for (Call<K, V> call : calls) {
                try {
                    V unused = call.get();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw outcomes.interrupted(call.key);
                } catch (ExecutionException e) {
                    if (!request.isPerKey()) {
                        throw ofItsOwn(cause(e));
                    }
                }
            }
            return collector.apply(calls);
        } finally {
            // Those that have not ended, if one has failed. A loader does not wait for them any more.
            calls.forEach(call -> call.cancel(false));
            Run inside = Run.current();
            if (inside != null) {
                inside.takeSlotsBack();
            }
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null && (failure instanceof CompletionException || failure instanceof ExecutionException)
                ? cause
                : failure;
    }

    private List<Call<K, V>> enterAll(Set<K> keys, long timeoutNanos) {
        List<Call<K, V>> calls = new ArrayList<>(keys.size());
        for (K key : keys) {
            calls.add(enter(key, timeoutNanos));
        }
        return calls;
    }

    /** The values of calls that have ended; fails if one of them has. */
    static <K, V extends @Nullable Object> Map<K, V> values(List<Call<K, V>> calls) {
        Map<K, V> values = new LinkedHashMap<>(calls.size() * 2);
        for (Call<K, V> call : calls) {
            V value = call.join();
            if (value != null) {
                values.put(call.key, value);
            }
        }
        return Collections.unmodifiableMap(values);
    }

    /** The results of calls that have ended. */
    Map<K, Result<V>> results(List<Call<K, V>> calls) {
        Map<K, Result<V>> results = new LinkedHashMap<>(calls.size() * 2);
        for (Call<K, V> call : calls) {
            results.put(call.key, resultOf(call));
        }
        return Collections.unmodifiableMap(results);
    }

    private Result<V> resultOf(Call<K, V> call) {
        try {
            return Result.success(call.join());
        } catch (CompletionException e) {
            return Result.failure(e.getCause() == null ? e : outcomes.failed(e.getCause()));
        } catch (CancellationException e) {
            return Result.failure(outcomes.failed(e));
        }
    }
}
