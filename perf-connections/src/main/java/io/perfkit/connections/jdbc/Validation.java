package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.DriverThreads;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Tests connections before they are handed out, under a bound of its own.
 *
 * <p>A connection that rested is tested on a thread of its own, since the driver's timeout is the driver's word only; and
 * one at a time, so that an outage costs one of them its timeout and not all: when a test was not answered at all, every
 * connection that has not been in use since is given up without a test.
 */
final class Validation {
    /** When a connection is tested before it is handed out. */
    enum When {
        /** Unless it was in use a moment ago. */
        WHEN_RESTED,
        ALWAYS,
        NEVER
    }

    static final long TRUSTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int DRIVER_TIMEOUT_SECONDS = 2;
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final long NO_ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private final When when;
    private final String name;
    private final LongSupplier nanoTime;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    private volatile boolean outageSeen;
    private volatile long outageNanos;

    Validation(When when, String name, LongSupplier nanoTime) {
        this.when = when;
        this.name = name;
        this.nanoTime = nanoTime;
    }

    boolean isDue(boolean trusted) {
        return when == When.ALWAYS || (when == When.WHEN_RESTED && !trusted);
    }

    /** Whether it was last in use before the network was found to swallow everything. */
    boolean isSuspect(long acquiredNanos) {
        return outageSeen && outageNanos - acquiredNanos >= 0;
    }

    /** Tests one that was in use a moment ago: on the calling thread, which costs nothing beside the round trip. */
    boolean passes(Connection connection) {
        long start = System.nanoTime();
        boolean valid = isValid(connection);
        judge(valid, System.nanoTime() - start);
        return valid;
    }

    /** Tests one that has rested, in any case within the bound. */
    boolean restedPasses(Connection connection, long acquiredNanos, long deadlineNanos) throws InterruptedException {
        long left = Math.min(LONGEST_NANOS, Math.max(deadlineNanos - nanoTime.getAsLong(), NO_ANSWER_NANOS));
        if (!oneAtATime.tryLock(left, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            if (isSuspect(acquiredNanos)) {
                return false;
            }
            long start = System.nanoTime();
            boolean valid = isValidWithin(connection, left);
            judge(valid, System.nanoTime() - start);
            return valid;
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean isValidWithin(Connection connection, long nanos) throws InterruptedException {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread thread = DriverThreads.start("perfkit-validate-" + name, () -> answer.complete(isValid(connection)));
        try {
            return answer.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            thread.interrupt();
            return false;
        }
    }

    private void judge(boolean valid, long tookNanos) {
        if (!valid && tookNanos >= NO_ANSWER_NANOS) {
            outageNanos = nanoTime.getAsLong();
            outageSeen = true;
        }
    }

    private static boolean isValid(Connection connection) {
        try {
            return connection.isValid(DRIVER_TIMEOUT_SECONDS);
        } catch (Throwable e) {
            return false;
        }
    }
}
