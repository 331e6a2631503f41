package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.LogPosition.Standing;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Snapshot;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of one region of the shared tier: over which connection it is reached, how far its log has been
 * read, which servers' entries can be judged, and what time it is there. All that read, change or follow the region
 * share one of these, and none of them needs to know another.
 *
 * <p>Thread-safe.
 */
final class RegionLink {

    /** The server's clock, as it was read when this node asked for it. */
    private record ServerTime(long millis, long askedAt) {}

    private final String name;
    private final LogPosition log;
    private final PendingInvalidations pending;
    private final SharedSession session;
    /** Servers of a cluster whose entries can be judged by their epochs. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    private volatile SharedTier.@Nullable Region remote;
    private volatile @Nullable ServerTime time;

    RegionLink(String name, LogPosition log, PendingInvalidations pending, SharedSession session) {
        this.name = name;
        this.log = log;
        this.pending = pending;
        this.session = session;
    }

    String name() {
        return name;
    }

    /** For callers; null while the shared tier cannot be used. */
    SharedTier.@Nullable Region remote() {
        return remote;
    }

    /** Callers may use the region: its server was verified, and what was missed is known. */
    void use(SharedTier.Region region) {
        remote = region;
    }

    /** Callers need not wait for the region: its connection was interrupted or closed. */
    void suspend() {
        remote = null;
    }

    /** Whether a command would be sent now. */
    boolean isUsable() {
        return remote != null && !session.breaker().isTripped();
    }

    /** Null while the node knows nothing about the shared tier. */
    @Nullable
    Position position() {
        return log.position();
    }

    /** As {@link LogPosition#observe}. */
    Standing observe(@Nullable Head head, Position before, long askedAt) {
        return log.observe(head, before, askedAt);
    }

    /** Applies events in order; false if one was missed. */
    boolean apply(List<Event> events) {
        boolean complete = log.apply(events);
        pending.forget(log.position());
        return complete;
    }

    /** The same; where one was missed, the log is lost. */
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

    /** Begins again from a snapshot that was asked for at this time. */
    void reset(Snapshot snapshot, long askedAt) {
        log.reset(snapshot, askedAt);
        noteTime(snapshot.millis(), askedAt);
        pending.forget(log.position());
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

    /** Whether a value may be served on this node, as far as that can be known without asking for the head. */
    boolean isLive(String key, Parsed.Value value) {
        return log.position() != null && !isDead(key, value) && !pending.hides(key, value.tags(), value.epoch());
    }

    /** Whether a value can never be served again by any node. */
    boolean isDead(String key, Parsed.Value value) {
        Position position = log.position();
        return position != null
                && (position.incarnation() != value.incarnation()
                        || position.tombstones().kills(key, value.tags(), value.epoch()));
    }
}
