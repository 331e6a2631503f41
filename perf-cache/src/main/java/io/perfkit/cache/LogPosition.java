package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Kind;
import io.perfkit.cache.spi.SharedTier.Snapshot;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How far this node has read the invalidation log of a region, and what follows from it.
 *
 * <p>Events have consecutive epochs. The node applies each to its local tier and then moves its {@link Position}, so
 * who sees a position finds everything up to it already applied. An event that is not the next one means that some
 * were missed, and another incarnation, or an epoch that went backwards, means that the log is not the one that the
 * node knew: then it trusts nothing it holds, and begins again from a {@link Snapshot}.
 *
 * <p>Events of this node are not applied to its local tier a second time: they took effect there when they were called,
 * and a value that was loaded since is newer than they are.
 *
 * <p><b>Trust.</b> Only a head that equals the position says that the node is up to date, and it says so for the moment
 * at which it was <em>asked</em>, by this node's monotonic clock. From then on local entries are served for
 * {@code maxStaleness}. Silence of the log proves nothing: the log itself may be gone.
 */
final class LogPosition {

    /** So many events are read at once. */
    static final int EVENTS_AT_ONCE = 1_000;

    /** More than the shared tier keeps, so that it is the one that forgets. */
    private static final int MAXIMUM_TOMBSTONES = 12_000;

    /** What a head says about the position. */
    enum Standing {
        /** Everything up to the head is applied. */
        CURRENT,
        /** There are events to catch up with. */
        BEHIND,
        /** This is another log, or an earlier state of it. */
        LOST
    }

    /** Up to where the log has been applied, and the tombstones known there, by the epochs of the shared tier. */
    record Position(long incarnation, long epoch, Tombstones tombstones) {}

    private final LocalTier<?> local;
    private final Counters counters;
    private final String origin;
    private final long maxStaleness;
    private final AtomicLong trustedUntil = new AtomicLong();
    private volatile @Nullable Position position;
    private boolean everSynced;

    LogPosition(LocalTier<?> local, Counters counters, String origin, long maxStaleness) {
        this.local = local;
        this.counters = counters;
        this.origin = origin;
        this.maxStaleness = maxStaleness;
    }

    /** Null while the node knows nothing about the shared tier. */
    @Nullable
    Position position() {
        return position;
    }

    /** Until when local entries may be served, in the cache's nanoseconds. */
    long trustedUntil() {
        return trustedUntil.getOpaque();
    }

    /** Applies events in order; false if one was missed. Events that are known already are skipped. */
    synchronized boolean apply(List<Event> events) {
        for (Event event : events) {
            Position p = position;
            if (p == null || event.epoch() > p.epoch() + 1) {
                return false;
            }
            if (event.epoch() == p.epoch() + 1) {
                boolean foreign = !event.origin().equals(origin);
                if (foreign) {
                    counters.invalidated(event.kind(), event.subject(), true);
                }
                apply(event, p.tombstones(), foreign);
                position = new Position(p.incarnation(), event.epoch(), p.tombstones());
            }
        }
        return true;
    }

    private void apply(Event event, Tombstones tombstones, boolean foreign) {
        String subject = event.subject();
        switch (event.kind()) {
            case KEY -> {
                if (foreign) {
                    local.invalidate(subject);
                }
            }
            case DUE_KEY -> {
                if (foreign) {
                    local.makeDue(subject);
                }
            }
            case PATTERN -> {
                Glob glob = Glob.of(subject);
                if (foreign) {
                    local.invalidate(glob);
                }
                tombstones.add(glob, event.epoch());
            }
            case DUE_PATTERN -> {
                Glob glob = Glob.of(subject);
                if (foreign) {
                    local.makeDue(glob);
                }
                tombstones.addDue(glob, event.epoch());
            }
            case TAG -> {
                if (foreign) {
                    local.invalidateTag(subject);
                }
                tombstones.addTag(subject, event.epoch());
            }
            case EVERYTHING -> {
                if (foreign) {
                    local.clear();
                }
                tombstones.clear(event.epoch());
            }
        }
    }

    /**
     * Compares a head with the position, and notes the confirmation if they agree.
     *
     * @param before the position when the head was asked for
     * @param askedAt when it was asked for
     */
    Standing observe(@Nullable Head head, Position before, long askedAt) {
        Position p = position;
        if (p == null
                || head == null
                || head.incarnation() != p.incarnation()
                || before.incarnation() != p.incarnation()
                || head.epoch() < before.epoch()) {
            return Standing.LOST;
        }
        if (head.epoch() > p.epoch()) {
            return Standing.BEHIND;
        }
        confirm(askedAt, p);
        return Standing.CURRENT;
    }

    /** Trusts nothing that this node holds: no local entry is served and no shared one is read until a reset. */
    synchronized void distrust() {
        position = null;
        trustedUntil.set(0);
    }

    /** Begins again from a snapshot that was asked for at this time. */
    synchronized void reset(Snapshot snapshot, long askedAt) {
        distrust();
        local.clear();
        if (everSynced) {
            counters.resyncs.increment();
        }
        everSynced = true;
        Tombstones tombstones = new Tombstones(MAXIMUM_TOMBSTONES, snapshot.floor());
        for (SharedTier.Tombstone tombstone : snapshot.tombstones()) {
            remember(tombstone, tombstones);
        }
        position = new Position(snapshot.head().incarnation(), snapshot.head().epoch(), tombstones);
        confirm(askedAt, position);
    }

    private static void remember(SharedTier.Tombstone tombstone, Tombstones tombstones) {
        long epoch = tombstone.epoch();
        if (tombstone.kind() == Kind.PATTERN) {
            tombstones.add(Glob.of(tombstone.subject()), epoch);
        } else if (tombstone.kind() == Kind.DUE_PATTERN) {
            tombstones.addDue(Glob.of(tombstone.subject()), epoch);
        } else if (tombstone.kind() == Kind.TAG) {
            tombstones.addTag(tombstone.subject(), epoch);
        } else {
            tombstones.clear(epoch);
        }
    }

    private void confirm(long askedAt, @Nullable Position confirmed) {
        long until = askedAt + maxStaleness;
        // A thousandth more is not worth a lock, and a write that every reader has to fetch.
        if (until - trustedUntil.get() <= maxStaleness / 1000) {
            return;
        }
        synchronized (this) {
            Position present = position;
            // What was distrusted since is not confirmed by an answer from before.
            if (present != null && confirmed != null && present.incarnation() == confirmed.incarnation()) {
                trustedUntil.accumulateAndGet(until, Math::max);
            }
        }
    }
}
