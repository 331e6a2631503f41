package io.perfkit.cache;

import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.RegionLog.Standing;
import io.perfkit.cache.SharedTier.Event;
import io.perfkit.cache.SharedTier.Head;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One region as this node shares it with others. Two mechanisms keep a value whose load began before an invalidation
 * from coming back (docs/adr/0002-leases-and-invalidation-log.md):
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
final class SharedRegion<V> {

    /** A load that takes longer finds its lease gone, and its value stays in the local tier. */
    static final Duration LEASE_LIFE = Duration.ofMinutes(2);
    /** Values above this size are neither written nor read. */
    static final int LARGEST_ENTRY = 8 << 20;

    private static final int EVENTS_AT_ONCE = 1_000;
    /** A snapshot is read in pages, each of which may take a command's time. */
    private static final int SNAPSHOT_TIMES = 20;

    /**
     * What a region's policy and cache say about sharing.
     *
     * @param maxStaleness for how many nanoseconds local entries are served without confirmation
     * @param mostPending so many invalidations wait for their acknowledgement
     * @param schemaVersion entries of another one are misses
     * @param compressAbove values of more bytes are compressed
     * @param compression how
     */
    record Settings(
            long maxStaleness, int mostPending, int schemaVersion, int compressAbove, Compression compression) {}

    /**
     * What a read brought.
     *
     * @param present whether there is something to serve: a value, or the knowledge that there is none
     * @param value the value, or null for a cached absence
     * @param freshFor for how many nanoseconds after {@code askedAt} it is fresh; not positive if past its ttl or due
     * @param staleFor for how many it may be served while it is loaded anew
     * @param liveFor for how many it may be served at all, which is if loading fails
     * @param due whether it was expired before its time
     * @param loadNanos how long its load took
     * @param size the size of its encoded form
     * @param fence what a store of a newly loaded value has to find, or null if none may be stored
     * @param leaseIsOurs whether that is a lease that this very read planted
     * @param head the head that an entry loaded from now on may carry
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found<V>(
            boolean present,
            @Nullable V value,
            long askedAt,
            long freshFor,
            long staleFor,
            long liveFor,
            boolean due,
            long loadNanos,
            List<String> tags,
            int size,
            byte @Nullable [] fence,
            boolean leaseIsOurs,
            @Nullable Head head) {}

    /** The server's clock, as it was read when this node asked for it. */
    private record ServerTime(long millis, long askedAt) {}

    private final String name;
    private final long maxStaleness;
    private final RegionCounters counters;
    private final SharedSession session;
    private final CoarseClock clock;
    private final SharedGate gate;
    private final RegionLog log;
    private final Outbox outbox;
    private final SharedReads<V> reads;
    private final SharedWrites<V> writes;
    private final RegionSweep sweep;
    /** Servers of a cluster whose entries can be judged by their epochs. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** For callers; null while the shared tier cannot be used. */
    private volatile SharedTier.@Nullable Region remote;

    private volatile SharedTier.@Nullable Region opened;
    private volatile @Nullable RegionFollower follower;
    private volatile @Nullable ServerTime time;

    SharedRegion(
            String name,
            Codec<V> codec,
            LocalTier<V> local,
            RegionCounters counters,
            SharedSession session,
            Settings settings) {
        this.name = name;
        this.maxStaleness = settings.maxStaleness();
        this.counters = counters;
        this.session = session;
        this.clock = session.clock();
        this.gate = session.gate();
        this.log = new RegionLog(local, counters, session.format().origin(), settings.maxStaleness());
        this.outbox = new Outbox(settings.mostPending());
        this.reads = new SharedReads<>(this, codec, settings, counters, session, log, outbox);
        this.writes = new SharedWrites<>(this, codec, settings, counters, session, outbox);
        this.sweep = new RegionSweep(this, reads, counters, session);
    }

    /** For how many nanoseconds what this node knows is served without confirmation. */
    long maxStaleness() {
        return maxStaleness;
    }

    long trustedUntil() {
        return log.trustedUntil();
    }

    long unacknowledged() {
        return outbox.unacknowledged();
    }

    SharedWrites<V> writes() {
        return writes;
    }

    SharedReads<V> reads() {
        return reads;
    }

    RegionSweep sweep() {
        return sweep;
    }

    /** The keys of live values that match, read as the stream is: its operations throw if the shared tier fails. */
    Stream<String> keys(String glob) {
        return SharedKeys.matching(this, session, glob);
    }

    SharedTier.@Nullable Region remote() {
        return remote;
    }

    SharedGate gate() {
        return gate;
    }

    RegionLog log() {
        return log;
    }

    String name() {
        return name;
    }

    /**
     * Reads the shared tier; null where it cannot be used now, and a value loaded instead must not be shared. Where there
     * is nothing to serve, a lease is planted for this long, unless somebody else's stands.
     */
    @Nullable
    Found<V> find(String key, Duration leaseLife) {
        return reads.find(key, leaseLife);
    }

    /** The same without waiting. The result never fails, and completes on the executor, or at once. */
    CompletableFuture<@Nullable Found<V>> findAsync(String key, Duration leaseLife, Executor executor) {
        return reads.findAsync(key, leaseLife, executor);
    }

    /** The same for many keys; those are absent for which the shared tier cannot be used now. */
    Map<String, Found<V>> findAll(Collection<String> keys, Duration leaseLife) {
        return reads.findAll(keys, leaseLife);
    }

    /**
     * Whether this node is the one to refresh a value; false only if another has claimed that. Never fails. The claim is
     * void as soon as the value is another one.
     */
    CompletableFuture<Boolean> claimRefresh(String key, Found<V> found, Duration life) {
        SharedTier.Region region = remote;
        byte[] generation = found.fence();
        if (region == null || generation == null) {
            return CompletableFuture.completedFuture(true);
        }
        return gate.submit(counters, () -> region.claim(key, generation, life), 0)
                .handle((claimed, failure) -> failure != null || claimed);
    }

    /**
     * The same for many, in rounds like those of reading. Waits; those are absent for which there was no answer.
     */
    Map<String, Boolean> claimRefreshes(Map<String, Found<V>> found, Duration life) {
        SharedTier.Region region = remote;
        Map<String, Boolean> claimed = new HashMap<>();
        if (region == null) {
            return claimed;
        }
        List<String> keys = new ArrayList<>(found.size());
        List<byte[]> generations = new ArrayList<>(found.size());
        found.forEach((key, there) -> {
            byte[] generation = there.fence();
            if (generation != null) {
                keys.add(key);
                generations.add(generation);
            }
        });
        for (int from = 0; from < keys.size() && claimed.size() == from; from += SharedReads.KEYS_AT_ONCE) {
            int first = from;
            int end = Math.min(keys.size(), from + SharedReads.KEYS_AT_ONCE);
            gate.<Boolean>callAll(
                    counters,
                    () -> {
                        List<CompletionStage<Boolean>> answers = new ArrayList<>(end - first);
                        for (int i = first; i < end; i++) {
                            answers.add(region.claim(keys.get(i), generations.get(i), life));
                        }
                        return answers;
                    },
                    new SharedGate.Waited(),
                    mine -> claimed.put(keys.get(claimed.size()), mine));
        }
        return claimed;
    }

    /** The time by the server's clock at an instant of ours, rather too late than too early; negative if unknown. */
    long serverMillis(long at) {
        ServerTime t = time;
        return t == null ? -1 : t.millis() + TimeUnit.NANOSECONDS.toMillis(at - t.askedAt()) + 1;
    }

    void noteTime(long millis, long askedAt) {
        time = new ServerTime(millis, askedAt);
    }

    boolean isKnown(String master) {
        return known.contains(master);
    }

    void nowKnown(String master) {
        known.add(master);
    }

    boolean apply(List<Event> events) {
        boolean complete = log.apply(events);
        outbox.settle(log.position());
        return complete;
    }

    boolean applyOrLose(List<Event> events) {
        boolean complete = apply(events);
        if (!complete) {
            lost();
        }
        return complete;
    }

    /** The log is not the one this node knew: nothing is trusted until the background thread has read it anew. */
    void lost() {
        log.distrust();
        session.wake();
    }

    // What follows runs on the session's background thread, which may wait.

    /** Whether the region follows its log. */
    boolean isFollowing() {
        RegionFollower f = follower;
        return f != null && f.isRunning() && remote != null && log.position() != null;
    }

    /** Opens the region on a link, learns what was missed, sends what is owed, follows the log. Throws if it cannot. */
    void open(SharedTier.Link link) throws Exception {
        closeRemote();
        SharedTier.Region region = session.open(link, name);
        opened = region;
        synchronise(region);
        // Only now: callers may believe what a region says whose server was verified.
        remote = region;
        writes.flush();
        RegionFollower next = new RegionFollower(this, region, session);
        follower = next;
        next.start();
    }

    private void synchronise(SharedTier.Region region) throws Exception {
        Position before = log.position();
        if (before == null || !resumes(region, before)) {
            long askedAt = clock.preciseNanos();
            SharedTier.Snapshot snapshot = session.await(region.snapshot(), SNAPSHOT_TIMES);
            if (snapshot == null) {
                throw new CacheException("The shared tier answered without a snapshot");
            }
            log.reset(snapshot, askedAt);
            noteTime(snapshot.millis(), askedAt);
            outbox.settle(log.position());
        }
        adoptMasters(region);
    }

    /**
     * Best before anything is stored there: what is, when a server becomes known, is taken for lost. A server that does
     * not answer now becomes known to the first who reads from it.
     */
    private void adoptMasters(SharedTier.Region region) throws Exception {
        List<String> masters = null;
        try {
            masters = session.await(region.masters(), 1);
        } catch (ExecutionException | TimeoutException e) {
            session.failures().failed("not all servers of region '" + name + "' answered", e);
        }
        for (String master : masters == null ? List.<String>of() : masters) {
            if (!isKnown(master)) {
                session.await(region.adopt(master), 1);
                nowKnown(master);
            }
        }
    }

    /** Whether the log is the one that the node knew, with everything in it that it missed. */
    private boolean resumes(SharedTier.Region region, Position before) throws Exception {
        long askedAt = clock.preciseNanos();
        SharedTier.State state = session.await(region.state(), 1);
        if (state == null) {
            return false;
        }
        noteTime(state.millis(), askedAt);
        Head head = state.head();
        Standing standing = log.observe(head, before, askedAt);
        if (standing != Standing.BEHIND || head == null) {
            return standing == Standing.CURRENT;
        }
        List<Event> events = session.await(region.events(before.epoch(), EVENTS_AT_ONCE), 1);
        Position now = events != null && apply(events) ? log.position() : null;
        return now != null && log.observe(head, now, askedAt) == Standing.CURRENT;
    }

    /** Asks the shared tier a question that it can only answer when it is well. */
    void probe() throws Exception {
        SharedTier.Region region = remote;
        if (region != null) {
            session.await(region.state(), 1);
        }
    }

    /** The connection was interrupted: callers need not wait for it. On any thread. */
    void suspend() {
        remote = null;
    }

    void closeRemote() {
        RegionFollower f = follower;
        if (f != null) {
            f.stop();
        }
        remote = null;
        SharedTier.Region region = opened;
        opened = null;
        if (region != null) {
            region.close();
        }
    }

    void close(CacheException reason) {
        closeRemote();
        outbox.close(reason);
    }
}
