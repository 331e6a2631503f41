package io.perfkit.batching;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a batch leaves, and sees it through.
 *
 * <p><b>Natural batching.</b> A call is put in the queue, then {@link #dispatch} looks whether a slot is free. If so, a
 * run is scheduled on the executor; it takes whatever is pending at the moment it begins, so a burst of calls from one
 * thread leaves as one batch. If not, the call waits, because the end of every run looks again. No wake-up can be lost:
 * a call is in the queue before its thread reads the slots, a run gives its slot back before it reads the queue, and
 * both are sequentially consistent operations, so at least one of the two sees the other.
 *
 * <p><b>Nothing waits for itself.</b> A run gives its slot back when the loader has returned, before it completes the
 * callers: their code may call the batcher again, and block. A loader that asks a batcher for something gives its slot
 * away at that moment (see {@link Slots}), so that loaders which wait for each other, in one batcher or across several,
 * leave the slots to those who can go on. The one thing that can be exhausted is an executor of the application's with
 * too few threads; against that, a {@code get} made inside a loader or a completion runs what is scheduled itself.
 *
 * <p><b>No lock</b> is held while code of the application runs, save {@code equals} of the keys.
 *
 * <p><b>Deadlines.</b> One {@link Alarm} per batcher, for all calls: it is set only if there is a timeout or a window,
 * and looks at the calls themselves, pending and running. A call pays a clock reading and a comparison.
 */
final class Dispatcher<K, V extends @Nullable Object> {
    private static final Logger log = LoggerFactory.getLogger(Batcher.class);
    private static final long COARSEST_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    final Outcomes<K, V> outcomes;
    final Counters counters = new Counters();
    final PendingQueue<K, V> queue;
    final Slots slots;
    final int maximumBatchSize;
    final boolean hasWindow;

    final OwnRuns<K, V> ownRuns;

    private final Loading<K, V> loading;
    private final Executor executor;
    private final Runnable scheduledRun = this::runScheduled;
    private final LongSupplier ticker;
    private final long origin;
    private final long windowNanos;
    private final long timeoutNanos;
    private final Duration timeout;
    private final boolean isTimed;
    private final int fullAt;
    private final int clockMask;
    private final Alarm alarm;
    private final Set<Batch<K, V>> inFlight = ConcurrentHashMap.newKeySet();
    private final Queue<BulkBatch<K, V>> bulks = new ConcurrentLinkedQueue<>();

    /** Counted up before a bulk batch is added and down after it is taken: never less than there are. */
    private final AtomicInteger bulkCount = new AtomicInteger();

    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean isGivenUp;
    private volatile long lastArrivalNanos;

    Dispatcher(Batcher.Builder<K, V> settings) {
        outcomes = new Outcomes<>(settings.name, settings.missing, settings.fallback);
        queue = new PendingQueue<>(outcomes, counters, settings.maximumPending);
        slots = new Slots(settings.maximumConcurrentBatches);
        maximumBatchSize = settings.maximumBatchSize;
        executor = settings.executor == null ? BackgroundThreads.shared() : settings.executor;
        ticker = settings.ticker;
        origin = ticker.getAsLong();
        hasWindow = settings.window != null;
        windowNanos = settings.window == null ? 0 : settings.window.toNanos();
        timeout = settings.timeout == null ? Duration.ZERO : settings.timeout;
        timeoutNanos = settings.timeout == null ? Long.MAX_VALUE : settings.timeout.toNanos();
        isTimed = settings.timeout != null;
        loading = new Loading<>(settings, outcomes, counters, this::now);
        ownRuns = new OwnRuns<>(this, loading);
        fullAt = Math.min(maximumBatchSize, settings.maximumPending);
        clockMask = Integer.highestOneBit(Math.max(1, Math.min(32, fullAt / 16))) - 1;
        alarm = new Alarm(
                settings.scheduler == null ? Timer.shared() : Timer.on(settings.scheduler), this::now, this::onAlarm);
    }

    /** Nanoseconds since the batcher was built, so that adding a duration cannot overflow. */
    long now() {
        return ticker.getAsLong() - origin;
    }

    /**
     * When a call arrives now. A deadline needs the exact time. For a window alone only the oldest call of a batch
     * matters, so the clock is read for the first call and then for a few of each batch, the others taking the time of
     * one before them; what remains behind a full batch leaves early by a sixteenth of a batch at most.
     */
    long arrivalNanos() {
        if (isTimed) {
            return now();
        }
        if (hasWindow && (queue.size() & clockMask) == 0) {
            lastArrivalNanos = now();
        }
        return lastArrivalNanos;
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    Duration timeout() {
        return timeout;
    }

    /** Lets the call in and sees that it leaves; {@code false} if the batcher is closed. */
    boolean submit(Call<K, V> call) {
        if (!queue.offer(call)) {
            return false;
        }
        if (isTimed) {
            alarm.arm(call.arrivedNanos + timeoutNanos);
        }
        if (hasWindow) {
            alarm.arm(call.arrivedNanos + windowNanos);
        }
        dispatch();
        return true;
    }

    /**
     * Sends off a set of keys that is a batch by itself, if a slot is free now. The batch is in the queue before its
     * run is scheduled, because whoever claims that run must find it; and a run that was scheduled for something else
     * may take it before. Then the runs left serve what is left, and {@link #dispatch} counts both.
     */
    @Nullable
    CompletableFuture<Map<K, V>> trySubmitBulk(Set<K> keys) {
        if (slots.isFull()) {
            return null;
        }
        BulkBatch<K, V> batch = new BulkBatch<>(outcomes, keys, arrivalNanos());
        bulkCount.incrementAndGet();
        bulks.add(batch);
        if (slots.tryScheduleOne()) {
            armFor(batch);
            execute();
            return batch.future;
        }
        if (bulks.remove(batch)) {
            bulkCount.decrementAndGet();
            settle();
            return null;
        }
        armFor(batch);
        return batch.future;
    }

    void dispatch() {
        while (true) {
            long waiting = mayLeave() + (long) bulkCount.get() * maximumBatchSize;
            if (waiting == 0 || !slots.trySchedule(waiting, maximumBatchSize)) {
                return;
            }
            execute();
        }
    }

    private int mayLeave() {
        int size = queue.size();
        if (!hasWindow || size == 0 || slots.isClosed()) {
            return size;
        }
        return Math.max(queue.due(), size / fullAt * fullAt);
    }

    private void execute() {
        try {
            executor.execute(scheduledRun);
        } catch (Throwable refusal) {
            if (slots.claim()) {
                Batch<K, V> batch = nextBatch();
                // Loose, as after any loader: what the callers' code asks for now must not wait for this slot.
                slots.loosen();
                Run run = Run.enter(this, false);
                try {
                    batch.fail(outcomes.refused(refusal));
                } finally {
                    run.exit();
                    slots.endLoose();
                    settle();
                }
            }
        }
    }

    private void runScheduled() {
        runOneHere();
    }

    /** Carries out a scheduled run in this thread, if one is left. */
    boolean runOneHere() {
        if (!slots.claim()) {
            return false;
        }
        Batch<K, V> batch = nextBatch();
        if (isAnythingPending()) {
            dispatch();
        }
        if (batch instanceof CallBatch<K, V> calls && calls.isEmpty()) {
            slots.releaseHeld();
            settle();
        } else {
            run(batch);
        }
        return true;
    }

    private Batch<K, V> nextBatch() {
        BulkBatch<K, V> bulk = bulks.poll();
        if (bulk != null) {
            bulkCount.decrementAndGet();
            return bulk;
        }
        CallBatch<K, V> calls = queue.take(maximumBatchSize);
        calls.failBroken();
        return calls;
    }

    private void run(Batch<K, V> batch) {
        inFlight.add(batch);
        armFor(batch);
        if (isGivenUp) {
            // Between leaving the queue and arriving here the batch was out of the sight of close.
            batch.fail(outcomes.unfinished(batch.keys(), batch.callCount()));
        }
        Run run = Run.enter(this, true);
        try {
            Map<K, V> loaded = null;
            Throwable failure = null;
            try {
                loaded = loading.ask(batch.keys(), batch);
            } catch (Throwable t) {
                failure = t;
            }
            run.giveSlotAway();
            if (loaded != null) {
                batch.deliver(loaded);
            } else if (failure != null) {
                batch.fail(failure);
            }
        } finally {
            inFlight.remove(batch);
            run.exit();
            slots.endLoose();
            settle();
        }
    }

    private void armFor(Batch<K, V> batch) {
        if (isTimed) {
            // Between leaving the queue and being in flight the batch was out of the alarm's sight.
            alarm.arm(batch.arrivedNanos() + timeoutNanos);
        }
    }

    /** A run of this batcher may have to wait from here on, or has called its loader. */
    void slotGivenAway() {
        slots.loosen();
        dispatch();
    }

    void settle() {
        if (isAnythingPending()) {
            dispatch();
        }
        if (slots.isClosed()) {
            noticeDrained();
        }
    }

    private boolean isAnythingPending() {
        return queue.size() > 0 || bulkCount.get() > 0;
    }

    void flush() {
        if (hasWindow) {
            queue.makeAllDue();
        }
        dispatch();
    }

    /**
     * What is due now. Calls that expire are out of the queue before they have ended, so this counts as a run, one
     * without a slot: close waits for it, and what its completions ask for is let in as from any other run.
     */
    private long onAlarm() {
        slots.beginLoose();
        Run run = Run.enter(this, false);
        try {
            return ring();
        } finally {
            run.exit();
            slots.endLoose();
            settle();
        }
    }

    private long ring() {
        long now = now();
        long expiredUntil = isTimed ? now - timeoutNanos : Long.MIN_VALUE;
        List<Call<K, V>> expired = new ArrayList<>();
        long oldest = queue.expire(expiredUntil, expired);
        long next = Alarm.NEVER;
        if (hasWindow && oldest != Long.MAX_VALUE) {
            if (oldest + windowNanos <= now) {
                flush();
            } else {
                next = oldest + windowNanos;
            }
        }
        if (isTimed) {
            String cause = likelyCause();
            expired.forEach(call -> call.fail(expire(call.key, cause)));
            // The bulk batches first: one that is begun meanwhile is then seen in flight.
            for (BulkBatch<K, V> batch : bulks) {
                oldest = Math.min(oldest, batch.expire(expiredUntil, key -> expire(key, cause)));
            }
            for (Batch<K, V> batch : inFlight) {
                oldest = Math.min(oldest, batch.expire(expiredUntil, key -> expire(key, cause)));
            }
            if (oldest != Long.MAX_VALUE) {
                // Not once per call: a sweep looks at all of them.
                long soonest = now + Math.min(timeoutNanos / 32, COARSEST_SWEEP_NANOS);
                next = Math.min(next, Math.max(oldest + timeoutNanos, soonest));
            }
        }
        return next;
    }

    /** What a deadline that passed may be due to, if no loader returned. */
    String likelyCause() {
        return loading.silence(slots.held(), slots.limit());
    }

    BatchTimeoutException expire(Object keyOrKeys, String cause) {
        counters.expired.increment();
        return outcomes.expired(keyOrKeys, timeout, cause);
    }

    CloseReport close(Duration atMost) {
        slots.close();
        queue.seal();
        int underWay = callsUnderWay();
        dispatch();
        noticeDrained();
        if (Run.isInside(this)) {
            int left = callsUnderWay();
            return new CloseReport(Math.max(0, underWay - left), left);
        }
        boolean isDrained = false;
        try {
            isDrained = drained.await(TimeUnit.NANOSECONDS.convert(atMost), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int unfinished = isDrained ? 0 : failUnfinished(atMost);
        return new CloseReport(Math.max(0, underWay - unfinished), unfinished);
    }

    /** The calls that have begun and not ended; those whose loader runs in the caller's own thread count one each. */
    private int callsUnderWay() {
        int calls = queue.live() + ownRuns.open();
        for (BulkBatch<K, V> batch : bulks) {
            calls += batch.callCount();
        }
        for (Batch<K, V> batch : inFlight) {
            calls += batch.callCount();
        }
        return calls;
    }

    private void noticeDrained() {
        // In this order: a call leaves the queue only under a run, so a run that took the last one is seen here.
        if (!isAnythingPending() && (slots.isIdle() || (isGivenUp && !ownRuns.areOpen()))) {
            drained.countDown();
        }
    }

    /** Fails what has not ended; tells how many calls that were, with those that run in their callers' own threads. */
    private int failUnfinished(Duration waited) {
        // First: a batch that is neither pending nor in flight at this moment fails its calls when it gets there.
        isGivenUp = true;
        List<Batch<K, V>> left = new ArrayList<>(inFlight);
        CallBatch<K, V> pending = queue.take(Integer.MAX_VALUE);
        pending.failBroken();
        left.add(pending);
        for (BulkBatch<K, V> bulk = bulks.poll(); bulk != null; bulk = bulks.poll()) {
            bulkCount.decrementAndGet();
            left.add(bulk);
        }
        left.removeIf(batch -> !batch.isAwaited());
        int calls = 0;
        if (!left.isEmpty()) {
            Set<Object> keys = new LinkedHashSet<>();
            for (Batch<K, V> batch : left) {
                keys.addAll(batch.keys());
                calls += batch.callCount();
            }
            BatchingException failure = outcomes.unfinished(keys, calls, waited);
            log.warn(failure.getMessage());
            left.forEach(batch -> batch.fail(failure));
        }
        noticeDrained();
        return calls + ownRuns.open();
    }
}
