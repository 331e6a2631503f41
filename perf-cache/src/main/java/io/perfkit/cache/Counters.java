package io.perfkit.cache;

import io.perfkit.cache.CacheListener.Scope;
import io.perfkit.cache.CacheListener.Tier;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The running numbers of one region, see {@link CacheStats} for what each counts, and who is told of events. */
final class Counters {

    private final String region;
    private final @Nullable SafeListener listener;

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

    Counters(String region, @Nullable SafeListener listener) {
        this.region = region;
        this.listener = listener;
    }

    void localHit(String key) {
        localHits.increment();
        if (listener != null) {
            tell(l -> l.onHit(region, key, Tier.LOCAL, false));
        }
    }

    void staleHit(String key) {
        localHits.increment();
        staleServed.increment();
        tell(l -> l.onHit(region, key, Tier.LOCAL, true));
    }

    void sharedHit(String key, boolean stale) {
        sharedHits.increment();
        if (stale) {
            staleServed.increment();
        }
        tell(l -> l.onHit(region, key, Tier.SHARED, stale));
    }

    void loaded(String key, long nanos, @Nullable Throwable failure) {
        (failure == null ? loads : loadFailures).increment();
        tell(l -> l.onLoad(region, key, Duration.ofNanos(nanos), failure));
    }

    void invalidated(Kind kind, String subject, boolean remote) {
        (remote ? remoteInvalidations : invalidations).increment();
        tell(l -> l.onInvalidation(region, scope(kind), subject, remote));
    }

    private static Scope scope(Kind kind) {
        return switch (kind) {
            case KEY, DUE_KEY -> Scope.KEY;
            case PATTERN, DUE_PATTERN -> Scope.PATTERN;
            case TAG -> Scope.TAG;
            case EVERYTHING -> Scope.EVERYTHING;
        };
    }

    private void tell(Consumer<CacheListener> event) {
        if (listener != null) {
            listener.tell(event);
        }
    }

    CacheStats snapshot(long pendingInvalidations, long localEntries, long localBytes) {
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
                pendingInvalidations,
                localEntries,
                localBytes,
                evictions.sum());
    }
}
