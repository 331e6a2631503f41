package io.perfkit.cache;

import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.SharedTier.Event;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a region's log up to an epoch without waiting for the follower; one reading at a time serves all who ask. */
final class LogCatchUp {

    private static final int EVENTS_AT_ONCE = 1_000;
    /** The first may have been under way when the epoch was issued; one more for what it was issued behind. */
    private static final int ATTEMPTS = 3;

    private final SharedRegion<?> shared;
    private final RegionCounters counters;
    private @Nullable CompletableFuture<Void> reading;

    LogCatchUp(SharedRegion<?> shared, RegionCounters counters) {
        this.shared = shared;
        this.counters = counters;
    }

    /** Completes when the node knows the log up to there, or cannot. Never fails. */
    CompletableFuture<Void> upTo(long epoch) {
        return upTo(epoch, ATTEMPTS);
    }

    private CompletableFuture<Void> upTo(long epoch, int attempts) {
        Position position = shared.log().position();
        if (position == null || position.epoch() >= epoch || attempts == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return read().thenCompose(done -> upTo(epoch, attempts - 1));
    }

    private synchronized CompletableFuture<Void> read() {
        CompletableFuture<Void> present = reading;
        if (present != null && !present.isDone()) {
            return present;
        }
        SharedTier.Region region = shared.remote();
        Position position = shared.log().position();
        if (region == null || position == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> next = shared.gate()
                .<List<Event>>submit(counters, () -> region.events(position.epoch(), EVENTS_AT_ONCE), 0)
                .handle((events, failure) -> {
                    if (events != null) {
                        shared.applyOrLose(events);
                    }
                    return null;
                });
        reading = next;
        return next;
    }
}
