package io.perfkit.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for a batch: bounded, first come first served, and left at once by those who give up.
 *
 * <p><b>Two halves.</b> A call arrives on a Treiber stack (R. K. Treiber, "Systems Programming: Coping with
 * Parallelism", 1986): one compare-and-set, no lock, whatever the batches do. Those who take calls away hold a short
 * lock, move the whole stack over in reverse, which restores the order of arrival, and cut a batch off the line. The
 * only code of the application that runs under the lock is {@code equals} of the keys.
 *
 * <p><b>Size.</b> A node of the stack knows its depth, so the number of arrivals is read off the top and needs no
 * counter. While calls are moved they are counted twice for a moment and never not at all: a reader that sees an empty
 * queue may rely on it.
 *
 * <p><b>Places.</b> A fair semaphore has one permit per place. A place is given back by whoever wins
 * {@link Call#leave}, hence exactly once, and at the moment the call is over rather than when a batch comes by. The node
 * of a call that was given up stays linked until the next batch; if such nodes outnumber the live ones they are swept
 * out, so memory stays within twice the bound even if no batch ever leaves.
 *
 * <p><b>Due.</b> With a window, calls wait although a slot is free. {@code due} counts from the head of the line the
 * calls for which the wait is over.
 *
 * <p><b>The end.</b> {@link #seal} puts a marker on the stack that no arrival can replace. So every offer is either
 * before the seal, and then seen by the drain, or refused.
 */
final class PendingQueue<K, V extends @Nullable Object> {
    private static final int SWEEP_AT_LEAST = 64;

    /** Callers that wait inside a run, and carry out what is scheduled. */
    final Helpers helpers;

    private final Outcomes<K, V> outcomes;
    private final long maximumBytes;
    private final boolean isPartitioned;
    private final Counters counters;
    private final Semaphore places;
    private final AtomicReference<@Nullable Call<K, V>> arrivals = new AtomicReference<>();
    private final AtomicInteger dead = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Call<K, V> sealed;

    private @Nullable Call<K, V> head;
    private @Nullable Call<K, V> tail;
    private int released;
    private volatile int lineLength;
    private volatile int due;

    PendingQueue(Outcomes<K, V> outcomes, Counters counters, int maximum) {
        this(outcomes, counters, maximum, Long.MAX_VALUE, false, Helpers.none());
    }

    @SuppressWarnings("NullAway") // the marker has no key, and never leaves this class
    PendingQueue(
            Outcomes<K, V> outcomes,
            Counters counters,
            int maximum,
            long maximumBytes,
            boolean isPartitioned,
            Helpers helpers) {
        this.helpers = helpers;
        this.maximumBytes = maximumBytes;
        this.isPartitioned = isPartitioned;
        this.outcomes = outcomes;
        this.counters = counters;
        this.places = new Semaphore(maximum, true);
        this.sealed = new Call<>(this, null, 0, 0);
    }

    /**
     * Takes a place, unless there is none or somebody who waits needs it. When a batch has given back many places at once,
     * those who wait are woken one after the other; who comes meanwhile, and leaves a place for each of them, need not
     * queue up behind. It would be a change of threads for every call, as long as anybody waits.
     */
    boolean tryReserve() {
        if (!places.hasQueuedThreads()) {
            return places.tryAcquire();
        }
        if (places.availablePermits() <= places.getQueueLength() || !places.tryAcquire()) {
            return false;
        }
        if (places.availablePermits() >= places.getQueueLength()) {
            return true;
        }
        places.release();
        return false;
    }

    /** Waits for a place, first come first served; {@code Long.MAX_VALUE} waits without a bound. */
    boolean reserve(long timeoutNanos) throws InterruptedException {
        if (timeoutNanos == Long.MAX_VALUE) {
            places.acquire();
            return true;
        }
        return places.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    /** Gives back a place that no call was offered for. */
    void unreserve() {
        places.release();
    }

    /** Lets the call in; {@code false} if the queue is sealed. */
    boolean offer(Call<K, V> call) {
        while (true) {
            Call<K, V> top = arrivals.get();
            if (top == sealed) {
                return false;
            }
            call.next = top;
            call.depth = top == null ? 1 : top.depth + 1;
            if (arrivals.compareAndSet(top, call)) {
                return true;
            }
        }
    }

    /** How many calls wait, including those that were given up and not swept out yet. */
    int size() {
        // The stack first: a call that is moved in between is then counted in the line or twice, but not missed.
        Call<K, V> top = arrivals.get();
        return (top == null ? 0 : top.depth) + lineLength;
    }

    int live() {
        return Math.max(0, size() - dead.get());
    }

    int freePlaces() {
        return places.availablePermits();
    }

    int due() {
        return due;
    }

    /** Declares the wait of all who are here over. */
    void makeAllDue() {
        lock.lock();
        try {
            moveArrivals();
            due = lineLength;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Cuts off the next batch: the oldest calls, up to so many distinct keys and bytes. Where there are partitions, the
     * oldest call names the one, and calls of others stay in line.
     */
    CallBatch<K, V> take(int maximumKeys) {
        CallBatch<K, V> batch;
        lock.lock();
        try {
            moveArrivals();
            batch = new CallBatch<>(outcomes, Math.min(maximumKeys, lineLength), maximumBytes);
            if (isPartitioned) {
                takeOfOnePartition(batch);
            } else {
                takeInLine(batch);
            }
        } finally {
            releaseAndUnlock();
        }
        return batch;
    }

    /** Cuts off all that wait. */
    CallBatch<K, V> takeAll() {
        CallBatch<K, V> all;
        lock.lock();
        try {
            moveArrivals();
            all = new CallBatch<>(outcomes, lineLength);
            for (Call<K, V> call = head; call != null; call = call.next) {
                call.partition = null;
            }
            takeInLine(all);
        } finally {
            releaseAndUnlock();
        }
        return all;
    }

    private void takeInLine(CallBatch<K, V> batch) {
        int length = lineLength;
        int taken = 0;
        for (Call<K, V> call = head; call != null; call = head) {
            if (add(call, batch) == CallBatch.Place.FULL) {
                break;
            }
            unlinkHead(call);
            taken++;
        }
        // Once, at the end: until then the calls are counted although they are gone, never the other way round.
        lineLength = length - taken;
        due = Math.max(0, due - taken);
    }

    private void takeOfOnePartition(CallBatch<K, V> batch) {
        int dueBefore = due;
        int dueAfter = 0;
        int position = 0;
        int kept = 0;
        boolean isFull = false;
        Call<K, V> first = head;
        head = null;
        tail = null;
        for (Call<K, V> call = first; call != null; ) {
            Call<K, V> behind = call.next;
            boolean isDue = position++ < dueBefore;
            CallBatch.Place place = isFull ? CallBatch.Place.FULL : add(call, batch);
            if (place == CallBatch.Place.TAKEN) {
                call.next = null;
                account(call);
            } else {
                isFull = place == CallBatch.Place.FULL;
                append(call);
                kept++;
                dueAfter += isDue ? 1 : 0;
            }
            call = behind;
        }
        lineLength = kept;
        due = dueAfter;
    }

    /** Where the call goes; one that is over, or cannot be compared, just goes. */
    private CallBatch.Place add(Call<K, V> call, CallBatch<K, V> batch) {
        if (call.isDone()) {
            return CallBatch.Place.TAKEN;
        }
        try {
            return batch.add(call);
        } catch (Throwable failure) {
            batch.addBroken(call, failure);
            return CallBatch.Place.TAKEN;
        }
    }

    /** Those who still wait: when the oldest arrived and the next deadline is, {@code Long.MAX_VALUE} if there is none. */
    record Waiting(long oldestArrival, long earliestDeadline) {}

    /**
     * Takes out the calls whose deadline has passed. The whole line is looked at: a call that had to wait for its place
     * is older than some of those before it.
     */
    Waiting expire(long nowNanos, List<Call<K, V>> expired) {
        lock.lock();
        try {
            moveArrivals();
            return sweep(nowNanos, expired);
        } finally {
            releaseAndUnlock();
        }
    }

    /** From now on every offer is refused. */
    void seal() {
        lock.lock();
        try {
            do {
                moveArrivals();
            } while (arrivals.get() != sealed && !arrivals.compareAndSet(null, sealed));
        } finally {
            lock.unlock();
        }
    }

    /** A waiting call was ended by its caller; {@code stage} is what {@link Call#leave} returned. */
    void abandoned(int stage) {
        counters.abandoned.increment();
        if (stage == Call.WAITING_RESERVED) {
            places.release();
        }
        int given = dead.incrementAndGet();
        if (given >= SWEEP_AT_LEAST && given > size() / 2 && lock.tryLock()) {
            try {
                moveArrivals();
                sweep(Long.MIN_VALUE, new ArrayList<>());
            } finally {
                releaseAndUnlock();
            }
        }
    }

    private Waiting sweep(long nowNanos, List<Call<K, V>> expired) {
        int dueBefore = due;
        int dueAfter = 0;
        int position = 0;
        int kept = 0;
        long oldest = Long.MAX_VALUE;
        long deadline = Long.MAX_VALUE;
        Call<K, V> first = head;
        head = null;
        tail = null;
        for (Call<K, V> call = first; call != null; ) {
            Call<K, V> behind = call.next;
            boolean isDue = position++ < dueBefore;
            if (call.isDone()) {
                account(call);
            } else if (call.deadlineNanos <= nowNanos) {
                account(call);
                expired.add(call);
            } else {
                append(call);
                oldest = Math.min(oldest, call.arrivedNanos);
                deadline = Math.min(deadline, call.deadlineNanos);
                kept++;
                dueAfter += isDue ? 1 : 0;
            }
            call = behind;
        }
        due = dueAfter;
        lineLength = kept;
        return new Waiting(oldest, deadline);
    }

    private void append(Call<K, V> call) {
        call.next = null;
        if (tail == null) {
            head = call;
        } else {
            tail.next = call;
        }
        tail = call;
    }

    private void unlinkHead(Call<K, V> call) {
        head = call.next;
        if (head == null) {
            tail = null;
        }
        call.next = null;
        account(call);
    }

    private void account(Call<K, V> call) {
        int was = call.leave();
        if (was == Call.LEFT) {
            dead.decrementAndGet();
        } else if (was == Call.WAITING_RESERVED) {
            released++;
        }
    }

    private void moveArrivals() {
        Call<K, V> top;
        int before = lineLength;
        do {
            top = arrivals.get();
            if (top == null || top == sealed) {
                lineLength = before;
                return;
            }
            lineLength = before + top.depth;
        } while (!arrivals.compareAndSet(top, null));
        Call<K, V> last = top;
        Call<K, V> first = null;
        for (Call<K, V> call = top; call != null; ) {
            Call<K, V> below = call.next;
            call.next = first;
            first = call;
            call = below;
        }
        if (tail == null) {
            head = first;
        } else {
            tail.next = first;
        }
        tail = last;
    }

    private void releaseAndUnlock() {
        int places = released;
        released = 0;
        lock.unlock();
        if (places > 0) {
            this.places.release(places);
        }
    }
}
