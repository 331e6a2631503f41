package io.perfkit.cache;

import io.perfkit.cache.Outbox.Item;
import io.perfkit.cache.SharedTier.Kind;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of one kind, under keys of their own: loaded once when they are asked for, kept for as long as the
 * region's {@link CachePolicy} says, gone when they are invalidated. Made by {@link PerfCache#region}. Thread-safe.
 *
 * <p><b>No stale value comes back.</b> When an invalidation or a {@code put} has returned, no call that starts later on
 * this node returns a value whose load began before it, and a load that is in progress stores its value in neither
 * tier. Callers that were waiting for that load already get its value. For other nodes the same holds from the
 * acknowledgement that the returned {@link Invalidation} tells of; what they hold in their local tiers follows within
 * milliseconds, and within {@link PerfCache.Builder#maxStaleness} at worst.
 *
 * <p><b>One load.</b> At most one load per key runs on a node at a time; other callers wait for it. An invalidation cuts
 * a running load off, so the next caller starts another one beside it. A loader may ask for other keys. If it asks for
 * its own, directly or in a circle with other threads that load, a {@link RecursiveLoadException} says so. Only a loader
 * that hands its own key to another thread and waits for that one is not recognised, and waits for ever.
 *
 * <p><b>What loaders throw</b> reaches every caller that waits, unchanged, or wrapped once in {@link CacheLoadException}
 * if it is checked. It is not cached. A loader that returns null is an error.
 *
 * <p>Values are shared between callers: treat them as immutable. Keys are strings of any length, matched by patterns as
 * Redis does: in UTF-8.
 *
 * @param <V> the type of the values
 */
public final class CacheRegion<V> {

    private static final int LONGEST_PATTERN = 1_024;

    private final String name;
    private final CachePolicy policy;
    private final Codec<V> codec;
    private final CoarseClock clock;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final RegionCounters counters;
    private final RegionLoads<V> loads;

    CacheRegion(
            String name,
            CachePolicy policy,
            Codec<V> codec,
            CoarseClock clock,
            LocalTier<V> local,
            @Nullable SharedRegion<V> shared,
            RegionCounters counters,
            RegionLoads<V> loads) {
        this.name = name;
        this.policy = policy;
        this.codec = codec;
        this.clock = clock;
        this.local = local;
        this.shared = shared;
        this.counters = counters;
        this.loads = loads;
    }

    /**
     * The name of the region.
     *
     * @return as given to {@link PerfCache#region}
     */
    public String name() {
        return name;
    }

    /**
     * The policy of the region.
     *
     * @return as given to {@link PerfCache#region}
     */
    public CachePolicy policy() {
        return policy;
    }

    /**
     * The value of a key, computed by a function of the key if there is none. With a function that captures nothing, a
     * hit in the local tier allocates nothing.
     *
     * @param key the key
     * @param loader computes the value; may block, may ask the cache for other keys
     * @return the value
     * @throws CacheException if the loader returned null, or the wait for another caller's load was interrupted
     * @throws RecursiveLoadException if the loader asks for the key that it is loading
     */
    public V getOrSet(String key, Function<String, ? extends V> loader) {
        Entry<V> entry = local.peek(key);
        if (entry != null) {
            long now = clock.nanos();
            if (now < entry.freshUntil && loads.isTrusted(now) && local.isLive(key, entry)) {
                counters.localHits.increment();
                return entry.value;
            }
        }
        return loads.find(key, policy.ttl().toNanos(), () -> loader.apply(key));
    }

    /**
     * The value of a key, loaded if there is none.
     *
     * @param key the key
     * @param loader loads the value; may block, may ask the cache for other keys
     * @return the value
     * @throws CacheLoadException if the loader threw a checked exception
     * @throws CacheException if the loader returned null, or the wait for another caller's load was interrupted
     * @throws RecursiveLoadException if the loader asks for the key that it is loading
     */
    public V getOrSet(String key, ValueLoader<? extends V> loader) {
        return loads.find(key, policy.ttl().toNanos(), loader);
    }

    /**
     * The value of a key, loaded if there is none, and kept for another time than the policy's.
     *
     * @param key the key
     * @param ttl how long the value is fresh if this call loads it, 1 ms to 3650 days
     * @param loader loads the value; may block, may ask the cache for other keys
     * @return the value
     * @throws CacheLoadException if the loader threw a checked exception
     * @throws CacheException if the loader returned null, or the wait for another caller's load was interrupted
     * @throws RecursiveLoadException if the loader asks for the key that it is loading
     */
    public V getOrSet(String key, Duration ttl, ValueLoader<? extends V> loader) {
        return loads.find(key, Checks.positive("ttl", ttl).toNanos(), loader);
    }

    /**
     * The value of a key, if one of the tiers has it. Never loads; asks the shared tier if the local one has nothing.
     *
     * @param key the key
     * @return the value, or null
     */
    public @Nullable V getIfPresent(String key) {
        Entry<V> entry = loads.servable(key);
        if (entry != null) {
            counters.localHits.increment();
            return entry.value;
        }
        if (shared != null) {
            V value = loads.findShared(key);
            if (value != null) {
                counters.sharedHits.increment();
                return value;
            }
        }
        counters.misses.increment();
        return null;
    }

    /**
     * Stores a value as the newest one, in both tiers. To other nodes this is an invalidation of the key: they find the
     * value in the shared tier. If several nodes put the same key at once, one of the values wins everywhere.
     *
     * @param key the key
     * @param value the value
     * @return for awaiting the acknowledgement by the shared tier, after which the value is there unless a later
     *     invalidation or put prevented it
     */
    public Invalidation put(String key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        counters.invalidations.increment();
        SharedWrites.Encoded bytes = loads.encodeIfNeeded(value);
        Entry<V> entry =
                loads.newEntry(key, value, bytes, local.epoch(), policy.ttl().toNanos());
        Runnable localEffect = () -> local.put(key, entry);
        if (shared == null) {
            localEffect.run();
            return Invalidation.DONE;
        }
        return shared.writes().put(key, bytes, loads.life(policy.ttl().toNanos()), localEffect);
    }

    /**
     * Invalidates one key.
     *
     * @param key the key
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation invalidate(String key) {
        Objects.requireNonNull(key, "key");
        return invalidate(new Item(Kind.KEY, key, null), () -> local.invalidate(key));
    }

    /**
     * Invalidates the keys that match a pattern, with the meaning that it has in Redis: {@code *}, {@code ?},
     * {@code [abc]}, {@code [^a]}, {@code [a-z]}, {@code \}. Costs the same whatever the number of keys: nothing is
     * looked for. Escape what comes from users with a backslash, or their {@code *} empties the region.
     *
     * @param glob the pattern, at most 1,024 characters
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation invalidatePattern(String glob) {
        if (glob.length() > LONGEST_PATTERN) {
            throw new IllegalArgumentException(
                    "A pattern may have at most " + LONGEST_PATTERN + " characters, but this one has " + glob.length());
        }
        Glob pattern = Glob.of(glob);
        if (pattern.matchesEverything()) {
            return clear();
        }
        String key = pattern.plainKey();
        if (key != null) {
            return invalidate(key);
        }
        return invalidate(new Item(Kind.PATTERN, glob, pattern), () -> local.invalidate(pattern));
    }

    /**
     * Invalidates every key of the region. Costs the same whatever their number.
     *
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation clear() {
        return invalidate(new Item(Kind.EVERYTHING, "", null), local::clear);
    }

    /**
     * What the region did on this node.
     *
     * @return the present numbers
     */
    public CacheStats stats() {
        return counters.snapshot(shared == null ? 0 : shared.unacknowledged(), local.estimatedSize());
    }

    @Override
    public String toString() {
        return "CacheRegion[" + name + ", " + codec.description() + ", " + policy + "]";
    }

    String codecDescription() {
        return codec.description();
    }

    @Nullable
    SharedRegion<V> shared() {
        return shared;
    }

    LocalTier<V> local() {
        return local;
    }

    private Invalidation invalidate(Item item, Runnable localEffect) {
        counters.invalidations.increment();
        if (shared == null) {
            localEffect.run();
            return Invalidation.DONE;
        }
        return shared.writes().invalidate(item, localEffect);
    }
}
