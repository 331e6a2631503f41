package io.perfkit.cache;

import io.perfkit.cache.SharedStores.Loaded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this node gives the shared tier of the values that it loads: their bytes, by which they are also weighed, or,
 * where nothing comes of a load, the leave for other nodes to try.
 */
final class SharedValues<V> {

    private final @Nullable SharedRegion<V> shared;
    private final boolean crossNode;
    private final Codec<V> codec;
    private final boolean weighted;
    private final LoadErrors errors;
    private final AfterLoad<V> nothing = new AfterLoad<>();

    /** @param weighted whether the local tier is bounded by weight */
    SharedValues(RegionParts<V> parts, Codec<V> codec, boolean weighted, LoadErrors errors) {
        this.shared = parts.shared();
        this.crossNode = parts.policy().crossNodeLoads().isPresent();
        this.codec = codec;
        this.weighted = weighted;
        this.errors = errors;
    }

    /** The value's bytes, where they are needed for sharing or weighing and there are any. */
    @Nullable
    Encoded encodeIfNeeded(@Nullable V value) {
        if (shared != null) {
            return shared.encode(value);
        }
        if (!weighted || value == null) {
            return null;
        }
        try {
            return new Encoded(codec.encode(value), false, false);
        } catch (Exception | StackOverflowError e) {
            errors.hasNoEncoding(e);
            return null;
        }
    }

    static int weight(String key, @Nullable Encoded bytes) {
        return weight(key, bytes == null ? 0 : bytes.bytes().length);
    }

    static int weight(String key, int size) {
        return (int) Math.min(Integer.MAX_VALUE, 64L + 2L * key.length() + size);
    }

    /** What loads leave to be done in the shared tier. Most leave one thing, and those of local regions none. */
    static final class AfterLoad<V> {

        private List<Loaded<V>> toStore = List.of();
        private Map<String, Found<V>> toRelease = Map.of();

        void store(Loaded<V> value) {
            if (toStore.isEmpty()) {
                toStore = new ArrayList<>(1);
            }
            toStore.add(value);
        }

        /** The value is not stored: other nodes may load the key. */
        void release(String key, @Nullable Found<V> found) {
            if (found != null) {
                if (toRelease.isEmpty()) {
                    toRelease = new LinkedHashMap<>(1);
                }
                toRelease.put(key, found);
            }
        }
    }

    /** Of local regions it is always the same, because their loads leave nothing. */
    AfterLoad<V> afterLoad() {
        return shared == null ? nothing : new AfterLoad<>();
    }

    /** Does what loads have left to be done, for all keys together. */
    void settle(AfterLoad<V> after) {
        if (shared != null && !after.toStore.isEmpty()) {
            shared.storeAll(after.toStore);
        }
        releaseAll(after.toRelease);
    }

    /** Lets other nodes load what this one will not store. */
    void release(String key, @Nullable Found<V> found) {
        if (crossNode && shared != null && found != null) {
            shared.release(key, found);
        }
    }

    /** The same for many keys; those that found nothing are absent. */
    void releaseAll(Map<String, Found<V>> found) {
        if (crossNode && shared != null && !found.isEmpty()) {
            shared.releaseAll(found);
        }
    }
}
