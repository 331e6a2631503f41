package io.perfkit.cache;

import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The invalidations that this node owes to the shared tier. While one is in here, it hides the matching shared entries
 * from this node, so that its effect here does not depend on Redis.
 *
 * <p>An invalidation of a key leaves when it is acknowledged: the entry is gone then. Any other stays until the log has
 * brought it back as an event, because only then do the {@link RegionLog}'s tombstones contain it; meanwhile it
 * hides only entries of an epoch before its own.
 *
 * <p>Beyond {@code most} unacknowledged ones, all of them become a single invalidation of everything, whose
 * acknowledgement is theirs. Reading takes no lock.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class Outbox {

    static final class Item {

        final Kind kind;
        final String subject;
        final @Nullable Glob glob;
        final CompletableFuture<Long> acknowledgement = new CompletableFuture<>();
        /** Set by whoever sends it, so that the background thread does not send it a second time meanwhile. */
        volatile boolean inFlight;

        private volatile @Nullable Head acknowledged;

        Item(Kind kind, String subject, @Nullable Glob glob) {
            this.kind = kind;
            this.subject = subject;
            this.glob = glob;
        }

        /** Of a pattern, tag or everything, it stays a tombstone once it was acknowledged; of a key, nothing stays. */
        boolean isOfOneKey() {
            return kind == Kind.KEY || kind == Kind.EXPIRE_KEY;
        }

        private boolean kills(String key, List<String> tags) {
            return switch (kind) {
                case KEY -> subject.equals(key);
                case PATTERN -> glob != null && glob.matches(key);
                case TAG -> tags.contains(subject);
                case EVERYTHING -> true;
                case EXPIRE_KEY, EXPIRE_PATTERN -> false;
            };
        }

        private boolean makesDue(String key) {
            return switch (kind) {
                case EXPIRE_KEY -> subject.equals(key);
                case EXPIRE_PATTERN -> glob != null && glob.matches(key);
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

    private final int most;
    private volatile List<Item> items = List.of();

    Outbox(int most) {
        this.most = most;
    }

    /** Adds an invalidation; false if that made all of them one of everything, which nobody has sent yet. */
    synchronized boolean add(Item item) {
        List<Item> owed = new ArrayList<>(items.size() + 1);
        owed.addAll(items);
        if (unacknowledged() < most) {
            owed.add(item);
            items = List.copyOf(owed);
            return true;
        }
        Item everything = new Item(Kind.EVERYTHING, "", null);
        owed.add(item);
        for (Item each : owed) {
            everything.acknowledgement.whenComplete((epoch, failure) -> {
                if (failure == null) {
                    each.acknowledgement.complete(epoch);
                } else {
                    each.acknowledgement.completeExceptionally(failure);
                }
            });
        }
        items = List.of(everything);
        return false;
    }

    /** Whether nobody on this node may read or fill the shared entry of the key now. */
    boolean hides(String key) {
        for (Item item : items) {
            if (item.acknowledged == null && item.kills(key, List.of())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a shared entry of this epoch, with these tags, may not be served on this node. */
    boolean hides(String key, List<String> tags, long epoch) {
        for (Item item : items) {
            if (item.concerns(epoch) && item.kills(key, tags)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a shared entry of this epoch is due for a reload on this node. */
    boolean makesDue(String key, long epoch) {
        for (Item item : items) {
            if (item.concerns(epoch) && item.makesDue(key)) {
                return true;
            }
        }
        return false;
    }

    synchronized void acknowledged(Item item, Head head, @Nullable Position position) {
        item.acknowledged = head;
        settle(position);
        if (item.isOfOneKey()) {
            items = items.stream().filter(i -> i != item).toList();
        }
        item.acknowledgement.complete(head.epoch());
    }

    /** Lets go of what the log has brought back up to this position. */
    synchronized void settle(@Nullable Position position) {
        if (position == null || items.isEmpty()) {
            return;
        }
        items = items.stream().filter(i -> !settled(i, position)).toList();
    }

    private static boolean settled(Item item, Position position) {
        Head head = item.acknowledged;
        // Another incarnation makes every entry that it could hide unreadable anyway.
        return head != null && (head.incarnation() != position.incarnation() || head.epoch() <= position.epoch());
    }

    /** Those that nobody is sending. */
    List<Item> idle() {
        return items.stream().filter(i -> !i.inFlight && !i.isAcknowledged()).toList();
    }

    long unacknowledged() {
        return items.stream().filter(i -> !i.isAcknowledged()).count();
    }

    synchronized void close(CacheException reason) {
        items.forEach(i -> i.acknowledgement.completeExceptionally(reason));
    }
}
