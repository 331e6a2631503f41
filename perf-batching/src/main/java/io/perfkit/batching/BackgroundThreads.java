package io.perfkit.batching;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where batches run by default: a virtual thread each on Java 21 and newer, otherwise a cached pool of daemon threads
 * that all batchers share. The number of threads is bounded by what the batchers let run. An idle thread ends after ten
 * seconds.
 */
final class BackgroundThreads {
    private static final Executor SHARED = create();

    private BackgroundThreads() {}

    static Executor shared() {
        return SHARED;
    }

    static ThreadFactory daemonFactory(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            // Not the creator's: the thread may outlive the application that happened to ask first.
            thread.setContextClassLoader(BackgroundThreads.class.getClassLoader());
            return thread;
        };
    }

    private static Executor create() {
        if (Runtime.version().feature() < 21) {
            return cachedPool();
        }
        try {
            MethodHandle start = MethodHandles.publicLookup()
                    .findStatic(
                            Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class));
            return task -> startVirtual(start, task);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return cachedPool();
        }
    }

    static Executor cachedPool() {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                daemonFactory("perfkit-batching"));
    }

    private static void startVirtual(MethodHandle start, Runnable task) {
        try {
            Thread ignored = (Thread) start.invokeExact(task);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
