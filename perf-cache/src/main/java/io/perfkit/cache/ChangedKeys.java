package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What one transaction has changed in one region, so far. Past a bound, everything. Not thread-safe. */
final class ChangedKeys {

    static final int MAXIMUM = 1_000;

    private final Set<String> keys = new HashSet<>();
    /** Counts the changes: a key that was never looked at is of epoch 0. */
    private final Tombstones others = new Tombstones(MAXIMUM, 0);

    private boolean everything;

    void add(Kind kind, String text) {
        switch (kind) {
            case KEY, DUE_KEY -> keys.add(text);
            case PATTERN, DUE_PATTERN -> others.add(Glob.of(text));
            case TAG -> others.addTag(text);
            case EVERYTHING -> everything = true;
        }
        if (keys.size() > MAXIMUM) {
            keys.clear();
            everything = true;
        }
    }

    boolean isEmpty() {
        return !everything && keys.isEmpty() && others.epoch() == 0;
    }

    /** Whether a key was changed, whatever tags its value has. */
    boolean has(String key) {
        return has(key, List.of());
    }

    boolean has(String key, List<String> tags) {
        return everything || keys.contains(key) || others.kills(key, tags, 0);
    }
}
