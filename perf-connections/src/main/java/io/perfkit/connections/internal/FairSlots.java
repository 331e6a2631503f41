package io.perfkit.connections.internal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
 * its state: of those with an open connection the one that became free last, so that few borrowers keep few connections
 * warm and the others rest, and threads meet on no common counter. Releasing is one volatile write of the state.
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
 * <p><b>Passing.</b> With {@code passNanos} above 0, the first in the queue is not served before it has waited so long:
 * until then a slot is freed for whoever runs, and the first in the queue is only woken to look for itself, by one wake-up
 * at a time. From then on slots are handed over as above.
 *
 * <p><b>Size.</b> The array grows under the lock and never shrinks; slots at and above {@link #target} are claimed and
 * handed to nobody.
 *
 * <p>Waiting is {@link LockSupport#parkNanos}: no spinning, and nothing that pins a virtual thread. The lock is never
 * held over anything that blocks.
 */
public final class FairSlots {
    /** How often a waiter looks whether a lease was abandoned meanwhile. */
    private static final long LOOK_EVERY_NANOS = 250_000_000;

    /** How long a thread waits that seems to wait for itself. */
    private static final long SUSPICION_NANOS = 200_000_000;

    private final int maximumPerOwner;
    private final long passNanos;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Long, Waiter> queue = new TreeMap<>();
    private final Map<String, Share> shares = new HashMap<>();
    private final WaitEstimate estimate = new WaitEstimate();
    private long nextTicket;
    private int aside;
    private volatile boolean closed;
    private volatile Slot[] slots;

    /** Slots with this index and above are not to be used. */
    private volatile int target;

    /** The first in the queue, in a pool that lets others pass. Written under the lock. */
    private volatile @Nullable Waiter head;

    /** The number of waiters, and forever 1 or more once closed. Written under the lock. */
    private volatile int waiting;

    /** Without a limit per owner, {@code maximumPerOwner} is 0. */
    public FairSlots(int size, int overflow, int maximumPerOwner, LongSupplier nanoTime) {
        this(size, overflow, maximumPerOwner, 0, nanoTime);
    }

    /** As above; {@code passNanos} above 0 cannot be had together with a limit per owner. */
    public FairSlots(int size, int overflow, int maximumPerOwner, long passNanos, LongSupplier nanoTime) {
        this.maximumPerOwner = maximumPerOwner;
        this.passNanos = passNanos;
        this.nanoTime = nanoTime;
        target = size + overflow;
        slots = new Slot[size + overflow];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot(i, i >= size);
        }
    }

    /** A place in the queue. */
    public static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final long ticket;
        private final long sinceNanos;
        private final @Nullable Share share;
        private @Nullable Waiter nextToWake;

        /** Written under the lock. */
        public volatile @Nullable Slot granted;

        public volatile boolean refused;

        /** Woken to look for itself, and has not looked yet. */
        private volatile boolean nudged;

        /** The estimated wait for which it was refused, or 0. */
        public long expectedNanos;

        /** Whoever could make room seems to wait too. */
        private boolean suspect;

        /** Left the queue, because whoever could make room waits too. */
        public boolean deadlocked;

        Waiter(long ticket, @Nullable Share share, long nowNanos) {
            this.ticket = ticket;
            this.share = share;
            this.sinceNanos = nowNanos;
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

    public Slot[] all() {
        return slots;
    }

    public int count(int state) {
        int count = 0;
        for (Slot slot : slots) {
            if (slot.state() == state) {
                count++;
            }
        }
        return count;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Whether a slot that becomes free would be handed over, as far as can be told without the lock. */
    public boolean hasWaiters() {
        return waiting != 0;
    }

    public int waiting() {
        lock.lock();
        try {
            return queue.size() + aside;
        } finally {
            lock.unlock();
        }
    }

    /** The most slots that may be held. */
    public int size() {
        return target;
    }

    /** Whether a held slot is one too many since the size was changed, or what is open in all is. */
    public boolean isSurplus(Slot slot) {
        Slot[] all = slots;
        int most = target;
        return slot.index >= most || (all.length > most && count(Slot.HELD) + count(Slot.IDLE) > most);
    }

    /**
     * Changes the number of slots. Those held stay held, and none is claimed until fewer are held than there may be; a slot
     * that {@link #isSurplus} is for its holder to empty, as are the free ones that are open.
     */
    public void resize(int newSize) {
        Waiter wake;
        lock.lock();
        try {
            Slot[] old = slots;
            if (newSize > old.length) {
                Slot[] more = Arrays.copyOf(old, newSize);
                for (int i = old.length; i < newSize; i++) {
                    more[i] = new Slot(i, false);
                }
                slots = more;
            }
            target = newSize;
            wake = grant();
        } finally {
            lock.unlock();
        }
        wake(wake);
    }

    /** Claims a free slot, or answers null at once if others wait, or if it found none. */
    public @Nullable Slot tryClaim() {
        return maximumPerOwner == 0 && (waiting == 0 || mayPass()) ? claimFree() : null;
    }

    private boolean mayPass() {
        if (passNanos == 0 || closed) {
            return false;
        }
        Waiter first = head;
        return first == null || nanoTime.getAsLong() - first.sinceNanos < passNanos;
    }

    private @Nullable Slot claimFree() {
        if (slots.length > target && isHeldBeyondTarget()) {
            // One claim at a time: the slots below the target are not what bounds it now.
            lock.lock();
            try {
                return count(Slot.HELD) < target ? claimBelowTarget() : null;
            } finally {
                lock.unlock();
            }
        }
        return claimBelowTarget();
    }

    private boolean isHeldBeyondTarget() {
        Slot[] all = slots;
        for (int i = target; i < all.length; i++) {
            if (all[i].state() == Slot.HELD) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Slot claimBelowTarget() {
        while (true) {
            Slot[] all = slots;
            int most = target;
            Slot recent = null;
            Slot empty = null;
            for (int i = 0; i < most; i++) {
                Slot slot = all[i];
                int state = slot.state();
                if (state == Slot.IDLE) {
                    if (recent == null || slot.freedNanos() - recent.freedNanos() > 0) {
                        recent = slot;
                    }
                } else if (state == Slot.EMPTY && empty == null) {
                    empty = slot;
                }
            }
            Slot candidate = recent == null ? empty : recent;
            if (candidate == null || candidate.claim(recent == null ? Slot.EMPTY : Slot.IDLE)) {
                return candidate;
            }
        }
    }

    /**
     * Claims a slot if it is the caller's turn, or else enqueues the caller, unless the estimated wait is longer than
     * {@code atMostNanos}.
     *
     * @return a waiter that has been granted a slot, or was refused, or waits
     */
    public Waiter enqueue(String owner, long atMostNanos) {
        Waiter wake = null;
        Waiter waiter;
        lock.lock();
        try {
            Share share = maximumPerOwner == 0 ? null : shares.computeIfAbsent(owner, Share::new);
            waiter = new Waiter(nextTicket++, share, nanoTime.getAsLong());
            boolean beyondShare = share != null && share.committed >= maximumPerOwner;
            long expectedNanos = share != null && beyondShare
                    ? share.estimate.nanosBehind(share.aside.size())
                    : estimate.nanosBehind(queue.size());
            waiter.suspect = waitsForItself(beyondShare ? share : null);
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

    /**
     * Whether all slots that could come free for the calling thread are held by threads that wait here, with itself as
     * the last of them. Only a thread that holds one already can be that last one. A slot that another thread was seen to
     * use is taken to be that one's to return.
     */
    private boolean waitsForItself(@Nullable Share within) {
        long self = Thread.currentThread().getId();
        Slot[] all = slots;
        int most = target;
        if (held(self) == 0) {
            return false;
        }
        Set<Long> waitingThreads = null;
        for (int i = 0; i < most; i++) {
            if (within != null && all[i].share != within) {
                continue;
            }
            Hold hold = all[i].state() == Slot.HELD ? all[i].hold() : null;
            if (hold == null) {
                return false;
            }
            if (hold.isOnlyOf(self)) {
                continue;
            }
            if (waitingThreads == null) {
                waitingThreads = waitingThreads();
            }
            if (!waitingThreads.contains(hold.threadId) || !hold.isOnlyOf(hold.threadId)) {
                return false;
            }
        }
        return true;
    }

    /** Asks again after a moment: another thread that was handed a connection may have returned it. */
    private boolean isDeadlocked(Waiter waiter) {
        lock.lock();
        try {
            Share share = waiter.share;
            boolean aside = share != null && share.aside.containsKey(waiter.ticket);
            waiter.deadlocked = waiter.granted == null && waitsForItself(aside ? share : null);
            waiter.suspect = false;
            return waiter.deadlocked;
        } finally {
            lock.unlock();
        }
    }

    private Set<Long> waitingThreads() {
        Set<Long> ids = new HashSet<>();
        queue.values().forEach(waiter -> ids.add(waiter.thread.getId()));
        shares.values().forEach(share -> share.aside.values().forEach(waiter -> ids.add(waiter.thread.getId())));
        return ids;
    }

    /** How many slots the thread with that id has acquired and not returned. */
    public int held(long threadId) {
        int held = 0;
        for (Slot slot : slots) {
            Hold hold = slot.hold();
            if (hold != null && hold.threadId == threadId) {
                held++;
            }
        }
        return held;
    }

    /** Parks until the waiter's turn, the deadline, or an interrupt, which it leaves set. */
    public void await(Waiter waiter, long deadlineNanos) {
        await(waiter, deadlineNanos, () -> {});
    }

    /** As above, and now and then calls {@code look}, which may free slots. */
    public void await(Waiter waiter, long deadlineNanos, Runnable look) {
        while (waiter.granted == null && !waiter.refused) {
            long left = deadlineNanos - nanoTime.getAsLong();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            long waited = nanoTime.getAsLong() - waiter.sinceNanos;
            if (waiter.suspect && waited >= SUSPICION_NANOS && isDeadlocked(waiter)) {
                return;
            }
            look.run();
            if (waiter.granted != null || waiter.refused) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(left, waiter.suspect ? SUSPICION_NANOS : LOOK_EVERY_NANOS));
            if (passNanos > 0 && waiter.granted == null) {
                // Cleared before the slots are looked at: who frees one later wakes this one again.
                waiter.nudged = false;
                grantToWaiters();
            }
        }
    }

    /** Leaves the queue; false if the waiter was granted a slot before, which is then its own. */
    public boolean cancel(Waiter waiter) {
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
    public void release(Slot slot, boolean open) {
        release(slot, open, nanoTime.getAsLong());
    }

    /** As above, for a caller that has read the clock. */
    public void release(Slot slot, boolean open, long now) {
        if (maximumPerOwner == 0 && (waiting == 0 || mayPass())) {
            slot.free(open, now);
            if (waiting != 0) {
                if (passNanos > 0 && !closed) {
                    nudge();
                } else {
                    grantToWaiters();
                }
            }
            return;
        }
        Waiter next;
        lock.lock();
        try {
            next = next(slot);
            if (next == null) {
                slot.free(open, now);
                if (slots.length > target) {
                    // One that may not be handed over makes room for another all the same.
                    next = grant();
                }
            }
        } finally {
            lock.unlock();
        }
        wake(next);
    }

    private void nudge() {
        Waiter first = head;
        if (first == null) {
            grantToWaiters();
        } else if (!first.nudged) {
            first.nudged = true;
            LockSupport.unpark(first.thread);
        }
    }

    /** Hands a held slot to the first in the queue; if nobody may have it, answers false, and the slot stays held. */
    public boolean handOver(Slot slot) {
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
        Map.Entry<Long, Waiter> first = isSurplus(slot) ? null : queue.pollFirstEntry();
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
        if (passNanos > 0) {
            Map.Entry<Long, Waiter> first = queue.firstEntry();
            Waiter before = head;
            Waiter now = first == null ? null : first.getValue();
            head = now;
            if (before != now && before != null && before.nudged && now != null) {
                // Its wake-up may have been for a slot that is still free.
                now.nudged = true;
                LockSupport.unpark(now.thread);
            }
        }
        waiting = closed ? 1 : queue.size() + aside;
    }

    private static void wake(@Nullable Waiter first) {
        for (Waiter waiter = first; waiter != null; waiter = waiter.nextToWake) {
            LockSupport.unpark(waiter.thread);
        }
    }

    /** Refuses all who wait and all who come. */
    public void close() {
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
    public int owners() {
        lock.lock();
        try {
            return shares.size();
        } finally {
            lock.unlock();
        }
    }
}
