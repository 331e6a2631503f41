package io.perfkit.cache;

import io.perfkit.cache.SharedStores.Loaded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a flight ends: with what the shared tier had, with what the loader brought, or with a stale value where the loader
 * failed. The same for calls that wait, calls that do not, and bulk calls.
 *
 * <p>In every case the value goes into the local tier first, then the flight leaves, then those who wait get the value:
 * whoever comes later must find the entry, and not a flight that an invalidation missed.
 */
final class Landing<V> {

    /** After a failed load, a stale value is served for so long before the next attempt. */
    static final long RETRY_AFTER = TimeUnit.SECONDS.toNanos(1);

    private static final long CLOCKS_DIFFER = TimeUnit.MILLISECONDS.toNanos(50);

    private final String name;
    private final Codec<V> codec;
    private final boolean weighted;
    private final boolean crossNode;
    private final CoarseClock clock;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Lifetimes lifetimes;
    private final Counters counters;
    private final FailureLog failures;

    Landing(
            String name,
            CachePolicy policy,
            Codec<V> codec,
            boolean weighted,
            CoarseClock clock,
            LocalTier<V> local,
            @Nullable SharedRegion<V> shared,
            Lifetimes lifetimes,
            Counters counters,
            FailureLog failures) {
        this.name = name;
        this.codec = codec;
        this.weighted = weighted;
        this.crossNode = policy.crossNodeLoads().isPresent();
        this.clock = clock;
        this.local = local;
        this.shared = shared;
        this.lifetimes = lifetimes;
        this.counters = counters;
        this.failures = failures;
    }

    CoarseClock clock() {
        return clock;
    }

    Lifetimes lifetimes() {
        return lifetimes;
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

    /**
     * Since when a load may have begun whose value a call may wait for. A node that is cut off from the others hears of
     * no invalidation that would detach its loads, so it joins only those that are young enough.
     */
    long joinableSince() {
        if (shared == null) {
            return Long.MIN_VALUE;
        }
        long now = now();
        return isTrusted(now) ? Long.MIN_VALUE : now - shared.maxStaleness();
    }

    /** The local entry, if it may be used at all: fresh, stale, or only where loading fails. */
    @Nullable
    Entry<V> usable(String key) {
        Entry<V> entry = local.peek(key);
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

    private boolean isUsable(Entry<V> entry) {
        long now = now();
        return now < entry.usableUntil && isTrusted(now);
    }

    /**
     * Ends the flight with the shared entry, if that may be served. A call takes a fresh or a stale one; a refresh only
     * one that another node has loaded since, whether or not the local tier has something.
     */
    @Nullable
    Entry<V> adopt(Flight<V> flight, @Nullable Found<V> found, boolean refresh) {
        if (!(found instanceof Found.Present<V> present)) {
            return null;
        }
        boolean fresh = present.isFresh();
        if (refresh
                ? !fresh || !isNewer(present, flight.replaced())
                : !fresh && !isServedStale(flight.key(), present)) {
            return null;
        }
        Entry<V> entry = entryOf(flight, present);
        counters.sharedHit(flight.key(), !fresh);
        finish(flight, entry);
        return entry;
    }

    /** Whether a shared entry past its ttl answers a call: in its window, or because its load has failed just now. */
    private boolean isServedStale(String key, Found.Present<V> found) {
        return lifetimes.staleFor(found) > 0 || (lifetimes.usableFor(found) > 0 && clock.nanos() < local.retryAt(key));
    }

    /** The two ends of the ttl are read from clocks that differ by milliseconds. */
    private static boolean isNewer(Found.Present<?> found, @Nullable Entry<?> replaced) {
        return replaced == null
                || replaced.freshUntil == Long.MIN_VALUE
                || found.askedAt() + found.freshFor() - replaced.freshUntil > CLOCKS_DIFFER;
    }

    /** Whether the call that was answered with an entry sets off the load of the next one. */
    boolean isToRefresh(Entry<V> entry) {
        long now = clock.nanos();
        return now < entry.freshUntil ? lifetimes.refreshesAhead(entry, now) : now >= entry.retryAt();
    }

    /** The shared entry that is past its time, kept in case the load fails or takes too long. */
    @Nullable
    Entry<V> fallback(Flight<V> flight, @Nullable Found<V> found, @Nullable Entry<V> present) {
        if (!(found instanceof Found.Present<V> past) || lifetimes.usableFor(past) <= 0) {
            flight.fallback(present);
            return present;
        }
        Entry<V> entry = entryOf(flight, past);
        local.store(flight, entry);
        flight.fallback(entry);
        return entry;
    }

    private Entry<V> entryOf(Flight<V> flight, Found.Present<V> found) {
        Entry<V> entry = lifetimes.entry(flight.startEpoch(), found, weight(flight.key(), found.size()));
        entry.retryAt(local.retryAt(flight.key()));
        return entry;
    }

    /**
     * Ends the flight with what the loader brought; null is checked already.
     *
     * @param now when the load ended, and the value's life began
     */
    Entry<V> loaded(
            Flight<V> flight,
            @Nullable Found<V> found,
            LoadContext<V> context,
            @Nullable V value,
            long ttl,
            long now,
            long loadNanos) {
        AfterLoad<V> after = new AfterLoad<>();
        Entry<V> entry = loaded(flight, found, context, value, ttl, now, loadNanos, after);
        settle(after);
        return entry;
    }

    /** Does in the shared tier, for all keys together, what loads have left to be done. */
    void settle(AfterLoad<V> after) {
        if (shared != null && !after.toStore.isEmpty()) {
            shared.storeAll(after.toStore);
        }
        releaseAll(after.toRelease);
    }

    /** What loads leave to be done in the shared tier. */
    static final class AfterLoad<V> {

        private final List<Loaded<V>> toStore = new ArrayList<>(1);
        private final Map<String, Found<V>> toRelease = new LinkedHashMap<>(1);

        /** The value is not stored: other nodes may load the key. */
        void release(String key, @Nullable Found<V> found) {
            if (found != null) {
                toRelease.put(key, found);
            }
        }
    }

    /**
     * The same, with the shared tier left to the caller.
     *
     * @param after gets what is to be done there
     */
    Entry<V> loaded(
            Flight<V> flight,
            @Nullable Found<V> found,
            LoadContext<V> context,
            @Nullable V value,
            long ttl,
            long now,
            long loadNanos,
            AfterLoad<V> after) {
        String key = flight.key();
        counters.loadNanos.add(loadNanos);
        counters.loaded(key, loadNanos, null);
        Life life = lifetimes.life(value, ttl, context, loadNanos);
        @Nullable Encoded bytes = context.stored() ? encodeIfNeeded(value) : null;
        Entry<V> entry = lifetimes.entry(value, flight.startEpoch(), now, life, weight(key, bytes));
        if (!context.stored()) {
            local.end(flight);
            flight.complete(entry);
            after.release(key, found);
            return entry;
        }
        finish(flight, entry);
        if (shared != null && found != null) {
            if (bytes != null && !local.isCutOff(flight, entry.tags)) {
                after.toStore.add(new Loaded<>(key, found, bytes, life));
            } else {
                after.release(key, found);
            }
        }
        return entry;
    }

    /**
     * Ends the flight with the stale value where there is one that may stand in, or else throws. A load that failed
     * because its thread was interrupted fails for its caller alone.
     *
     * @param refresh whether nobody waits, at least nobody who began it
     */
    Entry<V> failed(
            Flight<V> flight,
            @Nullable Found<V> found,
            @Nullable Entry<V> fallback,
            boolean refresh,
            Throwable failure,
            long nanos) {
        String key = flight.key();
        counters.loadNanos.add(nanos);
        counters.loaded(key, nanos, failure);
        release(key, found);
        Throwable kind = Interruption.withoutEnvelope(failure);
        if (fallback == null
                || kind instanceof Error
                || kind instanceof RecursiveLoadException
                || now() >= fallback.usableUntil
                || !isTrusted(now())
                || local.isCutOff(flight, fallback.tags)) {
            throw Flight.<RuntimeException>unchanged(asSeen(key, failure));
        }
        failures.failed("a load of region '" + name + "' failed; the stale value is served on", failure);
        counters.staleServed.increment();
        if (!refresh && Interruption.isIn(failure)) {
            local.end(flight);
            flight.endAlone(fallback, null);
            return fallback;
        }
        postpone(key, fallback, RETRY_AFTER);
        finish(flight, fallback);
        return fallback;
    }

    /** Serves a stale value on for a time before the next attempt to load. */
    void postpone(String key, @Nullable Entry<V> stale, long nanos) {
        if (stale != null) {
            local.retryAt(key, stale, clock.nanos() + nanos);
        }
    }

    /** Ends a flight with an exception: for those who wait, or for its leader alone if that one was interrupted. */
    void crash(Flight<V> flight, Throwable failure) {
        local.end(flight);
        if (Interruption.isIn(failure)) {
            flight.endAlone(null, failure);
        } else {
            flight.fail(failure);
        }
    }

    /** Ends a flight without a result: those who wait look for the value afresh. */
    void abandon(Flight<V> flight) {
        local.end(flight);
        flight.abandon();
    }

    private void finish(Flight<V> flight, Entry<V> entry) {
        local.land(flight, entry);
        flight.complete(entry);
    }

    /** The same for many keys; those that found nothing are absent. */
    void releaseAll(Map<String, Found<V>> found) {
        if (crossNode && shared != null && !found.isEmpty()) {
            shared.releaseAll(found);
        }
    }

    /** Lets other nodes load what this one will not store. */
    void release(String key, @Nullable Found<V> found) {
        if (crossNode && shared != null && found != null) {
            shared.release(key, found);
        }
    }

    /** Lets other nodes load, where a read has planted a lease that this call will not use. */
    void releaseLease(String key, @Nullable Found<V> found) {
        if (found != null && !found.present() && found.leaseIsOurs()) {
            release(key, found);
        }
    }

    /** What a caller gets to see of a loader's failure: unchecked ones as they are, checked ones wrapped once. */
    private Throwable asSeen(String key, Throwable failure) {
        return failure instanceof RuntimeException || failure instanceof Error
                ? failure
                : new CacheLoadException(
                        "The loader of key '" + key + "' of region '" + name + "' failed: " + failure, failure);
    }

    /** An error that says what to do, where a loader returned null and absence is not cached. */
    void checkNull(String key, @Nullable V value, LoadContext<V> context) {
        if (value == null && !lifetimes.cachesNull() && context.stored()) {
            throw new CacheException("The loader of key '" + key + "' of region '" + name
                    + "' returned null: set the policy's nullTtl to cache absence, or return a value that stands for it, "
                    + "such as Optional.empty()");
        }
    }

    /** The value's bytes, where they are needed for sharing or weighing and there are any. */
    @Nullable
    Encoded encodeIfNeeded(@Nullable V value) {
        if (shared != null) {
            return shared.encode(value);
        }
        if (!weighted || value == null) {
            return null;
        }
        try {
            return new Encoded(codec.encode(value), false, false);
        } catch (Exception | StackOverflowError e) {
            failures.failed("a value of region '" + name + "' has no encoding and weighs nothing", e);
            return null;
        }
    }

    static int weight(String key, @Nullable Encoded bytes) {
        return weight(key, bytes == null ? 0 : bytes.bytes().length);
    }

    static int weight(String key, int size) {
        return (int) Math.min(Integer.MAX_VALUE, 64L + 2L * key.length() + size);
    }
}
