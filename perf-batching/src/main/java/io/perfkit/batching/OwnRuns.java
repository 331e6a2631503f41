package io.perfkit.batching;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
    Map<K, V> askWithSlot(Set<K> keys) throws Exception {
        Run run = Run.enter(dispatcher, true);
        try {
            return loading.ask(keys, null);
        } finally {
            run.exit();
            ended.increment();
            if (run.holdsSlot()) {
                dispatcher.slots.releaseHeld();
            } else {
                dispatcher.slots.endLoose();
            }
            dispatcher.settle();
        }
    }

    /** Calls the loader in this thread, which is inside it already and holds a slot further out. */
    Map<K, V> askInside(Set<K> keys) throws Exception {
        Run run = Run.enter(dispatcher, false);
        try {
            return loading.ask(keys, null);
        } finally {
            run.exit();
        }
    }

    /**
     * Calls the loader in this thread, whoever waits and whatever the slots are doing.
     *
     * @throws BatchRejectedException if the batcher is closed
     */
    Map<K, V> askAtOnce(Set<K> keys) throws Exception {
        begun.increment();
        if (!dispatcher.slots.tryBeginLoose()) {
            ended.increment();
            dispatcher.counters.rejected.increment();
            throw dispatcher.outcomes.closed(keys.size() == 1 ? keys.iterator().next() : keys);
        }
        Run run = Run.enter(dispatcher, false);
        try {
            return keys.size() <= dispatcher.maximumBatchSize ? loading.ask(keys, null) : askInParts(keys);
        } finally {
            run.exit();
            ended.increment();
            dispatcher.slots.endLoose();
            dispatcher.settle();
        }
    }

    private Map<K, V> askInParts(Set<K> keys) throws Exception {
        boolean isTimed = dispatcher.timeoutNanos() != Long.MAX_VALUE;
        long arrived = isTimed ? dispatcher.now() : 0;
        Map<K, V> loaded = new HashMap<>(keys.size() * 2);
        List<K> all = new ArrayList<>(keys);
        for (int from = 0; from < all.size(); from += dispatcher.maximumBatchSize) {
            if (isTimed && dispatcher.now() - arrived >= dispatcher.timeoutNanos()) {
                throw dispatcher.expire(all.get(from), "");
            }
            List<K> part = all.subList(from, Math.min(all.size(), from + dispatcher.maximumBatchSize));
            Map<K, V> found = loading.ask(new KeySet<>(part.toArray()), null);
            for (K key : part) {
                V value = found.get(key);
                if (value != null) {
                    loaded.put(key, value);
                }
            }
        }
        return loaded;
    }
}
