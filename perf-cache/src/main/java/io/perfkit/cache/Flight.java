package io.perfkit.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One load in progress, which any number of callers wait for. It remembers the local epoch at which it began, and
 * whether an invalidation of its key has cut it off since: a detached flight still answers those who wait, but stores
 * nothing and is joined by nobody.
 */
final class Flight<V> {

    static final long FOREVER = Long.MAX_VALUE;

    private static final VarHandle CLAIMED;
    private static final VarHandle LEADER;

    static {
        try {
            CLAIMED = MethodHandles.lookup().findVarHandle(Flight.class, "claimed", boolean.class);
            LEADER = MethodHandles.lookup().findVarHandle(Flight.class, "leader", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String region;
    private final String key;
    /** The local epoch at which it began. */
    private final long startEpoch;

    private final long startedAt;

    private final CompletableFuture<@Nullable Entry<V>> result = new CompletableFuture<>();

    @SuppressWarnings("UnusedVariable") // through CLAIMED
    private volatile boolean claimed;

    private volatile boolean detached;
    private volatile @Nullable Thread leader;

    /** @param startedAt when it began, in the cache's nanoseconds */
    Flight(String region, String key, long startEpoch, long startedAt) {
        this.startedAt = startedAt;
        this.region = region;
        this.key = key;
        this.startEpoch = startEpoch;
    }

    String region() {
        return region;
    }

    String key() {
        return key;
    }

    long startedAt() {
        return startedAt;
    }

    long startEpoch() {
        return startEpoch;
    }

    boolean isDetached() {
        return detached;
    }

    void detach() {
        detached = true;
    }

    @Nullable
    Thread leader() {
        return leader;
    }

    /**
     * Whether the caller is the one to lead this flight: the first who asks is. A refresh that still queues for a thread
     * can so be led by somebody who needs its value, instead of holding up a thread that it may be queueing for.
     */
    boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }

    /**
     * Says that the calling thread runs the load, so that a circle of waiting threads is seen. It cannot wait for
     * another load without a stronger write to the {@link WaitForGraph}, so this one need only come before that.
     */
    void ledHere() {
        LEADER.setRelease(this, Thread.currentThread());
    }

    void complete(Entry<V> entry) {
        result.complete(entry);
    }

    /** Ends the flight without a result: whoever waits looks for the value afresh. */
    void abandon() {
        result.complete(null);
    }

    void fail(Throwable cause) {
        result.completeExceptionally(cause);
    }

    /** For those who wait without a thread. Must not be completed by them. */
    CompletableFuture<@Nullable Entry<V>> result() {
        return result;
    }

    /** The entry, or null if the flight was abandoned. Throws what the loader threw. */
    @Nullable
    Entry<V> await() {
        try {
            return await(FOREVER);
        } catch (TimeoutException e) {
            throw new IllegalStateException("Forever is over", e);
        }
    }

    /** The same, bounded in time. */
    @Nullable
    Entry<V> await(long nanos) throws TimeoutException {
        if (result.isDone()) {
            return outcome(nanos);
        }
        Flight<?> outer = WaitForGraph.startWaiting(this);
        try {
            return outcome(nanos);
        } finally {
            WaitForGraph.stopWaiting(outer);
        }
    }

    private @Nullable Entry<V> outcome(long nanos) throws TimeoutException {
        try {
            return nanos == FOREVER ? result.get() : result.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Flight.<RuntimeException>unchanged(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException(
                    "Interrupted while waiting for the load of key '" + key + "' of region '" + region + "'", e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws anything as it is
    static <T extends Throwable> T unchanged(@Nullable Throwable cause) throws T {
        throw (T) cause;
    }
}
