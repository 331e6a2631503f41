package io.perfkit.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * An invalidation or a {@code put} that has already taken effect on this node, and is on its way to the shared tier.
 *
 * <p>The methods that return one do not wait for Redis: when they return, no later call on <em>this</em> node sees
 * what was invalidated, in either tier. For the <em>other</em> nodes the guarantee runs from the acknowledgement by
 * Redis, which this object lets the caller await. An invalidation that Redis did not acknowledge is sent again until it
 * does. In a region without a shared tier it is acknowledged at once. Thread-safe.
 */
public final class Invalidation {

    private static final Duration LONGEST_SETTLING = Duration.ofHours(1);

    static final Invalidation DONE = new Invalidation(CompletableFuture.completedFuture(0L));

    private final CompletableFuture<Long> epoch;
    private final Consumer<Duration> repeat;
    /** Throws where waiting would be in vain. */
    private final Runnable awaitable;

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
        this.epoch = epoch;
        this.repeat = repeat;
        this.awaitable = awaitable;
    }

    /** The same, which asks before it waits. */
    Invalidation checked(Runnable check) {
        return new Invalidation(epoch, repeat, check);
    }

    /** Acknowledged when each of them is. */
    static Invalidation all(List<Invalidation> invalidations) {
        CompletableFuture<?>[] all = invalidations.stream().map(i -> i.epoch).toArray(CompletableFuture<?>[]::new);
        return new Invalidation(
                CompletableFuture.allOf(all)
                        .thenApply(done -> invalidations.stream()
                                .mapToLong(i -> i.epoch.join())
                                .max()
                                .orElse(0)),
                delay -> invalidations.forEach(i -> i.repeat.accept(delay)),
                () -> invalidations.forEach(i -> i.awaitable.run()));
    }

    /**
     * Whether the shared tier has acknowledged.
     *
     * @return true once it has
     */
    public boolean isAcknowledged() {
        return epoch.isDone() && !epoch.isCompletedExceptionally();
    }

    /**
     * Waits for the acknowledgement.
     *
     * @param timeout how long to wait at most
     * @return true if acknowledged, false if the time was over first; the sending goes on
     * @throws CacheException if it was issued in a transaction that the thread is still in, or that was rolled back; if the
     *     cache was closed before the acknowledgement, or the thread was interrupted (its
     *     interrupt flag is set again)
     */
    public boolean await(Duration timeout) {
        if (!epoch.isDone()) {
            awaitable.run();
        }
        try {
            epoch.get(Checks.notNegative("timeout", timeout).toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new CacheException("The invalidation was not acknowledged", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("Interrupted while waiting for the acknowledgement of an invalidation", e);
        }
    }

    /**
     * The acknowledgement as a stage, which completes exceptionally with a {@link CacheException} if the cache is
     * closed first. Continuations without an executor run on a thread of the Redis client: they must not block.
     *
     * @return a stage of its own for each call
     */
    public CompletionStage<Void> acknowledged() {
        return epoch.thenAccept(e -> {}).minimalCompletionStage();
    }

    /**
     * Invalidates a second time, later: for values that are loaded from a replica which lags behind the database that
     * was changed. A load that begins between the two may cache the old row; the second time ends that. A {@code put} is
     * followed by an invalidation of its key. Holds no thread meanwhile; {@link PerfCache#close} cancels it. The time of
     * a deferred invalidation begins when it is applied.
     *
     * @param delay longer than the replica lags, 1 ms to 1 hour
     * @return this invalidation: its acknowledgement is that of the first time
     */
    public Invalidation settle(Duration delay) {
        repeat.accept(checkSettle(delay));
        return this;
    }

    static Duration checkSettle(Duration delay) {
        if (Checks.positive("settle", delay).compareTo(LONGEST_SETTLING) > 0) {
            throw new IllegalArgumentException("settle must be at most 1 hour, but was " + delay);
        }
        return delay;
    }

    /** The epoch that the shared tier gave this invalidation; 0 where there is none. */
    CompletableFuture<Long> epoch() {
        return epoch;
    }
}
