package io.perfkit.cache;

import io.perfkit.cache.PrivateLoad.Loaded;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One transaction's view of one region: what it has changed, and what it has loaded for itself. Guarded by its own lock,
 * because asynchronous loads end on other threads.
 */
final class TransactionRegion<V> {

    static final int MAXIMUM_VALUES = 1_000;

    private final ChangedKeys changed = new ChangedKeys();
    private final Map<String, Loaded<V>> values = new HashMap<>();
    /** Stores what is left at the commit. */
    private final Consumer<Loaded<V>> store;

    TransactionRegion(Consumer<Loaded<V>> store) {
        this.store = store;
    }

    synchronized void change(Kind kind, String text) {
        changed.add(kind, text);
        if (kind == Kind.KEY || kind == Kind.DUE_KEY) {
            values.remove(text);
        } else {
            values.values().removeIf(each -> changed.has(each.load().key(), each.entry().tags));
        }
    }

    /** Whether nothing was changed at all; a tag may stand for any key whose value is not known. */
    synchronized boolean isUnchanged() {
        return changed.isEmpty();
    }

    synchronized boolean isChanged(String key) {
        return changed.has(key);
    }

    /** The same for a value that was found. Once passed by for one of its tags, the key counts as changed. */
    synchronized boolean isChanged(String key, List<String> tags) {
        boolean has = changed.has(key, tags);
        if (has) {
            changed.add(Kind.KEY, key);
        }
        return has;
    }

    synchronized @Nullable Loaded<V> value(String key) {
        return values.get(key);
    }

    /** What the transaction may read again, and what is stored if it commits. Values of changed keys are neither. */
    synchronized void keep(Loaded<V> loaded) {
        String key = loaded.load().key();
        if (!changed.has(key, loaded.entry().tags) && (values.size() < MAXIMUM_VALUES || values.containsKey(key))) {
            values.put(key, loaded);
        }
    }

    synchronized void forget() {
        values.clear();
    }

    void storeAll() {
        List<Loaded<V>> all;
        synchronized (this) {
            all = List.copyOf(values.values());
            values.clear();
        }
        all.forEach(store);
    }

    void store(Loaded<V> loaded) {
        if (!isChanged(loaded.load().key(), loaded.entry().tags)) {
            store.accept(loaded);
        }
    }
}
