package io.perfkit.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The {@link Acknowledgement} of an invalidation, which can be told to happen once more. Thread-safe. */
public final class Invalidation extends Acknowledgement {

    private static final Duration MAXIMUM_DELAY = Duration.ofHours(1);

    static final Invalidation DONE = new Invalidation(CompletableFuture.completedFuture(0L));

    private final Consumer<Duration> repeat;

    /** One that a region still has to make repeatable. */
    Invalidation(CompletableFuture<Long> epoch) {
        this(epoch, delay -> {
            throw new IllegalStateException("This invalidation was not issued by a region");
        });
    }

    Invalidation(CompletableFuture<Long> epoch, Consumer<Duration> repeat) {
        this(epoch, repeat, () -> {});
    }

    private Invalidation(CompletableFuture<Long> epoch, Consumer<Duration> repeat, Runnable awaitable) {
        super(epoch, awaitable);
        this.repeat = repeat;
    }

    /** The same, which asks before it waits. */
    Invalidation checked(Runnable check) {
        return new Invalidation(epoch(), repeat, check);
    }

    /**
     * Several invalidations as one, acknowledged when each of them is.
     *
     * @param invalidations of any regions; of none, it is acknowledged at once
     * @return what awaits and repeats all of them
     */
    public static Invalidation all(Collection<Invalidation> invalidations) {
        List<Invalidation> each = List.copyOf(invalidations);
        CompletableFuture<?>[] all = each.stream().map(Acknowledgement::epoch).toArray(CompletableFuture<?>[]::new);
        return new Invalidation(
                CompletableFuture.allOf(all)
                        .thenApply(done -> each.stream()
                                .mapToLong(i -> i.epoch().join())
                                .max()
                                .orElse(0)),
                delay -> each.forEach(i -> i.repeat.accept(delay)),
                () -> each.forEach(Acknowledgement::checkAwaitable));
    }

    /**
     * Invalidates a second time, later: for values that are loaded from a replica which lags behind the database that
     * was changed. A load that begins between the two may cache the old row; the second time ends that. Holds no thread
     * meanwhile; {@link PerfCache#close} cancels it. The time of a deferred invalidation begins when it is applied.
     *
     * @param delay longer than the replica lags, 1 ms to 1 hour
     * @return this invalidation: its acknowledgement is that of the first time
     */
    public Invalidation repeatAfter(Duration delay) {
        if (Checks.positive("repeatAfter", delay).compareTo(MAXIMUM_DELAY) > 0) {
            throw new IllegalArgumentException("repeatAfter must be at most 1 hour, but was " + delay);
        }
        repeat.accept(delay);
        return this;
    }
}
