package io.perfkit.connections.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The right to have one connection open, and the connection itself while there is one. Whoever turned the state to
 * {@link #HELD} owns the slot and its plain fields; the volatile state publishes them to the next.
 */
public final class Slot {
    /** Free, and nothing is open. */
    public static final int EMPTY = 0;

    /** Free, with an open connection. */
    public static final int IDLE = 1;

    /** Someone's. */
    public static final int HELD = 2;

    private static final VarHandle STATE = stateHandle();

    public final int index;
    public final boolean overflow;

    /** What is open, in a pool that keeps it here. */
    public @Nullable Object item;

    /** The owner's share that this slot counts in, while it is held and shares are limited. Guarded by the lock. */
    FairSlots.@Nullable Share share;

    /** When it became free; a hint for those who look for the one used most recently. */
    private long freedNanos;

    /** What was done with it so far. Written by its holder, read by whoever counts. */
    private long acquisitions;

    private long waitedNanos;
    private long heldNanos;

    private volatile int state;

    private final AtomicReference<@Nullable Hold> hold = new AtomicReference<>();

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

    public int state() {
        return state;
    }

    public boolean claim(int from) {
        return state == from && STATE.compareAndSet(this, from, HELD);
    }

    /** Ends with the fence that lets the releaser see waiters that enqueued before they saw the slot free. */
    void free(boolean open, long nowNanos) {
        freedNanos = nowNanos;
        state = open ? IDLE : EMPTY;
    }

    /** Counts, for a holder of the slot. */
    public void acquired(long afterNanos) {
        acquisitions++;
        waitedNanos += afterNanos;
    }

    /** Counts, for a holder of the slot. */
    public void returned(long afterNanos) {
        heldNanos += afterNanos;
    }

    public long acquisitions() {
        return acquisitions;
    }

    public long waitedNanos() {
        return waitedNanos;
    }

    public long heldNanos() {
        return heldNanos;
    }

    long freedNanos() {
        return freedNanos;
    }

    /** For the list of holders only, so without a fence. */
    public void heldBy(@Nullable Hold newHold) {
        hold.setRelease(newHold);
    }

    public @Nullable Hold hold() {
        return hold.getAcquire();
    }
}
