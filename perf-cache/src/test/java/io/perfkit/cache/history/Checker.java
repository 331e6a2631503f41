package io.perfkit.cache.history;

import io.perfkit.cache.history.Read.Tier;
import io.perfkit.cache.history.Value.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/**
 * Decides whether a read was allowed to return what it returned. Knows nothing of the cache but its freshness contract,
 * and sees nothing but calls, their results and instants of one monotonic clock, since all nodes run in one JVM.
 *
 * <p><b>What a read must not return.</b> A read R that returned the value V is a violation if there is a change C of the
 * key of V, or of one of its tags, such that V is <em>from before</em> C, and C <em>binds</em> R.
 *
 * <p><b>From before.</b> A loaded value is from before C if its load began before C was called. (A load that began while
 * C ran may have either order.) The value of a {@code put} P is from before C if P returned on the same node before C
 * was called, or P was acknowledged before C was called: until then, other nodes may see P happen at any moment, after C
 * as well as before. For a {@code put} that was called while an earlier {@code put} of another node was not yet
 * acknowledged, either may win.
 *
 * <p><b>Binding.</b> C binds R
 *
 * <ol>
 *   <li>if both were called on the same node, and C had returned before R was called (rule 1). Neither a fault nor a
 *       missing acknowledgement changes that;
 *   <li>if C was acknowledged before R was called, and R was answered by the shared tier (rule 2). Whatever happened to
 *       Redis in between: a Redis that forgot C has to forget V, too (rule 5);
 *   <li>if C was acknowledged before R was called, and the node had applied everything up to that acknowledgement
 *       (rule 3, order). The history knows by a canary: an invalidation of a key that is used only once. Events come in
 *       order, so a node that has seen the canary has applied all that was acknowledged before the canary was called;
 *   <li>if C was acknowledged longer than {@code maxStaleness} before R was called (rule 3, bound), with some tolerance
 *       for the cache's clock, which is a thread's that the scheduler may have put off.
 * </ol>
 *
 * <p>Otherwise R may return V, be it that C was still running, or that it had not come around: a local tier may lag
 * behind the acknowledgement by what rule 3 allows, and so may a call that joined a load on its node.
 *
 * <p>A stale value is judged as any other (rule 9): what was expired or outlived its ttl may be served, what was changed
 * may not. {@code expire} is therefore not a change. Where it stands in for a load that failed, it counts as read when
 * the load failed: what was changed meanwhile may not stand in. No read may return a value that is older than the longest load, the
 * longest hard life and the longest time that Redis can be late with a command (rule 4): lives are not stretched by being
 * copied between tiers.
 *
 * <p>An absence that was cached is judged as a value is. It says nothing of its origin, so it is taken for the youngest
 * one that was found for its key.
 *
 * <p><b>What is not judged.</b> A call may always load, and return what it loaded. Such reads are not counted as checked,
 * nor are those of keys that nothing bound so far.
 *
 * <p>Changes that bind everybody are forgotten when a later one of the same node does so too. A value from before the
 * earlier one is from before the later one, except for a {@code put} that was not acknowledged in between; there the
 * checker is too kind.
 */
final class Checker {

    enum Rule {
        SAME_NODE("rule 1: the change had returned on this node"),
        SHARED_TIER("rule 2: the change was acknowledged, and the shared tier answered"),
        APPLIED("rule 3: this node had applied later invalidations"),
        MAX_STALENESS("rule 3: the change was acknowledged longer than maxStaleness ago"),
        LIFE("rule 4: the value has outlived every ttl"),
        KEY("the value belongs to another key");

        private final String meaning;

        Rule(String meaning) {
            this.meaning = meaning;
        }

        String meaning() {
            return meaning;
        }
    }

    /** A read that was not allowed, the rule, and the change that forbade it, if it was one. */
    record Violation(Rule rule, Read read, Optional<Change> change) {}

    private static final int PRUNE_EVERY = 256;
    private static final Comparator<Change> BY_START =
            Comparator.comparingLong(Change::startedAt).thenComparingLong(Change::id);

    private final long maxStaleness;
    private final ToLongFunction<Value> longestLife;
    private final Map<String, ConcurrentNavigableMap<Change, Boolean>> byKey = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentNavigableMap<Change, Boolean>> byTag = new ConcurrentHashMap<>();
    private final Map<Long, Change> puts = new ConcurrentHashMap<>();
    private final LongAdder checked = new LongAdder();
    private final LongAdder checkedStale = new LongAdder();
    private final AtomicLongArray checkedByFault = new AtomicLongArray(Fault.values().length);
    private final AtomicLongArray checkedByTier = new AtomicLongArray(Tier.values().length);

    /**
     * A checker of an empty history.
     *
     * @param maxStaleness the bound of rule 3 with its tolerance, in nanoseconds
     * @param longestLife how long after the beginning of its load a value may be returned at most, in
     *     nanoseconds
     */
    Checker(long maxStaleness, ToLongFunction<Value> longestLife) {
        this.maxStaleness = maxStaleness;
        this.longestLife = longestLife;
    }

    /** Takes note of a change that is about to be called. */
    void begins(Change change) {
        if (change.kind() == Change.Kind.PUT) {
            puts.put(change.id(), change);
        }
        if (change.kind() == Change.Kind.TAG) {
            add(byTag, change.subject(), change);
        }
        for (String key : change.keys()) {
            add(byKey, key, change);
        }
    }

    private void add(Map<String, ConcurrentNavigableMap<Change, Boolean>> to, String name, Change change) {
        ConcurrentNavigableMap<Change, Boolean> changes =
                to.computeIfAbsent(name, n -> new ConcurrentSkipListMap<>(BY_START));
        changes.put(change, true);
        if (change.id() % PRUNE_EVERY == 0) {
            prune(changes, change.startedAt());
        }
    }

    private void prune(ConcurrentNavigableMap<Change, Boolean> changes, long now) {
        Set<Integer> later = new HashSet<>();
        for (Change change : changes.descendingKeySet()) {
            boolean bindsAll =
                    change.acknowledgedAt() != Change.NEVER && change.acknowledgedAt() + 4 * maxStaleness < now;
            if (bindsAll && !later.add(change.node())) {
                changes.remove(change);
            }
        }
    }

    /** Judges a read that has returned. */
    Optional<Violation> check(Read read) {
        Value value = read.value();
        if (!value.key().equals(read.key())) {
            return Optional.of(new Violation(Rule.KEY, read, Optional.empty()));
        }
        if (value.bornAt() >= read.startedAt()) {
            return Optional.empty();
        }
        if (read.startedAt() - value.bornAt() > longestLife.applyAsLong(value)) {
            return Optional.of(new Violation(Rule.LIFE, read, Optional.empty()));
        }
        boolean bound = false;
        for (ConcurrentNavigableMap<Change, Boolean> changes : concerning(value)) {
            for (Change change : changes.descendingKeySet()) {
                if (change.startedAt() >= read.startedAt()) {
                    continue;
                }
                Rule rule = bindingOf(change, read);
                bound |= rule != null;
                if (change.startedAt() <= value.bornAt()) {
                    break;
                }
                if (rule != null && isFromBefore(value, change)) {
                    return Optional.of(new Violation(rule, read, Optional.of(change)));
                }
            }
        }
        if (bound) {
            checked.increment();
            if (read.stale()) {
                checkedStale.increment();
            }
            read.faults().forEach(fault -> checkedByFault.incrementAndGet(fault.ordinal()));
            checkedByTier.incrementAndGet(read.tier().ordinal());
        }
        return Optional.empty();
    }

    private List<ConcurrentNavigableMap<Change, Boolean>> concerning(Value value) {
        List<ConcurrentNavigableMap<Change, Boolean>> all =
                new ArrayList<>(1 + value.tags().size());
        addPresent(all, byKey, value.key());
        for (String tag : value.tags()) {
            addPresent(all, byTag, tag);
        }
        return all;
    }

    private static void addPresent(
            List<ConcurrentNavigableMap<Change, Boolean>> to,
            Map<String, ConcurrentNavigableMap<Change, Boolean>> from,
            String name) {
        ConcurrentNavigableMap<Change, Boolean> changes = from.get(name);
        if (changes != null) {
            to.add(changes);
        }
    }

    /** Why the change binds the read, or null if it does not. */
    private Rule bindingOf(Change change, Read read) {
        long start = read.startedAt();
        if (change.node() == read.node() && change.returnedAt() < start) {
            return Rule.SAME_NODE;
        }
        long acknowledged = change.acknowledgedAt();
        if (acknowledged >= start) {
            return null;
        }
        if (read.tier() == Tier.SHARED) {
            return Rule.SHARED_TIER;
        }
        if (acknowledged < read.appliedUpTo()) {
            return Rule.APPLIED;
        }
        return start - acknowledged > maxStaleness ? Rule.MAX_STALENESS : null;
    }

    private boolean isFromBefore(Value value, Change change) {
        if (value.origin() == Origin.LOADED) {
            return value.bornAt() < change.startedAt();
        }
        Change put = puts.get(value.id());
        if (put == null || put == change) {
            return false;
        }
        return put.node() == change.node() && put.returnedAt() < change.startedAt()
                || put.acknowledgedAt() < change.startedAt();
    }

    /** How many reads were bound by something and allowed, while their node suffered from a fault. */
    long checked(Fault fault) {
        return checkedByFault.get(fault.ordinal());
    }

    /** How many reads were bound by something and allowed, by the tier that answered. */
    long checked(Tier tier) {
        return checkedByTier.get(tier.ordinal());
    }

    /** How many reads were bound by something and allowed, and of values past their ttl. */
    long checkedStale() {
        return checkedStale.sum();
    }

    /** How many reads were bound by something and allowed. */
    long checked() {
        return checked.sum();
    }

    /** The changes that a read of this value has to do with, in the order in which they were called. */
    List<Change> changesOf(Value value) {
        Set<Change> all = new HashSet<>();
        concerning(value).forEach(changes -> all.addAll(changes.keySet()));
        Change put = puts.get(value.id());
        if (value.origin() == Origin.PUT && put != null) {
            all.add(put);
        }
        return all.stream().sorted(BY_START).toList();
    }
}
