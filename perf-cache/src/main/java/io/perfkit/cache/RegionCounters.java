package io.perfkit.cache;

import java.util.concurrent.atomic.LongAdder;

/** The running numbers of one region; see {@link CacheStats} for what each counts. */
final class RegionCounters {

    final LongAdder localHits = new LongAdder();
    final LongAdder sharedHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder coalesced = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadFailures = new LongAdder();
    final LongAdder loadNanos = new LongAdder();
    final LongAdder staleServed = new LongAdder();
    final LongAdder invalidations = new LongAdder();
    final LongAdder remoteInvalidations = new LongAdder();
    final LongAdder refusedStores = new LongAdder();
    final LongAdder sharedFailures = new LongAdder();
    final LongAdder undecodable = new LongAdder();
    final LongAdder resyncs = new LongAdder();
    final LongAdder evictions = new LongAdder();
    /** Dead entries of the shared tier that this node's sweeps removed. */
    final LongAdder swept = new LongAdder();

    CacheStats snapshot(long unacknowledged, long localEntries) {
        return new CacheStats(
                localHits.sum(),
                sharedHits.sum(),
                misses.sum(),
                coalesced.sum(),
                loads.sum(),
                loadFailures.sum(),
                loadNanos.sum(),
                staleServed.sum(),
                invalidations.sum(),
                remoteInvalidations.sum(),
                refusedStores.sum(),
                sharedFailures.sum(),
                undecodable.sum(),
                resyncs.sum(),
                unacknowledged,
                localEntries,
                evictions.sum());
    }
}
