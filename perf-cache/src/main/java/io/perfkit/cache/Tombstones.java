package io.perfkit.cache;

import java.util.List;

/**
 * What was invalidated by pattern, by tag or altogether, and when, in the order of epochs: the answer to "was this key
 * hit by anything later than epoch e?" without touching a single entry when something is invalidated.
 *
 * <p><b>Cost.</b> Patterns are found by their literal prefix, tags by their name, both in a {@link PrefixTree}. A
 * reader pays for the length of its key, however many tombstones there are; only patterns that go on behind their
 * prefix ({@code a*b}) are tried one by one, the latest first and none that the reader knew already.
 *
 * <p><b>Forgetting</b> kills too much, never too little. The floor is the latest epoch of all that was forgotten, and
 * whatever is older than the floor counts as hit. Past the limit the oldest tombstone is forgotten first.
 * Tombstones that only make a value due for a reload have a floor of their own: forgetting them makes more values due,
 * but kills none.
 *
 * <p><b>Threads.</b> Everything is one immutable {@link State}. Writers hold the lock, derive the next state and publish
 * it in one volatile write, which is the moment at which an invalidation takes effect. A reader takes the state once
 * and asks it alone, so it needs no lock and cannot see a tombstone gone and the floor not yet risen. A thread that read
 * {@link #epoch} and asks about a key afterwards asks this state or a later one: what it then notes as checked up to
 * that epoch has been. A reader allocates nothing if its key and tags are ASCII.
 *
 * <p>One of these per region counts the epochs of this node's local tier; another holds the epochs that Redis issues,
 * for entries read from there.
 */
final class Tombstones {

    /**
     * All there is at one moment.
     *
     * @param epoch the latest of all, also of those forgotten
     * @param floor whatever is older counts as killed
     * @param dueFloor whatever is older counts as due
     */
    private record State(long epoch, long floor, long dueFloor, PrefixTree dead, PrefixTree due, PrefixTree tags) {

        int size() {
            return dead.size() + due.size() + tags.size();
        }

        State withDead(PrefixTree tree, long added) {
            return new State(Math.max(epoch, added), floor, dueFloor, tree, due, tags);
        }

        State withDue(PrefixTree tree, long added) {
            return new State(Math.max(epoch, added), floor, dueFloor, dead, tree, tags);
        }

        State withTags(PrefixTree tree, long added) {
            return new State(Math.max(epoch, added), floor, dueFloor, dead, due, tree);
        }

        State withoutUpTo(long e) {
            return new State(
                    epoch,
                    Math.max(floor, Math.max(dead.newestUpTo(e), tags.newestUpTo(e))),
                    Math.max(dueFloor, due.newestUpTo(e)),
                    dead.withoutUpTo(e),
                    due.withoutUpTo(e),
                    tags.withoutUpTo(e));
        }

        State withoutOldest() {
            return withoutUpTo(Math.min(dead.oldest(), Math.min(due.oldest(), tags.oldest())));
        }
    }

    private final int limit;
    private volatile State state;

    /**
     * @param limit so many are kept
     * @param floor the epoch to begin at: whatever is older counts as invalidated
     */
    Tombstones(int limit, long floor) {
        this.limit = limit;
        this.state = new State(floor, floor, floor, PrefixTree.EMPTY, PrefixTree.EMPTY, PrefixTree.EMPTY);
    }

    /** The latest epoch. */
    long epoch() {
        return state.epoch;
    }

    /** Tombstones held, for deciding when to sweep. */
    int size() {
        return state.size();
    }

    /** Kills what matches, under the next epoch. */
    synchronized long add(Glob glob) {
        long epoch = state.epoch + 1;
        add(glob, epoch);
        return epoch;
    }

    /** Kills what matches, under an epoch issued elsewhere. */
    synchronized void add(Glob glob, long epoch) {
        State s = state;
        publish(s.withDead(s.dead.with(glob, epoch), epoch));
    }

    /** Makes due for a reload what matches, under the next epoch; it stays usable as stale. */
    synchronized long addDue(Glob glob) {
        long epoch = state.epoch + 1;
        addDue(glob, epoch);
        return epoch;
    }

    /** Makes due for a reload what matches, under an epoch issued elsewhere. */
    synchronized void addDue(Glob glob, long epoch) {
        State s = state;
        publish(s.withDue(s.due.with(glob, epoch), epoch));
    }

    /** Kills what has the tag, under the next epoch. */
    synchronized long addTag(String tag) {
        long epoch = state.epoch + 1;
        addTag(tag, epoch);
        return epoch;
    }

    /** Kills what has the tag, under an epoch issued elsewhere. */
    synchronized void addTag(String tag, long epoch) {
        State s = state;
        publish(s.withTags(s.tags.with(Glob.bytes(tag), epoch), epoch));
    }

    /** Kills everything, under the next epoch. */
    synchronized long clear() {
        long epoch = state.epoch + 1;
        clear(epoch);
        return epoch;
    }

    /** Kills everything older than an epoch that was issued elsewhere. */
    synchronized void clear(long epoch) {
        State s = state;
        State kept = s.withoutUpTo(epoch);
        state = new State(
                Math.max(s.epoch, epoch), Math.max(s.floor, epoch), s.dueFloor, kept.dead, kept.due, kept.tags);
    }

    /** Whether a tombstone later than this epoch kills a value of this key with these tags. */
    boolean kills(String key, List<String> tags, long since) {
        State s = state;
        return s.floor > since || hits(s.dead, key, since) || hitsTag(s, tags, since);
    }

    /**
     * Whether a load that began at this epoch is cut off. Its tags are not known yet, so any tag's invalidation counts.
     * So do those that make due: what was being loaded when its key became due is not a reload.
     */
    boolean killsLoad(String key, long since) {
        State s = state;
        if (s.floor > since || s.dueFloor > since || s.tags.newest() > since) {
            return true;
        }
        return hits(s.dead, key, since) || hits(s.due, key, since);
    }

    /** Whether a tombstone later than this epoch makes a value of this key due for a reload. */
    boolean makesDue(String key, long since) {
        State s = state;
        return s.dueFloor > since || hits(s.due, key, since);
    }

    /** Forgets the tombstones up to this epoch; whatever has not been checked against them counts as hit. */
    synchronized void forgetUpTo(long epoch) {
        state = state.withoutUpTo(epoch);
    }

    /** Most often nothing is later, and then the key's bytes are not looked at. */
    private static boolean hits(PrefixTree tree, String key, long since) {
        return tree.newest() > since && tree.hits(Glob.bytes(key), since);
    }

    private static boolean hitsTag(State s, List<String> tags, long since) {
        if (s.tags.newest() > since) {
            for (int i = 0; i < tags.size(); i++) {
                if (s.tags.at(Glob.bytes(tags.get(i))) > since) {
                    return true;
                }
            }
        }
        return false;
    }

    private void publish(State next) {
        State s = next;
        while (s.size() > limit) {
            s = s.withoutOldest();
        }
        state = s;
    }
}
