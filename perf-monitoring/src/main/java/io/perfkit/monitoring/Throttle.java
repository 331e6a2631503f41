package io.perfkit.monitoring;

import java.util.concurrent.atomic.AtomicLong;

/** Lets one event pass per interval and counts those it held back. Lock-free. */
final class Throttle {
    private static final long NEVER = Long.MIN_VALUE;

    private final long intervalNanos;
    private final AtomicLong lastPass = new AtomicLong(NEVER);
    private final AtomicLong heldBack = new AtomicLong();

    Throttle(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** How many events were held back since the last that passed, or -1 where this one is held back too. */
    long tryPass(long nowNanos) {
        long last = lastPass.get();
        boolean due = last == NEVER || nowNanos - last >= intervalNanos;
        if (due && lastPass.compareAndSet(last, nowNanos)) {
            return heldBack.getAndSet(0);
        }
        heldBack.incrementAndGet();
        return -1;
    }
}
