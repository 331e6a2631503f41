package io.perfkit.batching;

import java.util.concurrent.atomic.AtomicInteger;

/** A thread inside a loader, which may be interrupted as long as it is there and not a moment longer. */
final class LoaderThread {
    private static final int INSIDE = 0;
    private static final int INTERRUPTING = 1;
    private static final int INTERRUPTED = 2;
    private static final int OUT = 3;

    final Thread thread = Thread.currentThread();
    private final AtomicInteger state = new AtomicInteger();

    void interrupt() {
        if (state.compareAndSet(INSIDE, INTERRUPTING)) {
            thread.interrupt();
            state.set(INTERRUPTED);
        }
    }

    /** Whether {@link #interrupt} was called during the stay. */
    boolean isInterrupted() {
        return state.get() != INSIDE;
    }

    /** Ends the stay; tells whether it was interrupted, and then takes the mark off the thread. */
    boolean leave() {
        if (state.compareAndSet(INSIDE, OUT)) {
            return false;
        }
        while (state.get() == INTERRUPTING) {
            Thread.onSpinWait();
        }
        if (state.compareAndSet(INTERRUPTED, OUT)) {
            boolean unused = Thread.interrupted();
            return true;
        }
        return false;
    }
}
