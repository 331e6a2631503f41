package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A put that was issued in a transaction or deferral and takes effect at its end. By then, another transaction may have
 * committed a newer value and invalidated; so the value is stored only if nothing else has changed the key since the put
 * was issued, on any node. Otherwise the put is an invalidation.
 */
final class DelayedPut {

    private final LocalTier<?> local;
    private final PrivateLoad issued;
    private @Nullable OwnChanges own;
    private boolean overtaken;
    private long epoch;

    DelayedPut(LocalTier<?> local, String key) {
        local.countChanges();
        this.local = local;
        // The stamp first: a change between the two is counted as later than both.
        int stamp = local.changesOf(key);
        this.issued = new PrivateLoad(key, local.epoch(), stamp, 0);
    }

    /**
     * To be called before the commit's first change takes effect: what has met the key until now came from elsewhere.
     */
    synchronized void judge(OwnChanges changes) {
        epoch = changes.epoch();
        overtaken = !local.isUnchanged(issued, List.of());
        own = changes;
    }

    /** Puts the value into the local tier, or invalidates the key there. */
    synchronized <V> void apply(LocalTier<V> tier, Entry<V> entry) {
        OwnChanges changes = own;
        if (changes == null) {
            changes = new OwnChanges(tier);
            judge(changes);
        }
        epoch = changes.epoch();
        if (overtaken || !tier.putIfUnchanged(since(changes), entry)) {
            overtaken = true;
            tier.invalidate(issued.key());
        }
        changes.applied(Kind.KEY, issued.key());
    }

    /** Whether still nothing else has changed the key, after {@link #apply}. */
    synchronized boolean isUnchanged() {
        OwnChanges changes = own;
        return !overtaken && changes != null && local.isUnchanged(since(changes), List.of());
    }

    private PrivateLoad since(OwnChanges changes) {
        return new PrivateLoad(issued.key(), epoch, issued.stamp() + changes.of(issued.key()), 0);
    }
}
