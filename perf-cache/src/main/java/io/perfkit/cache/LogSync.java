package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.LogPosition.Standing;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Learns what this node missed of a region's log when it opens the region: the events since the position that it knows,
 * or everything anew. On the session's background thread, which may wait.
 */
final class LogSync {

    /** A snapshot is read in pages, each of which may take a command's time. */
    private static final int SNAPSHOT_TIMES = 20;

    private final RegionLink link;
    private final SharedSession session;
    private final CoarseClock clock;

    LogSync(RegionLink link, SharedSession session) {
        this.link = link;
        this.session = session;
        this.clock = session.clock();
    }

    /** Throws if it cannot. */
    void synchronise(SharedTier.Region region) throws Exception {
        Position before = link.position();
        if (before == null || !resumes(region, before)) {
            long askedAt = clock.preciseNanos();
            SharedTier.Snapshot snapshot = session.await(region.snapshot(), SNAPSHOT_TIMES);
            if (snapshot == null) {
                throw new CacheException("The shared tier answered without a snapshot");
            }
            link.reset(snapshot, askedAt);
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
            session.failures().failed("not all servers of region '" + link.name() + "' answered", e);
        }
        for (String master : masters == null ? List.<String>of() : masters) {
            if (!link.isKnown(master)) {
                session.await(region.adopt(master), 1);
                link.nowKnown(master);
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
        link.noteTime(state.millis(), askedAt);
        Head head = state.head();
        Standing standing = link.observe(head, before, askedAt);
        if (standing != Standing.BEHIND || head == null) {
            return standing == Standing.CURRENT;
        }
        List<Event> events = session.await(region.events(before.epoch(), LogPosition.EVENTS_AT_ONCE), 1);
        Position now = events != null && link.apply(events) ? link.position() : null;
        return now != null && link.observe(head, now, askedAt) == Standing.CURRENT;
    }
}
