package io.perfkit.cache;

import org.jspecify.annotations.Nullable;

/**
 * What was invalidated by pattern, in the order of epochs: the answer to "was this key hit by anything later than
 * epoch e?" without touching a single entry when the pattern is invalidated.
 *
 * <p>A linked list, newest first, in which each tombstone has an epoch and a pattern. Its last node always matches
 * every key: it stands for all tombstones that were forgotten, with the highest of their epochs. Forgetting therefore
 * kills too much, never too little. {@link #clear} replaces the whole list by such a node.
 *
 * <p>Readers take no lock: they read the head, whose epoch is the list's epoch, and walk towards older nodes until
 * they reach an epoch that their entry has already been checked against. Writers hold the list's lock. Publishing the
 * head is the moment at which an invalidation takes effect.
 *
 * <p>One such list per region counts the epochs of this node's local tier; another holds the epochs that Redis issues,
 * for entries read from there.
 */
final class TombstoneList {

    private static final class Tombstone {

        final long epoch;
        /** Null matches every key. */
        final @Nullable Glob glob;

        volatile @Nullable Tombstone older;

        Tombstone(long epoch, @Nullable Glob glob, @Nullable Tombstone older) {
            this.epoch = epoch;
            this.glob = glob;
            this.older = older;
        }

        boolean matches(String key) {
            return glob == null || glob.matches(key);
        }
    }

    private final int limit;
    private volatile Tombstone newest;
    private int size;

    /**
     * @param limit past it, the older half is forgotten
     * @param floor the epoch to begin at: whatever is older counts as invalidated
     */
    TombstoneList(int limit, long floor) {
        this.limit = limit;
        this.newest = new Tombstone(floor, null, null);
    }

    long epoch() {
        return newest.epoch;
    }

    /** Tombstones held, for deciding when to compact. */
    synchronized int size() {
        return size;
    }

    /** Invalidates what matches, under the next epoch. */
    synchronized long add(Glob glob) {
        long epoch = newest.epoch + 1;
        add(glob, epoch);
        return epoch;
    }

    /** Invalidates what matches, under an epoch issued elsewhere and higher than all before. */
    synchronized void add(Glob glob, long epoch) {
        Tombstone head = newest;
        if (head.glob != null && glob.pattern().equals(head.glob.pattern())) {
            // The same pattern again: the later epoch covers the earlier one.
            newest = new Tombstone(epoch, glob, head.older);
            return;
        }
        newest = new Tombstone(epoch, glob, head);
        if (++size > limit) {
            forgetOlderHalf();
        }
    }

    /** Invalidates everything, under the next epoch. */
    synchronized long clear() {
        long epoch = newest.epoch + 1;
        clear(epoch);
        return epoch;
    }

    synchronized void clear(long epoch) {
        newest = new Tombstone(epoch, null, null);
        size = 0;
    }

    /** Whether a tombstone later than this epoch matches the key. O(tombstones later than the epoch). */
    boolean kills(String key, long since) {
        Tombstone t = newest;
        while (t != null && t.epoch > since) {
            if (t.matches(key)) {
                return true;
            }
            t = t.older;
        }
        return false;
    }

    /** Forgets the tombstones up to this epoch; whatever has not been checked against them counts as invalidated. */
    synchronized void forgetUpTo(long epoch) {
        if (newest.epoch <= epoch) {
            if (newest.glob != null) {
                newest = new Tombstone(newest.epoch, null, null);
            }
            size = 0;
            return;
        }
        Tombstone kept = newest;
        int count = kept.glob == null ? 0 : 1;
        Tombstone next = kept.older;
        while (next != null && next.epoch > epoch) {
            kept = next;
            count += kept.glob == null ? 0 : 1;
            next = kept.older;
        }
        if (next != null) {
            kept.older = new Tombstone(next.epoch, null, null);
        }
        size = count;
    }

    private void forgetOlderHalf() {
        Tombstone t = newest;
        for (int i = 1; i < limit / 2 && t.older != null; i++) {
            t = t.older;
        }
        forgetUpTo(t.epoch - 1);
    }
}
