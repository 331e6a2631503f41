package io.perfkit.batching;

import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The calls of the loader: repeated as configured, counted, and watched for silence where calls have a deadline. */
final class Loading<K, V extends @Nullable Object> {
    private final BatchLoader<K, V> loader;
    private final @Nullable Retry retry;
    private final Dispatcher<K, V> dispatcher;
    private final Outcomes<K, V> outcomes;
    private final List<BatcherListener> listeners;
    private final boolean isBisected;
    private final boolean isTimed;
    private final long timeoutNanos;
    private volatile long lastReturnNanos;
    private volatile @Nullable Silence last;

    Loading(Batcher.Builder<K, V> settings, Dispatcher<K, V> dispatcher) {
        loader = settings.loader;
        retry = settings.retry == null ? null : Retry.of(settings.name, settings.retry);
        listeners = List.copyOf(settings.listeners);
        isBisected = settings.bisectFailures;
        this.dispatcher = dispatcher;
        outcomes = dispatcher.outcomes;
        isTimed = settings.timeout != null;
        timeoutNanos = settings.timeout == null ? Long.MAX_VALUE : settings.timeout.toNanos();
    }

    boolean isObserved() {
        return !listeners.isEmpty();
    }

    Attempts<K, V> attempts() {
        return new Attempts<>(retry, dispatcher::now);
    }

    /** One call of the loader. */
    Map<K, V> load(Set<K> keys) throws Exception {
        try {
            return outcomes.checked(loader.load(keys));
        } finally {
            if (isTimed) {
                lastReturnNanos = dispatcher.now();
            }
        }
    }

    /**
     * Asks in the thread that calls, which waits between the attempts itself.
     *
     * @param isPerKey whether it helps to find out which of the keys fails
     * @throws BatchingException if the loader fails, or the thread is interrupted between two attempts
     */
    Map<K, V> askHere(Set<K> keys, Run run, Deadline deadline, boolean isPerKey) {
        dispatcher.counters.batch(keys.size(), keys.size());
        if (retry == null && !deadline.interrupts() && !isObserved()) {
            try {
                return load(keys);
            } catch (Exception failure) {
                return failedHere(keys, failure, deadline, isPerKey);
            } catch (Throwable error) {
                countFailure();
                throw error;
            }
        }
        long began = dispatcher.timeNanos();
        Throwable reason = null;
        try {
            return askRepeatedly(keys, run, deadline, isPerKey);
        } catch (Throwable failure) {
            reason = failure instanceof BatchLoadException known ? known.cause() : failure;
            throw failure;
        } finally {
            tell(keys.size(), keys.size(), began, began, reason);
        }
    }

    private Map<K, V> askRepeatedly(Set<K> keys, Run run, Deadline deadline, boolean isPerKey) {
        Attempts<K, V> attempts = attempts();
        while (true) {
            Map<K, V> loaded = null;
            Throwable failure = null;
            try {
                loaded = deadline.interrupts() ? loadUntil(keys, deadline) : load(keys);
            } catch (Throwable t) {
                failure = t;
            }
            long pauseNanos = attempts.pauseAfter(loaded, failure, deadline.nanos());
            if (pauseNanos == Attempts.NO_MORE) {
                failure = attempts.failureInstead(failure);
                if (failure instanceof Error error) {
                    countFailure();
                    throw error;
                }
                return failure == null && loaded != null
                        ? loaded
                        : failedHere(keys, failure == null ? new IllegalStateException() : failure, deadline, isPerKey);
            }
            pause(keys, run, pauseNanos);
        }
    }

    private Map<K, V> failedHere(Set<K> keys, Throwable failure, Deadline deadline, boolean isPerKey) {
        countFailure();
        if (failure instanceof BatchTimeoutException overdue && overdue.getCause() != null) {
            throw overdue;
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        } else if (isPerKey) {
            Map<K, V> answers = bisect(keys, failure, () -> dispatcher.now() < deadline.nanos());
            if (answers != null) {
                return answers;
            }
        }
        throw outcomes.loadFailed(failure, keys.size() == 1 ? keys.iterator().next() : null);
    }

    /** The loader in this thread, interrupted at the deadline. */
    private Map<K, V> loadUntil(Set<K> keys, Deadline deadline) throws Exception {
        LoaderThread here = new LoaderThread();
        deadline.begin(here);
        boolean isInterrupted = false;
        Map<K, V> loaded = null;
        Throwable failure = null;
        try {
            loaded = load(keys);
        } catch (Throwable t) {
            failure = t;
        } finally {
            deadline.end(here);
            isInterrupted = here.leave();
        }
        if (failure == null && loaded != null) {
            return loaded;
        }
        if (isInterrupted) {
            throw dispatcher.interrupted(keys.size() == 1 ? keys.iterator().next() : keys, deadline, failure);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw failure instanceof Exception known ? known : new IllegalStateException(failure);
    }

    /** Others may use the slots of this thread meanwhile. */
    private void pause(Set<K> keys, Run run, long nanos) {
        if (nanos == 0) {
            return;
        }
        CountDownLatch over = new CountDownLatch(1);
        Runnable cancellation = dispatcher.after(nanos, over::countDown);
        run.giveSlotsAway();
        try {
            over.await();
        } catch (InterruptedException e) {
            cancellation.run();
            Thread.currentThread().interrupt();
            throw outcomes.interrupted(keys.size() == 1 ? keys.iterator().next() : keys);
        }
        run.takeSlotsBack();
    }

    /** Finds the keys that fail, if that is permitted and can be told. */
    @Nullable
    Map<K, V> bisect(Set<K> keys, Throwable failure, BooleanSupplier goesOn) {
        if (!isBisected
                || keys.size() == 1
                || !(failure instanceof Exception)
                || failure instanceof InterruptedException) {
            return null;
        }
        return new Bisection<K, V>().answer(keys, failure, this::load, goesOn);
    }

    /** A batch has failed after its last attempt. */
    void countFailure() {
        dispatcher.counters.failedBatches.increment();
    }

    void tell(int calls, int keys, long arrivedNanos, long beganNanos, @Nullable Throwable failure) {
        if (listeners.isEmpty()) {
            return;
        }
        FinishedBatch batch = new FinishedBatch(
                outcomes.name,
                calls,
                keys,
                Duration.ofNanos(Math.max(0, beganNanos - arrivedNanos)),
                Duration.ofNanos(Math.max(0, dispatcher.now() - beganNanos)),
                failure);
        for (BatcherListener listener : listeners) {
            try {
                listener.batchFinished(batch);
            } catch (RuntimeException e) {
                dispatcher.listenerFailed(e);
            }
        }
    }

    /**
     * What to say of a call that expires while loaders are under way and none returned for long: callers may hold what
     * they wait for. If all slots were taken, a longer timeout would only make the callers wait longer. Half a timeout is
     * long, because the loaders that hang may have begun right after others returned. It is said of the calls that expire
     * within a timeout after that too: the first that expire let go of what the loaders wait for, but the others have
     * waited for the same reason.
     */
    String silence(int held, int slots, String longest) {
        long time = dispatcher.now();
        long silent = time - lastReturnNanos;
        if (held > 0 && silent >= timeoutNanos / 2) {
            last = new Silence(time, outcomes.stuck(held, slots, Duration.ofNanos(silent), longest));
        }
        Silence known = last;
        return known != null && time - known.seenNanos <= timeoutNanos ? known.text : "";
    }

    private record Silence(long seenNanos, String text) {}
}
