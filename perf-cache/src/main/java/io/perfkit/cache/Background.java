package io.perfkit.cache;

import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.slf4j.MDC;

/** Runs tasks off the callers' path with what belongs to the caller's thread: its MDC, and what a decorator adds. */
final class Background implements Executor {

    private final Executor executor;
    private final UnaryOperator<Runnable> decorator;

    Background(Executor executor, UnaryOperator<Runnable> decorator) {
        this.executor = executor;
        this.decorator = decorator;
    }

    @Override
    public void execute(Runnable task) {
        Map<String, String> caller = MDC.getCopyOfContextMap();
        executor.execute(decorator.apply(() -> {
            Map<String, String> own = MDC.getCopyOfContextMap();
            adopt(caller);
            boolean begun = LoadThreads.begin();
            try {
                task.run();
            } finally {
                LoadThreads.end(begun);
                adopt(own);
            }
        }));
    }

    private static void adopt(Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }
}
