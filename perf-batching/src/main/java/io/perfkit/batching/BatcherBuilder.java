package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Batcher}. Immutable: every setting returns a new builder, so one can be shared and varied. A
 * setting rejects a value it cannot honour with an {@link IllegalArgumentException}.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class BatcherBuilder<K, V extends @Nullable Object> {
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

    BatcherBuilder(String name, BatchLoader<K, V> loader) {
        this.name = requireNonNull(name, "name");
        this.loader = requireNonNull(loader, "loader");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank; messages and metrics carry it");
        }
    }

    private BatcherBuilder(BatcherBuilder<K, V> from) {
        name = from.name;
        loader = from.loader;
        maximumBatchSize = from.maximumBatchSize;
        maximumConcurrentBatches = from.maximumConcurrentBatches;
        maximumPending = from.maximumPending;
        overflow = from.overflow;
        missing = from.missing;
        fallback = from.fallback;
        window = from.window;
        timeout = from.timeout;
        retry = from.retry;
        callerRuns = from.callerRuns;
        executor = from.executor;
        scheduler = from.scheduler;
        ticker = from.ticker;
    }

    /**
     * How many distinct keys one call of the loader may get. Calls with a key that is already in the batch do not
     * count. Default 500.
     *
     * @param keys at least 1
     * @return the changed builder
     */
    public BatcherBuilder<K, V> maximumBatchSize(int keys) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.maximumBatchSize = within("maximumBatchSize", keys, Integer.MAX_VALUE / 8);
        return changed;
    }

    /**
     * How many calls of the loader may run at once. Further calls gather and form larger batches. A loader that asks a
     * batcher for something does not count from then on: it may have to wait for a batch of its own batcher. Default 4.
     *
     * @param batches at least 1
     * @return the changed builder
     */
    public BatcherBuilder<K, V> maximumConcurrentBatches(int batches) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.maximumConcurrentBatches = within("maximumConcurrentBatches", batches, Slots.MAXIMUM);
        return changed;
    }

    /**
     * How many calls may wait for a batch, and what happens to those beyond. Calls whose batch has left do not count,
     * nor do calls that were cancelled or have expired. Default 10,000 with {@link Overflow#WAIT}.
     *
     * @param calls at least 1
     * @param overflow what to do with a call for which there is no room
     * @return the changed builder
     */
    public BatcherBuilder<K, V> maximumPending(int calls, Overflow overflow) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.maximumPending = within("maximumPending", calls, Integer.MAX_VALUE / 8);
        changed.overflow = requireNonNull(overflow, "overflow");
        return changed;
    }

    /**
     * Lets calls gather for a while even though a slot is free; a batch leaves when this time has passed since its
     * first call, when it is full, or on {@link Batcher#flush}. With a window {@link Batcher#get} gathers too. Default:
     * none; a batch leaves as soon as a slot is free.
     *
     * @param window more than zero
     * @return the changed builder
     */
    public BatcherBuilder<K, V> window(Duration window) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.window = positive("window", window);
        return changed;
    }

    /**
     * How long a call may take, from its arrival to its value. A call that waits is failed with
     * {@link BatchTimeoutException} at its deadline or shortly after (by at most a 32nd of the timeout, never more than
     * 50 ms), wherever it is; if its batch has not left and nobody else wants its key, the loader is not asked for it.
     * The loader itself is not interrupted. So a {@link Batcher#get} that runs the loader in its own thread is over
     * when the loader is: give the loader a timeout of its own. Default: none.
     *
     * @param timeout more than zero
     * @return the changed builder
     */
    public BatcherBuilder<K, V> timeout(Duration timeout) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.timeout = positive("timeout", timeout);
        return changed;
    }

    /**
     * Repeats a failed batch as the configuration says. The batch keeps its slot while it waits for the next attempt,
     * and is given up when all its callers have gone. Default: none; the first failure reaches the callers.
     *
     * @param config of Resilience4j; a predicate on results sees the loader's map
     * @return the changed builder
     */
    public BatcherBuilder<K, V> retry(RetryConfig config) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.retry = requireNonNull(config, "retry");
        return changed;
    }

    /**
     * What happens to a call whose key the loader returned no value for. Replaces a fallback. Default
     * {@link Missing#FAIL}.
     *
     * @param missing what to do
     * @return the changed builder
     */
    public BatcherBuilder<K, V> whenMissing(Missing missing) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.missing = requireNonNull(missing, "missing");
        changed.fallback = null;
        return changed;
    }

    /**
     * Makes up the value of a key that the loader returned none for. It is called once per key and batch, in the thread
     * of the batch; if it throws, the calls for that key fail with what it threw.
     *
     * @param fallback from key to value
     * @return the changed builder
     */
    public BatcherBuilder<K, V> whenMissing(Function<? super K, ? extends V> fallback) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.fallback = requireNonNull(fallback, "fallback");
        return changed;
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
     * @return the changed builder
     */
    public BatcherBuilder<K, V> callerRuns(BooleanSupplier holdsWhatTheLoaderNeeds) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.callerRuns = requireNonNull(holdsWhatTheLoaderNeeds, "callerRuns");
        return changed;
    }

    /**
     * Where batches run. It stays the caller's to close, after the batcher. It needs enough threads for the concurrent
     * batches and for those of their loaders that wait for a nested {@code load}. Default: a virtual thread per batch
     * on Java 21 and newer, otherwise a cached pool of daemon threads shared by all batchers.
     *
     * @param executor runs the batches
     * @return the changed builder
     */
    public BatcherBuilder<K, V> executor(Executor executor) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.executor = requireNonNull(executor, "executor");
        return changed;
    }

    /**
     * Where windows and timeouts are waited for; used only if there is one. Code that depends on an expired call runs
     * there, so it should not be shared with work that must be on time. It stays the caller's to close. Default: one
     * daemon thread shared by all batchers, which ends when there is nothing to wait for.
     *
     * @param scheduler rings at the end of windows and timeouts
     * @return the changed builder
     */
    public BatcherBuilder<K, V> scheduler(ScheduledExecutorService scheduler) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.scheduler = requireNonNull(scheduler, "scheduler");
        return changed;
    }

    /**
     * The clock that windows and timeouts are measured by. A test that sets it sets {@link #scheduler} as well. Waiting
     * for room ({@link Overflow#WAIT}) and {@link Batcher#close(Duration)} are measured by the system's clock. Default
     * {@link System#nanoTime}.
     *
     * @param nanoTime nanoseconds from an arbitrary origin, never going back
     * @return the changed builder
     */
    public BatcherBuilder<K, V> ticker(LongSupplier nanoTime) {
        BatcherBuilder<K, V> changed = new BatcherBuilder<>(this);
        changed.ticker = requireNonNull(nanoTime, "ticker");
        return changed;
    }

    /**
     * Builds the batcher.
     *
     * @return a batcher with these settings
     * @throws IllegalArgumentException if two settings contradict each other
     */
    public Batcher<K, V> build() {
        if (window != null && timeout != null && window.compareTo(timeout) >= 0) {
            throw new IllegalArgumentException("window must be shorter than timeout, but window was " + window
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
