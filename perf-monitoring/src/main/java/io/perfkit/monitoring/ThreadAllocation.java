package io.perfkit.monitoring;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Bytes allocated by the current thread, where the JVM tells: not on a virtual thread, and not on every JVM. The bean
 * that knows is HotSpot's own and not part of Java, so it is looked up by name and nothing here links to it.
 */
final class ThreadAllocation {
    static final long UNKNOWN = -1;

    private static final @Nullable MethodHandle CURRENT_THREAD = currentThreadOrNull();

    private ThreadAllocation() {}

    static long currentThread() {
        MethodHandle handle = CURRENT_THREAD;
        if (handle == null) {
            return UNKNOWN;
        }
        try {
            return (long) handle.invokeExact();
        } catch (Throwable unsupported) {
            return UNKNOWN;
        }
    }

    private static @Nullable MethodHandle currentThreadOrNull() {
        try {
            Class<?> type = Class.forName("com.sun.management.ThreadMXBean");
            Object bean = ManagementFactory.getThreadMXBean();
            if (!type.isInstance(bean)
                    || !is(type, bean, "isThreadAllocatedMemorySupported")
                    || !is(type, bean, "isThreadAllocatedMemoryEnabled")) {
                return null;
            }
            return MethodHandles.publicLookup()
                    .findVirtual(type, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
                    .bindTo(bean);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException absent) {
            return null;
        }
    }

    private static boolean is(Class<?> type, Object bean, String question) throws ReflectiveOperationException {
        return Boolean.TRUE.equals(type.getMethod(question).invoke(bean));
    }
}
