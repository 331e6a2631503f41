package io.perfkit.batching;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One timer for everything in a batcher that happens at a time. It is armed for the earliest time anybody asked for;
 * when it rings, {@code onRing} does what is due and returns when to ring next. So a call costs one comparison, and an
 * idle batcher has no timer.
 */
final class Alarm {
    static final long NEVER = Long.MAX_VALUE;

    private final Timer timer;
    private final LongSupplier now;
    private final LongSupplier onRing;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long armedFor = NEVER;
    private long generation;
    private @Nullable Runnable cancellation;

    /** @param now nanoseconds that start near zero and never wrap */
    Alarm(Timer timer, LongSupplier now, LongSupplier onRing) {
        this.timer = timer;
        this.now = now;
        this.onRing = onRing;
    }

    /** Rings at the given time or before. */
    void arm(long atNanos) {
        if (atNanos >= armedFor) {
            return;
        }
        lock.lock();
        try {
            if (atNanos >= armedFor) {
                return;
            }
            if (cancellation != null) {
                cancellation.run();
            }
            long mine = ++generation;
            cancellation = timer.schedule(() -> ring(mine), Math.max(0, atNanos - now.getAsLong()));
            armedFor = atNanos;
        } finally {
            lock.unlock();
        }
    }

    private void ring(long of) {
        lock.lock();
        try {
            if (of != generation) {
                return;
            }
            // Disarmed before the work: who arrives from here on arms it anew, who arrived before is seen by the work.
            armedFor = NEVER;
            cancellation = null;
        } finally {
            lock.unlock();
        }
        arm(onRing.getAsLong());
    }
}
