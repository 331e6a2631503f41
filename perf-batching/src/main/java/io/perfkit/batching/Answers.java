package io.perfkit.batching;

import java.util.AbstractMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a loader returned where some keys have failures of their own: a map of the values, and the failures beside it. */
final class Answers<K, V extends @Nullable Object> extends AbstractMap<K, V> {
    private final Map<K, V> values = new HashMap<>();
    private final Map<K, Throwable> failures = new HashMap<>();

    @Override
    public Set<Entry<K, V>> entrySet() {
        return values.entrySet();
    }

    @Override
    @SuppressWarnings("NullAway") // absent, as in every map
    public V get(@Nullable Object key) {
        return values.get(key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return values.containsKey(key);
    }

    @Nullable
    Throwable failureOf(K key) {
        return failures.get(key);
    }

    boolean areAllFailed(Collection<K> keys) {
        return failures.keySet().containsAll(keys);
    }

    void addAll(Collection<K> keys, Map<K, V> loaded) {
        for (K key : keys) {
            V value = loaded.get(key);
            if (value != null) {
                values.put(key, value);
            } else if (loaded instanceof Answers<K, V> answers) {
                Throwable failure = answers.failureOf(key);
                if (failure != null) {
                    failures.put(key, failure);
                }
            }
        }
    }

    void fail(Collection<K> keys, Throwable failure) {
        for (K key : keys) {
            failures.put(key, failure);
        }
    }

    /** A loader that answers by position. */
    static <K, V extends @Nullable Object> BatchLoader<K, V> inOrder(String name, ListBatchLoader<K, V> loader) {
        return keys -> {
            List<K> asked = List.copyOf(keys);
            List<? extends @Nullable V> values = loader.load(asked);
            if (values == null || values.size() != asked.size()) {
                throw new BatchingException("batcher '" + name + "': the loader returned "
                        + (values == null ? "null" : values.size() + " values") + " for " + asked.size()
                        + " keys; return one element for each key, null where it has no value");
            }
            Map<K, V> byKey = new HashMap<>(asked.size() * 2);
            int at = 0;
            for (V value : values) {
                if (value != null) {
                    byKey.put(asked.get(at), value);
                }
                at++;
            }
            return byKey;
        };
    }

    /** A loader that answers each key by itself. */
    @SuppressWarnings("NullAway") // checked: a loader's null is told as such
    static <K, V extends @Nullable Object> BatchLoader<K, V> byResult(ResultBatchLoader<K, V> loader) {
        return keys -> {
            Map<K, Result<V>> results = loader.load(keys);
            if (results == null) {
                return null;
            }
            Answers<K, V> answers = new Answers<>();
            for (K key : keys) {
                Result<V> result = results.get(key);
                if (result instanceof Result.Success<V> success && success.value() != null) {
                    answers.values.put(key, success.value());
                } else if (result instanceof Result.Failure<V> failure) {
                    answers.failures.put(key, failure.failure());
                }
            }
            return answers;
        };
    }
}
