package io.perfkit.cache;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a call may use of the local tier: which entries answer it, with or without a thought of the next value, and which
 * load in progress it may wait for.
 */
final class LocalReads<V> {

    /** What a local entry means for a call. */
    enum Answer {
        /** It must not be served. */
        NONE,
        /** It is the answer. */
        SERVED,
        /** It is the answer, and the next value is to be loaded in the background. */
        SERVED_AND_REFRESHED
    }

    private final CoarseClock clock;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Counters counters;
    private final Lifetimes lifetimes;

    LocalReads(RegionParts<V> parts, Lifetimes lifetimes) {
        this.clock = parts.clock();
        this.local = parts.local();
        this.shared = parts.shared();
        this.counters = parts.counters();
        this.lifetimes = lifetimes;
    }

    /**
     * The way of every hit: the entry, where it is to be served without a second thought, which counts as a hit. Null
     * where there is none, or where {@link #usable} and {@link #answer} have to say what is to be done. Allocates nothing,
     * and asks for nothing twice: it is what a cache is for.
     */
    @Nullable
    Entry<V> hit(String key) {
        Entry<V> entry = local.peek(Objects.requireNonNull(key, "key"));
        if (entry == null) {
            return null;
        }
        long now = now();
        if (now >= entry.plainUntil || !isTrusted(now) || local.live(key, entry) != entry) {
            return null;
        }
        counters.localHit(key);
        return entry;
    }

    /** The local entry, if it may be used at all: fresh, stale, or only where loading fails. */
    @Nullable
    Entry<V> usable(String key) {
        Entry<V> entry = local.peek(Objects.requireNonNull(key, "key"));
        return entry != null && isUsable(entry) ? local.live(key, entry) : null;
    }

    /** What may be served while a load takes too long: the local entry, or what the load has found meanwhile. */
    @Nullable
    Entry<V> standIn(String key) {
        Entry<V> entry = usable(key);
        if (entry != null) {
            return entry;
        }
        Entry<V> found = local.fallback(key);
        return found != null && isUsable(found) ? found : null;
    }

    /** Whether an entry may still be used by its time; whether something has met it is asked elsewhere. */
    boolean isUsable(Entry<V> entry) {
        long now = now();
        return now < entry.usableUntil() && isTrusted(now);
    }

    /** What the entry, which is usable, means for a call. If it is the answer, that counts as a hit. */
    Answer answer(String key, Entry<V> entry) {
        long now = clock.nanos();
        if (now < entry.freshUntil()) {
            counters.localHit(key);
            return lifetimes.refreshesAhead(entry, now) ? Answer.SERVED_AND_REFRESHED : Answer.SERVED;
        }
        long retryAt = entry.retryAt();
        if (now < entry.staleUntil() || now < retryAt) {
            counters.staleHit(key);
            return now >= retryAt ? Answer.SERVED_AND_REFRESHED : Answer.SERVED;
        }
        return Answer.NONE;
    }

    /** Whether the entry, which is usable, may be served without loading. */
    boolean isServable(Entry<V> entry) {
        long now = clock.nanos();
        return now < entry.freshUntil() || now < entry.staleUntil() || now < entry.retryAt();
    }

    /** Whether the call that was answered with an entry sets off the load of the next one. */
    boolean isToRefresh(Entry<V> entry) {
        long now = clock.nanos();
        return now < entry.freshUntil() ? lifetimes.refreshesAhead(entry, now) : now >= entry.retryAt();
    }

    /** The flight that brings the key's value: to be led by who claims it, waited for by all others. */
    Flight<V> join(String key) {
        return join(newFlight(key));
    }

    /** The same for a flight of the caller's, which it is if nobody has begun one. */
    Flight<V> join(Flight<V> mine) {
        return local.join(mine, joinableSince());
    }

    Flight<V> newFlight(String key) {
        return local.newFlight(key);
    }

    /** A new flight that replaces an entry, or null if somebody loads the key already. */
    @Nullable
    Flight<V> joinRefresh(String key, Entry<V> replaced) {
        Flight<V> flight = local.newRefresh(key, replaced);
        return !local.isLoading(key) && join(flight) == flight ? flight : null;
    }

    /** The flight that is under way for a key, if there is one. */
    @Nullable
    Flight<V> underWay(String key) {
        return local.flight(key);
    }

    /**
     * Since when a load may have begun whose value a call may wait for. A node that is cut off from the others hears of
     * no invalidation that would detach its loads, so it joins only those that are young enough.
     */
    private long joinableSince() {
        if (shared == null) {
            return Long.MIN_VALUE;
        }
        long now = now();
        return isTrusted(now) ? Long.MIN_VALUE : now - shared.maxStaleness();
    }

    /**
     * The time by which a local entry is judged. Where the region is shared, it is the system's own: a process that was
     * stopped and goes on reads a field of the coarse clock from before, until that one's thread has run.
     */
    long now() {
        return shared == null ? clock.nanos() : clock.preciseNanos();
    }

    /**
     * Local entries of shared regions are served only while the node knows that it is up to date.
     *
     * @param now as {@link #now} has it
     */
    boolean isTrusted(long now) {
        return shared == null || now < shared.trustedUntil();
    }
}
