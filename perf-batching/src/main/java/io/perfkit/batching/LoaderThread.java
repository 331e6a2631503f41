package io.perfkit.batching;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread inside a loader, which may be interrupted as long as it is there and not a moment longer. While it waits there
 * and carries out what others asked for ({@link #away}), the interrupt is kept until it is back: it is not for them.
 */
final class LoaderThread {
    private static final ThreadLocal<@Nullable LoaderThread> INNERMOST = new ThreadLocal<>();

    private static final int INSIDE = 0;
    private static final int INTERRUPTING = 1;
    private static final int INTERRUPTED = 2;
    private static final int OUT = 3;
    private static final int AWAY = 4;
    private static final int AWAY_INTERRUPTED = 5;

    final Thread thread = Thread.currentThread();
    private final @Nullable LoaderThread outer = INNERMOST.get();
    private final AtomicInteger state = new AtomicInteger();

    LoaderThread() {
        INNERMOST.set(this);
    }

    void interrupt() {
        if (state.compareAndSet(INSIDE, INTERRUPTING)) {
            thread.interrupt();
            state.set(INTERRUPTED);
        } else {
            boolean unused = state.compareAndSet(AWAY, AWAY_INTERRUPTED);
        }
    }

    /** Whether {@link #interrupt} was called during the stay. */
    boolean isInterrupted() {
        return state.get() != INSIDE;
    }

    /** Ends the stay; tells whether it was interrupted, and then takes the mark off the thread. */
    boolean leave() {
        INNERMOST.set(outer);
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

    /** Does something for others in this thread, out of the reach of whoever interrupts the loaders that it is in. */
    static boolean away(BooleanSupplier task) {
        LoaderThread innermost = INNERMOST.get();
        // Those further out are away already if this one is.
        int left = 0;
        for (LoaderThread each = innermost; each != null && each.goAway(); each = each.outer) {
            left++;
        }
        try {
            return task.getAsBoolean();
        } finally {
            LoaderThread each = innermost;
            for (int i = 0; i < left && each != null; i++) {
                each.comeBack();
                each = each.outer;
            }
        }
    }

    private boolean goAway() {
        while (true) {
            switch (state.get()) {
                case INSIDE -> {
                    if (state.compareAndSet(INSIDE, AWAY)) {
                        return true;
                    }
                }
                case INTERRUPTING -> Thread.onSpinWait();
                case INTERRUPTED -> {
                    state.set(AWAY_INTERRUPTED);
                    boolean unused = Thread.interrupted();
                    return true;
                }
                default -> {
                    return false;
                }
            }
        }
    }

    private void comeBack() {
        if (!state.compareAndSet(AWAY, INSIDE) && state.compareAndSet(AWAY_INTERRUPTED, INTERRUPTED)) {
            thread.interrupt();
        }
    }
}
