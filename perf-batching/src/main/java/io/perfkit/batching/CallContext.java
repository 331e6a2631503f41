package io.perfkit.batching;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What surrounded a caller (logging context, observation, security), captured when it called and put around the batch
 * of which it is the first.
 */
final class CallContext implements Runnable {
    /** By name, as it needs a library that the application may not have. */
    private static final @Nullable UnaryOperator<Runnable> DEFAULT = find();

    private final Runnable decorated;
    private @Nullable Runnable task;

    private CallContext(UnaryOperator<Runnable> decorator) {
        decorated = decorator.apply(this);
    }

    /** Micrometer's context propagation, where it is on the class path. */
    static @Nullable UnaryOperator<Runnable> byDefault() {
        return DEFAULT;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable UnaryOperator<Runnable> find() {
        try {
            return (UnaryOperator<Runnable>) Class.forName("io.perfkit.batching.context.PropagatedContext")
                    .asSubclass(UnaryOperator.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError absent) {
            return null;
        }
    }

    static @Nullable CallContext capture(@Nullable UnaryOperator<Runnable> decorator) {
        return decorator == null ? null : new CallContext(decorator);
    }

    /** One batch at a time is run in a context: that of the batch whose first call captured it. */
    static void run(@Nullable CallContext context, Runnable task) {
        if (context == null) {
            task.run();
            return;
        }
        context.task = task;
        try {
            context.decorated.run();
        } finally {
            context.task = null;
        }
    }

    @Override
    public void run() {
        Runnable inside = task;
        if (inside != null) {
            inside.run();
        }
    }
}
