package io.perfkit.batching;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs a task after a delay. */
interface Timer {

    /** Runs the task after the delay; what is returned cancels it if it has not begun. */
    Runnable schedule(Runnable task, long delayNanos);

    /** On the application's own scheduler, in its thread. */
    static Timer on(ScheduledExecutorService scheduler) {
        return (task, delayNanos) -> {
            Future<?> scheduled = scheduler.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        };
    }

    /**
     * On one thread for all batchers, which only wakes others: what happens at a deadline includes code of the
     * callers, and that must not delay the next deadline. The thread ends when there is nothing to wait for.
     */
    static Timer shared() {
        return (task, delayNanos) -> {
            Future<?> scheduled = Shared.SCHEDULER.schedule(
                    () -> BackgroundThreads.shared().execute(task), delayNanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        };
    }

    /** Made when the first timer is needed. */
    final class Shared {
        static final ScheduledThreadPoolExecutor SCHEDULER = create();

        private Shared() {}

        private static ScheduledThreadPoolExecutor create() {
            ScheduledThreadPoolExecutor scheduler =
                    new ScheduledThreadPoolExecutor(1, BackgroundThreads.daemonFactory("perfkit-batching-timer"));
            scheduler.setRemoveOnCancelPolicy(true);
            scheduler.setKeepAliveTime(5, TimeUnit.SECONDS);
            scheduler.allowCoreThreadTimeOut(true);
            return scheduler;
        }
    }
}
