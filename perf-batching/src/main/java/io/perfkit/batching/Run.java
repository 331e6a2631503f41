package io.perfkit.batching;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Future;
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

    /** Whether a slot was given away for the time of a wait, and is to be taken again. */
    private boolean isOwedSlot;

    /** What the loader has asked for, as long as it may still wait for it. */
    private final List<Future<?>> asked = new ArrayList<>(0);

    private int prunedAt = 16;

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

    /** Gives away the slots this thread holds, before it may wait; {@link #takeSlotsBack} takes them again. */
    void giveSlotsAway() {
        for (Run run = this; run != null; run = run.outer) {
            if (run.holdsSlot) {
                run.isOwedSlot = true;
                run.giveSlotAway();
            }
        }
    }

    /** Gives the slot away for good: the loader has returned. */
    void giveSlotAway() {
        if (holdsSlot) {
            holdsSlot = false;
            dispatcher.slotGivenAway();
        }
    }

    /** The loader has returned: what it gave away for a wait is not taken again. */
    void endLoading() {
        isOwedSlot = false;
        giveSlotAway();
    }

    /** The loader of this run has asked a batcher for something, and may wait for it in ways that are not seen here. */
    void hasAsked(Future<?> call) {
        asked.add(call);
        if (asked.size() > prunedAt) {
            asked.removeIf(Future::isDone);
            prunedAt = Math.max(16, asked.size() * 2);
        }
    }

    /**
     * After a wait, before the loader goes on: takes the slots again that were given away. Not while something that was
     * asked is open, because the loader may wait for it while it holds the slot that it needs; and one of each batcher,
     * because a thread carries out runs inside others, of which only the innermost goes on. Slots of several batchers are
     * taken in one order by all, and one that comes later in it is given away before one that comes earlier is waited for,
     * so that those who take them do not wait for each other in a circle.
     */
    void takeSlotsBack() {
        List<Run> owed = null;
        for (Run run = this; run != null; run = run.outer) {
            if (!run.asked.isEmpty()) {
                run.asked.removeIf(Future::isDone);
            }
            if (!run.asked.isEmpty()) {
                break;
            }
            if (run.isOwedSlot && !holdsSlotOf(run.dispatcher) && !isAmong(run.dispatcher, owed)) {
                if (owed == null) {
                    owed = new ArrayList<>();
                }
                owed.add(run);
            }
        }
        if (owed == null) {
            return;
        }
        owed.sort(Comparator.comparingLong(run -> run.dispatcher.number));
        long first = owed.get(0).dispatcher.number;
        for (Run run = this; run != null; run = run.outer) {
            if (run.holdsSlot && run.dispatcher.number > first) {
                run.giveSlotAway();
                owed.add(run);
            }
        }
        owed.sort(Comparator.comparingLong(run -> run.dispatcher.number));
        for (Run run : owed) {
            if (run.dispatcher.slots.holdAgain()) {
                run.holdsSlot = true;
            } else {
                run.dispatcher.dispatch();
            }
            run.isOwedSlot = false;
        }
    }

    private static boolean isAmong(Dispatcher<?, ?> dispatcher, @Nullable List<Run> runs) {
        return runs != null && runs.stream().anyMatch(run -> run.dispatcher == dispatcher);
    }
}
