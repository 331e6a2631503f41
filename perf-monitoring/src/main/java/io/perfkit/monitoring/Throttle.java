package io.perfkit.monitoring;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets one event pass per interval and counts those it held back; one that is twice as large as the last that passed goes
 * through at once, so that the worst is told and not the first. Lock-free.
 */
final class Throttle {
    private static final long NEVER = Long.MIN_VALUE;

    private final long intervalNanos;
    private final AtomicLong lastPass = new AtomicLong(NEVER);
    private final AtomicLong heldBack = new AtomicLong();
    private volatile long lastSize;

    Throttle(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** How many events were held back since the last that passed, or -1 where this one is held back too. */
    long tryPass(long nowNanos) {
        return tryPass(nowNanos, 0);
    }

    /** As {@link #tryPass(long)}, for an event that has a size. */
    long tryPass(long nowNanos, long size) {
        long last = lastPass.get();
        boolean due = last == NEVER || nowNanos - last >= intervalNanos || (size > 0 && size / 2 >= lastSize);
        if (due && lastPass.compareAndSet(last, nowNanos)) {
            lastSize = size;
            return heldBack.getAndSet(0);
        }
        heldBack.incrementAndGet();
        return -1;
    }
}
