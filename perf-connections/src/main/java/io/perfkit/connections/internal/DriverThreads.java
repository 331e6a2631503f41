package io.perfkit.connections.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Threads for calls that may hang. From Java 24 on they are virtual: an interrupt then ends even a thread that reads
 * from a socket, and a monitor no longer takes a carrier with it. Before, they are platform threads. All are daemons.
 */
public final class DriverThreads {
    private static final int VIRTUAL_THREADS_DO_NOT_PIN = 24;
    private static final @Nullable MethodHandle START_VIRTUAL = startVirtual();

    private DriverThreads() {}

    private static @Nullable MethodHandle startVirtual() {
        if (Runtime.version().feature() < VIRTUAL_THREADS_DO_NOT_PIN) {
            return null;
        }
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** Starts a thread for one task. */
    public static Thread start(String name, Runnable task) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Runnable named = () -> {
            Thread.currentThread().setName(name);
            Thread.currentThread().setContextClassLoader(loader);
            task.run();
        };
        MethodHandle virtual = START_VIRTUAL;
        if (virtual != null) {
            try {
                return (Thread) virtual.invoke(named);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
        Thread thread = new Thread(named, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
