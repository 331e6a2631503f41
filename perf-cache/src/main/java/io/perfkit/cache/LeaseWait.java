package io.perfkit.cache;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How calls of every kind wait for a value that another node loads: they look again, at first soon and then less often,
 * until that node's lease is over.
 */
final class LeaseWait {

    private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(50);

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
        pause = Math.min(LONGEST, 2 * pause);
        return now;
    }

    /** Whether a question to a shared tier that can be used had no answer because its thread is interrupted. */
    static boolean isInterrupted(@Nullable SharedRegion<?> asked) {
        return Thread.currentThread().isInterrupted() && asked != null && asked.remote() != null;
    }

    static CacheException interrupted(String region, String keys, @Nullable InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CacheException(
                "Interrupted while waiting for another node's load of key '" + keys + "' of region '" + region + "'",
                cause == null ? new InterruptedException() : cause);
    }
}
