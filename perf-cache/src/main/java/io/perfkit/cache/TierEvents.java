package io.perfkit.cache;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the user's listener that the shared tier went down or came up: in the order of the calls, one at a time, on a
 * thread of its own. Who notices is often the thread that reads Redis's answers, or the one that repairs the
 * connection, and a listener that sends a message somewhere must hold up neither. The thread ends when there is nothing
 * to tell.
 */
final class TierEvents implements AutoCloseable {

    private static final TierEvents NONE = new TierEvents("", null);

    private final @Nullable SafeListener listener;
    private final ThreadPoolExecutor thread;

    TierEvents(String cache, @Nullable SafeListener listener) {
        this.listener = listener;
        this.thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread t = new Thread(task, "perfkit-cache-events-" + cache);
            t.setDaemon(true);
            return t;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    static TierEvents none() {
        return NONE;
    }

    void down(@Nullable Throwable cause) {
        tell(listener -> listener.onSharedTierDown(cause));
    }

    void up() {
        tell(CacheListener::onSharedTierUp);
    }

    private void tell(Consumer<CacheListener> event) {
        SafeListener told = listener;
        if (told != null) {
            try {
                thread.execute(() -> told.tell(event));
            } catch (RejectedExecutionException e) {
                // Closed meanwhile: no news any more.
            }
        }
    }

    /** What was noticed before is still told. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
