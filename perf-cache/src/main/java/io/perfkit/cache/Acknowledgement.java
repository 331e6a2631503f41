package io.perfkit.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a change of a region returns, an {@link Invalidation} or a {@code put}: the change has already taken effect on
 * this node, and is on its way to the shared tier.
 *
 * <p>The methods that return one do not wait for Redis: when they return, no later call on <em>this</em> node sees
 * what was there before, in either tier. For the <em>other</em> nodes the guarantee runs from the acknowledgement by
 * Redis, which this object lets the caller await. A change that Redis did not acknowledge is sent again until it
 * does. In a region without a shared tier it is acknowledged at once. Thread-safe.
 */
public sealed class Acknowledgement permits Invalidation {

    private final CompletableFuture<Long> epoch;
    /** Throws where waiting could not end. */
    private final Runnable awaitable;

    Acknowledgement(CompletableFuture<Long> epoch, Runnable awaitable) {
        this.epoch = epoch;
        this.awaitable = awaitable;
    }

    /**
     * Whether the shared tier has acknowledged.
     *
     * @return true once it has
     */
    public final boolean isAcknowledged() {
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
    public final boolean await(Duration timeout) {
        if (!epoch.isDone()) {
            awaitable.run();
        }
        try {
            epoch.get(Checks.notNegative("timeout", timeout).toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new CacheException("The change was not acknowledged", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("Interrupted while waiting for the acknowledgement of a change", e);
        }
    }

    /**
     * The acknowledgement as a stage, which completes exceptionally with a {@link CacheException} if the cache is
     * closed first. Continuations without an executor run on a thread of the Redis client: they must not block.
     *
     * @return a stage of its own for each call
     */
    public final CompletionStage<Void> acknowledged() {
        return epoch.thenAccept(e -> {}).minimalCompletionStage();
    }

    /** Throws where waiting could not end. */
    final void checkAwaitable() {
        awaitable.run();
    }

    /** The epoch that the shared tier gave this change; 0 where there is none. */
    final CompletableFuture<Long> epoch() {
        return epoch;
    }
}
