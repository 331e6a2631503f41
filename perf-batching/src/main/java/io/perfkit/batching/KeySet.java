package io.perfkit.batching;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set over an array of keys that are known to be distinct. Loaders iterate; so a hash index is built only
 * if somebody asks {@code contains}.
 */
final class KeySet<K> extends AbstractSet<K> {
    private final Object[] keys;
    private volatile @Nullable Set<Object> index;

    KeySet(Object[] distinctKeys) {
        this.keys = distinctKeys;
    }

    @Override
    public int size() {
        return keys.length;
    }

    @Override
    public boolean contains(@Nullable Object key) {
        Set<Object> known = index;
        if (known == null) {
            known = new HashSet<>(Arrays.asList(keys));
            index = known;
        }
        return known.contains(key);
    }

    @Override
    public Object[] toArray() {
        return Arrays.copyOf(keys, keys.length, Object[].class);
    }

    @Override
    public Spliterator<K> spliterator() {
        return Spliterators.spliterator(
                keys, Spliterator.DISTINCT | Spliterator.IMMUTABLE | Spliterator.ORDERED | Spliterator.NONNULL);
    }

    @Override
    public Iterator<K> iterator() {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < keys.length;
            }

            @Override
            @SuppressWarnings("unchecked")
            public K next() {
                if (at == keys.length) {
                    throw new NoSuchElementException();
                }
                return (K) keys[at++];
            }
        };
    }
}
