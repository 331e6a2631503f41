package io.perfkit.batching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What may be in one batch together: so many keys, so many bytes, one partition. */
final class Bounds<K> {
    final int maximumKeys;
    final long maximumBytes;
    private final @Nullable ToLongFunction<? super K> sizeOf;
    private final @Nullable Function<? super K, ? extends @Nullable Object> partitionOf;

    Bounds(Batcher.Builder<K, ?> settings) {
        maximumKeys = settings.maximumBatchSize;
        maximumBytes = settings.maximumBatchBytes;
        sizeOf = settings.sizeOf;
        partitionOf = settings.partitionOf;
    }

    boolean arePartitioned() {
        return partitionOf != null;
    }

    boolean areMeasured() {
        return sizeOf != null;
    }

    @Nullable
    Object partitionOf(K key) {
        return partitionOf == null ? null : partitionOf.apply(key);
    }

    /** How large a key is; it fits a batch by itself. */
    long bytesOf(K key) {
        if (sizeOf == null) {
            return 0;
        }
        long bytes = sizeOf.applyAsLong(key);
        if (bytes < 0) {
            throw new IllegalArgumentException("the size of a key must not be negative, but was " + bytes);
        }
        return bytes;
    }

    boolean isTooLarge(long bytes) {
        return bytes > maximumBytes;
    }

    /** Cuts the keys into sets of which each may be one batch; the first of them too large for any ends in itself. */
    List<Set<K>> parts(Set<K> keys) {
        if (partitionOf == null && sizeOf == null && keys.size() <= maximumKeys) {
            return List.of(keys);
        }
        Map<@Nullable Object, List<K>> partitions = new LinkedHashMap<>();
        for (K key : keys) {
            partitions
                    .computeIfAbsent(partitionOf(key), absent -> new ArrayList<>())
                    .add(key);
        }
        List<Set<K>> parts = new ArrayList<>();
        partitions.values().forEach(partition -> cut(partition, parts));
        return parts;
    }

    private void cut(Collection<K> keys, List<Set<K>> parts) {
        List<Object> part = new ArrayList<>();
        long bytes = 0;
        for (K key : keys) {
            long more = bytesOf(key);
            if (!part.isEmpty() && (part.size() == maximumKeys || more > maximumBytes - bytes)) {
                parts.add(new KeySet<>(part.toArray()));
                part.clear();
                bytes = 0;
            }
            part.add(Objects.requireNonNull(key));
            bytes += more;
        }
        parts.add(new KeySet<>(part.toArray()));
    }
}
