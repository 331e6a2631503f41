package io.perfkit.batching;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys that make a bulk call fail, by asking for its halves: one bad key among n costs 2·log₂(n) calls, and
 * only it fails. Level by level, so that a source which answers nothing at all is known after a few calls and not asked
 * for every key.
 */
final class Bisection<K, V extends @Nullable Object> {
    /** So many calls (three levels) without one success, and the keys are not what is wrong. */
    private static final int HOPELESS_AFTER = 14;

    private final Answers<K, V> answers = new Answers<>();
    private final Deque<List<K>> open = new ArrayDeque<>();

    /** A bulk call for some of the keys. */
    interface Part<K, V extends @Nullable Object> {
        Map<K, V> load(Set<K> keys) throws Exception;
    }

    /** @param goesOn asked before each call; where it says no, the rest fails as it did */
    Answers<K, V> answer(Set<K> keys, Throwable failure, Part<K, V> part, BooleanSupplier goesOn) {
        split(new ArrayList<>(keys), failure);
        int calls = 0;
        boolean isHopeless = true;
        Throwable last = failure;
        for (List<K> some = open.poll(); some != null; some = open.poll()) {
            if ((isHopeless && calls >= HOPELESS_AFTER) || !goesOn.getAsBoolean()) {
                answers.fail(some, last);
                continue;
            }
            calls++;
            try {
                answers.addAll(some, part.load(new KeySet<>(some.toArray())));
                isHopeless = false;
            } catch (Exception e) {
                last = e;
                split(some, e);
            }
        }
        return answers;
    }

    private void split(List<K> keys, Throwable failure) {
        if (keys.size() == 1) {
            answers.fail(keys, failure);
            return;
        }
        int middle = (keys.size() + 1) / 2;
        open.add(keys.subList(0, middle));
        open.add(keys.subList(middle, keys.size()));
    }
}
