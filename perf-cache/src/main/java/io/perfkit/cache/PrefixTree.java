package io.perfkit.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Epochs by pattern or by exact name, found in O(length of the key). Immutable: every change returns another tree that
 * shares all nodes but those on the way to the change.
 *
 * <p>A radix tree over the literal prefixes of patterns, in UTF-8 bytes, one character each, as {@link Glob#bytes}
 * makes them: a prefix may end within a character of the key, as it may in Redis. The way from the root to a node spells
 * a prefix. The node holds the epoch of the pattern that is this prefix and a star, and a list of all other patterns
 * that begin with exactly this prefix. A tree of names uses the epochs alone.
 *
 * <p>Each node knows the newest and the oldest epoch below it. A reader leaves where nothing is newer than what it has
 * seen, forgetting goes only where something is old.
 */
final class PrefixTree {

    /** Older than any epoch. */
    private static final long NONE = Long.MIN_VALUE;

    private static final Other[] NO_OTHERS = {};
    private static final PrefixTree[] NO_CHILDREN = {};

    static final PrefixTree EMPTY = new PrefixTree("", NONE, NO_OTHERS, NO_CHILDREN);

    /** A pattern that its prefix alone does not decide. */
    private record Other(Glob glob, long epoch) {}

    /** What leads here from the parent; empty at the root only. */
    private final String label;

    private final long epoch;
    /** The newest first. */
    private final Other[] others;

    private final PrefixTree[] children;
    /** The first character of each child's label, in the same order. */
    private final String firsts;

    private final long newest;
    private final long oldest;
    private final int size;

    private PrefixTree(String label, long epoch, Other[] others, PrefixTree[] children) {
        this.label = label;
        this.epoch = epoch;
        this.others = others;
        this.children = children;
        StringBuilder first = new StringBuilder(children.length);
        long newestBelow = epoch;
        long oldestBelow = epoch == NONE ? Long.MAX_VALUE : epoch;
        int below = epoch == NONE ? 0 : 1;
        if (others.length > 0) {
            newestBelow = Math.max(newestBelow, others[0].epoch);
            oldestBelow = Math.min(oldestBelow, others[others.length - 1].epoch);
            below += others.length;
        }
        for (PrefixTree child : children) {
            first.append(child.label.charAt(0));
            newestBelow = Math.max(newestBelow, child.newest);
            oldestBelow = Math.min(oldestBelow, child.oldest);
            below += child.size;
        }
        this.firsts = first.toString();
        this.newest = newestBelow;
        this.oldest = oldestBelow;
        this.size = below;
    }

    int size() {
        return size;
    }

    /** The latest epoch; less than any if the tree is empty. */
    long newest() {
        return newest;
    }

    /** The earliest epoch; more than any if the tree is empty. */
    long oldest() {
        return oldest;
    }

    /** The latest epoch that is not after this one; less than any if there is none. */
    long newestUpTo(long bound) {
        if (newest <= bound || oldest > bound) {
            return newest <= bound ? newest : NONE;
        }
        long result = epoch <= bound ? epoch : NONE;
        for (Other other : others) {
            result = other.epoch <= bound ? Math.max(result, other.epoch) : result;
        }
        for (PrefixTree child : children) {
            result = Math.max(result, child.newestUpTo(bound));
        }
        return result;
    }

    /** Whether a pattern with a later epoch matches these bytes. */
    boolean hits(String bytes, long since) {
        PrefixTree node = this;
        int at = 0;
        while (node.newest > since) {
            if (node.epoch > since || node.hitsOther(bytes, since)) {
                return true;
            }
            int child = at < bytes.length() ? node.firsts.indexOf(bytes.charAt(at)) : -1;
            if (child < 0) {
                return false;
            }
            node = node.children[child];
            if (!bytes.startsWith(node.label, at)) {
                return false;
            }
            at += node.label.length();
        }
        return false;
    }

    private boolean hitsOther(String bytes, long since) {
        for (int i = 0; i < others.length && others[i].epoch > since; i++) {
            if (others[i].glob.matchesBytes(bytes)) {
                return true;
            }
        }
        return false;
    }

    /** The epoch of exactly this name; less than any if it has none. */
    long at(String name) {
        PrefixTree node = this;
        int at = 0;
        while (at < name.length()) {
            int child = node.firsts.indexOf(name.charAt(at));
            if (child < 0 || !name.startsWith(node.children[child].label, at)) {
                return NONE;
            }
            node = node.children[child];
            at += node.label.length();
        }
        return node.epoch;
    }

    /** With this pattern; one that is there already has the later of both epochs. */
    PrefixTree with(Glob glob, long added) {
        return with(glob.prefix(), glob.isPrefix() ? null : glob, added);
    }

    /** With this name; one that is there already has the later of both epochs. */
    PrefixTree with(String name, long added) {
        return with(name, null, added);
    }

    private PrefixTree with(String rest, @Nullable Glob other, long added) {
        if (rest.isEmpty()) {
            return other == null
                    ? new PrefixTree(label, Math.max(epoch, added), others, children)
                    : new PrefixTree(label, epoch, with(others, other, added), children);
        }
        int i = firsts.indexOf(rest.charAt(0));
        if (i < 0) {
            PrefixTree leaf = new PrefixTree(rest, NONE, NO_OTHERS, NO_CHILDREN).with("", other, added);
            PrefixTree[] more = Arrays.copyOf(children, children.length + 1);
            more[children.length] = leaf;
            return new PrefixTree(label, epoch, others, more);
        }
        PrefixTree child = children[i];
        int common = 1;
        while (common < rest.length()
                && common < child.label.length()
                && rest.charAt(common) == child.label.charAt(common)) {
            common++;
        }
        if (common < child.label.length()) {
            PrefixTree lower = child.labelled(child.label.substring(common));
            child = new PrefixTree(child.label.substring(0, common), NONE, NO_OTHERS, new PrefixTree[] {lower});
        }
        PrefixTree[] changed = children.clone();
        changed[i] = child.with(rest.substring(common), other, added);
        return new PrefixTree(label, epoch, others, changed);
    }

    private static Other[] with(Other[] others, Glob glob, long added) {
        List<Other> result = new ArrayList<>(others.length + 1);
        long latest = added;
        for (Other other : others) {
            if (other.glob.pattern().equals(glob.pattern())) {
                latest = Math.max(latest, other.epoch);
            } else {
                result.add(other);
            }
        }
        int place = 0;
        while (place < result.size() && result.get(place).epoch > latest) {
            place++;
        }
        result.add(place, new Other(glob, latest));
        return result.toArray(NO_OTHERS);
    }

    /** Without anything that is not later than this epoch. */
    PrefixTree withoutUpTo(long bound) {
        PrefixTree result = later(bound);
        return result == null ? EMPTY : result;
    }

    private @Nullable PrefixTree later(long bound) {
        if (oldest > bound) {
            return this;
        }
        if (newest <= bound) {
            return null;
        }
        List<PrefixTree> left = new ArrayList<>(children.length);
        for (PrefixTree child : children) {
            PrefixTree kept = child.later(bound);
            if (kept != null) {
                left.add(kept);
            }
        }
        int count = others.length;
        while (count > 0 && others[count - 1].epoch <= bound) {
            count--;
        }
        long own = epoch > bound ? epoch : NONE;
        if (own == NONE && count == 0 && left.size() == 1 && !label.isEmpty()) {
            PrefixTree only = left.get(0);
            return only.labelled(label + only.label);
        }
        return new PrefixTree(label, own, Arrays.copyOf(others, count), left.toArray(NO_CHILDREN));
    }

    private PrefixTree labelled(String other) {
        return new PrefixTree(other, epoch, others, children);
    }
}
