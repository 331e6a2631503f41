package io.perfkit.batching;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
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
 * too few threads; against that, a thread that waits inside a loader or a completion runs what is scheduled itself (see
 * {@link Helpers}).
 *
 * <p><b>No lock</b> is held while code of the application runs, save {@code equals} of the keys.
 *
 * <p><b>Deadlines.</b> One {@link Alarm} per batcher, for all calls: it is set only if there is a timeout or a window,
 * and looks at the calls themselves, pending and running. A call pays a clock reading and a comparison.
 */
final class Dispatcher<K, V extends @Nullable Object> {
    private static final Logger log = LoggerFactory.getLogger(Batcher.class);
    /** A call that has no deadline of its own. */
    static final long NO_TIMEOUT = -1;

    private static final long COARSEST_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final AtomicLong NUMBERS = new AtomicLong();

    /** Slots of several batchers are taken in the order of these. */
    final long number = NUMBERS.incrementAndGet();

    final Outcomes<K, V> outcomes;
    final Counters counters = new Counters();
    final PendingQueue<K, V> queue;
    final Slots slots;
    final Bounds<K> bounds;
    final boolean hasWindow;
    final OwnRuns<K, V> ownRuns;
    final Loading<K, V> loading;

    private final Executor executor;
    private final Runnable scheduledRun = this::runScheduled;
    private final LongSupplier ticker;
    private final long origin;
    private final long windowNanos;
    private final long timeoutNanos;
    private final boolean isClockRead;
    private final @Nullable UnaryOperator<Runnable> decorator;
    private final int fullAt;
    private final int clockMask;
    private final Timer timer;
    private final Alarm alarm;
    private final Deadline.@Nullable Watched watched;
    private final Set<BatchRun<K, V>> inFlight = ConcurrentHashMap.newKeySet();

    /** Bulk calls that have not begun, and batches whose next attempt is due. */
    private final Queue<BatchRun<K, V>> ready = new ConcurrentLinkedQueue<>();

    /** Counted up before a run is added and down after it is taken: never less than there are. */
    private final AtomicInteger readyCount = new AtomicInteger();

    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean isGivenUp;
    private volatile long lastArrivalNanos;

    /** The shortest that a call has had; it decides how often deadlines are looked at. */
    private volatile long shortestTimeoutNanos = Long.MAX_VALUE;

    Dispatcher(Batcher.Builder<K, V> settings) {
        outcomes = new Outcomes<>(settings.name, settings.missing, settings.fallback);
        bounds = new Bounds<>(settings);
        queue = new PendingQueue<>(
                outcomes,
                counters,
                settings.maximumPending,
                settings.maximumBatchBytes,
                bounds.arePartitioned(),
                new Helpers(this::runOneHere, this::isAnyScheduled, settings.executor != null));
        slots = new Slots(settings.maximumConcurrentBatches, settings.slotPatienceNanos);
        executor = settings.executor == null ? BackgroundThreads.shared() : settings.executor;
        ticker = settings.ticker;
        origin = ticker.getAsLong();
        hasWindow = settings.window != null;
        windowNanos = settings.window == null ? 0 : settings.window.toNanos();
        timeoutNanos = settings.timeout == null ? Long.MAX_VALUE : settings.timeout.toNanos();
        decorator = settings.taskDecorator;
        loading = new Loading<>(settings, this);
        isClockRead = settings.timeout != null || loading.isObserved();
        ownRuns = new OwnRuns<>(this, loading);
        fullAt = Math.min(settings.maximumBatchSize, settings.maximumPending);
        clockMask = Integer.highestOneBit(Math.max(1, Math.min(32, fullAt / 16))) - 1;
        timer = settings.scheduler == null ? Timer.shared() : Timer.on(settings.scheduler);
        alarm = new Alarm(timer, this::now, this::onAlarm);
        watched = settings.interruptOverdue ? new Deadline.Watched(alarm::arm) : null;
    }

    /** Nanoseconds since the batcher was built, so that adding a duration cannot overflow. */
    long now() {
        return ticker.getAsLong() - origin;
    }

    /** The time, where anybody asks how long something takes. */
    long timeNanos() {
        return isClockRead || watched != null ? now() : 0;
    }

    /**
     * When a call arrives now. A deadline needs the exact time. For a window alone only the oldest call of a batch
     * matters, so the clock is read for the first call and then for a few of each batch, the others taking the time of
     * one before them; what remains behind a full batch leaves early by a sixteenth of a batch at most.
     */
    private long arrivalNanos(boolean isExact) {
        if (isExact || isClockRead) {
            return now();
        }
        if (hasWindow && (queue.size() & clockMask) == 0) {
            lastArrivalNanos = now();
        }
        return lastArrivalNanos;
    }

    /** A call for the key that arrives now, with a deadline of its own or the batcher's. */
    Call<K, V> call(K key, long ownTimeoutNanos) {
        int hash = key.hashCode();
        Call<K, V> call = new Call<>(queue, key, hash ^ (hash >>> 16), arrivalNanos(ownTimeoutNanos != NO_TIMEOUT));
        call.deadlineNanos = deadlineNanos(call.arrivedNanos, ownTimeoutNanos);
        if (bounds.arePartitioned()) {
            call.partition = bounds.partitionOf(key);
        }
        if (bounds.areMeasured()) {
            call.bytes = bounds.bytesOf(key);
        }
        call.context = CallContext.capture(decorator);
        return call;
    }

    private long deadlineNanos(long arrivedNanos, long ownTimeoutNanos) {
        long timeout = ownTimeoutNanos == NO_TIMEOUT ? timeoutNanos : ownTimeoutNanos;
        if (timeout < shortestTimeoutNanos) {
            shortestTimeoutNanos = timeout;
        }
        return timeout == Long.MAX_VALUE ? Long.MAX_VALUE : arrivedNanos + timeout;
    }

    /** For a call whose loader runs in its own thread. */
    Deadline deadline(long ownTimeoutNanos) {
        if (timeoutNanos == Long.MAX_VALUE && ownTimeoutNanos == NO_TIMEOUT) {
            return Deadline.NONE;
        }
        long arrived = now();
        return new Deadline(arrived, deadlineNanos(arrived, ownTimeoutNanos), watched);
    }

    /** Lets the call in and sees that it leaves; {@code false} if the batcher is closed. */
    boolean submit(Call<K, V> call) {
        if (!queue.offer(call)) {
            return false;
        }
        arm(call.deadlineNanos);
        if (hasWindow) {
            alarm.arm(call.arrivedNanos + windowNanos);
        }
        dispatch();
        return true;
    }

    private void arm(long deadlineNanos) {
        if (deadlineNanos != Long.MAX_VALUE) {
            alarm.arm(deadlineNanos);
        }
    }

    /**
     * Sends off a set of keys that is a batch by itself, if a slot is free now. The batch is in the queue before its
     * run is scheduled, because whoever claims that run must find it; and a run that was scheduled for something else
     * may take it before. Then the runs left serve what is left, and {@link #dispatch} counts both.
     */
    <R> @Nullable CompletableFuture<R> trySubmitBulk(BulkBatch.Request<K, V, R> request, long ownTimeoutNanos) {
        if (slots.isFull()) {
            return null;
        }
        long arrived = arrivalNanos(ownTimeoutNanos != NO_TIMEOUT);
        BulkBatch<K, V, R> batch = new BulkBatch<>(
                new NestedFuture<>(queue.helpers),
                request,
                arrived,
                deadlineNanos(arrived, ownTimeoutNanos),
                CallContext.capture(decorator));
        BatchRun<K, V> run = new BatchRun<>(this, loading, batch);
        readyCount.incrementAndGet();
        ready.add(run);
        if (slots.tryScheduleOne()) {
            arm(batch.earliestDeadline());
            execute();
            return batch.future;
        }
        if (ready.remove(run)) {
            readyCount.decrementAndGet();
            settle();
            return null;
        }
        arm(batch.earliestDeadline());
        return batch.future;
    }

    void dispatch() {
        while (true) {
            long waiting = mayLeave() + (long) readyCount.get() * bounds.maximumKeys;
            if (waiting == 0 || !slots.trySchedule(waiting, bounds.maximumKeys)) {
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
        // Of several partitions none need be full.
        return bounds.arePartitioned() ? queue.due() : Math.max(queue.due(), size / fullAt * fullAt);
    }

    private void execute() {
        try {
            executor.execute(scheduledRun);
            queue.helpers.wake();
        } catch (Throwable refusal) {
            if (slots.claim()) {
                nextRun().refuse(outcomes.refused(refusal));
            }
        }
    }

    private void runScheduled() {
        runOneHere();
    }

    private boolean isAnyScheduled() {
        return slots.isAnyScheduled();
    }

    /** Carries out a scheduled run in this thread, if one is left. */
    boolean runOneHere() {
        if (!slots.claim()) {
            return false;
        }
        BatchRun<K, V> run = nextRun();
        if (isAnythingPending()) {
            dispatch();
        }
        if (run.batch instanceof CallBatch<K, V> calls && calls.isEmpty()) {
            slots.releaseHeld();
            settle();
        } else {
            run.attempt();
        }
        return true;
    }

    private BatchRun<K, V> nextRun() {
        BatchRun<K, V> next = ready.poll();
        if (next != null) {
            readyCount.decrementAndGet();
            return next;
        }
        CallBatch<K, V> calls = queue.take(bounds.maximumKeys);
        if (calls.hasBroken()) {
            Run run = Run.enter(this, false);
            try {
                calls.failBroken();
            } finally {
                run.exit();
            }
        }
        return new BatchRun<>(this, loading, calls);
    }

    /** An attempt begins. */
    void begin(BatchRun<K, V> run) {
        inFlight.add(run);
        // Between leaving the queue and being in flight the batch was out of the alarm's sight, and out of that of
        // close.
        arm(run.batch.earliestDeadline());
        if (isGivenUp) {
            run.batch.fail(outcomes.unfinished(run.batch.keys(), run.batch.callCount()));
        }
    }

    /** A run that is loose is over. */
    void end(BatchRun<K, V> run) {
        inFlight.remove(run);
        slots.endLoose();
        settle();
    }

    /** The next attempt of a run that is loose. */
    void resumeAfter(BatchRun<K, V> run, long nanos) {
        if (nanos == 0) {
            resume(run);
        } else {
            var unused = after(nanos, () -> resume(run));
        }
    }

    private void resume(BatchRun<K, V> run) {
        readyCount.incrementAndGet();
        ready.add(run);
        dispatch();
    }

    /** Runs something later; what is returned cancels it. */
    Runnable after(long nanos, Runnable task) {
        return timer.schedule(task, nanos);
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
        return queue.size() > 0 || readyCount.get() > 0;
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
        List<Call<K, V>> expired = new ArrayList<>();
        PendingQueue.Waiting waiting = queue.expire(now, expired);
        long next = Alarm.NEVER;
        if (hasWindow && waiting.oldestArrival() != Long.MAX_VALUE) {
            if (waiting.oldestArrival() + windowNanos <= now) {
                flush();
            } else {
                next = waiting.oldestArrival() + windowNanos;
            }
        }
        String cause = likelyCause();
        Batch.Expiry expiry = (key, arrived, deadline) -> expire(key, arrived, deadline, cause);
        expired.forEach(call -> call.fail(expiry.of(call.key, call.arrivedNanos, call.deadlineNanos)));
        long deadline = waiting.earliestDeadline();
        // What is ready first: a run that is begun meanwhile is then seen in flight.
        for (BatchRun<K, V> run : ready) {
            deadline = Math.min(deadline, run.batch.expire(now, expiry));
        }
        for (BatchRun<K, V> run : inFlight) {
            deadline = Math.min(deadline, run.batch.expire(now, expiry));
            if (watched != null) {
                run.interruptIfForsaken();
            }
        }
        if (watched != null) {
            deadline = Math.min(deadline, watched.ring(now));
        }
        if (deadline != Long.MAX_VALUE) {
            // Not once per call: a sweep looks at all of them.
            next = Math.min(next, Math.max(deadline, now + Math.min(shortestTimeoutNanos / 32, COARSEST_SWEEP_NANOS)));
        }
        return next;
    }

    /** What a deadline that passed may be due to, if no loader returned. */
    String likelyCause() {
        BatchRun<K, V> longest = null;
        for (BatchRun<K, V> run : inFlight) {
            if (longest == null || run.beganNanos() < longest.beganNanos()) {
                longest = run;
            }
        }
        String holding = longest == null ? null : longest.holding(now());
        return loading.silence(slots.held(), slots.limit(), holding == null ? "" : holding);
    }

    BatchTimeoutException expire(Object keyOrKeys, long arrivedNanos, long deadlineNanos, String cause) {
        counters.expired.increment();
        return outcomes.expired(keyOrKeys, Duration.ofNanos(deadlineNanos - arrivedNanos), cause);
    }

    /** A loader in its caller's own thread was interrupted at the deadline. */
    BatchTimeoutException interrupted(Object keyOrKeys, Deadline deadline, @Nullable Throwable failure) {
        counters.expired.increment();
        return outcomes.interruptedAt(keyOrKeys, Duration.ofNanos(deadline.nanos() - deadline.arrivedNanos()), failure);
    }

    void listenerFailed(RuntimeException failure) {
        log.warn("batcher '{}': a listener failed and is ignored; it must not throw", outcomes.name, failure);
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
        if (isDrained) {
            return new CloseReport(underWay, 0);
        }
        // A close in the completions of what is failed must not wait: it would be for what is failed next.
        Run run = Run.enter(this, false);
        int unfinished;
        try {
            unfinished = failUnfinished(atMost);
        } finally {
            run.exit();
        }
        return new CloseReport(Math.max(0, underWay - unfinished), unfinished);
    }

    /** The calls that have begun and not ended; those whose loader runs in the caller's own thread count one each. */
    private int callsUnderWay() {
        int calls = queue.live() + ownRuns.open();
        Set<BatchRun<K, V>> runs = new LinkedHashSet<>(ready);
        runs.addAll(inFlight);
        for (BatchRun<K, V> run : runs) {
            calls += run.batch.callCount();
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
        Set<BatchRun<K, V>> runs = new LinkedHashSet<>(inFlight);
        CallBatch<K, V> pending = queue.takeAll();
        pending.failBroken();
        List<BatchRun<K, V>> paused = new ArrayList<>();
        for (BatchRun<K, V> run = ready.poll(); run != null; run = ready.poll()) {
            readyCount.decrementAndGet();
            runs.add(run);
            if (run.isPaused()) {
                paused.add(run);
            }
        }
        List<Batch<K, V>> left = new ArrayList<>();
        runs.forEach(run -> left.add(run.batch));
        left.add(pending);
        left.removeIf(batch -> !batch.isAwaited());
        int calls = 0;
        BatchingException failure = outcomes.unfinished(Set.of(), 0, waited);
        if (!left.isEmpty()) {
            Set<Object> keys = new LinkedHashSet<>();
            for (Batch<K, V> batch : left) {
                keys.addAll(batch.keys());
                calls += batch.callCount();
            }
            failure = outcomes.unfinished(keys, calls, waited);
            log.warn(failure.getMessage());
            for (Batch<K, V> batch : left) {
                batch.fail(failure);
            }
        }
        for (BatchRun<K, V> run : paused) {
            run.abandon(failure);
        }
        if (watched != null) {
            inFlight.forEach(BatchRun::interruptIfForsaken);
        }
        noticeDrained();
        return calls + ownRuns.open();
    }
}
