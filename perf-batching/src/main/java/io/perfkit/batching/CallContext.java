package io.perfkit.batching;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What surrounded a caller (logging context, observation, security), captured when it called and put around the batch
 * of which it is the first.
 */
final class CallContext implements Runnable {
    private final Runnable decorated;
    private @Nullable Runnable task;

    private CallContext(UnaryOperator<Runnable> decorator) {
        decorated = decorator.apply(this);
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
