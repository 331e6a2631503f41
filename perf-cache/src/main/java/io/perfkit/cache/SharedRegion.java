package io.perfkit.cache;

import io.perfkit.cache.EntryFormat.Parsed;
import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.RegionLog.Standing;
import io.perfkit.cache.SharedTier.Event;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Reading;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * <p>Nothing here throws because of Redis, and no caller waits for more than one command's time limit, except for a
 * second one when the log has to be read first.
 */
final class SharedRegion<V> {

    /** A load that takes longer finds its lease gone, and its value stays in the local tier. */
    static final Duration LEASE_LIFE = Duration.ofMinutes(2);
    /** Entries above this size are neither written nor read. */
    static final int LARGEST_ENTRY = 8 << 20;

    private static final int EVENTS_AT_ONCE = 1_000;

    /**
     * What a read brought.
     *
     * @param value the value, or null
     * @param freshFor for how many nanoseconds after {@code askedAt} it is fresh; negative if stale
     * @param liveFor for how many nanoseconds after {@code askedAt} it may be served at all
     * @param fence what a store of a newly loaded value has to find, or null if none may be stored
     * @param head the head that an entry loaded from now on may carry
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found<V>(
            @Nullable V value,
            long askedAt,
            long freshFor,
            long liveFor,
            int size,
            byte @Nullable [] fence,
            @Nullable Head head) {}

    private final String name;
    private final Codec<V> codec;
    private final RegionCounters counters;
    private final SharedSession session;
    private final EntryFormat format;
    private final CoarseClock clock;
    private final SharedGate gate;
    private final RegionLog log;
    private final Outbox outbox;
    private final SharedWrites<V> writes;

    private volatile SharedTier.@Nullable Region remote;
    private volatile @Nullable RegionFollower follower;

    SharedRegion(
            String name,
            Codec<V> codec,
            LocalTier<V> local,
            RegionCounters counters,
            SharedSession session,
            long maxStaleness,
            int mostPending) {
        this.name = name;
        this.codec = codec;
        this.counters = counters;
        this.session = session;
        this.format = session.format();
        this.clock = session.clock();
        this.gate = session.gate();
        this.log = new RegionLog(local, counters, format.origin(), maxStaleness);
        this.outbox = new Outbox(mostPending);
        this.writes = new SharedWrites<>(this, codec, counters, session, outbox);
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

    /** Reads the shared tier; null where it cannot be used now, and a value loaded instead must not be shared. */
    @Nullable
    Found<V> find(String key) {
        SharedTier.Region region = remote;
        Position before = log.position();
        // After the caller has noted its local epoch: an invalidation that is not yet in here will cut the caller off.
        if (region == null || before == null || outbox.hides(key)) {
            return null;
        }
        SharedWrites.checkKey(key);
        byte[] lease = format.lease();
        long askedAt = clock.preciseNanos();
        Reading reading = gate.call(
                counters, () -> region.read(key, lease, LEASE_LIFE, LARGEST_ENTRY + EntryFormat.HEADER_LENGTH));
        if (reading == null) {
            return null;
        }
        Standing standing = log.observe(reading.head(), before, askedAt);
        Head head = reading.head();
        if (standing == Standing.LOST || head == null) {
            lost();
            return null;
        }
        Parsed parsed = EntryFormat.parse(reading.bytes());
        if (parsed == null) {
            counters.undecodable.increment();
            return null;
        }
        Found<V> nothing = new Found<>(null, askedAt, 0, 0, 0, parsed.fence(), head);
        if (parsed.value() < 0 || parsed.incarnation() != head.incarnation()) {
            return nothing;
        }
        if (standing == Standing.BEHIND && !catchUp(region, before, head)) {
            return nothing;
        }
        Position position = log.position();
        if (position == null
                || position.incarnation() != parsed.incarnation()
                || position.tombstones().kills(key, List.of(), parsed.epoch())
                || outbox.hides(key, parsed.epoch())) {
            return nothing;
        }
        return decode(reading, parsed, nothing);
    }

    private Found<V> decode(Reading reading, Parsed parsed, Found<V> nothing) {
        long liveFor = TimeUnit.MILLISECONDS.toNanos(reading.remainingMillis());
        if (liveFor <= 0) {
            return nothing;
        }
        byte[] bytes = reading.bytes();
        byte[] value = new byte[bytes.length - parsed.value()];
        System.arraycopy(bytes, parsed.value(), value, 0, value.length);
        try {
            V decoded = codec.decode(value);
            if (decoded == null) {
                throw new IllegalStateException("null");
            }
            return new Found<>(
                    decoded,
                    nothing.askedAt(),
                    liveFor - TimeUnit.MILLISECONDS.toNanos(parsed.staleMillis()),
                    liveFor,
                    value.length,
                    nothing.fence(),
                    nothing.head());
        } catch (Exception | StackOverflowError e) {
            // Deeply nested hostile JSON ends a careless codec by its stack.
            counters.undecodable.increment();
            return nothing;
        }
    }

    private boolean catchUp(SharedTier.Region region, Position before, Head head) {
        Position p = log.position();
        if (p != null && p.incarnation() == head.incarnation() && p.epoch() < head.epoch()) {
            long after = p.epoch();
            List<Event> events = gate.call(counters, () -> region.events(after, EVENTS_AT_ONCE));
            if (events == null) {
                return false;
            }
            if (!apply(events)) {
                lost();
                return false;
            }
        }
        Position now = log.position();
        return now != null && now.incarnation() == before.incarnation() && now.epoch() >= head.epoch();
    }

    boolean apply(List<Event> events) {
        boolean complete = log.apply(events);
        outbox.settle(log.position());
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
        return f != null && f.isRunning() && log.position() != null;
    }

    /** Opens the region on a link, learns what was missed, sends what is owed, follows the log. Throws if it cannot. */
    void open(SharedTier.Link link) throws Exception {
        closeRemote();
        SharedTier.Region region = session.open(link, name);
        remote = region;
        synchronise(region);
        writes.flush();
        RegionFollower next = new RegionFollower(this, region, session);
        follower = next;
        next.start();
    }

    private void synchronise(SharedTier.Region region) throws Exception {
        Position before = log.position();
        long askedAt = clock.preciseNanos();
        if (before != null) {
            Head head = session.await(region.head());
            Standing standing = log.observe(head, before, askedAt);
            if (standing == Standing.CURRENT) {
                return;
            }
            if (standing == Standing.BEHIND && head != null) {
                List<Event> events = session.await(region.events(before.epoch(), EVENTS_AT_ONCE));
                Position now = events != null && apply(events) ? log.position() : null;
                if (now != null && log.observe(head, now, askedAt) == Standing.CURRENT) {
                    return;
                }
            }
        }
        askedAt = clock.preciseNanos();
        SharedTier.Snapshot snapshot = session.await(region.snapshot());
        if (snapshot == null) {
            throw new CacheException("The shared tier answered without a snapshot");
        }
        log.reset(snapshot, askedAt);
        outbox.settle(log.position());
    }

    /** Asks the shared tier a question that it can only answer when it is well. */
    void probe() throws Exception {
        SharedTier.Region region = remote;
        if (region != null) {
            session.await(region.head());
        }
    }

    void closeRemote() {
        RegionFollower f = follower;
        if (f != null) {
            f.stop();
        }
        SharedTier.Region region = remote;
        remote = null;
        if (region != null) {
            region.close();
        }
    }

    void close(CacheException reason) {
        closeRemote();
        outbox.close(reason);
    }
}
