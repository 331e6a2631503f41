package io.perfkit.monitoring;

import java.util.concurrent.atomic.AtomicLong;

/** So many of something in a while, such as stacks walked for one query. Lock-free; at a turn of the window it may be one
 * more for each thread that turns it. */
final class Budget {
    private static final long NEVER = Long.MIN_VALUE;

    private final long windowNanos;
    private final int most;
    private final AtomicLong windowStart = new AtomicLong(NEVER);
    private final AtomicLong spent = new AtomicLong();

    Budget(long windowNanos, int most) {
        this.windowNanos = windowNanos;
        this.most = most;
    }

    boolean trySpend(long nowNanos) {
        long start = windowStart.get();
        if ((start == NEVER || nowNanos - start >= windowNanos) && windowStart.compareAndSet(start, nowNanos)) {
            spent.set(0);
        }
        return spent.get() < most && spent.incrementAndGet() <= most;
    }
}
