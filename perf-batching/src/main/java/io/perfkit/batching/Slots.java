package io.perfkit.batching;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Who may call the loader. One atomic word counts
 *
 * <ul>
 *   <li><b>scheduled</b>: handed to the executor, not begun. A scheduled run is a token, not a particular task: any
 *       thread may claim it, and a task that finds no token left has nothing to do;
 *   <li><b>held</b>: inside the loader. {@code scheduled + held} never exceeds the limit;
 *   <li><b>loose</b>: under way without a slot. A run becomes loose when its loader has returned and it completes its
 *       callers, or when its loader asks a batcher for something and so may have to wait for another run; that one takes a
 *       slot again before it goes on. Because a run gives its slot away before it can wait, runs that wait for each
 *       other cannot use up the slots.
 * </ul>
 */
final class Slots {
    static final int MAXIMUM = (1 << 20) - 1;

    /** So long a run waits to take its slot again: the bound may be passed by one, but no circle of waits lasts. */
    static final long PATIENCE_NANOS = 1_000_000_000;

    private static final int FIELD = (1 << 20) - 1;
    private static final long SCHEDULED = 1L;
    private static final long HELD = 1L << 20;
    private static final long LOOSE = 1L << 40;
    private static final long CLOSED = 1L << 62;

    private final int limit;
    private final long patienceNanos;
    private final AtomicLong word = new AtomicLong();
    private final Queue<Thread> returning = new ConcurrentLinkedQueue<>();

    Slots(int limit) {
        this(limit, PATIENCE_NANOS);
    }

    /** @param patienceNanos how long a run waits to take its slot again */
    Slots(int limit, long patienceNanos) {
        this.limit = limit;
        this.patienceNanos = patienceNanos;
    }

    /** Reserves a slot for a run on the executor, unless those already scheduled will take all that waits. */
    boolean trySchedule(long waiting, int batchSize) {
        while (true) {
            long now = word.get();
            if (scheduled(now) + held(now) >= limit || (long) scheduled(now) * batchSize >= waiting) {
                return false;
            }
            if (word.compareAndSet(now, now + SCHEDULED)) {
                return true;
            }
        }
    }

    /** Reserves a slot for one more run on the executor, unless there is none or the batcher is closed. */
    boolean tryScheduleOne() {
        while (true) {
            long now = word.get();
            if ((now & CLOSED) != 0 || scheduled(now) + held(now) >= limit) {
                return false;
            }
            if (word.compareAndSet(now, now + SCHEDULED)) {
                return true;
            }
        }
    }

    /** Begins a scheduled run in this thread, if one is left. */
    boolean claim() {
        while (true) {
            long now = word.get();
            if (scheduled(now) == 0) {
                return false;
            }
            if (word.compareAndSet(now, now - SCHEDULED + HELD)) {
                return true;
            }
        }
    }

    /** Takes a slot at once, unless there is none or the batcher is closed. */
    boolean tryHold() {
        while (true) {
            long now = word.get();
            if ((now & CLOSED) != 0 || scheduled(now) + held(now) >= limit) {
                return false;
            }
            if (word.compareAndSet(now, now + HELD)) {
                return true;
            }
        }
    }

    void loosen() {
        word.addAndGet(LOOSE - HELD);
        wakeReturning();
    }

    void releaseHeld() {
        word.addAndGet(-HELD);
        wakeReturning();
    }

    /**
     * A loose run takes a slot again, and waits for one if there is none. If none is free it may take that of a run that
     * is scheduled: that is only the promise that somebody looks at the queue, and the end of this run does so too. If the
     * thread is interrupted, or has waited for a second, it goes on without.
     *
     * @return whether it has a slot
     */
    boolean holdAgain() {
        if (tryHoldAgain()) {
            return true;
        }
        Thread self = Thread.currentThread();
        returning.add(self);
        boolean isHeld = false;
        long since = System.nanoTime();
        try {
            // Put in the queue before looking: whoever gives a slot back afterwards sees this thread.
            isHeld = tryHoldAgain();
            long left = patienceNanos;
            while (!isHeld && left > 0 && !self.isInterrupted()) {
                LockSupport.parkNanos(this, left);
                isHeld = tryHoldAgain();
                left = patienceNanos - (System.nanoTime() - since);
            }
            return isHeld;
        } finally {
            returning.remove(self);
            wakeReturning();
        }
    }

    private boolean tryHoldAgain() {
        while (true) {
            long now = word.get();
            // Not while another is free: what the scheduled run is for would then wait beside a free slot.
            boolean isFree = scheduled(now) + held(now) < limit;
            if (!isFree && scheduled(now) == 0) {
                return false;
            }
            long taken = isFree ? 0 : SCHEDULED;
            if (word.compareAndSet(now, now - taken + HELD - LOOSE)) {
                return true;
            }
        }
    }

    private void wakeReturning() {
        Thread first = returning.peek();
        if (first != null) {
            LockSupport.unpark(first);
        }
    }

    void beginLoose() {
        word.addAndGet(LOOSE);
    }

    /** As {@link #beginLoose}, unless the batcher is closed. */
    boolean tryBeginLoose() {
        while (true) {
            long now = word.get();
            if ((now & CLOSED) != 0) {
                return false;
            }
            if (word.compareAndSet(now, now + LOOSE)) {
                return true;
            }
        }
    }

    void endLoose() {
        word.addAndGet(-LOOSE);
    }

    void close() {
        word.updateAndGet(now -> now | CLOSED);
    }

    boolean isClosed() {
        return (word.get() & CLOSED) != 0;
    }

    boolean isIdle() {
        return (word.get() & ~CLOSED) == 0;
    }

    boolean isFull() {
        long now = word.get();
        return scheduled(now) + held(now) >= limit;
    }

    boolean isAnyScheduled() {
        return scheduled(word.get()) > 0;
    }

    int limit() {
        return limit;
    }

    int held() {
        return held(word.get());
    }

    private static int scheduled(long word) {
        return (int) word & FIELD;
    }

    private static int held(long word) {
        return (int) (word >>> 20) & FIELD;
    }
}
