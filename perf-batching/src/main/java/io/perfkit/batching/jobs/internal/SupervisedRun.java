package io.perfkit.batching.jobs.internal;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One run of a handler that somebody watches: it ends once, either by itself or because whoever watches it has given it
 * up. A run that was given up may go on in its thread, as nothing can end a thread that does not want to; what comes of
 * it then is nobody's outcome.
 *
 * <p>Thread-safe. An interrupt reaches the handler or nobody: never the code that its thread runs afterwards.
 */
public final class SupervisedRun {
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private @Nullable Thread thread;

    /** A run that has not begun. */
    public SupervisedRun() {}

    /** What a handler does. */
    @FunctionalInterface
    public interface Task {
        /** Does it. */
        void run() throws Exception;
    }

    /**
     * How a run ended.
     *
     * @param failure what the handler threw or why it was given up; null if it returned
     * @param abandoned whether it was given up
     */
    public record Outcome(@Nullable Throwable failure, boolean abandoned) {}

    /**
     * Runs the handler in this thread, unless it has been given up already. Throws nothing: whatever the handler throws,
     * errors included, is in the outcome.
     *
     * @return whether this run is the one that ended it, and not somebody who gave it up
     */
    public boolean run(Task task) {
        synchronized (this) {
            if (outcome.isDone()) {
                return false;
            }
            thread = Thread.currentThread();
        }
        Throwable failure = null;
        try {
            task.run();
        } catch (Throwable e) {
            failure = e;
        } finally {
            synchronized (this) {
                thread = null;
            }
            // An interrupt that was meant for the handler must not meet what this thread does next.
            boolean ignored = Thread.interrupted();
        }
        return outcome.complete(new Outcome(failure, false));
    }

    /** Interrupts the handler if it is running. */
    public synchronized void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /**
     * Gives the run up and interrupts it.
     *
     * @return false if it had ended before
     */
    public boolean abandon(Throwable reason) {
        boolean first = outcome.complete(new Outcome(reason, true));
        if (first) {
            interrupt();
        }
        return first;
    }

    /** Whether the handler's thread is still in it. */
    public synchronized boolean isRunning() {
        return thread != null;
    }

    /** Ends with the run, in the thread that ends it. */
    public CompletableFuture<Outcome> outcome() {
        return outcome;
    }
}
