package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns many calls for one value each into few bulk calls.
 *
 * <pre>{@code
 * Batcher<Long, User> users = Batcher.<Long, User>builder("users", ids -> repository.findAllById(ids))
 *         .maximumBatchSize(500)
 *         .timeout(Duration.ofSeconds(2))
 *         .build();
 * CompletableFuture<User> user = users.load(42L);
 * }</pre>
 *
 * <p><b>When a batch leaves.</b> As soon as fewer than {@code maximumConcurrentBatches} are running: a lonely call waits
 * for nothing, and while all slots are taken arrivals gather. With a {@code window} a batch leaves when its first call
 * has waited that long, or when it is full.
 *
 * <p><b>What each caller can rely on.</b> Each call ends exactly once: with the value of its own key, with the failure
 * of its batch, or with a {@link BatchingException}. Calls leave in the order of their arrival. Equal keys in one batch
 * are asked for once. Nothing is remembered: a later call for the same key asks again, so put a cache before the
 * batcher where values may be reused. A batch never has more than {@code maximumBatchSize} keys. A call that is
 * cancelled or expires frees its place at once, and if its batch has not left and nobody else wants its key, the loader
 * is not asked for it.
 *
 * <p><b>Threads.</b> All methods may be called from any thread, also from inside the loader and from the completions of
 * earlier calls. The loader runs in the batcher's executor, or in the calling thread as {@link #get} and {@link #getAll}
 * say. Code that depends on a future runs in the thread that ends it, usually that of the batch. An idle batcher has no
 * thread and no timer.
 *
 * <p><b>Failures.</b> A future fails with what the loader threw. The blocking methods throw it if it is unchecked, and
 * otherwise a {@link BatchingException} with it as the cause. One failed batch hands the same exception object to all
 * its callers.
 *
 * @param <K> the keys; they need {@code equals} and {@code hashCode}
 * @param <V> the values
 */
public final class Batcher<K, V extends @Nullable Object> implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);

    final Dispatcher<K, V> dispatcher;
    private final Outcomes<K, V> outcomes;
    private final Overflow overflow;
    private final int maximumPending;
    private final @Nullable BooleanSupplier callerRuns;

    Batcher(BatcherBuilder<K, V> settings) {
        dispatcher = new Dispatcher<>(settings);
        outcomes = dispatcher.outcomes;
        overflow = settings.overflow;
        maximumPending = settings.maximumPending;
        callerRuns = settings.callerRuns;
    }

    /**
     * Begins a batcher.
     *
     * @param name names the batcher in messages
     * @param loader the bulk call
     * @param <K> the keys
     * @param <V> the values
     * @return a builder with the default settings
     */
    public static <K, V extends @Nullable Object> BatcherBuilder<K, V> builder(String name, BatchLoader<K, V> loader) {
        return new BatcherBuilder<>(name, loader);
    }

    /**
     * A batcher with the default settings.
     *
     * @param name names the batcher in messages
     * @param loader the bulk call
     * @param <K> the keys
     * @param <V> the values
     * @return the batcher
     */
    public static <K, V extends @Nullable Object> Batcher<K, V> of(String name, BatchLoader<K, V> loader) {
        return builder(name, loader).build();
    }

    /**
     * Asks for the value of a key. Does not block, except for room if {@code maximumPending} calls wait already and the
     * overflow is {@link Overflow#WAIT}. Takes a few dozen nanoseconds.
     *
     * @param key the key
     * @return ends with the value; cancelling it withdraws the call. A call that is not accepted, or is interrupted
     *     while it waits for room, ends with a {@link BatchingException}
     */
    public CompletableFuture<V> load(K key) {
        if (callerRuns != null) {
            requireNonNull(key, "key");
            try {
                if (callerRuns.getAsBoolean()) {
                    return CompletableFuture.completedFuture(valueAtOnce(key));
                }
            } catch (Throwable failure) {
                return CompletableFuture.failedFuture(failure);
            }
        }
        return enter(key);
    }

    private V valueAtOnce(K key) throws Exception {
        return outcomes.valueOf(key, dispatcher.ownRuns.askAtOnce(new KeySet<>(new Object[] {key})));
    }

    private Call<K, V> enter(K key) {
        int hash = requireNonNull(key, "key").hashCode();
        Run inside = Run.current();
        if (inside != null) {
            inside.giveSlotsAway();
        }
        Call<K, V> call = new Call<>(dispatcher.queue, key, hash ^ (hash >>> 16), dispatcher.arrivalNanos());
        BatchingException refusal = admit(call, inside != null);
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
        try {
            if (!dispatcher.queue.reserve(dispatcher.timeoutNanos())) {
                dispatcher.counters.expired.increment();
                return outcomes.noRoom(call.key, maximumPending, dispatcher.timeout(), dispatcher.likelyCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return outcomes.interrupted(call.key);
        }
        call.reserved(true);
        return null;
    }

    /**
     * Asks for the value of a key and waits for it. If nobody else is waiting, a slot is free and there is no window,
     * the loader runs at once in the calling thread; this adds well under a microsecond to the loader. The same holds
     * inside the batcher's own loader, and whenever {@code callerRuns} says so.
     *
     * @param key the key
     * @return the value; {@code null} only with {@link Missing#NULL} or a fallback that returns it
     * @throws BatchRejectedException if the call is not accepted
     * @throws BatchTimeoutException if the call waits past its deadline
     * @throws MissingValueException if there is no value and {@code whenMissing} is {@link Missing#FAIL}
     * @throws BatchingException if the loader throws a checked exception, or the thread is interrupted while it waits;
     *     it is then still marked as interrupted
     */
    public V get(K key) {
        requireNonNull(key, "key");
        Run inside = Run.current();
        try {
            if (callerRuns != null && callerRuns.getAsBoolean()) {
                return valueAtOnce(key);
            }
            if (holdsSlot(inside)) {
                return outcomes.valueOf(key, dispatcher.ownRuns.askInside(new KeySet<>(new Object[] {key})));
            }
            if (dispatcher.ownRuns.tryHold()) {
                return outcomes.valueOf(key, dispatcher.ownRuns.askWithSlot(new KeySet<>(new Object[] {key})));
            }
        } catch (Exception e) {
            throw unchecked(e);
        }
        Call<K, V> call = enter(key);
        help(inside);
        return await(call);
    }

    private boolean holdsSlot(@Nullable Run inside) {
        return inside != null && !dispatcher.slots.isClosed() && inside.holdsSlotOf(dispatcher);
    }

    /**
     * A thread that waits inside a batcher may be the very thread its executor needs, so it carries out itself what is
     * scheduled.
     */
    private void help(@Nullable Run inside) {
        if (inside != null) {
            while (dispatcher.runOneHere()) {
                // until nothing is left to begin
            }
        }
    }

    private V await(Call<K, V> call) {
        try {
            return call.get();
        } catch (InterruptedException e) {
            call.cancel(false);
            Thread.currentThread().interrupt();
            throw outcomes.interrupted(call.key);
        } catch (ExecutionException e) {
            throw unchecked(e.getCause() == null ? e : e.getCause());
        }
    }

    private RuntimeException unchecked(Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new BatchingException("batcher '" + outcomes.name + "': the loader failed: " + failure, failure);
    }

    /**
     * Asks for a known set of keys. If nobody else is waiting, a slot is free, there is no window and the keys fit in
     * one batch, they leave at once as a batch of their own; otherwise each of them is a call like {@link #load}.
     *
     * @param keys the keys; equal ones count once. The collection is copied
     * @return ends with an unmodifiable map from each key to its value, in no particular order; under
     *     {@link Missing#NULL} without the keys that have none. Fails if one of the keys does. Cancelling it withdraws
     *     all of its calls
     */
    public CompletableFuture<Map<K, V>> loadAll(Collection<? extends K> keys) {
        Set<K> distinct = distinct(keys);
        if (distinct.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        if (callerRuns != null) {
            try {
                if (callerRuns.getAsBoolean()) {
                    return CompletableFuture.completedFuture(valuesAtOnce(distinct));
                }
            } catch (Throwable failure) {
                return CompletableFuture.failedFuture(failure);
            }
        }
        Run inside = Run.current();
        if (inside != null) {
            inside.giveSlotsAway();
        }
        if (!dispatcher.hasWindow && distinct.size() <= dispatcher.maximumBatchSize && dispatcher.queue.size() == 0) {
            CompletableFuture<Map<K, V>> bulk = dispatcher.trySubmitBulk(distinct);
            if (bulk != null) {
                return bulk;
            }
        }
        List<Call<K, V>> calls = enterAll(distinct);
        CompletableFuture<Map<K, V>> all = CompletableFuture.allOf(calls.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> collect(calls));
        // The dependent stage itself is of no interest; what fails there is the caller's future.
        var unused = all.whenComplete((values, failure) -> {
            if (failure != null) {
                calls.forEach(call -> call.cancel(false));
            }
        });
        return all;
    }

    /**
     * Asks for a known set of keys and waits for their values. If nobody else is waiting, a slot is free, there is no
     * window and the keys fit in one batch, the loader runs at once in the calling thread.
     *
     * @param keys the keys; equal ones count once
     * @return an unmodifiable map from each key to its value, in no particular order; under {@link Missing#NULL} without
     *     the keys that have none
     * @throws RuntimeException what {@link #get} throws, for any of the keys
     */
    public Map<K, V> getAll(Collection<? extends K> keys) {
        Set<K> distinct = distinct(keys);
        if (distinct.isEmpty()) {
            return Map.of();
        }
        Run inside = Run.current();
        try {
            if (callerRuns != null && callerRuns.getAsBoolean()) {
                return valuesAtOnce(distinct);
            }
            if (distinct.size() <= dispatcher.maximumBatchSize) {
                if (holdsSlot(inside)) {
                    return outcomes.valuesOf(distinct, dispatcher.ownRuns.askInside(distinct));
                }
                if (dispatcher.ownRuns.tryHold()) {
                    return outcomes.valuesOf(distinct, dispatcher.ownRuns.askWithSlot(distinct));
                }
            }
        } catch (Exception e) {
            throw unchecked(e);
        }
        List<Call<K, V>> calls = enterAll(distinct);
        help(inside);
        try {
            calls.forEach(this::await);
        } catch (Throwable failure) {
            calls.forEach(call -> call.cancel(false));
            throw failure;
        }
        return collect(calls);
    }

    private Map<K, V> valuesAtOnce(Set<K> keys) throws Exception {
        return outcomes.valuesOf(keys, dispatcher.ownRuns.askAtOnce(keys));
    }

    private Set<K> distinct(Collection<? extends K> keys) {
        Object[] copy = (keys instanceof Set<?> ? keys : new LinkedHashSet<>(keys)).toArray();
        for (Object key : copy) {
            requireNonNull(key, "keys must not contain null");
        }
        return new KeySet<>(copy);
    }

    private List<Call<K, V>> enterAll(Set<K> keys) {
        List<Call<K, V>> calls = new ArrayList<>(keys.size());
        for (K key : keys) {
            calls.add(enter(key));
        }
        return calls;
    }

    private Map<K, V> collect(List<Call<K, V>> calls) {
        Map<K, V> values = new LinkedHashMap<>(calls.size() * 2);
        for (Call<K, V> call : calls) {
            V value = call.join();
            if (value != null) {
                values.put(call.key, value);
            }
        }
        return Collections.unmodifiableMap(values);
    }

    /**
     * Sends off what is pending now, as far as slots are free, without waiting for the end of the window; what finds no
     * slot leaves with the next free one. Returns at once.
     */
    public void flush() {
        dispatcher.flush();
    }

    /**
     * What the batcher has done so far, and what is pending.
     *
     * @return a snapshot
     */
    public BatcherStats stats() {
        Counters counters = dispatcher.counters;
        return new BatcherStats(
                counters.calls.sum(),
                counters.keys.sum(),
                counters.batches.sum(),
                counters.failedBatches.sum(),
                counters.rejected.sum(),
                counters.expired.sum(),
                counters.abandoned.sum(),
                dispatcher.queue.live(),
                dispatcher.slots.held());
    }

    /** As {@link #close(Duration)} with 30 seconds. */
    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    /**
     * Rejects every call from now on, sends off what is pending, and waits until all calls have ended. What has not
     * ended by then fails with a {@link BatchingException} that names the keys; a loader that is still running is not
     * interrupted, and its result is dropped. If the thread is interrupted, it stops waiting and remains interrupted.
     * From inside the batcher's own loader or completions it does not wait, as it would wait for itself. Idempotent: once
     * that has failed what was left, a further close waits only for callers who run the loader in their own thread. The
     * executor and scheduler that were passed in stay open.
     *
     * @param atMost how long to wait; zero or less does not wait
     */
    public void close(Duration atMost) {
        dispatcher.close(requireNonNull(atMost, "atMost"));
    }

    @Override
    public String toString() {
        return "Batcher[" + outcomes.name + ", " + stats() + "]";
    }
}
