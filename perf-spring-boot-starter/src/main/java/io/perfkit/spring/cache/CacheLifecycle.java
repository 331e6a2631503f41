package io.perfkit.spring.cache;

import io.perfkit.cache.PerfCache;
import org.springframework.context.SmartLifecycle;

/**
 * Closes the cache when the last request is done and before the Redis client stops, which is in phase 0. Calls of cached
 * methods that come later, from beans that are being destroyed, go to the methods themselves.
 */
final class CacheLifecycle implements SmartLifecycle {

    /** After the web server, which stops just below the highest phase; before connections, which stop at zero. */
    static final int PHASE = 1_024;

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
        cache.close();
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
