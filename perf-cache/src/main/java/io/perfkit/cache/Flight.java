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

    /** No thread leads it yet: any that needs it may. */
    private static final int FREE = 0;
    /** A call has handed it to the executor; who cannot wait for a thread may still lead it. */
    private static final int QUEUED = 1;

    private static final int LED = 2;

    private static final VarHandle STATE;
    private static final VarHandle LEADER;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Flight.class, "state", int.class);
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

    /** What a refresh is to replace; null where the flight was begun because somebody waits for the value. */
    private final @Nullable Entry<V> replaced;

    private final CompletableFuture<@Nullable Entry<V>> result = new CompletableFuture<>();

    private volatile int state;
    private volatile boolean detached;
    private volatile @Nullable Thread leader;

    /** A value past its time, in case the load fails or takes too long. */
    private volatile @Nullable Entry<V> fallback;

    /** Done as soon as there is one; made by the first who waits for that. */
    private volatile @Nullable CompletableFuture<@Nullable Void> fallbackKnown;

    /** What the flight came to for the caller who leads it, and for nobody else. Written before the end. */
    private @Nullable Entry<V> leadersEntry;

    private @Nullable Throwable leadersFailure;

    /** What the flight came to for everybody. As it was thrown: the future would take an envelope off. */
    private @Nullable Throwable failure;

    /** @param startedAt when it began, in the cache's nanoseconds */
    Flight(String region, String key, long startEpoch, long startedAt) {
        this(region, key, startEpoch, startedAt, null);
    }

    /** @param replaced what a refresh is to replace; null where somebody waits for the value */
    Flight(String region, String key, long startEpoch, long startedAt, @Nullable Entry<V> replaced) {
        this.startedAt = startedAt;
        this.region = region;
        this.key = key;
        this.startEpoch = startEpoch;
        this.replaced = replaced;
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

    /** Whether it was begun to replace a value that was served, and not because somebody waits. */
    boolean isRefresh() {
        return replaced != null;
    }

    @Nullable
    Entry<V> replaced() {
        return replaced;
    }

    @Nullable
    Entry<V> fallback() {
        return fallback;
    }

    void fallback(@Nullable Entry<V> entry) {
        fallback = entry;
        CompletableFuture<@Nullable Void> known = fallbackKnown;
        if (entry != null && known != null) {
            known.complete(null);
        }
    }

    /** Done as soon as the flight has found a value that may stand in for its own; perhaps never. */
    synchronized CompletableFuture<@Nullable Void> fallbackKnown() {
        CompletableFuture<@Nullable Void> known = fallbackKnown;
        if (known == null) {
            known = new CompletableFuture<>();
            fallbackKnown = known;
        }
        // After the write: who sets the fallback meanwhile sees either this future or is seen here.
        if (fallback != null) {
            known.complete(null);
        }
        return known;
    }

    /**
     * Whether the caller is the one to lead this flight: the first who asks is. A flight that still queues for a thread
     * can so be led by somebody who needs its value, instead of holding up a thread that it may be queueing for.
     */
    boolean claim() {
        int now = state;
        return now != LED && (STATE.compareAndSet(this, now, LED) || claim());
    }

    /** Whether the caller is the one to hand this flight to the executor, where it is claimed as it begins. */
    boolean enqueue() {
        return STATE.compareAndSet(this, FREE, QUEUED);
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

    /** Ends the flight without a result: those who wait look for the value again. */
    void abandon() {
        result.complete(null);
    }

    void fail(Throwable cause) {
        if (!result.isDone()) {
            failure = cause;
        }
        result.completeExceptionally(cause);
    }

    /**
     * Ends the flight with something that concerns its leader alone: a failure, or a stale value in place of one.
     * Everybody else looks for the value afresh.
     */
    void endAlone(@Nullable Entry<V> entry, @Nullable Throwable cause) {
        if (!result.isDone()) {
            leadersEntry = entry;
            leadersFailure = cause;
        }
        result.complete(null);
    }

    /** For the caller for whom it was led, when it has ended without a result for all; null if there is none for it. */
    @Nullable
    Entry<V> leadersEntry() {
        Throwable cause = leadersFailure;
        if (cause != null) {
            throw Flight.<RuntimeException>unchanged(cause);
        }
        return leadersEntry;
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

    /** Waits until it has ended or there is news, whichever comes first, and in time. */
    void awaitOr(CompletableFuture<?> news, long nanos) throws TimeoutException {
        Flight<?> outer = WaitForGraph.startWaiting(this);
        try {
            CompletableFuture.anyOf(result, news).get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            // It has ended, and its outcome is there.
            return;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            WaitForGraph.stopWaiting(outer);
        }
    }

    boolean hasEnded() {
        return result.isDone();
    }

    private @Nullable Entry<V> outcome(long nanos) throws TimeoutException {
        try {
            return nanos == FOREVER ? result.get() : result.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Flight.<RuntimeException>unchanged(failure == null ? e.getCause() : failure);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private CacheException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CacheException(
                "Interrupted while waiting for the load of key '" + key + "' of region '" + region + "'", e);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws anything as it is
    static <T extends Throwable> T unchanged(@Nullable Throwable cause) throws T {
        throw (T) cause;
    }
}
