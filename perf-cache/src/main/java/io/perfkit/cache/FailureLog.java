package io.perfkit.cache;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a failure that repeats at most once a minute, with how often it happened since. Thread-safe. */
final class FailureLog {

    /** The cache's, by its name: everything that may fail logs here, and the cache knows all of it. */
    private static final Logger LOG = LoggerFactory.getLogger("io.perfkit.cache.PerfCache");

    private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private final String cache;
    private final CoarseClock clock;
    private long count;
    private long last;
    private boolean logged;

    FailureLog(String cache, CoarseClock clock) {
        this.cache = cache;
        this.clock = clock;
    }

    void failed(String what, @Nullable Throwable cause) {
        long total;
        synchronized (this) {
            count++;
            long now = clock.preciseNanos();
            if (logged && now - last < INTERVAL) {
                return;
            }
            logged = true;
            last = now;
            total = count;
            count = 0;
        }
        LOG.warn(
                "Cache '{}': {} ({} failures since the last such line): {}", cache, what, total, String.valueOf(cause));
    }
}
