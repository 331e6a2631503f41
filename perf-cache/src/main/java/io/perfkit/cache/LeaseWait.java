package io.perfkit.cache;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How calls of every kind wait for a value that another node loads: they look again, at first soon and then less often,
 * until that node's lease is over. Then they load for themselves.
 */
final class LeaseWait {

    private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long MAXIMUM = TimeUnit.MILLISECONDS.toNanos(50);

    private final long start = System.nanoTime();
    private final long lease;
    private long pause = FIRST;

    LeaseWait(Duration lease) {
        this.lease = lease.toNanos();
    }

    /** Whether the lease must be over, so that who waits loads for itself. */
    boolean isOver() {
        return System.nanoTime() - start >= lease;
    }

    /** For how many nanoseconds to wait before the next look. */
    long next() {
        long now = pause;
        pause = Math.min(MAXIMUM, 2 * pause);
        return now;
    }
}
