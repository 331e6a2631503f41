package io.perfkit.batching;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Threads that wait inside a loader or a completion, and meanwhile carry out what is scheduled. An executor of the
 * application's may have no other thread than the one that waits: then what is scheduled later, when a slot becomes free
 * that somebody else holds now, or at the end of a window, is for that thread as well. So such a thread is woken for it.
 * The executor that is used by default always has another thread; there a helper does what is scheduled already, and
 * then only waits.
 */
final class Helpers {
    /** So long a thread that was woken leaves to others what is scheduled: it may be for other callers, and take long. */
    private static final long POLITENESS_NANOS = 2_000_000;

    /** The same for a thread that waits for a limited time. */
    private static final long TIMED_POLITENESS_NANOS = 20_000_000;

    private final BooleanSupplier runOne;
    private final BooleanSupplier isAnyScheduled;
    private final boolean areWoken;
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    /**
     * @param runOne carries out one scheduled run in this thread, if one is left
     * @param isAnyScheduled whether one is left
     * @param areWoken whether the executor may have no thread left
     */
    Helpers(BooleanSupplier runOne, BooleanSupplier isAnyScheduled, boolean areWoken) {
        this.runOne = runOne;
        this.isAnyScheduled = isAnyScheduled;
        this.areWoken = areWoken;
    }

    /** Where there is nothing to help with. */
    static Helpers none() {
        return new Helpers(() -> false, () -> false, false);
    }

    /** A run was scheduled. */
    void wake() {
        if (areWoken) {
            Thread first = waiting.peek();
            if (first != null) {
                LockSupport.unpark(first);
            }
        }
    }

    /**
     * Helps as long as there is something to do and the future has not ended; where others may have no thread, until it
     * has. The slots of the run are given away whenever this thread waits: what it carried out may have taken them again.
     */
    void help(CompletableFuture<?> until, Run run, boolean isInterruptible) {
        run.giveSlotsAway();
        while (!until.isDone() && LoaderThread.away(runOne)) {
            run.giveSlotsAway();
        }
        if (areWoken && !until.isDone()) {
            awaitHelping(until, run, isInterruptible);
        }
    }

    /**
     * Waits for so long at most. What this thread carried out might take longer than it has; so it does that only where
     * no other thread has begun it after a while.
     */
    void help(CompletableFuture<?> until, Run run, long timeoutNanos) {
        run.giveSlotsAway();
        if (!areWoken) {
            return;
        }
        Thread self = Thread.currentThread();
        var unused = until.whenComplete((value, failure) -> LockSupport.unpark(self));
        long politeness = Math.min(TIMED_POLITENESS_NANOS, timeoutNanos / 4);
        long began = System.nanoTime();
        long left = timeoutNanos;
        while (!until.isDone() && left > 0 && !self.isInterrupted()) {
            waiting.add(self);
            if (!until.isDone() && !isAnyScheduled.getAsBoolean()) {
                LockSupport.parkNanos(until, left);
            }
            waiting.remove(self);
            wakeForTheRest();
            leaveToOthers(until, politeness);
            if (!until.isDone() && LoaderThread.away(runOne)) {
                run.giveSlotsAway();
            }
            left = timeoutNanos - (System.nanoTime() - began);
        }
        wakeForTheRest();
    }

    private void leaveToOthers(CompletableFuture<?> until, long politenessNanos) {
        Thread self = Thread.currentThread();
        long since = System.nanoTime();
        while (!until.isDone() && isAnyScheduled.getAsBoolean() && !self.isInterrupted()) {
            long left = politenessNanos - (System.nanoTime() - since);
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(until, left);
        }
    }

    /** Somebody else, if a run is scheduled that this thread may have been woken for. */
    private void wakeForTheRest() {
        if (isAnyScheduled.getAsBoolean()) {
            wake();
        }
    }

    private void awaitHelping(CompletableFuture<?> until, Run run, boolean isInterruptible) {
        Thread self = Thread.currentThread();
        var unused = until.whenComplete((value, failure) -> LockSupport.unpark(self));
        boolean wasInterrupted = false;
        try {
            while (!until.isDone()) {
                if (self.isInterrupted()) {
                    if (isInterruptible) {
                        return;
                    }
                    wasInterrupted |= Thread.interrupted();
                }
                // Among those who wait before it looks: whoever schedules a run afterwards sees this thread.
                waiting.add(self);
                if (!until.isDone() && !isAnyScheduled.getAsBoolean()) {
                    LockSupport.park(until);
                }
                // Not while it helps: a run that is scheduled meanwhile is for another.
                waiting.remove(self);
                wakeForTheRest();
                leaveToOthers(until, POLITENESS_NANOS);
                while (!until.isDone() && LoaderThread.away(runOne)) {
                    run.giveSlotsAway();
                }
            }
        } finally {
            wakeForTheRest();
            if (wasInterrupted) {
                self.interrupt();
            }
        }
    }
}
