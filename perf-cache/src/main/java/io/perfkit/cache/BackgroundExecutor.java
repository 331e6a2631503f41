package io.perfkit.cache;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where refreshes run unless the user says otherwise: a virtual thread each on Java 21 and later, else a small pool. */
final class BackgroundExecutor {

    private static final int MAXIMUM_THREADS = 16;
    private static final int MAXIMUM_QUEUE = 1_000;

    private BackgroundExecutor() {}

    static ExecutorService create(String cache) {
        String prefix = "perfkit-cache-refresh-" + cache + "-";
        try {
            Method ofVirtual = Thread.class.getMethod("ofVirtual");
            Object builder = ofVirtual.invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            builder = type.getMethod("name", String.class, long.class).invoke(builder, prefix, 0L);
            ThreadFactory factory = (ThreadFactory) type.getMethod("factory").invoke(builder);
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            return pool(prefix);
        }
    }

    private static ExecutorService pool(String prefix) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MAXIMUM_THREADS,
                MAXIMUM_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAXIMUM_QUEUE),
                daemons(prefix));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** A thread for every task at once; none as long as there is no task. */
    static ExecutorService endless(String prefix) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(prefix));
    }

    /** Whether there is a thread for every task at once. */
    static boolean isEndless(ExecutorService created) {
        return !(created instanceof ThreadPoolExecutor);
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }
}
