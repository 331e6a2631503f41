package io.perfkit.batching;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way through the loader, over all attempts. Each attempt is begun by a thread that has claimed a slot
 * for it. Between two attempts the run has neither a thread nor a slot: it is loose, and when the pause is over it gets
 * in line for a slot as a new batch does.
 */
final class BatchRun<K, V extends @Nullable Object> {
    final Batch<K, V> batch;

    private final Dispatcher<K, V> dispatcher;
    private final Loading<K, V> loading;
    private final Attempts<K, V> attempts;
    private boolean isEntered;
    private long beganNanos;
    private volatile boolean isPaused;
    private volatile @Nullable LoaderThread inside;

    BatchRun(Dispatcher<K, V> dispatcher, Loading<K, V> loading, Batch<K, V> batch) {
        this.dispatcher = dispatcher;
        this.loading = loading;
        this.batch = batch;
        attempts = loading.attempts();
    }

    boolean isPaused() {
        return isPaused;
    }

    /** Asks once, in this thread, which holds a slot for it. */
    void attempt() {
        if (isPaused) {
            isPaused = false;
            dispatcher.slots.endLoose();
        }
        isEntered = false;
        try {
            batch.inContext(this::attemptInside);
        } catch (Throwable failure) {
            if (isEntered) {
                throw failure;
            }
            refuse(outcomes().refused(failure));
            return;
        }
        if (!isEntered) {
            refuse(outcomes().refused(new IllegalStateException("its taskDecorator did not run the batch")));
        }
    }

    private Outcomes<K, V> outcomes() {
        return dispatcher.outcomes;
    }

    /** Fails the batch in this thread, which holds a slot for it. */
    void refuse(BatchingException failure) {
        if (isPaused) {
            isPaused = false;
            dispatcher.slots.endLoose();
        }
        // Loose, as after any loader: what the callers' code asks for now must not wait for this slot.
        dispatcher.slots.loosen();
        Run run = Run.enter(dispatcher, false);
        try {
            batch.fail(failure);
        } finally {
            run.exit();
            end();
        }
    }

    private void attemptInside() {
        isEntered = true;
        Run run = Run.enter(dispatcher, true);
        dispatcher.begin(this);
        long pauseNanos = Attempts.NO_MORE;
        try {
            Map<K, V> loaded = null;
            Throwable failure = null;
            beganNanos = beganNanos == 0 ? dispatcher.timeNanos() : beganNanos;
            try {
                loaded = ask();
            } catch (Throwable t) {
                failure = t;
            }
            pauseNanos = attempts.pauseAfter(loaded, failure, batch.latestDeadline());
            if (pauseNanos == Attempts.NO_MORE) {
                finish(run, loaded, failure);
            }
        } finally {
            run.endLoading();
            run.exit();
            if (pauseNanos == Attempts.NO_MORE) {
                end();
            } else {
                isPaused = true;
                pause(pauseNanos);
            }
        }
    }

    private @Nullable Map<K, V> ask() throws Exception {
        if (!batch.isAwaited()) {
            return Map.of();
        }
        if (attempts.isFirst()) {
            dispatcher.counters.batch(batch.callCount(), batch.keys().size());
        }
        LoaderThread here = new LoaderThread();
        inside = here;
        boolean isInterrupted;
        Map<K, V> loaded;
        try {
            loaded = loading.load(batch.keys());
        } finally {
            inside = null;
            isInterrupted = here.leave();
        }
        return isInterrupted && !batch.isAwaited() ? Map.of() : loaded;
    }

    private void finish(Run run, @Nullable Map<K, V> loaded, @Nullable Throwable failure) {
        Map<K, V> answer = loaded;
        Throwable reason = attempts.failureInstead(failure);
        if (reason != null) {
            answer = null;
            if (batch.isPerKey() && batch.isAwaited()) {
                answer = loading.bisect(batch.keys(), reason, batch::isAwaited);
            }
            loading.countFailure();
        }
        run.endLoading();
        loading.tell(batch.callCount(), batch.keys().size(), batch.arrivedNanos(), beganNanos, reason);
        if (answer != null) {
            batch.deliver(answer);
        } else if (reason != null) {
            batch.fail(outcomes().loadFailed(reason, null));
        }
    }

    private void pause(long nanos) {
        try {
            dispatcher.resumeAfter(this, nanos);
        } catch (Throwable refusal) {
            abandon(outcomes().refused(refusal));
        }
    }

    /** Ends a run that is between two attempts. */
    void abandon(BatchingException failure) {
        isPaused = false;
        Run run = Run.enter(dispatcher, false);
        try {
            batch.fail(failure);
        } finally {
            run.exit();
            end();
        }
    }

    private void end() {
        dispatcher.end(this);
    }

    /** Interrupts the loader if nobody waits for it any more. */
    void interruptIfForsaken() {
        LoaderThread here = inside;
        if (here != null && !batch.isAwaited()) {
            here.interrupt();
        }
    }

    /** What it is doing, if it is inside the loader. */
    @Nullable
    String holding(long nowNanos) {
        LoaderThread here = inside;
        return here == null
                ? null
                : outcomes().holder(batch.keys(), here.thread.getName(), Duration.ofNanos(nowNanos - beganNanos));
    }

    long beganNanos() {
        return beganNanos;
    }
}
