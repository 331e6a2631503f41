package io.perfkit.monitoring;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map from SQL text to what was computed for it, with reads that cost one look-up.
 *
 * <p>Two generations: entries go into the young one; when it is full, it becomes the old one and the old one is
 * dropped. What is found in the old one moves to the young one. So a text in use survives and a flood of texts used
 * once passes through, without a list to keep in order at each read. Both the number of entries and their characters
 * are bounded, since one generated text can be a megabyte. A lost race costs a computation, never a wrong answer.
 *
 * <p>A long text that is built anew each time, as criteria and jOOQ do and as is left of one that carried a trace comment,
 * would be hashed anew, character by character. Before that, it is compared with the one that last had the same length
 * and the same few characters, which takes a tenth of the time.
 */
final class GenerationalCache<V> {
    private static final int SHORTEST_COMPARED = 256;
    private static final int LONGEST_COMPARED = 8_192;
    private static final int COMPARED = 128;

    private final Function<String, V> compute;
    private final AtomicReferenceArray<Latest<V>> latest = new AtomicReferenceArray<>(COMPARED);
    private final int generationEntries;
    private final long generationCharacters;
    private volatile Generations<V> generations =
            new Generations<>(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

    GenerationalCache(int maximumEntries, long maximumCharacters, Function<String, V> compute) {
        this.generationEntries = Math.max(1, maximumEntries / 2);
        this.generationCharacters = Math.max(1, maximumCharacters / 2);
        this.compute = compute;
    }

    V get(String text) {
        int length = text.length();
        return length < SHORTEST_COMPARED || length > LONGEST_COMPARED ? hashed(text) : compared(text);
    }

    private V compared(String text) {
        int slot = sample(text) & (COMPARED - 1);
        Latest<V> before = latest.getAcquire(slot);
        if (before != null && before.text.equals(text)) {
            return before.value;
        }
        V value = hashed(text);
        latest.setRelease(slot, new Latest<>(text, value));
        return value;
    }

    /** Of the length and some seventeen characters. */
    private static int sample(String text) {
        int hash = text.length();
        int step = hash / 16;
        for (int i = hash - 1; i >= 0; i -= step) {
            hash = hash * 31 + text.charAt(i);
        }
        return hash ^ hash >>> 16;
    }

    private V hashed(String text) {
        Generations<V> current = generations;
        V value = current.young.get(text);
        return value != null ? value : promote(text, current);
    }

    private V promote(String text, Generations<V> current) {
        V old = current.old.get(text);
        V value = old != null ? old : compute.apply(text);
        if (text.length() > generationCharacters) {
            return value;
        }
        V raced = current.young.putIfAbsent(text, value);
        if (raced != null) {
            return raced;
        }
        long characters = current.youngCharacters.addAndGet(text.length());
        if (characters >= generationCharacters || current.young.size() >= generationEntries) {
            turnOver(current);
        }
        return value;
    }

    private synchronized void turnOver(Generations<V> seen) {
        if (generations == seen) {
            generations = new Generations<>(new ConcurrentHashMap<>(), seen.young);
        }
    }

    int size() {
        Generations<V> current = generations;
        return current.young.size() + current.old.size();
    }

    @Nullable
    V getIfPresent(String text) {
        Generations<V> current = generations;
        V value = current.young.get(text);
        return value != null ? value : current.old.get(text);
    }

    private record Latest<V>(String text, V value) {}

    private static final class Generations<V> {
        final ConcurrentHashMap<String, V> young;
        final ConcurrentHashMap<String, V> old;
        final AtomicLong youngCharacters = new AtomicLong();

        Generations(ConcurrentHashMap<String, V> young, ConcurrentHashMap<String, V> old) {
            this.young = young;
            this.old = old;
        }
    }
}
