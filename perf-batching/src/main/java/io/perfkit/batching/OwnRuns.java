package io.perfkit.batching;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The calls whose loader runs in the caller's own thread: with a slot if nobody is waiting, and without one for a caller
 * that holds what the loaders in the slots may be waiting for. Nothing can end such a call from outside, so it is
 * counted as long as it is open.
 */
final class OwnRuns<K, V extends @Nullable Object> {
    private final Dispatcher<K, V> dispatcher;
    private final Loading<K, V> loading;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();

    OwnRuns(Dispatcher<K, V> dispatcher, Loading<K, V> loading) {
        this.dispatcher = dispatcher;
        this.loading = loading;
    }

    boolean areOpen() {
        return open() != 0;
    }

    /** How many there are now. */
    int open() {
        // In this order: of a run that is counted as ended, the beginning is counted too.
        long over = ended.sum();
        return (int) (begun.sum() - over);
    }

    /** Takes a slot for this thread, unless somebody is waiting; {@link #askWithSlot} gives it back. */
    boolean tryHold() {
        if (dispatcher.hasWindow || dispatcher.queue.size() != 0) {
            return false;
        }
        begun.increment();
        if (dispatcher.slots.tryHold()) {
            return true;
        }
        ended.increment();
        return false;
    }

    /** Calls the loader in this thread, which has just taken a slot. */
    Map<K, V> askWithSlot(Set<K> keys, Deadline deadline, boolean isPerKey) {
        Run run = Run.enter(dispatcher, true);
        try {
            return loading.askHere(keys, run, deadline, isPerKey);
        } finally {
            run.exit();
            ended.increment();
            if (run.holdsSlot()) {
                dispatcher.slots.releaseHeld();
            } else {
                dispatcher.slots.endLoose();
            }
            dispatcher.settle();
            goOn();
        }
    }

    /** A loader further out goes on now, which had given its slot away. */
    private static void goOn() {
        Run outer = Run.current();
        if (outer != null) {
            outer.takeSlotsBack();
        }
    }

    /** Calls the loader in this thread, which is inside it already and holds a slot further out. */
    Map<K, V> askInside(Set<K> keys, Deadline deadline, boolean isPerKey) {
        Run run = Run.enter(dispatcher, false);
        try {
            return loading.askHere(keys, run, deadline, isPerKey);
        } finally {
            run.exit();
        }
    }

    /**
     * Calls the loader in this thread, whoever waits and whatever the slots are doing.
     *
     * @throws BatchRejectedException if the batcher is closed
     */
    Map<K, V> askAtOnce(Set<K> keys, Deadline deadline, boolean isPerKey) {
        begun.increment();
        if (!dispatcher.slots.tryBeginLoose()) {
            ended.increment();
            dispatcher.counters.rejected.increment();
            throw dispatcher.outcomes.closed(keys.size() == 1 ? keys.iterator().next() : keys);
        }
        Run run = Run.enter(dispatcher, false);
        try {
            return askInParts(keys, run, deadline, isPerKey);
        } finally {
            run.exit();
            ended.increment();
            dispatcher.slots.endLoose();
            dispatcher.settle();
            goOn();
        }
    }

    private Map<K, V> askInParts(Set<K> keys, Run run, Deadline deadline, boolean isPerKey) {
        var parts = dispatcher.bounds.parts(keys);
        if (parts.size() == 1) {
            return loading.askHere(parts.get(0), run, deadline, isPerKey);
        }
        Answers<K, V> answers = new Answers<>();
        for (Set<K> part : parts) {
            BatchingException failure = null;
            if (deadline.nanos() != Long.MAX_VALUE && dispatcher.now() >= deadline.nanos()) {
                failure = dispatcher.expire(part.iterator().next(), deadline.arrivedNanos(), deadline.nanos(), "");
            } else {
                try {
                    answers.addAll(part, loading.askHere(part, run, deadline, isPerKey));
                } catch (BatchingException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                if (!isPerKey) {
                    throw failure;
                }
                answers.fail(part, failure instanceof BatchLoadException ? failure.cause() : failure);
            }
        }
        return answers;
    }
}
