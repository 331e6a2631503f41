package io.perfkit.connections.internal;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a slot knows of the one who holds it. It keeps neither the thread nor the lease alive, so that a lease which is
 * dropped without being closed can be told from one that is in use.
 */
public final class Hold {
    /** The order is that of a life. */
    public enum Phase {
        OPENING,
        IN_USE,
        RETURNING
    }

    public final String thread;
    public final long threadId;
    public final @Nullable String owner;
    public final long sinceNanos;

    /** Where it was acquired, if that is recorded. */
    public final @Nullable Throwable callSite;

    private volatile Phase phase = Phase.OPENING;
    private volatile @Nullable WeakReference<Object> lease;

    /** Whether another thread than the one that acquired it has used it. */
    private volatile boolean handedOn;

    private final AtomicBoolean reported = new AtomicBoolean();

    public Hold(@Nullable String owner, long nowNanos, boolean withCallSite) {
        Thread current = Thread.currentThread();
        this.threadId = current.getId();
        String name = current.getName();
        // Virtual threads have no name of their own.
        this.thread = name.isEmpty() ? "thread #" + threadId : name;
        this.owner = owner;
        this.sinceNanos = nowNanos;
        this.callSite = withCallSite ? new Throwable("acquired here, by thread '" + thread + "'") : null;
    }

    public void inUse(Object byLease) {
        lease = new WeakReference<>(byLease);
        phase = Phase.IN_USE;
    }

    public void returning() {
        phase = Phase.RETURNING;
    }

    public Phase phase() {
        return phase;
    }

    /** Tells that the calling thread uses the lease. */
    public void usedBy(Thread current) {
        if (!handedOn && current.getId() != threadId) {
            handedOn = true;
        }
    }

    /** Whether nothing but the one thread is known to be able to return it. */
    public boolean isOnlyOf(long id) {
        return threadId == id && !handedOn && phase == Phase.IN_USE;
    }

    /** Whether the lease was dropped without having been closed. */
    public boolean isAbandoned() {
        WeakReference<Object> held = lease;
        return phase == Phase.IN_USE && held != null && held.get() == null;
    }

    /** True once only. */
    public boolean isFirstReport() {
        return reported.compareAndSet(false, true);
    }
}
