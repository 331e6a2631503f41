package io.perfkit.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * How often the keys of a region were changed on this node one by one, for loads that are no flights and for delayed
 * puts. Keys share stripes: a count may be of another key, and too much is safe. Counts nothing before it is asked
 * to. Thread-safe.
 */
final class ChangeCounts {

    private static final int STRIPES = 4_096;

    private volatile @Nullable AtomicIntegerArray counts;

    /** From here on, changes are counted. */
    void begin() {
        if (counts == null) {
            synchronized (this) {
                if (counts == null) {
                    counts = new AtomicIntegerArray(STRIPES);
                }
            }
        }
    }

    /** How often the key, or one that shares its stripe, was changed. */
    int of(String key) {
        AtomicIntegerArray present = counts;
        return present == null ? 0 : present.get(stripe(key));
    }

    void add(String key) {
        AtomicIntegerArray present = counts;
        if (present != null) {
            present.incrementAndGet(stripe(key));
        }
    }

    static int stripe(String key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 16) & STRIPES - 1;
    }
}
