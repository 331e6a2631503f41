package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.internal.Futures;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The invalidations of this node that wait for the acknowledgement of the shared tier. While one is in here, it hides the matching shared entries
 * from this node, so that its effect here does not depend on Redis.
 *
 * <p>An invalidation of a key leaves when it is acknowledged: the entry is gone then. Any other stays until the log has
 * brought it back as an event, because only then do the {@link LogPosition}'s tombstones contain it; meanwhile it
 * hides only entries of an epoch before its own.
 *
 * <p>Beyond {@code maximum} of them, all of them become a single invalidation of everything, whose
 * acknowledgement is theirs. One of a single key does not count before the first attempt to send it has failed, so that
 * a call for many keys stays what it is while Redis answers. Reading takes no lock and costs the same however many keys
 * are in here.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class PendingInvalidations {

    static final class Item {

        final Kind kind;
        final String subject;
        final @Nullable Glob glob;
        final CompletableFuture<Long> acknowledgement = new CompletableFuture<>();
        /** Set by the thread that sends it, so that the background thread does not send it a second time meanwhile. */
        volatile boolean inFlight;

        private volatile @Nullable Head acknowledged;
        /** Whether the bound counts it; guarded by the lock of the whole. */
        private boolean counted;

        Item(Kind kind, String subject, @Nullable Glob glob) {
            this.kind = kind;
            this.subject = subject;
            this.glob = glob;
        }

        /** Of a pattern, tag or everything, it stays a tombstone once it was acknowledged; of a key, nothing stays. */
        boolean isOfOneKey() {
            return kind == Kind.KEY || kind == Kind.DUE_KEY;
        }

        private boolean kills(String key, List<String> tags) {
            return switch (kind) {
                case KEY -> subject.equals(key);
                case PATTERN -> glob != null && glob.matches(key);
                case TAG -> tags.contains(subject);
                case EVERYTHING -> true;
                case DUE_KEY, DUE_PATTERN -> false;
            };
        }

        private boolean makesDue(String key) {
            return switch (kind) {
                case DUE_KEY -> subject.equals(key);
                case DUE_PATTERN -> glob != null && glob.matches(key);
                case KEY, PATTERN, TAG, EVERYTHING -> false;
            };
        }

        /** Whether it is still to be respected by who reads a shared entry of this epoch. */
        private boolean concerns(long epoch) {
            Head head = acknowledged;
            return head == null || epoch < head.epoch();
        }

        boolean isAcknowledged() {
            return acknowledged != null;
        }
    }

    private final int maximum;
    /** Those of one key, by the key. */
    private final Map<String, List<Item>> ofKeys = new ConcurrentHashMap<>();
    /** The unacknowledged, in the order in which they came; guarded by this. */
    private final Set<Item> pending = new LinkedHashSet<>();
    /** How many of these the bound counts; guarded by this. */
    private int counted;
    /** All that are not of one key. */
    private volatile List<Item> others = List.of();

    PendingInvalidations(int maximum) {
        this.maximum = maximum;
    }

    /** Adds an invalidation; false if that made all of them one of everything, which was not sent yet. */
    synchronized boolean add(Item item) {
        // One of a key hides no more than that and is found by it: while it is on its way, it costs nothing.
        if (!(item.isOfOneKey() && item.inFlight) && !count(item)) {
            becomeOne(item);
            return false;
        }
        pending.add(item);
        if (item.isOfOneKey()) {
            ofKeys.merge(item.subject, List.of(item), PendingInvalidations::both);
        } else {
            others = both(others, List.of(item));
        }
        return true;
    }

    /** It is no longer being sent, and was not acknowledged; false as with {@link #add}. */
    synchronized boolean notSent(Item item) {
        item.inFlight = false;
        if (!pending.contains(item) || count(item)) {
            return true;
        }
        becomeOne(item);
        return false;
    }

    private boolean count(Item item) {
        if (item.counted) {
            return true;
        }
        if (counted >= maximum) {
            return false;
        }
        item.counted = true;
        counted++;
        return true;
    }

    private void becomeOne(Item last) {
        Item everything = new Item(Kind.EVERYTHING, "", null);
        pending.add(last);
        for (Item each : pending) {
            Futures.forward(everything.acknowledgement, each.acknowledgement);
        }
        // Before the keys go: who looks at them first and then here always finds one or the other.
        others = List.of(everything);
        ofKeys.clear();
        pending.clear();
        pending.add(everything);
        everything.counted = true;
        counted = 1;
    }

    private static List<Item> both(List<Item> some, List<Item> more) {
        List<Item> all = new ArrayList<>(some.size() + more.size());
        all.addAll(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** Whether no call on this node may read or fill the shared entry of the key now. */
    boolean hides(String key) {
        for (Item item : ofKeys.getOrDefault(key, List.of())) {
            if (!item.isAcknowledged() && item.kills(key, List.of())) {
                return true;
            }
        }
        for (Item item : others) {
            if (!item.isAcknowledged() && item.kills(key, List.of())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a shared entry of this epoch, with these tags, may not be served on this node. */
    boolean hides(String key, List<String> tags, long epoch) {
        for (Item item : ofKeys.getOrDefault(key, List.of())) {
            if (item.concerns(epoch) && item.kills(key, tags)) {
                return true;
            }
        }
        for (Item item : others) {
            if (item.concerns(epoch) && item.kills(key, tags)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a shared entry of this epoch is due for a reload on this node. */
    boolean makesDue(String key, long epoch) {
        for (Item item : ofKeys.getOrDefault(key, List.of())) {
            if (item.concerns(epoch) && item.makesDue(key)) {
                return true;
            }
        }
        for (Item item : others) {
            if (item.concerns(epoch) && item.makesDue(key)) {
                return true;
            }
        }
        return false;
    }

    void acknowledged(Item item, Head head, @Nullable Position position) {
        synchronized (this) {
            item.acknowledged = head;
            if (pending.remove(item) && item.counted) {
                counted--;
            }
            if (item.isOfOneKey()) {
                ofKeys.computeIfPresent(item.subject, (key, items) -> without(items, item));
            }
            forget(position);
        }
        item.acknowledgement.complete(head.epoch());
    }

    private static @Nullable List<Item> without(List<Item> items, Item item) {
        List<Item> left = items.stream().filter(i -> i != item).toList();
        return left.isEmpty() ? null : left;
    }

    /** Forgets what the log has brought back up to this position. */
    synchronized void forget(@Nullable Position position) {
        if (position == null || others.isEmpty()) {
            return;
        }
        others = others.stream().filter(i -> !isBroughtBack(i, position)).toList();
    }

    private static boolean isBroughtBack(Item item, Position position) {
        Head head = item.acknowledged;
        // Another incarnation makes every entry that it could hide unreadable anyway.
        return head != null && (head.incarnation() != position.incarnation() || head.epoch() <= position.epoch());
    }

    /** Those that are not being sent. */
    synchronized List<Item> idle() {
        return pending.stream().filter(i -> !i.inFlight).toList();
    }

    /** The acknowledgements that are still to come. */
    synchronized List<CompletableFuture<Long>> unacknowledged() {
        return pending.stream().map(i -> i.acknowledgement).toList();
    }

    synchronized long size() {
        return pending.size();
    }

    void close(CacheException reason) {
        List<Item> left;
        synchronized (this) {
            left = List.copyOf(pending);
        }
        left.forEach(i -> i.acknowledgement.completeExceptionally(reason));
    }
}
