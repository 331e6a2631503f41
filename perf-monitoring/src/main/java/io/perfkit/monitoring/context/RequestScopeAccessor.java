package io.perfkit.monitoring.context;

import io.micrometer.context.ThreadLocalAccessor;
import io.perfkit.monitoring.RequestScope;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry the scope of a request: into Spring's {@code @Async} and executors with
 * {@code ContextPropagatingTaskDecorator}, into Reactor with {@code Hooks.enableAutomaticContextPropagation()}, and wherever
 * else a {@code ContextSnapshot} is taken. It registers itself through {@code ServiceLoader}; nothing is to be set up.
 *
 * <p>What is set is undone in the reverse order, on the same thread, as snapshots do. Thread-safe.
 */
public final class RequestScopeAccessor implements ThreadLocalAccessor<RequestScope> {
    /** The key in contexts, such as Reactor's. */
    public static final String KEY = "io.perfkit.monitoring.scope";

    /** What was set on this thread and not undone yet. */
    private static final ThreadLocal<@Nullable Deque<RequestScope.Binding>> SET = new ThreadLocal<>();

    /** For {@code ServiceLoader}, and for a {@code ContextRegistry} of one's own. */
    public RequestScopeAccessor() {}

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable RequestScope getValue() {
        return RequestScope.current();
    }

    @Override
    public void setValue(RequestScope scope) {
        push(scope.bind());
    }

    @Override
    public void setValue() {
        push(RequestScope.bindNone());
    }

    private static void push(RequestScope.Binding binding) {
        Deque<RequestScope.Binding> set = SET.get();
        if (set == null) {
            set = new ArrayDeque<>(4);
            SET.set(set);
        }
        set.push(binding);
    }

    @Override
    public void restore(RequestScope previous) {
        undo(previous);
        if (RequestScope.current() != previous) {
            push(previous.bind()); // somebody restores what he did not set
        }
    }

    @Override
    public void restore() {
        undo(null);
        if (RequestScope.current() != null) {
            push(RequestScope.bindNone());
        }
    }

    /** What was set last, or as much as it takes to come back to what was before. */
    private static void undo(@Nullable RequestScope previous) {
        Deque<RequestScope.Binding> set = SET.get();
        if (set == null) {
            return;
        }
        do {
            set.pop().close();
        } while (!set.isEmpty() && RequestScope.current() != previous);
        if (set.isEmpty()) {
            SET.remove();
        }
    }
}
