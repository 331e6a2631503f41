package io.perfkit.connections.jdbc;

import io.perfkit.connections.Holder;
import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Hold;
import io.perfkit.connections.internal.Slot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who holds the connections of a pool: the list of them, those that were dropped, and those left at the end. */
final class Holds {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedDataSource.class);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final FairSlots slots;
    private final PhysicalSource source;
    private final boolean recordsCallSites;
    private final boolean reclaims;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();

    Holds(String name, FairSlots slots, PhysicalSource source, boolean recordsCallSites, boolean reclaims) {
        this.name = name;
        this.slots = slots;
        this.source = source;
        this.recordsCallSites = recordsCallSites;
        this.reclaims = reclaims;
    }

    Hold begin(Slot slot, @Nullable String owner, long nowNanos) {
        Hold hold = new Hold(owner, nowNanos, recordsCallSites);
        slot.heldBy(hold);
        return hold;
    }

    List<Holder> holders(long nowNanos) {
        List<Holder> holders = new ArrayList<>();
        for (Slot slot : slots.all()) {
            Hold hold = slot.hold();
            if (hold != null) {
                holders.add(Holder.of(hold, nowNanos));
            }
        }
        holders.sort(Comparator.comparing(Holder::heldFor).reversed());
        return holders;
    }

    /** Reports each lease that was dropped without being closed, once, and takes its place back if that is wanted. */
    void lookForAbandoned() {
        for (Slot slot : slots.all()) {
            Hold hold = slot.hold();
            if (hold != null && hold.isAbandoned() && hold.isFirstReport()) {
                LOGGER.warn(
                        "Pool '{}': a connection that thread '{}' acquired was dropped without being closed.{}",
                        name,
                        hold.thread,
                        hold.callSite == null ? " recordCallSites(true) tells where." : "",
                        hold.callSite);
                if (reclaims && slot.item instanceof PhysicalConnection physical) {
                    reclaim(slot, physical);
                }
            }
        }
    }

    private void reclaim(Slot slot, PhysicalConnection physical) {
        try {
            source.discard(slot, physical);
        } finally {
            slot.heldBy(null);
            slots.release(slot, false);
        }
    }

    void signalReturn() {
        lock.lock();
        try {
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is held, or the deadline, or an interrupt, which it leaves set. */
    void awaitReturns(long deadlineNanos, LongSupplier nanoTime) {
        lock.lock();
        try {
            while (slots.count(Slot.HELD) > 0) {
                long left = deadlineNanos - nanoTime.getAsLong();
                if (left <= 0) {
                    return;
                }
                returned.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Aborts what is still held; its holders find out when they use it. */
    int abortAll() {
        int aborted = 0;
        for (Slot slot : slots.all()) {
            Hold hold = slot.hold();
            if (hold != null && slot.item instanceof PhysicalConnection physical) {
                Closing.abort(physical.connection);
                aborted++;
            }
        }
        return aborted;
    }
}
