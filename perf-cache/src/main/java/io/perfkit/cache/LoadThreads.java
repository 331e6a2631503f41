package io.perfkit.cache;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which threads work for loads. Those that callers begin, and refreshes, run on the cache's executor, and may queue
 * there. A load that a <em>loader</em> begins must not: the thread that it waits for may be its own, or one of as many as
 * there are, each of which waits for such a load. So it gets a thread beyond the executor's. Of these there are never
 * more than there are loaders that wait for one.
 */
final class LoadThreads implements AutoCloseable {

    private static final ThreadLocal<@Nullable Boolean> LOADING = new ThreadLocal<>();
    /** Whether anybody in this process will ask; as long as nobody will, loaders need not say that they run. */
    private static volatile boolean watched;

    private final Background ordinary;
    private final Background nested;
    private final @Nullable ExecutorService own;

    /** @param endless whether the executor has a thread for every task at once */
    LoadThreads(String cache, Executor executor, boolean endless, UnaryOperator<Runnable> decorator) {
        own = endless ? null : BackgroundExecutor.endless("perfkit-cache-nested-" + cache + "-");
        ordinary = new Background(executor, decorator);
        nested = own == null ? ordinary : new Background(own, decorator);
    }

    static void watch() {
        watched = true;
    }

    /** Whether the calling thread runs a loader. */
    static boolean isLoading() {
        return LOADING.get() != null;
    }

    /**
     * Says that the calling thread runs a loader from now on.
     *
     * @return for {@link #end}
     */
    static boolean begin() {
        if (!watched || isLoading()) {
            return false;
        }
        LOADING.set(true);
        return true;
    }

    static void end(boolean begun) {
        if (begun) {
            LOADING.remove();
        }
    }

    /** For refreshes and whatever else nobody waits for. */
    Executor ordinary() {
        return ordinary;
    }

    /** For what the calling thread is going to wait for. */
    Executor forCaller() {
        return isLoading() ? nested : ordinary;
    }

    @Override
    public void close() {
        if (own != null) {
            own.shutdownNow();
        }
    }
}
