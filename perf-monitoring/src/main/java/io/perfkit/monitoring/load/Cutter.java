package io.perfkit.monitoring.load;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Cuts calls that take too long, by interrupting their thread. Interrupt and end of a call exclude each other, so that
 * an interrupt never reaches what the thread does next.
 */
final class Cutter implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;
    private final long timeoutNanos;

    Cutter(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
        this.timer = new ScheduledThreadPoolExecutor(1, LoadRun.daemons("perfkit-load-timeout"));
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Runs the call; a call that was cut throws {@link TimeoutException}, however it took it. */
    <T> T call(Callable<T> call) throws Exception {
        Cut cut = new Cut(Thread.currentThread());
        Future<?> pending = timer.schedule(cut, timeoutNanos, TimeUnit.NANOSECONDS);
        T result;
        try {
            result = call.call();
        } catch (Exception failure) {
            if (cut.ended()) {
                throw timedOut();
            }
            throw failure;
        } finally {
            pending.cancel(false);
            cut.ended();
        }
        if (cut.ended()) {
            throw timedOut();
        }
        return result;
    }

    private TimeoutException timedOut() {
        return new TimeoutException("cut after " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private static final class Cut implements Runnable {
        private final Thread thread;
        private boolean done;
        private boolean made;

        Cut(Thread thread) {
            this.thread = thread;
        }

        @Override
        public synchronized void run() {
            if (!done) {
                done = true;
                made = true;
                thread.interrupt();
            }
        }

        /** Whether the call was cut. From here on it is not. */
        synchronized boolean ended() {
            if (!done) {
                done = true;
            } else if (made && Thread.currentThread() == thread) {
                boolean unused = Thread.interrupted();
            }
            return made;
        }
    }
}
