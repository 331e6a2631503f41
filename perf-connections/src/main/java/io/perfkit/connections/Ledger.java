package io.perfkit.connections;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who is registered, in which order, and who has to go.
 *
 * <p><b>One lock.</b> A registration has to check two limits, count, and take its place in three orders, all or
 * nothing. That is a dozen field writes, so one lock held for a few tens of nanoseconds is both the simplest and, under
 * the rates at which clients connect, a fast way. Nothing foreign runs under it but {@code equals} and {@code hashCode}
 * of owners: the ledger says who has to be closed, and its caller closes them after the lock is free.
 *
 * <p><b>Expiry without a scan.</b> Time is cut into {@linkplain Tick ticks} by the sweeps. A touch marks its entry with
 * the current tick and moves nothing. Each tick keeps a list of those seen last in it, so a sweep looks only at lists
 * of ticks that ended {@code idleAfter} ago or earlier. An entry found there with a newer mark moves to the list of
 * that mark; any other has expired. So each look either expires an entry or uses up a mark, and an entry costs at most
 * one look per {@code idleAfter} while it lives, and none at all in between. Since a mark counts as if made at the end
 * of its tick, nothing expires early; it expires at most two sweeps late. Age works alike, on the list in the order of
 * registration, of which only the head is looked at.
 *
 * <p>The same lists give the idlest of all for an eviction, at the amortized cost of one look per mark.
 */
final class Ledger<O, C> {
    /**
     * Without {@code idleAfter}, ticks would pile up behind one idle entry for ever. Beyond this number the two oldest
     * become one, which only blurs the order of those idle for longer than that many sweeps.
     */
    private static final int MAXIMUM_TICKS = 1_024;

    /**
     * Those registered together should not all go together when they reach the maximum age, so each is given one of so
     * many lives, each a little shorter than the one before.
     */
    private static final int LIVES = 8;

    private static final int SHORTENED_BY = 512;

    private final String name;
    private final int maximumTotal;
    private final int maximumPerOwner;
    private final WhenFull whenFull;
    private final long idleNanos;
    private final long ageNanos;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<O, Entry.Holding<O, C>> owners = new HashMap<>();
    private final Chain<Entry<O, C>> byAge = new Chain<>();
    private final List<Chain<Entry<O, C>>> byLife = new ArrayList<>();
    private final ArrayDeque<Tick<O, C>> ticks = new ArrayDeque<>();
    private final Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
    private int total;
    private long rejected;
    private boolean refusing;
    private long visited;
    private volatile Tick<O, C> now = new Tick<>(0);

    /** A duration of zero stands for none. */
    Ledger(String name, int maximumTotal, int maximumPerOwner, WhenFull whenFull, long idleNanos, long ageNanos) {
        this.name = name;
        this.maximumTotal = maximumTotal;
        this.maximumPerOwner = maximumPerOwner;
        this.whenFull = whenFull;
        this.idleNanos = idleNanos;
        this.ageNanos = ageNanos;
        ticks.add(now);
        for (int i = 0; i < (ageNanos > 0 ? LIVES : 0); i++) {
            byLife.add(new Chain<>());
        }
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, 0L);
        }
    }

    /** The entry that was let in, and the one that had to go for it, if any. */
    record Admission<O, C>(Entry<O, C> entry, @Nullable Entry<O, C> evicted) {}

    Tick<O, C> now() {
        return now;
    }

    Admission<O, C> admit(ConnectionRegistry<O, C> registry, O owner, C connection) {
        boolean ownerFull;
        lock.lock();
        try {
            Entry.Holding<O, C> holding = owners.get(owner);
            ownerFull = holding != null && holding.count >= maximumPerOwner;
            boolean full = ownerFull || total >= maximumTotal;
            Entry<O, C> evicted = full && !refusing && whenFull != WhenFull.REJECT ? victim(holding) : null;
            if (!refusing && (!full || evicted != null)) {
                if (evicted != null) {
                    forget(evicted, CloseReason.EVICTED);
                }
                return new Admission<>(add(registry, owner, connection), evicted);
            }
            if (refusing) {
                throw new RegistryClosedException(name);
            }
            rejected++;
        } finally {
            lock.unlock();
        }
        // Out of the lock, because an exception takes its time to fill in its stack trace.
        throw new ConnectionLimitException(
                name,
                ownerFull ? ConnectionLimitException.Limit.PER_OWNER : ConnectionLimitException.Limit.TOTAL,
                ownerFull ? maximumPerOwner : maximumTotal,
                owner);
    }

    private Entry<O, C> add(ConnectionRegistry<O, C> registry, O owner, C connection) {
        Tick<O, C> tick = now;
        Entry<O, C> entry = new Entry<>(registry, this, owner, connection, tick);
        Entry.Holding<O, C> holding = owners.get(owner);
        if (holding == null) {
            holding = new Entry.Holding<>();
            owners.put(owner, holding);
        }
        holding.entries.addLast(entry.byOwner);
        holding.count++;
        byAge.addLast(entry.byAge);
        if (ageNanos > 0) {
            byLife.get(ThreadLocalRandom.current().nextInt(LIVES)).addLast(entry.byLife);
        }
        tick.seen.addLast(entry.bySeen);
        total++;
        return entry;
    }

    /** Takes the entry out; false if it was out already, so that exactly one caller has to close its connection. */
    boolean remove(Entry<O, C> entry, CloseReason reason) {
        lock.lock();
        try {
            if (!entry.open) {
                return false;
            }
            forget(entry, reason);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Entry<O, C> entry, CloseReason reason) {
        entry.open = false;
        entry.byAge.unlink();
        entry.byLife.unlink();
        entry.byOwner.unlink();
        entry.bySeen.unlink();
        Entry.Holding<O, C> holding = owners.get(entry.owner);
        if (holding == null) {
            throw new IllegalStateException("The hashCode or equals of owner '" + entry.owner
                    + "' changed while it had connections in registry '" + name + "'.");
        }
        if (--holding.count == 0) {
            owners.remove(entry.owner);
        }
        total--;
        closed.merge(reason, 1L, Long::sum);
    }

    private @Nullable Entry<O, C> victim(Entry.@Nullable Holding<O, C> own) {
        if (whenFull == WhenFull.EVICT_OLDEST) {
            return own != null ? own.oldest() : byAge.first();
        }
        return own != null ? own.idlest() : idlest();
    }

    private @Nullable Entry<O, C> idlest() {
        for (Tick<O, C> tick : ticks) {
            Entry<O, C> entry = firstNotTouchedSince(tick);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    private @Nullable Entry<O, C> firstNotTouchedSince(Tick<O, C> tick) {
        for (Entry<O, C> e = tick.seen.first(); e != null; e = tick.seen.first()) {
            if (!movesOn(e, tick)) {
                return e;
            }
        }
        return null;
    }

    /** Moves an entry that was touched after the tick to the list of the tick in which it was. */
    private boolean movesOn(Entry<O, C> entry, Tick<O, C> from) {
        visited++;
        Tick<O, C> touched = entry.touched;
        if (touched.number <= from.number) {
            return false;
        }
        entry.bySeen.unlink();
        touched.seen.addLast(entry.bySeen);
        return true;
    }

    /** Ends the current tick. */
    void tick(long nowNanos) {
        lock.lock();
        try {
            Tick<O, C> next = new Tick<>(now.number + 1);
            now.end(nowNanos);
            ticks.addLast(next);
            now = next;
            dropEmptyTicks();
            if (idleNanos == 0 && ticks.size() > MAXIMUM_TICKS) {
                Tick<O, C> oldest = ticks.removeFirst();
                ticks.getFirst().seen.prependAll(oldest.seen);
            }
        } finally {
            lock.unlock();
        }
    }

    private void dropEmptyTicks() {
        while (ticks.getFirst() != now && ticks.getFirst().seen.isEmpty()) {
            ticks.removeFirst();
        }
    }

    /** Takes out up to {@code atMost} of those that have reached the maximum age. */
    List<Entry<O, C>> takeAged(long nowNanos, int atMost) {
        List<Entry<O, C>> taken = new ArrayList<>();
        lock.lock();
        try {
            for (int life = 0; life < byLife.size(); life++) {
                Chain<Entry<O, C>> chain = byLife.get(life);
                for (Entry<O, C> e = chain.first();
                        e != null && taken.size() < atMost && isAged(e, life, nowNanos);
                        e = chain.first()) {
                    visited++;
                    forget(e, CloseReason.AGED);
                    taken.add(e);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Looks at up to {@code atMost} of those that may have been idle for too long, and takes out those that were. */
    List<Entry<O, C>> takeIdle(long nowNanos, int atMost) {
        List<Entry<O, C>> taken = new ArrayList<>();
        lock.lock();
        try {
            int looks = 0;
            while (looks < atMost && mayBeIdle(nowNanos)) {
                Tick<O, C> tick = ticks.getFirst();
                Entry<O, C> e = tick.seen.first();
                if (e == null) {
                    ticks.removeFirst();
                    continue;
                }
                looks++;
                if (!movesOn(e, tick)) {
                    forget(e, CloseReason.IDLE);
                    taken.add(e);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean mayBeIdle(long nowNanos) {
        return idleNanos > 0 && ticks.getFirst().isLongerAgoThan(idleNanos, nowNanos);
    }

    private boolean isAged(@Nullable Entry<O, C> entry, int life, long nowNanos) {
        return entry != null && entry.born.isLongerAgoThan(ageNanos - ageNanos / SHORTENED_BY * life, nowNanos);
    }

    /** Whether {@link #takeAged} or {@link #takeIdle} have something left to look at. */
    boolean mayExpire(long nowNanos) {
        lock.lock();
        try {
            boolean aged = false;
            for (int life = 0; life < byLife.size(); life++) {
                aged |= isAged(byLife.get(life).first(), life, nowNanos);
            }
            return aged || mayBeIdle(nowNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Takes out up to {@code atMost}, the oldest first. */
    List<Entry<O, C>> takeOldest(int atMost, CloseReason reason) {
        List<Entry<O, C>> taken = new ArrayList<>();
        lock.lock();
        try {
            for (Entry<O, C> e = byAge.first(); e != null && taken.size() < atMost; e = byAge.first()) {
                forget(e, reason);
                taken.add(e);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody in from now on. */
    void refuse() {
        lock.lock();
        try {
            refusing = true;
        } finally {
            lock.unlock();
        }
    }

    List<Entry<O, C>> entries() {
        lock.lock();
        try {
            List<Entry<O, C>> all = new ArrayList<>(total);
            for (Entry<O, C> e = byAge.first(); e != null; e = byAge.after(e.byAge)) {
                all.add(e);
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    List<Entry<O, C>> entries(O owner) {
        lock.lock();
        try {
            List<Entry<O, C>> all = new ArrayList<>();
            Entry.Holding<O, C> holding = owners.get(owner);
            if (holding != null) {
                for (Entry<O, C> e = holding.entries.first(); e != null; e = holding.entries.after(e.byOwner)) {
                    all.add(e);
                }
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    RegistryStats<O> stats(int closing, long failedCloses, long failedSends, long droppedMessages) {
        lock.lock();
        try {
            Map<O, Integer> byOwner = new HashMap<>();
            owners.forEach((owner, holding) -> byOwner.put(owner, holding.count));
            return new RegistryStats<>(
                    total, byOwner, rejected, closed, closing, failedCloses, failedSends, droppedMessages);
        } finally {
            lock.unlock();
        }
    }

    int total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** How many entries expiry and eviction have looked at. */
    long visited() {
        lock.lock();
        try {
            return visited;
        } finally {
            lock.unlock();
        }
    }

    int ticks() {
        lock.lock();
        try {
            return ticks.size();
        } finally {
            lock.unlock();
        }
    }
}
