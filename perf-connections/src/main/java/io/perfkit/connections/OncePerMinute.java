package io.perfkit.connections;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Logs a warning that may repeat: at most once per minute, with the number of those left out. */
final class OncePerMinute {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final Logger logger;
    private final LongSupplier nanoTime;
    private final AtomicLong nextNanos;
    private final AtomicLong leftOut = new AtomicLong();

    OncePerMinute(Logger logger, LongSupplier nanoTime) {
        this.logger = logger;
        this.nanoTime = nanoTime;
        this.nextNanos = new AtomicLong(nanoTime.getAsLong());
    }

    void warn(String message, Throwable cause) {
        long now = nanoTime.getAsLong();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + MINUTE)) {
            logger.warn("{} ({} more in the last minute were not logged)", message, leftOut.getAndSet(0), cause);
        } else {
            leftOut.incrementAndGet();
        }
    }
}
