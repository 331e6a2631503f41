package io.perfkit.connections.jdbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The right to have one connection open, and the connection itself while there is one. Whoever turned the state to
 * {@link #HELD} owns the slot and its plain fields; the volatile state publishes them to the next.
 */
final class Slot {
    /** Free, and nothing is open. */
    static final int EMPTY = 0;

    /** Free, with an open connection. */
    static final int IDLE = 1;

    /** Someone's. */
    static final int HELD = 2;

    private static final VarHandle STATE = stateHandle();

    final int index;
    final boolean overflow;

    /** The open connection, in a pool that keeps its own. */
    @Nullable
    PhysicalConnection physical;

    /** The owner's share that this slot counts in, while it is held and shares are limited. Guarded by the lock. */
    FairSlots.@Nullable Share share;

    private volatile int state;

    private final AtomicReference<@Nullable LeasedConnection> lease = new AtomicReference<>();

    Slot(int index, boolean overflow) {
        this.index = index;
        this.overflow = overflow;
    }

    private static VarHandle stateHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(Slot.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    int state() {
        return state;
    }

    boolean claim(int from) {
        return state == from && STATE.compareAndSet(this, from, HELD);
    }

    /** Ends with the fence that lets the releaser see waiters that enqueued before they saw the slot free. */
    void free(boolean open) {
        state = open ? IDLE : EMPTY;
    }

    /** For the list of holders only, so without a fence. */
    void heldBy(@Nullable LeasedConnection newLease) {
        lease.setRelease(newLease);
    }

    @Nullable
    LeasedConnection lease() {
        return lease.getAcquire();
    }
}
