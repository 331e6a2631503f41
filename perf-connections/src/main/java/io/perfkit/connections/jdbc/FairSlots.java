package io.perfkit.connections.jdbc;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of slots, handed out first come, first served, with a limit per owner.
 *
 * <p><b>The bound is the array.</b> A connection can be open only in a slot, and there are as many slots as connections
 * are allowed, so no count can go wrong: neither a race nor a failure at any point can open one too many.
 *
 * <p><b>Nobody waits: one compare-and-set.</b> While {@link #waiting} is 0, a slot is claimed by a compare-and-set of
 * its state, beginning with the slot that the thread had last time (by its id), so that threads meet neither on one
 * counter nor on one slot. Releasing is one volatile write of the state.
 *
 * <p><b>Somebody waits: first come, first served.</b> A thread that finds nothing takes the lock, enqueues, and only
 * then looks at the slots once more. From then on {@code waiting} is above 0, which sends every newcomer to the lock and
 * so behind it, and every releaser to the lock, where it hands its slot to the first in the queue without ever showing
 * it as free. A releaser that saw no waiter writes the slot's state first and then reads {@code waiting} again. Both
 * being volatile, either the waiter sees the free slot or the releaser sees the waiter (Dekker's argument), so no wake-up
 * is lost. The one thread that may still take a slot past the queue is one that read {@code waiting} before the first
 * waiter enqueued: it came earlier.
 *
 * <p><b>Owners.</b> With a limit per owner, all goes through the lock. An owner's <em>share</em> counts the slots it
 * holds and its waiters that may have a slot as soon as one is free. A waiter beyond the share waits aside, where it is
 * in nobody's way, and joins the queue at the place of its arrival when the share has room. So a slot always goes to
 * whoever came first among those whose owner is within the limit, at logarithmic cost.
 *
 * <p>Waiting is {@link LockSupport#parkNanos}: no spinning, and nothing that pins a virtual thread. The lock is never
 * held over anything that blocks.
 */
final class FairSlots {
    private final Slot[] slots;
    private final int size;
    private final int maximumPerOwner;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Long, Waiter> queue = new TreeMap<>();
    private final Map<String, Share> shares = new HashMap<>();
    private final WaitEstimate estimate = new WaitEstimate();
    private long nextTicket;
    private int aside;
    private volatile boolean closed;

    /** The number of waiters, and forever 1 or more once closed. Written under the lock. */
    private volatile int waiting;

    /** Without a limit per owner, {@code maximumPerOwner} is 0. */
    FairSlots(int size, int overflow, int maximumPerOwner, LongSupplier nanoTime) {
        this.size = size;
        this.maximumPerOwner = maximumPerOwner;
        this.nanoTime = nanoTime;
        slots = new Slot[size + overflow];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot(i, i >= size);
        }
    }

    /** A place in the queue. */
    static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final long ticket;
        private final @Nullable Share share;
        private @Nullable Waiter nextToWake;

        /** Written under the lock. */
        volatile @Nullable Slot granted;

        volatile boolean refused;

        /** The estimated wait for which it was refused, or 0. */
        long expectedNanos;

        Waiter(long ticket, @Nullable Share share) {
            this.ticket = ticket;
            this.share = share;
        }
    }

    /** What one owner has. Exists only while it has something. Guarded by the lock. */
    static final class Share {
        private final String owner;

        /** The slots held, and the waiters in the queue. */
        private int committed;

        private final TreeMap<Long, Waiter> aside = new TreeMap<>();
        private final WaitEstimate estimate = new WaitEstimate();

        Share(String owner) {
            this.owner = owner;
        }
    }

    Slot[] all() {
        return slots;
    }

    int count(int state) {
        int count = 0;
        for (Slot slot : slots) {
            if (slot.state() == state) {
                count++;
            }
        }
        return count;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether a slot that becomes free would be handed over, as far as can be told without the lock. */
    boolean hasWaiters() {
        return waiting != 0;
    }

    int waiting() {
        lock.lock();
        try {
            return queue.size() + aside;
        } finally {
            lock.unlock();
        }
    }

    /** Claims a free slot, or answers null at once if others wait, or if it found none. */
    @Nullable
    Slot tryClaim() {
        return waiting != 0 || maximumPerOwner != 0 ? null : claimFree();
    }

    private @Nullable Slot claimFree() {
        int hint = ((int) Thread.currentThread().getId() & Integer.MAX_VALUE) % size;
        for (int pass = Slot.IDLE; pass >= Slot.EMPTY; pass--) {
            for (int i = hint; i < size; i++) {
                if (slots[i].claim(pass)) {
                    return slots[i];
                }
            }
            for (int i = 0; i < hint; i++) {
                if (slots[i].claim(pass)) {
                    return slots[i];
                }
            }
        }
        for (int i = size; i < slots.length; i++) {
            if (slots[i].claim(Slot.EMPTY)) {
                return slots[i];
            }
        }
        return null;
    }

    /**
     * Claims a slot if it is the caller's turn, or else enqueues the caller, unless the estimated wait is longer than
     * {@code atMostNanos}.
     *
     * @return a waiter that has been granted a slot, or was refused, or waits
     */
    Waiter enqueue(String owner, long atMostNanos) {
        Waiter wake = null;
        Waiter waiter;
        lock.lock();
        try {
            Share share = maximumPerOwner == 0 ? null : shares.computeIfAbsent(owner, Share::new);
            waiter = new Waiter(nextTicket++, share);
            boolean beyondShare = share != null && share.committed >= maximumPerOwner;
            long expectedNanos = share != null && beyondShare
                    ? share.estimate.nanosBehind(share.aside.size())
                    : estimate.nanosBehind(queue.size());
            if (closed || expectedNanos > atMostNanos) {
                waiter.expectedNanos = expectedNanos;
                waiter.refused = true;
                forgetIfUnused(share);
            } else if (share != null && beyondShare) {
                share.aside.put(waiter.ticket, waiter);
                aside++;
            } else {
                if (share != null) {
                    share.committed++;
                }
                queue.put(waiter.ticket, waiter);
            }
            countWaiting();
            wake = grant();
        } finally {
            lock.unlock();
        }
        wake(wake);
        return waiter;
    }

    /** Parks until the waiter's turn, the deadline, or an interrupt, which it leaves set. */
    void await(Waiter waiter, long deadlineNanos) {
        while (waiter.granted == null && !waiter.refused) {
            long left = deadlineNanos - nanoTime.getAsLong();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /** Leaves the queue; false if the waiter was granted a slot before, which is then its own. */
    boolean cancel(Waiter waiter) {
        lock.lock();
        try {
            if (waiter.granted != null) {
                return false;
            }
            Share share = waiter.share;
            if (queue.remove(waiter.ticket) != null) {
                leave(share);
            } else if (share != null && share.aside.remove(waiter.ticket) != null) {
                aside--;
            }
            countWaiting();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Hands a held slot to the first in the queue, or frees it. {@code open}: a usable connection is in it. */
    void release(Slot slot, boolean open) {
        if (maximumPerOwner == 0 && waiting == 0) {
            slot.free(open);
            if (waiting != 0) {
                grantToWaiters();
            }
            return;
        }
        Waiter next;
        lock.lock();
        try {
            next = next(slot);
            if (next == null) {
                slot.free(open);
            }
        } finally {
            lock.unlock();
        }
        wake(next);
    }

    /** Hands a held slot to the first in the queue; if nobody may have it, answers false, and the slot stays held. */
    boolean handOver(Slot slot) {
        if (waiting == 0) {
            return false;
        }
        Waiter next;
        lock.lock();
        try {
            next = next(slot);
        } finally {
            lock.unlock();
        }
        wake(next);
        return next != null;
    }

    private void grantToWaiters() {
        Waiter wake;
        lock.lock();
        try {
            wake = grant();
        } finally {
            lock.unlock();
        }
        wake(wake);
    }

    /** Gives a held slot to the first in the queue, and answers who that is. */
    private @Nullable Waiter next(Slot slot) {
        // The share that gets room by this comes first: its next may be the one who has waited longest.
        leave(slot.share);
        slot.share = null;
        Map.Entry<Long, Waiter> first = queue.pollFirstEntry();
        if (first == null) {
            return null;
        }
        if (queue.isEmpty()) {
            estimate.reset();
        } else {
            estimate.turn(nanoTime.getAsLong());
        }
        give(slot, first.getValue());
        countWaiting();
        return first.getValue();
    }

    /** Gives slots that are free to those who wait. Answers the first of those to wake. */
    private @Nullable Waiter grant() {
        Waiter wake = null;
        while (!queue.isEmpty()) {
            Slot slot = claimFree();
            if (slot == null) {
                break;
            }
            Waiter waiter = queue.pollFirstEntry().getValue();
            give(slot, waiter);
            waiter.nextToWake = wake;
            wake = waiter;
        }
        countWaiting();
        return wake;
    }

    private static void give(Slot slot, Waiter waiter) {
        slot.share = waiter.share;
        waiter.granted = slot;
    }

    /** One slot or place in the queue less for an owner. Its first waiter aside, if any, takes the place. */
    private void leave(@Nullable Share share) {
        if (share == null) {
            return;
        }
        share.committed--;
        Map.Entry<Long, Waiter> first = share.aside.pollFirstEntry();
        if (first == null) {
            share.estimate.reset();
            forgetIfUnused(share);
        } else {
            aside--;
            share.committed++;
            share.estimate.turn(nanoTime.getAsLong());
            queue.put(first.getKey(), first.getValue());
        }
    }

    private void forgetIfUnused(@Nullable Share share) {
        if (share != null && share.committed == 0 && share.aside.isEmpty()) {
            shares.remove(share.owner);
        }
    }

    private void countWaiting() {
        waiting = closed ? 1 : queue.size() + aside;
    }

    private static void wake(@Nullable Waiter first) {
        for (Waiter waiter = first; waiter != null; waiter = waiter.nextToWake) {
            LockSupport.unpark(waiter.thread);
        }
    }

    /** Refuses all who wait and all who come. */
    void close() {
        Waiter wake = null;
        lock.lock();
        try {
            closed = true;
            for (Share share : shares.values()) {
                for (Waiter waiter : share.aside.values()) {
                    wake = refuse(waiter, wake);
                }
                share.aside.clear();
            }
            aside = 0;
            while (!queue.isEmpty()) {
                Waiter waiter = queue.pollFirstEntry().getValue();
                leave(waiter.share);
                wake = refuse(waiter, wake);
            }
            countWaiting();
        } finally {
            lock.unlock();
        }
        wake(wake);
    }

    private static Waiter refuse(Waiter waiter, @Nullable Waiter wake) {
        waiter.refused = true;
        waiter.nextToWake = wake;
        return waiter;
    }

    /** The owners that hold or wait for something. */
    int owners() {
        lock.lock();
        try {
            return shares.size();
        } finally {
            lock.unlock();
        }
    }
}
