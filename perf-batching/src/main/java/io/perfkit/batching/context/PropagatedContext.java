package io.perfkit.batching.context;

import io.micrometer.context.ContextSnapshotFactory;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What surrounds a caller, by Micrometer's context propagation: every thread-local that an accessor is registered for in
 * its global registry (the current observation, a security context, what the application registers), and the logging
 * context (MDC). Captured where {@link #apply} is called, put around the task where that runs, and taken away afterwards:
 * what the thread had before is there again. What the caller did not have, the task does not have either, so that a batch
 * which is run by a thread that waits inside another does not see that one's user.
 *
 * <p>A {@link io.perfkit.batching.Batcher} uses it by default where {@code io.micrometer:context-propagation} is on the
 * class path. Thread-safe. It costs what the accessors cost, once for each call.
 */
public final class PropagatedContext implements UnaryOperator<Runnable> {
    private final ContextSnapshotFactory snapshots =
            ContextSnapshotFactory.builder().clearMissing(true).build();

    /** With the accessors of the global registry. */
    public PropagatedContext() {}

    /**
     * Captures the context of this thread.
     *
     * @param task what is to run in it
     * @return runs the task in the context that was captured
     */
    @Override
    public Runnable apply(Runnable task) {
        Runnable wrapped = snapshots.captureAll().wrap(task);
        Map<String, String> logged = MDC.getCopyOfContextMap();
        return () -> {
            Map<String, String> before = MDC.getCopyOfContextMap();
            set(logged);
            try {
                wrapped.run();
            } finally {
                set(before);
            }
        };
    }

    private static void set(@Nullable Map<String, String> logged) {
        if (logged == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(logged);
        }
    }
}
