package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
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
 * <p><b>Failures.</b> A call whose loader throws ends with a {@link BatchLoadException} that has what it threw as its
 * cause, with a blocking method as with a future. Each caller has an exception of its own. Only an {@link Error} of a
 * loader that runs in the caller's own thread is thrown as it is.
 *
 * @param <K> the keys; they need {@code equals} and {@code hashCode}
 * @param <V> the values
 */
public final class Batcher<K, V extends @Nullable Object> implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);

    final Dispatcher<K, V> dispatcher;
    private final Outcomes<K, V> outcomes;
    private final Admission<K, V> admission;
    private final @Nullable BooleanSupplier callerRuns;

    private Batcher(Builder<K, V> settings) {
        dispatcher = new Dispatcher<>(settings);
        outcomes = dispatcher.outcomes;
        admission = new Admission<>(dispatcher, settings);
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
     * Begins a batcher whose loader answers by position.
     *
     * @param name names the batcher in messages
     * @param loader the bulk call; it returns one element for each key, in the order of the keys
     * @param <K> the keys
     * @param <V> the values
     * @return a builder with the default settings
     */
    public static <K, V extends @Nullable Object> Builder<K, V> listBuilder(String name, ListBatchLoader<K, V> loader) {
        requireNonNull(loader, "loader");
        return new Builder<>(name, Answers.inOrder(name, loader));
    }

    /**
     * Begins a batcher whose loader answers each key with a value or a failure of its own.
     *
     * @param name names the batcher in messages
     * @param loader the bulk call
     * @param <K> the keys
     * @param <V> the values
     * @return a builder with the default settings
     */
    public static <K, V extends @Nullable Object> Builder<K, V> resultBuilder(
            String name, ResultBatchLoader<K, V> loader) {
        requireNonNull(loader, "loader");
        return new Builder<>(name, Answers.byResult(loader));
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
        return load(key, Dispatcher.NO_TIMEOUT);
    }

    /**
     * As {@link #load(Object)}, with a deadline of its own instead of the batcher's {@code timeout}.
     *
     * @param key the key
     * @param timeout how long the call may take, more than zero
     * @return ends with the value, or with a {@link BatchTimeoutException} at the deadline
     */
    public CompletableFuture<V> load(K key, Duration timeout) {
        return load(key, nanos(timeout));
    }

    private CompletableFuture<V> load(K key, long timeoutNanos) {
        requireNonNull(key, "key");
        if (callerRuns != null) {
            try {
                if (callerRuns.getAsBoolean()) {
                    return CompletableFuture.completedFuture(valueAtOnce(key, timeoutNanos));
                }
            } catch (Throwable failure) {
                return CompletableFuture.failedFuture(failure);
            }
        }
        return admission.enter(key, timeoutNanos);
    }

    private V valueAtOnce(K key, long timeoutNanos) {
        admission.checkSize(key);
        return outcomes.valueOf(key, dispatcher.ownRuns.askAtOnce(one(key), dispatcher.deadline(timeoutNanos), false));
    }

    private static <K> Set<K> one(K key) {
        return new KeySet<>(new Object[] {key});
    }

    private static long nanos(Duration timeout) {
        return Builder.positive("timeout", timeout).toNanos();
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
     * @throws BatchLoadException if the loader fails
     * @throws BatchingException if the thread is interrupted while it waits; it is then still marked as interrupted
     */
    public V get(K key) {
        return get(key, Dispatcher.NO_TIMEOUT);
    }

    /**
     * As {@link #get(Object)}, with a deadline of its own instead of the batcher's {@code timeout}. A loader that runs in
     * the calling thread is cut short at the deadline only with {@code interruptOverdue}.
     *
     * @param key the key
     * @param timeout how long the call may take, more than zero
     * @return the value, as with {@link #get(Object)}
     * @throws BatchingException as with {@link #get(Object)}
     */
    public V get(K key, Duration timeout) {
        return get(key, nanos(timeout));
    }

    private V get(K key, long timeoutNanos) {
        requireNonNull(key, "key");
        if (callerRuns != null && callerRuns.getAsBoolean()) {
            return valueAtOnce(key, timeoutNanos);
        }
        Run inside = Run.current();
        if (holdsSlot(inside)) {
            admission.checkSize(key);
            return outcomes.valueOf(
                    key, dispatcher.ownRuns.askInside(one(key), dispatcher.deadline(timeoutNanos), false));
        }
        if (dispatcher.bounds.areMeasured()) {
            admission.checkSize(key);
        }
        if (dispatcher.ownRuns.tryHold()) {
            return outcomes.valueOf(
                    key, dispatcher.ownRuns.askWithSlot(one(key), dispatcher.deadline(timeoutNanos), false));
        }
        return admission.await(admission.enter(key, timeoutNanos));
    }

    private boolean holdsSlot(@Nullable Run inside) {
        return inside != null && !dispatcher.slots.isClosed() && inside.holdsSlotOf(dispatcher);
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
        return loadAll(keys, Dispatcher.NO_TIMEOUT);
    }

    /**
     * As {@link #loadAll(Collection)}, with a deadline of its own instead of the batcher's {@code timeout}.
     *
     * @param keys the keys
     * @param timeout how long the call may take, more than zero
     * @return as with {@link #loadAll(Collection)}
     */
    public CompletableFuture<Map<K, V>> loadAll(Collection<? extends K> keys, Duration timeout) {
        return loadAll(keys, nanos(timeout));
    }

    private CompletableFuture<Map<K, V>> loadAll(Collection<? extends K> keys, long timeoutNanos) {
        Set<K> distinct = distinct(keys);
        return loadAll(
                new BulkBatch.Request<>(distinct, false, loaded -> outcomes.valuesOf(distinct, loaded)),
                timeoutNanos,
                Admission::values);
    }

    /**
     * Asks for a known set of keys, each of which has a result of its own: one that is missing or fails does not fail
     * the others. Otherwise as {@link #loadAll(Collection)}.
     *
     * @param keys the keys; equal ones count once. The collection is copied
     * @return ends with an unmodifiable map from each of the keys to its result, in their order; a failure is a
     *     {@link BatchingException}. Fails itself only if it is cancelled, reaches its deadline, or is unfinished when the
     *     batcher has been closed
     */
    public CompletableFuture<Map<K, Result<V>>> loadAllResults(Collection<? extends K> keys) {
        Set<K> distinct = distinct(keys);
        return loadAll(
                new BulkBatch.Request<>(distinct, true, loaded -> outcomes.resultsOf(distinct, loaded)),
                Dispatcher.NO_TIMEOUT,
                admission::results);
    }

    private <R> CompletableFuture<R> loadAll(
            BulkBatch.Request<K, V, R> request, long timeoutNanos, Function<List<Call<K, V>>, R> collector) {
        if (request.keys().isEmpty()) {
            return CompletableFuture.completedFuture(request.answer().apply(Map.of()));
        }
        if (callerRuns != null) {
            try {
                if (callerRuns.getAsBoolean()) {
                    return CompletableFuture.completedFuture(atOnce(request, timeoutNanos));
                }
            } catch (Throwable failure) {
                return CompletableFuture.failedFuture(failure);
            }
        }
        return admission.submitAll(request, timeoutNanos, collector);
    }

    private <R> R atOnce(BulkBatch.Request<K, V, R> request, long timeoutNanos) {
        request.keys().forEach(admission::checkSize);
        return request.answer()
                .apply(answered(
                        request,
                        () -> dispatcher.ownRuns.askAtOnce(
                                request.keys(), dispatcher.deadline(timeoutNanos), request.isPerKey())));
    }

    /** What a loader in this thread answers; for those who want a result of each key, its failure is that of all. */
    private <R> Map<K, V> answered(BulkBatch.Request<K, V, R> request, Supplier<Map<K, V>> loader) {
        try {
            return loader.get();
        } catch (BatchLoadException failure) {
            if (!request.isPerKey()) {
                throw failure;
            }
            Answers<K, V> answers = new Answers<>();
            answers.fail(request.keys(), failure.cause());
            return answers;
        }
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
        return getAll(keys, Dispatcher.NO_TIMEOUT);
    }

    /**
     * As {@link #getAll(Collection)}, with a deadline of its own instead of the batcher's {@code timeout}.
     *
     * @param keys the keys
     * @param timeout how long the call may take, more than zero
     * @return as with {@link #getAll(Collection)}
     */
    public Map<K, V> getAll(Collection<? extends K> keys, Duration timeout) {
        return getAll(keys, nanos(timeout));
    }

    private Map<K, V> getAll(Collection<? extends K> keys, long timeoutNanos) {
        Set<K> distinct = distinct(keys);
        return getAll(
                new BulkBatch.Request<>(distinct, false, loaded -> outcomes.valuesOf(distinct, loaded)),
                timeoutNanos,
                Admission::values);
    }

    /**
     * Asks for a known set of keys, each of which has a result of its own, and waits: a key that is missing or fails does
     * not fail the others. With {@code bisectFailures} this also holds where the loader fails as a whole because of it.
     *
     * @param keys the keys; equal ones count once
     * @return an unmodifiable map from each of the keys to its result, in their order; a failure is a
     *     {@link BatchingException}
     * @throws BatchingException if the thread is interrupted while it waits
     */
    public Map<K, Result<V>> getAllResults(Collection<? extends K> keys) {
        Set<K> distinct = distinct(keys);
        return getAll(
                new BulkBatch.Request<>(distinct, true, loaded -> outcomes.resultsOf(distinct, loaded)),
                Dispatcher.NO_TIMEOUT,
                admission::results);
    }

    private <R> R getAll(
            BulkBatch.Request<K, V, R> request, long timeoutNanos, Function<List<Call<K, V>>, R> collector) {
        Set<K> keys = request.keys();
        if (keys.isEmpty()) {
            return request.answer().apply(Map.of());
        }
        if (callerRuns != null && callerRuns.getAsBoolean()) {
            return atOnce(request, timeoutNanos);
        }
        if (dispatcher.bounds.parts(keys).size() == 1 && admission.areSmall(keys)) {
            OwnRuns<K, V> own = dispatcher.ownRuns;
            if (holdsSlot(Run.current())) {
                return request.answer()
                        .apply(answered(
                                request,
                                () -> own.askInside(keys, dispatcher.deadline(timeoutNanos), request.isPerKey())));
            }
            if (own.tryHold()) {
                return request.answer()
                        .apply(answered(
                                request,
                                () -> own.askWithSlot(keys, dispatcher.deadline(timeoutNanos), request.isPerKey())));
            }
        }
        return admission.awaitAll(request, timeoutNanos, collector);
    }

    private Set<K> distinct(Collection<? extends K> keys) {
        Object[] copy = (keys instanceof Set<?> ? keys : new LinkedHashSet<>(keys)).toArray();
        for (Object key : copy) {
            requireNonNull(key, "keys must not contain null");
        }
        return new KeySet<>(copy);
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
        long maximumBatchBytes = Long.MAX_VALUE;
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
        ToLongFunction<? super K> sizeOf;

        @Nullable
        Function<? super K, ? extends @Nullable Object> partitionOf;

        boolean bisectFailures;
        boolean interruptOverdue;

        @Nullable
        BooleanSupplier callerRuns;

        @Nullable
        UnaryOperator<Runnable> taskDecorator = CallContext.byDefault();

        final List<BatcherListener> listeners = new ArrayList<>();

        @Nullable
        Executor executor;

        @Nullable
        ScheduledExecutorService scheduler;

        LongSupplier ticker = System::nanoTime;

        /** How long a loader waits to take its slot again; tests that look for circles of waits have no such end. */
        long slotPatienceNanos = Slots.PATIENCE_NANOS;

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
         * How many bytes the keys of one call of the loader may have together, as the application measures them: for a
         * source that refuses large requests. A single key that is larger is rejected with a
         * {@link BatchRejectedException}. Default: no bound.
         *
         * @param bytes at least 1
         * @param sizeOf the size of a key, zero or more; called once for each call, in the calling thread
         * @return this
         */
        public Builder<K, V> maximumBatchBytes(long bytes, ToLongFunction<? super K> sizeOf) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maximumBatchBytes must be at least 1, but was " + bytes);
            }
            this.sizeOf = requireNonNull(sizeOf, "sizeOf");
            this.maximumBatchBytes = bytes;
            return this;
        }

        /**
         * Keeps keys apart: those of different partitions never share a call of the loader. For tenants, shards, or
         * loaders that run with the rights of their callers. With a window, a batch leaves when the window is over, not
         * when it is full. Taking a batch takes time linear in the number of calls that wait. Default: one partition.
         *
         * @param partitionOf the partition of a key, told by {@code equals}; {@code null} is one as well. Called once for
         *     each call, in the calling thread
         * @return this
         */
        public Builder<K, V> partitionBy(Function<? super K, ? extends @Nullable Object> partitionOf) {
            this.partitionOf = requireNonNull(partitionOf, "partitionBy");
            return this;
        }

        /**
         * Declares the loader idempotent, so that the keys of a failed batch may be asked for again: when the last attempt
         * has failed, its halves are asked for, and theirs, until only the keys that make it fail have failed. One bad key
         * among n costs 2·log₂(n) calls, one after the other in the slot of the batch. Where the first three levels bring
         * no success, the source is down rather than a key bad, and all fail. An {@link Error} and an interrupt are not
         * looked into. It does not concern {@link Batcher#getAll} and {@link Batcher#loadAll} on their own, which fail if
         * one key does. Default: {@code false}.
         *
         * @param loaderIsIdempotent whether keys may be asked for again after a failure
         * @return this
         */
        public Builder<K, V> bisectFailures(boolean loaderIsIdempotent) {
            this.bisectFailures = loaderIsIdempotent;
            return this;
        }

        /**
         * Interrupts a loader that nobody waits for any more: when the deadlines of all its callers have passed, or that of
         * the caller in whose own thread it runs. So a loader that hangs gives its slot back, if it heeds interrupts.
         * Default: {@code false}.
         *
         * @param interrupt whether to
         * @return this
         */
        public Builder<K, V> interruptOverdue(boolean interrupt) {
            this.interruptOverdue = interrupt;
            return this;
        }

        /**
         * Carries what surrounds a caller (logging context, observation, security) over to the thread of the batch: that
         * of the first caller of the batch. The decorator is called in the calling thread, for each call, and captures;
         * what it returns runs the batch. A call whose loader runs in the caller's own thread needs none. Default: where
         * {@code io.micrometer:context-propagation} is on the class path, a
         * {@link io.perfkit.batching.context.PropagatedContext}, otherwise none; {@link UnaryOperator#identity} for none.
         *
         * @param decorator wraps a task; what it returns must run the task in the thread that runs it
         * @return this
         */
        public Builder<K, V> taskDecorator(UnaryOperator<Runnable> decorator) {
            this.taskDecorator = requireNonNull(decorator, "taskDecorator");
            return this;
        }

        /**
         * Adds an observer.
         *
         * @param listener is told of each batch
         * @return this
         */
        public Builder<K, V> listener(BatcherListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * How many calls of the loader may run at once. Further calls gather and form larger batches. A loader that waits
         * for a batcher gives its slot back, because it may wait for a batch that needs it, and takes one again before it
         * goes on. Default 4.
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
         * The loader itself is not interrupted, unless {@link #interruptOverdue} is set. So a {@link Batcher#get} that runs the loader in its own thread is over
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
         * Repeats a failed batch as the configuration says. While it waits for the next attempt it has neither a slot nor a
         * thread, save in the caller's own thread. It is given up when all its callers have gone, and no attempt begins
         * after their deadlines: the last failure is then theirs at once. Default: none; the first failure reaches the
         * callers.
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
         * of the batch; if it throws, the calls for that key fail with a
         * {@link BatchLoadException}.
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
            Batcher<K, V> batcher = new Batcher<>(this);
            for (BatcherListener listener : listeners) {
                listener.built(batcher, name);
            }
            return batcher;
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
