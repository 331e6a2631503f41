package io.perfkit.cache;

/**
 * What a region did on this node since it was defined. Each number is exact once its calls have returned; together
 * they are no snapshot of one instant.
 *
 * @param localHits calls answered by the local tier, stale ones included
 * @param sharedHits calls answered by the shared tier, stale ones included
 * @param misses calls that found no value in either tier and led a load, and {@code getIfPresent} calls without a value
 * @param coalesced calls that waited for the load of another caller instead of loading
 * @param loads loads that returned a value, background refreshes included
 * @param loadFailures loads that threw or returned null
 * @param loadNanos the time spent in loaders, in nanoseconds
 * @param staleServed calls answered with a value past its ttl, while it was loaded anew
 * @param invalidations invalidations and puts called on this node
 * @param remoteInvalidations invalidations and puts of other nodes that this node learned of
 * @param refusedStores loaded values that the shared tier refused, because of an invalidation or another writer
 * @param sharedFailures commands to the shared tier that failed or timed out, and entries that could not be encoded
 * @param undecodable shared entries that were no value of this region: foreign, damaged or too large
 * @param resyncs how often the node had to distrust everything it held, because it could not learn what it missed
 * @param unacknowledged invalidations that the shared tier has not acknowledged yet, now
 * @param localEntries entries in the local tier, now; an estimate that includes expired ones
 * @param localBytes what the local entries weigh, now; 0 where the local tier is bounded by their number
 * @param evictions entries that the bound of the local tier pushed out
 */
public record CacheStats(
        long localHits,
        long sharedHits,
        long misses,
        long coalesced,
        long loads,
        long loadFailures,
        long loadNanos,
        long staleServed,
        long invalidations,
        long remoteInvalidations,
        long refusedStores,
        long sharedFailures,
        long undecodable,
        long resyncs,
        long unacknowledged,
        long localEntries,
        long localBytes,
        long evictions) {}
