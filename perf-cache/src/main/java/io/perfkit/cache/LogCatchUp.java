package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Event;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a region's log up to an epoch without waiting for the follower; one reading at a time serves all who ask. */
final class LogCatchUp {

    /** The first may have been under way when the epoch was issued; one more for what it was issued behind. */
    private static final int ATTEMPTS = 3;

    private final RegionLink link;
    private final SharedBreaker breaker;
    private final Counters counters;
    private @Nullable CompletableFuture<Void> reading;

    LogCatchUp(RegionLink link, SharedBreaker breaker, Counters counters) {
        this.link = link;
        this.breaker = breaker;
        this.counters = counters;
    }

    /** Completes when the node knows the log up to there, or cannot. Never fails. */
    CompletableFuture<Void> upTo(long epoch) {
        return upTo(epoch, ATTEMPTS);
    }

    private CompletableFuture<Void> upTo(long epoch, int attempts) {
        Position position = link.position();
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
        SharedTier.Region region = link.remote();
        Position position = link.position();
        if (region == null || position == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> next = breaker.<List<Event>>submit(
                        counters, () -> region.events(position.epoch(), LogPosition.EVENTS_AT_ONCE), 0)
                .handle((events, failure) -> {
                    if (events != null) {
                        link.applyOrLose(events);
                    }
                    return null;
                });
        reading = next;
        return next;
    }
}
