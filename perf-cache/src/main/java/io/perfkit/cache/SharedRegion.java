package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.PendingInvalidations.Item;
import io.perfkit.cache.SharedChanges.Putting;
import io.perfkit.cache.SharedStores.Loaded;
import io.perfkit.cache.spi.SharedTier;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One region as this node shares it with others. Two mechanisms keep a value whose load began before an invalidation
 * from coming back (docs/design/cache.md):
 *
 * <p><b>The fence</b> is for the writing of one key. Reading finds a value or a lease, or plants a lease, and each has
 * a generation that is never used again. A loaded value is stored only where the generation that its loader found still
 * stands. An invalidation of the key removes it, and so do expiry, eviction and every other writer: whatever is lost,
 * the write is refused.
 *
 * <p><b>The log</b> is for everything else. An entry carries the epoch that was the log's head before its load began. A
 * reader learns the present head together with the entry, catches up with the log if it is behind, and then knows every
 * tombstone that could make the entry a dead one. What it cannot know, it does not serve.
 *
 * <p>Nothing here throws because of Redis, and no caller waits for longer than one command's time limit.
 */
final class SharedRegion<V> implements SharedSession.Tended {

    /** A load that takes longer finds its lease gone, and its value stays in the local tier. */
    static final Duration LEASE_LIFE = Duration.ofMinutes(2);

    private final long maxStaleness;
    private final SharedSession session;
    private final LogPosition log;
    private final PendingInvalidations pending;
    private final RegionLink link;
    private final ValueFormat<V> values;
    private final SharedClaims<V> claims;
    private final SharedReads<V> reads;
    private final SharedStores<V> stores;
    private final SharedChanges<V> changes;
    private final EntryHeaders headers;
    private final DeadEntrySweep sweep;
    private final LogSync sync;

    private volatile SharedTier.@Nullable Region opened;
    private volatile @Nullable LogFollower follower;

    SharedRegion(
            String name,
            Codec<V> codec,
            LocalTier<V> local,
            Counters counters,
            SharedSession session,
            SharedSettings settings) {
        this.maxStaleness = settings.maxStaleness();
        this.session = session;
        this.log = new LogPosition(local, counters, session.format().origin(), settings.maxStaleness());
        this.pending = new PendingInvalidations(settings.maximumPending());
        this.link = new RegionLink(name, log, pending, session);
        this.values = new ValueFormat<>(name, codec, settings, counters, session);
        this.claims = new SharedClaims<>(link, counters, session.breaker());
        SharedLookups<V> lookups = new SharedLookups<>(link, log, pending, claims, values, counters, session);
        this.reads = new SharedReads<>(link, lookups, claims, counters, session);
        this.stores = new SharedStores<>(link, values, counters, session.breaker());
        this.changes = new SharedChanges<>(link, pending, values, stores, claims, counters, session);
        this.headers = new EntryHeaders(settings.schemaVersion(), session);
        this.sweep = new DeadEntrySweep(link, headers, counters, session);
        this.sync = new LogSync(link, session);
    }

    /** For how many nanoseconds what this node knows is served without confirmation. */
    long maxStaleness() {
        return maxStaleness;
    }

    /** Until when local entries may be served, in the cache's nanoseconds. */
    long trustedUntil() {
        return log.trustedUntil();
    }

    long pendingInvalidations() {
        return pending.size();
    }

    /** Up to where the log has been applied here; null while nothing is known of it. */
    @Nullable
    Position position() {
        return log.position();
    }

    SharedTier.@Nullable Region remote() {
        return link.remote();
    }

    /** Whether the shared tier counts as out of reach, for all regions. */
    boolean isTripped() {
        return session.breaker().isTripped();
    }

    /** As {@link SharedReads#find}. */
    @Nullable
    Found<V> find(String key, Duration leaseLife) {
        return reads.find(key, leaseLife);
    }

    /** As {@link SharedReads#findAsync}. */
    CompletableFuture<@Nullable Found<V>> findAsync(String key, Duration leaseLife, Executor executor) {
        return reads.findAsync(key, leaseLife, executor);
    }

    /** The same for many keys; those are absent for which the shared tier cannot be used now. */
    Map<String, Found<V>> findAll(Collection<String> keys, Duration leaseLife) {
        return reads.findAll(keys, leaseLife);
    }

    /** The keys of live values that match, read as the stream is: its operations throw if the shared tier fails. */
    Stream<String> keys(String glob) {
        return SharedKeys.matching(link, headers, session, glob);
    }

    /** As {@link SharedClaims#claimRefresh}. */
    CompletableFuture<Boolean> claimRefresh(String key, Found<V> found, Duration life) {
        return claims.claimRefresh(key, found, life);
    }

    /** As {@link SharedClaims#claimRefreshes}. */
    Map<String, Boolean> claimRefreshes(Map<String, Found<V>> found, Duration life) {
        return claims.claimRefreshes(found, life);
    }

    /** As {@link SharedClaims#release}. */
    void release(String key, Found<V> found) {
        claims.release(key, found);
    }

    /** As {@link SharedClaims#releaseAll}. */
    void releaseAll(Map<String, Found<V>> found) {
        claims.releaseAll(found);
    }

    /** As {@link ValueFormat#encode}. */
    @Nullable
    Encoded encode(@Nullable V value) {
        return values.encode(value);
    }

    /** As {@link SharedStores#store}. */
    void store(String key, Found<V> found, Encoded value, Life life) {
        stores.store(key, found, value, life);
    }

    /** As {@link SharedStores#storeAll}. */
    void storeAll(List<Loaded<V>> loaded) {
        stores.storeAll(loaded);
    }

    /** As {@link SharedChanges#invalidateAll}. */
    Invalidation invalidateAll(List<Item> items, List<Runnable> localEffects) {
        return changes.invalidateAll(items, localEffects);
    }

    /** As {@link SharedChanges#putAll}. */
    Invalidation putAll(List<Putting> puttings) {
        return changes.putAll(puttings);
    }

    /** As {@link DeadEntrySweep#begin}. */
    CompletableFuture<Boolean> sweep() {
        return sweep.begin();
    }

    @Override
    public boolean isFollowing() {
        LogFollower f = follower;
        return f != null && f.isRunning() && link.remote() != null && log.position() != null;
    }

    @Override
    public void open(SharedTier.Link onto) throws Exception {
        closeRemote();
        SharedTier.Region region = session.open(onto, link.name());
        opened = region;
        sync.synchronise(region);
        // Only now: callers may believe what a region says whose server was verified.
        link.use(region);
        changes.flush();
        LogFollower next = new LogFollower(link, region, session);
        follower = next;
        next.start();
    }

    @Override
    public void probe() throws Exception {
        SharedTier.Region region = link.remote();
        if (region != null) {
            session.await(region.state(), 1);
        }
    }

    @Override
    public void flush() throws Exception {
        changes.flush();
    }

    @Override
    public List<CompletableFuture<Long>> unacknowledged() {
        return pending.unacknowledged();
    }

    @Override
    public void considerSweep() {
        sweep.consider();
    }

    @Override
    public void suspend() {
        link.suspend();
    }

    @Override
    public void closeRemote() {
        LogFollower f = follower;
        if (f != null) {
            f.stop();
        }
        link.suspend();
        SharedTier.Region region = opened;
        opened = null;
        if (region != null) {
            region.close();
        }
    }

    @Override
    public void close(CacheException reason) {
        closeRemote();
        pending.close(reason);
    }
}
