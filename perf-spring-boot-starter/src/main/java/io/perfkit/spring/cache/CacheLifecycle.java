package io.perfkit.spring.cache;

import io.perfkit.cache.PerfCache;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Closes the cache when the last request is done and before the Redis client stops, which is in phase 0. Calls of cached
 * methods that come later, from beans that are being destroyed, go to the methods themselves.
 */
final class CacheLifecycle implements SmartLifecycle {

    /** After the web server, which stops just below the highest phase; before connections, which stop at zero. */
    static final int PHASE = 1_024;

    /** What the last requests have changed is on its way to Redis, which answers within a millisecond if it answers. */
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(CacheLifecycle.class);

    private final PerfCache cache;
    private volatile boolean running;
    private volatile boolean closed;

    CacheLifecycle(PerfCache cache) {
        this.cache = cache;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        closed = true;
        long lost = cache.close(ACKNOWLEDGED_WITHIN).unacknowledged();
        if (lost > 0) {
            LOG.warn(
                    "Redis has not acknowledged {} changes of cache '{}' before the application stopped: other nodes may serve "
                            + "what they keep until its ttl. Clear the regions concerned, if that is too long",
                    lost,
                    cache.name());
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** A context that a test framework pauses goes on with the same cache. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
