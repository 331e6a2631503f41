package io.perfkit.cache;

import io.perfkit.cache.internal.Limits;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The values of one kind, under keys of their own: loaded once when they are asked for, kept for as long as the
 * region's {@link CachePolicy} says, gone when they are invalidated. Made by {@link PerfCache#region}. Thread-safe.
 *
 * <p><b>No stale value comes back.</b> When an invalidation or a {@code put} has returned, no call that starts later on
 * this node returns a value whose load began before it, and a load that is in progress stores its value in neither
 * tier. Callers that were waiting for that load already get its value. For other nodes the same holds from the
 * acknowledgement that the returned {@link Acknowledgement} tells of; what they hold in their local tiers follows within
 * milliseconds, and within {@link PerfCache.Builder#maxStaleness} at worst.
 *
 * <p><b>One load.</b> At most one load per key runs on a node at a time; other callers wait for it. An invalidation cuts
 * a running load off, so the next caller starts another one beside it. A loader may ask for other keys. If it asks for
 * its own, directly or in a circle with other threads that load, a {@link RecursiveLoadException} says so. Only a loader
 * that hands its own key to another thread and waits for that one is not recognised, and waits for ever.
 *
 * <p><b>In a transaction</b> that the cache knows of by {@link PerfCache.Builder#transactions}, changes take effect at its
 * commit, what it has changed is read past the cache, and its loads are its own until then.
 *
 * <p><b>What loaders throw</b> reaches every caller that waits, unchanged, or wrapped once in {@link CacheLoadException}
 * if it is checked. It is not cached. A loader that returns null is an error, unless the policy has a {@code nullTtl}:
 * then the absence is cached, and {@code getOrSet} returns null.
 *
 * <p>Values are shared between callers: treat them as immutable, or use {@link #copying}. Keys are strings of any length, matched by patterns as
 * Redis does: in UTF-8.
 *
 * @param <V> the type of the values
 */
public final class CacheRegion<V> extends ChangeTarget {

    private final String name;
    private final CachePolicy policy;
    private final Codec<V> codec;
    private final @Nullable Class<V> type;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Counters counters;
    private final LocalReads<V> reads;
    private final RegionLoads<V> loads;
    private final Changes<V> changes;
    private final ChangeSchedule schedule;
    /** Of the values that this view loads and puts. */
    private final long ttl;

    private final @Nullable UnaryOperator<V> copier;

    CacheRegion(
            RegionParts<V> parts,
            Codec<V> codec,
            @Nullable Class<V> type,
            LocalReads<V> reads,
            RegionLoads<V> loads,
            Changes<V> changes,
            ChangeSchedule schedule) {
        this.name = parts.name();
        this.policy = parts.policy();
        this.codec = codec;
        this.type = type;
        this.local = parts.local();
        this.shared = parts.shared();
        this.counters = parts.counters();
        this.reads = reads;
        this.loads = loads;
        this.changes = changes;
        this.schedule = schedule;
        this.ttl = policy.ttl().toNanos();
        this.copier = null;
    }

    private CacheRegion(CacheRegion<V> other, long ttl, @Nullable UnaryOperator<V> copier) {
        name = other.name;
        policy = other.policy;
        codec = other.codec;
        type = other.type;
        local = other.local;
        shared = other.shared;
        counters = other.counters;
        reads = other.reads;
        loads = other.loads;
        changes = other.changes;
        schedule = other.schedule;
        this.ttl = ttl;
        this.copier = copier;
    }

    /**
     * The name of the region.
     *
     * @return as given to {@link PerfCache#region}
     */
    @Override
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
     * The class of the region's values.
     *
     * @return empty where the region was defined by a codec
     */
    public Optional<Class<V>> valueType() {
        return Optional.ofNullable(type);
    }

    /**
     * Whether the region's values are also kept in the tier that nodes share.
     *
     * @return false without such a tier, and where the policy says {@code localOnly}
     */
    public boolean isShared() {
        return shared != null;
    }

    /**
     * This region with another ttl: a view, which shares everything with it. What the view loads and puts is fresh for
     * this time instead of the policy's; what is in the cache already keeps the time that it has.
     *
     * @param ttl 1 ms to 3650 days
     * @return the view
     */
    public CacheRegion<V> withTtl(Duration ttl) {
        return new CacheRegion<>(this, Checks.positive("ttl", ttl).toNanos(), copier);
    }

    /**
     * This region for callers that change the values they get: a view, which shares everything with it. It gives every
     * caller a copy of its own, and keeps a copy of what it is told to put.
     *
     * @param copier makes an independent copy of a value; not called for null
     * @return the view
     */
    public CacheRegion<V> copying(UnaryOperator<V> copier) {
        return new CacheRegion<>(this, ttl, Objects.requireNonNull(copier, "copier"));
    }

    /**
     * The value of a key, computed by a function of the key if there is none. With a function that captures nothing, a
     * hit in the local tier allocates nothing.
     *
     * @param key the key
     * @param loader computes the value; may block, may ask the cache for other keys
     * @return the value
     * @throws CacheException if the loader returned null and the policy has no nullTtl, or the wait for another caller's
     *     load was interrupted
     * @throws LoadTimeoutException if the policy has a load timeout and the load takes longer
     * @throws RecursiveLoadException if the loader asks for the key that it is loading
     */
    public V getOrSet(String key, Function<String, ? extends V> loader) {
        Entry<V> hit = hit(key);
        return own(hit == null ? loads.find(key, ttl, (k, context) -> loader.apply(k)) : hit.value);
    }

    /**
     * What the local tier has ready. Every call begins with it, before it makes anything for the case that it is null: a
     * hit allocates nothing.
     */
    private @Nullable Entry<V> hit(String key) {
        return loads.inTransaction() ? null : reads.hit(key);
    }

    /**
     * The value of a key, loaded if there is none.
     *
     * @param key the key
     * @param loader loads the value; may block, may ask the cache for other keys
     * @return the value
     * @throws CacheLoadException if the loader threw a checked exception
     * @throws CacheException if the loader returned null and the policy has no nullTtl, or the wait for another caller's
     *     load was interrupted
     * @throws LoadTimeoutException if the policy has a load timeout and the load takes longer
     * @throws RecursiveLoadException if the loader asks for the key that it is loading
     */
    public V getOrSet(String key, ValueLoader<? extends V> loader) {
        Entry<V> hit = hit(key);
        return own(hit == null ? loads.find(key, ttl, (k, context) -> loader.load()) : hit.value);
    }

    /**
     * The value of a key, loaded if there is none, and kept for another time than the policy's.
     *
     * @param key the key
     * @param ttl how long the value is fresh if this call loads it, 1 ms to 3650 days
     * @param loader loads the value; may block, may ask the cache for other keys
     * @return the value
     * @throws CacheLoadException if the loader threw a checked exception
     * @throws CacheException if the loader returned null and the policy has no nullTtl, or the wait for another caller's
     *     load was interrupted
     * @throws LoadTimeoutException if the policy has a load timeout and the load takes longer
     * @throws RecursiveLoadException if the loader asks for the key that it is loading
     */
    public V getOrSet(String key, Duration ttl, ValueLoader<? extends V> loader) {
        long nanos = Checks.positive("ttl", ttl).toNanos();
        Entry<V> hit = hit(key);
        return own(hit == null ? loads.find(key, nanos, (k, context) -> loader.load()) : hit.value);
    }

    /**
     * The value of a key, loaded if there is none by a loader that sees the stale value and decides how the new one is
     * kept.
     *
     * @param key the key
     * @param loader loads the value; may block, may ask the cache for other keys
     * @return the value
     * @throws CacheLoadException if the loader threw a checked exception
     * @throws CacheException if the loader returned null and the policy has no nullTtl, or the wait for another caller's
     *     load was interrupted
     * @throws LoadTimeoutException if the policy has a load timeout and the load takes longer
     * @throws RecursiveLoadException if the loader asks for the key that it is loading
     */
    public V getOrSet(String key, ContextLoader<? extends V> loader) {
        Entry<V> hit = hit(key);
        return own(hit == null ? loads.find(key, ttl, loader) : hit.value);
    }

    /**
     * The value of a key, loaded if there is none, without holding a thread: neither Redis nor another caller's load
     * nor the loader is waited for. Everything else is as in {@link #getOrSet(String, Function)}, except that a loader
     * that asks for its own key is not recognised: its result never comes, unless the policy has a load timeout.
     *
     * @param key the key
     * @param loader begins to load the value. Runs on the calling thread, or on the one that brought the answer of the
     *     shared tier: it must not block
     * @return the value. Completes exceptionally with what the loader threw or its stage failed with; continuations
     *     without an executor run on the thread that completed it
     */
    public CompletableFuture<V> getOrSetAsync(
            String key, Function<String, ? extends CompletionStage<? extends V>> loader) {
        Entry<V> hit = hit(key);
        return (hit == null
                        ? loads.findAsync(key, ttl, (k, context) -> loader.apply(k))
                        : CompletableFuture.<@Nullable V>completedFuture(hit.value))
                .thenApply(this::own);
    }

    /**
     * Like {@link #getOrSetAsync(String, Function)}, with a loader that sees the stale value and decides how the new one
     * is kept.
     *
     * @param key the key
     * @param loader begins to load the value; must not block
     * @return the value
     */
    public CompletableFuture<V> getOrSetAsync(String key, AsyncLoader<V> loader) {
        Entry<V> hit = hit(key);
        return (hit == null
                        ? loads.findAsync(key, ttl, loader)
                        : CompletableFuture.<@Nullable V>completedFuture(hit.value))
                .thenApply(this::own);
    }

    /**
     * The values of many keys: one pass over the local tier, one pipelined read of the shared one, one load of what is
     * missing, one pipelined write. A key that somebody is loading already is waited for.
     *
     * @param keys the keys; duplicates count once
     * @param loader loads what is missing, in one call unless other callers gave up loading some of it
     * @return the values by key, in the order of the keys, without the keys that have no value; the caller's to change
     * @throws CacheLoadException if the loader threw a checked exception
     * @throws CacheException if the wait for another caller's load was interrupted
     * @throws LoadTimeoutException if the policy has a load timeout and the load takes longer
     * @throws RecursiveLoadException if the loader asks for a key that it is loading
     */
    public Map<String, V> getOrSetAll(Collection<String> keys, BulkLoader<V> loader) {
        Map<String, V> values = loads.findAll(keys, ttl, loader);
        if (copier != null) {
            values.replaceAll((key, value) -> own(value));
        }
        return values;
    }

    /**
     * The value of a key, if one of the tiers has it. Never loads; asks the shared tier if the local one has nothing.
     *
     * @param key the key
     * @return the value, or null; also null for a cached absence
     */
    public @Nullable V getIfPresent(String key) {
        Entry<V> hit = hit(key);
        return own(hit == null ? loads.getIfPresent(key) : hit.value);
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
    public Acknowledgement put(String key, V value) {
        return putOne(key, value);
    }

    private Invalidation putOne(String key, V value) {
        V kept = own(Objects.requireNonNull(value, "value"));
        if (!schedule.delays()) {
            return schedule.issue(
                    this, Kind.KEY, key, () -> changes.put(key, kept, ttl), () -> changes.invalidate(key));
        }
        DelayedPut delayed = new DelayedPut(local, Objects.requireNonNull(key, "key"));
        return schedule.issuePut(
                this, key, delayed, () -> changes.put(key, kept, ttl, delayed), () -> changes.invalidate(key));
    }

    /**
     * Stores many values as {@link #put} does, pipelined.
     *
     * @param values the values by key
     * @return for awaiting all acknowledgements
     */
    public Acknowledgement putAll(Map<String, ? extends V> values) {
        Map<String, V> copy = new LinkedHashMap<>(values);
        copy.replaceAll((key, value) -> own(value));
        return schedule.issueAll(
                copy.keySet(),
                key -> putOne(key, Objects.requireNonNull(copy.get(key))),
                () -> changes.putAll(copy, ttl),
                changes::invalidateAll);
    }

    /**
     * Invalidates one key.
     *
     * @param key the key
     * @return for awaiting the acknowledgement by the shared tier
     * @throws CacheException if the policy says {@code onUnreachable(FAIL)} and the shared tier did not acknowledge in
     *     time; the invalidation has taken effect on this node, and is sent again. The same for every call that returns
     *     an {@link Acknowledgement}
     */
    public Invalidation invalidate(String key) {
        return schedule.issue(this, Kind.KEY, key, () -> changes.invalidate(key));
    }

    /**
     * Invalidates many keys, pipelined.
     *
     * @param keys the keys
     * @return for awaiting all acknowledgements
     */
    public Invalidation invalidateAll(Collection<String> keys) {
        List<String> copy = List.copyOf(keys);
        return schedule.issueAll(copy, this::invalidate, () -> changes.invalidateAll(copy), changes::invalidateAll);
    }

    /**
     * Invalidates the keys that match a pattern, with the meaning that it has in Redis: {@code *}, {@code ?},
     * {@code [abc]}, {@code [^a]}, {@code [a-z]}, {@code \}. Costs the same whatever the number of keys: nothing is
     * looked for. Put what comes from users through {@link #escape}, or their {@code *} empties the region.
     *
     * @param glob the pattern, at most 1,024 characters
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation invalidatePattern(String glob) {
        Glob pattern = pattern(glob);
        return schedule.issue(this, Kind.PATTERN, glob, () -> changes.invalidate(pattern));
    }

    /**
     * A text as a pattern that matches it and nothing else, or as a part of one:
     * {@code region.invalidatePattern(CacheRegion.escape(user) + ":*")}.
     *
     * @param text any text
     * @return the text with a backslash before everything that means something in a pattern, inside of brackets too
     */
    public static String escape(String text) {
        return Glob.escape(text);
    }

    /**
     * Invalidates the values to which their loader gave a tag. Costs the same whatever their number.
     *
     * @param tag the tag, 1 to 200 characters
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation invalidateTag(String tag) {
        Checks.tag(tag);
        return schedule.issue(this, Kind.TAG, tag, () -> changes.invalidateTag(tag));
    }

    /**
     * Invalidates every key of the region. Costs the same whatever their number.
     *
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation clear() {
        return schedule.issue(this, Kind.EVERYTHING, "", changes::clear);
    }

    /**
     * Ends the freshness of one key's value: the next call loads anew, but the present value may still be served where
     * the policy allows a stale one, for as long as it would have been usable anyway. For availability before freshness;
     * {@link #invalidate} is the other way round.
     *
     * @param key the key
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation expire(String key) {
        return schedule.issue(this, Kind.DUE_KEY, key, () -> changes.expire(key));
    }

    /**
     * Ends the freshness of the keys that match a pattern, as {@link #expire} does.
     *
     * @param glob the pattern, as in {@link #invalidatePattern}
     * @return for awaiting the acknowledgement by the shared tier
     */
    public Invalidation expirePattern(String glob) {
        Glob pattern = pattern(glob);
        return schedule.issue(this, Kind.DUE_PATTERN, glob, () -> changes.expire(pattern));
    }

    /**
     * The keys that match a pattern, found by looking at every key: for operators and tests, not for requests. In the
     * shared tier that is a {@code SCAN}, which may miss keys that come or go meanwhile; for a region without one, the
     * keys of the local tier.
     *
     * @param glob the pattern, as in {@link #invalidatePattern}
     * @return the keys, lazily, each at least once. Its operations throw a {@link CacheException} if the shared tier fails
     *     meanwhile
     * @throws CacheException if the shared tier is out of reach
     */
    public Stream<String> keys(String glob) {
        Glob pattern = pattern(glob);
        return shared == null ? local.keys(pattern) : shared.keys(glob);
    }

    /**
     * A function with the cache in front of it. What it returns for null, it returns for null here too; that is cached
     * where the policy has a {@code nullTtl}.
     *
     * @param key makes the key from the argument; different arguments need different keys
     * @param loader computes the value from the argument
     * @param <A> the type of the argument
     * @return a function that computes each value once
     */
    public <A> Function<A, V> decorate(Function<? super A, String> key, Function<? super A, ? extends V> loader) {
        boolean cachesNull = policy.nullTtl().isPresent();
        return argument -> getOrSet(key.apply(argument), (k, context) -> {
            V value = loader.apply(argument);
            if (value == null && !cachesNull) {
                context.doNotStore();
            }
            return value;
        });
    }

    /**
     * What the region did on this node.
     *
     * @return the present numbers
     */
    public CacheStats stats() {
        return counters.snapshot(
                shared == null ? 0 : shared.pendingInvalidations(), local.estimatedSize(), local.estimatedBytes());
    }

    private static Glob pattern(String glob) {
        if (glob.length() > Limits.MAXIMUM_PATTERN_LENGTH) {
            throw new IllegalArgumentException("A pattern may have at most " + Limits.MAXIMUM_PATTERN_LENGTH
                    + " characters, but this one has " + glob.length());
        }
        return Glob.of(glob);
    }

    /** What a caller gets. A cached absence is null only where the policy says so, and the caller who set it knows. */
    @SuppressWarnings("NullAway")
    private V own(@Nullable V value) {
        return copier == null || value == null ? value : copier.apply(value);
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

    /** What a transaction has changed and loaded here; there are transactions. */
    @Override
    TransactionRegion<?> in(TransactionChanges transaction) {
        return Objects.requireNonNull(loads.region(transaction));
    }

    /** Without waiting for a deferral. */
    @Override
    Invalidation clearNow() {
        return changes.clear();
    }

    @Override
    LocalTier<V> local() {
        return local;
    }
}
