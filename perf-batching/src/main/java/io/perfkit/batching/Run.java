package io.perfkit.batching;

import org.jspecify.annotations.Nullable;

/**
 * A thread's stay inside a batcher: in its loader, or in the completions of its callers. Runs nest, across batchers
 * too. What the thread asks of any batcher meanwhile must not wait for a slot that the thread itself holds.
 */
final class Run {
    private static final ThreadLocal<@Nullable Run> CURRENT = new ThreadLocal<>();

    private final Dispatcher<?, ?> dispatcher;
    private final @Nullable Run outer;
    private boolean holdsSlot;

    private Run(Dispatcher<?, ?> dispatcher, @Nullable Run outer, boolean holdsSlot) {
        this.dispatcher = dispatcher;
        this.outer = outer;
        this.holdsSlot = holdsSlot;
    }

    static @Nullable Run current() {
        return CURRENT.get();
    }

    static Run enter(Dispatcher<?, ?> dispatcher, boolean holdsSlot) {
        Run run = new Run(dispatcher, CURRENT.get(), holdsSlot);
        CURRENT.set(run);
        return run;
    }

    void exit() {
        CURRENT.set(outer);
    }

    boolean holdsSlot() {
        return holdsSlot;
    }

    /** Whether this thread is inside the batcher at all. */
    static boolean isInside(Dispatcher<?, ?> dispatcher) {
        for (Run run = CURRENT.get(); run != null; run = run.outer) {
            if (run.dispatcher == dispatcher) {
                return true;
            }
        }
        return false;
    }

    /** Whether this thread already holds a slot of the batcher, so that its calling the loader adds no load. */
    boolean holdsSlotOf(Dispatcher<?, ?> wanted) {
        for (Run run = this; run != null; run = run.outer) {
            if (run.dispatcher == wanted && run.holdsSlot) {
                return true;
            }
        }
        return false;
    }

    /** Gives away the slots this thread holds, before it may wait or runs code of the callers. */
    void giveSlotsAway() {
        for (Run run = this; run != null; run = run.outer) {
            run.giveSlotAway();
        }
    }

    void giveSlotAway() {
        if (holdsSlot) {
            holdsSlot = false;
            dispatcher.slotGivenAway();
        }
    }
}
