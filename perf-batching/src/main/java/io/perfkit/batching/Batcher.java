package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.retry.RetryConfig;
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
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
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

    private Batcher(Builder<K, V> settings) {
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
    public static <K, V extends @Nullable Object> Builder<K, V> builder(String name, BatchLoader<K, V> loader) {
        return new Builder<>(name, loader);
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
     * @param atMost how long to wait; zero does not wait
     * @return how many calls ended, and how many did not
     */
    public CloseReport close(Duration atMost) {
        if (requireNonNull(atMost, "atMost").isNegative()) {
            throw new IllegalArgumentException("atMost must not be negative, but was " + atMost);
        }
        return dispatcher.close(atMost);
    }

    @Override
    public String toString() {
        return "Batcher[" + outcomes.name + ", " + stats() + "]";
    }

    /**
     * The settings of a {@link Batcher}. Each setter rejects a value that it cannot honour at once, with an
     * {@link IllegalArgumentException}, and returns this builder. A batcher keeps the settings it was built with: the
     * builder may be changed afterwards and build another. Not thread-safe.
     *
     * @param <K> the keys
     * @param <V> the values
     */
    public static final class Builder<K, V extends @Nullable Object> {
        private static final Duration LONGEST = Duration.ofDays(365);

        final String name;
        final BatchLoader<K, V> loader;
        int maximumBatchSize = 500;
        int maximumConcurrentBatches = 4;
        int maximumPending = 10_000;
        Overflow overflow = Overflow.WAIT;
        Missing missing = Missing.FAIL;

        @Nullable
        Function<? super K, ? extends V> fallback;

        @Nullable
        Duration window;

        @Nullable
        Duration timeout;

        @Nullable
        RetryConfig retry;

        @Nullable
        BooleanSupplier callerRuns;

        @Nullable
        Executor executor;

        @Nullable
        ScheduledExecutorService scheduler;

        LongSupplier ticker = System::nanoTime;

        private Builder(String name, BatchLoader<K, V> loader) {
            this.name = requireNonNull(name, "name");
            this.loader = requireNonNull(loader, "loader");
            if (name.isBlank()) {
                throw new IllegalArgumentException("name must not be blank; messages and metrics carry it");
            }
        }

        /**
         * How many distinct keys one call of the loader may get. Calls with a key that is already in the batch do not
         * count. Default 500.
         *
         * @param keys at least 1
         * @return this
         */
        public Builder<K, V> maximumBatchSize(int keys) {
            this.maximumBatchSize = within("maximumBatchSize", keys, Integer.MAX_VALUE / 8);
            return this;
        }

        /**
         * How many calls of the loader may run at once. Further calls gather and form larger batches. A loader that asks a
         * batcher for something does not count from then on: it may have to wait for a batch of its own batcher. Default 4.
         *
         * @param batches at least 1
         * @return this
         */
        public Builder<K, V> maximumConcurrentBatches(int batches) {
            this.maximumConcurrentBatches = within("maximumConcurrentBatches", batches, Slots.MAXIMUM);
            return this;
        }

        /**
         * How many calls may wait for a batch, and what happens to those beyond. Calls whose batch has left do not count,
         * nor do calls that were cancelled or have expired. Default 10,000 with {@link Overflow#WAIT}.
         *
         * @param calls at least 1
         * @param overflow what to do with a call for which there is no room
         * @return this
         */
        public Builder<K, V> maximumPending(int calls, Overflow overflow) {
            this.maximumPending = within("maximumPending", calls, Integer.MAX_VALUE / 8);
            this.overflow = requireNonNull(overflow, "overflow");
            return this;
        }

        /**
         * Lets calls gather for a while even though a slot is free; a batch leaves when this time has passed since its
         * first call, when it is full, or on {@link Batcher#flush}. With a window {@link Batcher#get} gathers too. Default:
         * none; a batch leaves as soon as a slot is free.
         *
         * @param window more than zero
         * @return this
         */
        public Builder<K, V> window(Duration window) {
            this.window = positive("window", window);
            return this;
        }

        /**
         * How long a call may take, from its arrival to its value. A call that waits is failed with
         * {@link BatchTimeoutException} at its deadline or shortly after (by at most a 32nd of the timeout, never more than
         * 50 ms), wherever it is; if its batch has not left and nobody else wants its key, the loader is not asked for it.
         * The loader itself is not interrupted. So a {@link Batcher#get} that runs the loader in its own thread is over
         * when the loader is: give the loader a timeout of its own. Default: none.
         *
         * @param timeout more than zero
         * @return this
         */
        public Builder<K, V> timeout(Duration timeout) {
            this.timeout = positive("timeout", timeout);
            return this;
        }

        /**
         * Repeats a failed batch as the configuration says. The batch keeps its slot while it waits for the next attempt,
         * and is given up when all its callers have gone. Default: none; the first failure reaches the callers.
         *
         * @param config of Resilience4j; a predicate on results sees the loader's map
         * @return this
         */
        public Builder<K, V> retry(RetryConfig config) {
            this.retry = requireNonNull(config, "retry");
            return this;
        }

        /**
         * What happens to a call whose key the loader returned no value for. Replaces a fallback. Default
         * {@link Missing#FAIL}.
         *
         * @param missing what to do
         * @return this
         */
        public Builder<K, V> whenMissing(Missing missing) {
            this.missing = requireNonNull(missing, "missing");
            this.fallback = null;
            return this;
        }

        /**
         * Makes up the value of a key that the loader returned none for. It is called once per key and batch, in the thread
         * of the batch; if it throws, the calls for that key fail with what it threw.
         *
         * @param fallback from key to value
         * @return this
         */
        public Builder<K, V> whenMissing(Function<? super K, ? extends V> fallback) {
            this.fallback = requireNonNull(fallback, "fallback");
            return this;
        }

        /**
         * Names when a caller holds what the loader needs: a database connection, in a transaction or an open session, where
         * the loader takes one from the same pool. Such callers must not wait for a batch: as many of them as the pool has
         * connections wait for each other for ever. While the condition holds for the calling thread, a call runs its loader
         * itself, at once, in its own thread, with its own keys: {@link Batcher#getAll} and {@link Batcher#loadAll} in one
         * bulk call for every {@code maximumBatchSize} keys, {@link Batcher#load} and {@code loadAll} returning a future
         * that has ended. It takes no slot, no place among the pending calls and waits for no window, and it does not join
         * other calls; so a loader that uses the thread's transaction sees the caller's own uncommitted rows. Outcomes,
         * retries and counters are as for any call; a deadline cannot interrupt the loader, as with {@link Batcher#get} in
         * the calling thread.
         *
         * <pre>{@code
         * .callerRuns(TransactionSynchronizationManager::isActualTransactionActive)
         * }</pre>
         *
         * <p>Default: never.
         *
         * @param holdsWhatTheLoaderNeeds asked once for each call, in the calling thread; it should take no time. What it
         *     throws is the outcome of the call
         * @return this
         */
        public Builder<K, V> callerRuns(BooleanSupplier holdsWhatTheLoaderNeeds) {
            this.callerRuns = requireNonNull(holdsWhatTheLoaderNeeds, "callerRuns");
            return this;
        }

        /**
         * Where batches run. It stays the caller's to close, after the batcher. It needs enough threads for the concurrent
         * batches and for those of their loaders that wait for a nested {@code load}. Default: a virtual thread per batch
         * on Java 21 and newer, otherwise a cached pool of daemon threads shared by all batchers.
         *
         * @param executor runs the batches
         * @return this
         */
        public Builder<K, V> executor(Executor executor) {
            this.executor = requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Where windows and timeouts are waited for; used only if there is one. Code that depends on an expired call runs
         * there, so it should not be shared with work that must be on time. It stays the caller's to close. Default: one
         * daemon thread shared by all batchers, which ends when there is nothing to wait for.
         *
         * @param scheduler rings at the end of windows and timeouts
         * @return this
         */
        public Builder<K, V> scheduler(ScheduledExecutorService scheduler) {
            this.scheduler = requireNonNull(scheduler, "scheduler");
            return this;
        }

        /**
         * The clock that windows and timeouts are measured by. A test that sets it sets {@link #scheduler} as well. Waiting
         * for room ({@link Overflow#WAIT}) and {@link Batcher#close(Duration)} are measured by the system's clock. Default
         * {@link System#nanoTime}.
         *
         * @param nanoTime nanoseconds from an arbitrary origin, never going back
         * @return this
         */
        public Builder<K, V> ticker(LongSupplier nanoTime) {
            this.ticker = requireNonNull(nanoTime, "ticker");
            return this;
        }

        /**
         * Builds the batcher.
         *
         * @return a batcher with these settings
         * @throws IllegalStateException if {@code window} and {@code timeout} contradict each other
         */
        public Batcher<K, V> build() {
            if (window != null && timeout != null && window.compareTo(timeout) >= 0) {
                throw new IllegalStateException("window must be shorter than timeout, but window was " + window
                        + " and timeout was " + timeout + ": every call would expire before its batch leaves");
            }
            return new Batcher<>(this);
        }

        private static int within(String setting, int value, int maximum) {
            if (value < 1) {
                throw new IllegalArgumentException(setting + " must be at least 1, but was " + value);
            }
            if (value > maximum) {
                throw new IllegalArgumentException(setting + " must be at most " + maximum + ", but was " + value);
            }
            return value;
        }

        private static Duration positive(String setting, Duration value) {
            requireNonNull(value, setting);
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(setting + " must be more than zero, but was " + value);
            }
            if (value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(setting + " must be at most " + LONGEST + ", but was " + value);
            }
            return value;
        }
    }
}
