package io.perfkit.cache;

import io.perfkit.cache.SharedStores.Loaded;
import io.perfkit.cache.SharedValues.AfterLoad;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a flight ends: with what the shared tier had, with what the loader brought, or with a stale value where the loader
 * failed. The same for calls that wait, calls that do not, and bulk calls.
 *
 * <p>In every case the value goes into the local tier first, then the flight leaves, then those who wait get the value:
 * a later call must find the entry, and not a flight that an invalidation missed.
 */
final class LoadOutcome<V> {

    /** After a failed load, a stale value is served for so long before the next attempt. */
    static final long RETRY_AFTER = TimeUnit.SECONDS.toNanos(1);

    private static final long CLOCKS_DIFFER = TimeUnit.MILLISECONDS.toNanos(50);

    private final LocalTier<V> local;
    private final boolean shares;
    private final LocalReads<V> reads;
    private final Lifetimes lifetimes;
    private final SharedValues<V> values;
    private final Counters counters;
    private final LoadErrors errors;

    LoadOutcome(
            RegionParts<V> parts, LocalReads<V> reads, Lifetimes lifetimes, SharedValues<V> values, LoadErrors errors) {
        this.local = parts.local();
        this.shares = parts.shared() != null;
        this.counters = parts.counters();
        this.reads = reads;
        this.lifetimes = lifetimes;
        this.values = values;
        this.errors = errors;
    }

    /**
     * Ends the flight with the shared entry, if that may be served. A call takes a fresh or a stale one; a refresh only
     * one that another node has loaded since, whether or not the local tier has something.
     */
    @Nullable
    Entry<V> adopt(Flight<V> flight, @Nullable Found<V> found, boolean refresh) {
        if (refresh
                && !(found instanceof Found.Present<V> next && next.isFresh() && isNewer(next, flight.replaced()))) {
            return null;
        }
        Entry<V> entry = served(flight, found);
        if (entry != null) {
            finish(flight, entry);
        }
        return entry;
    }

    /** The shared entry as a call may have it, fresh or stale, which counts as a hit; null if it may not. */
    @Nullable
    Entry<V> served(Flight<V> flight, @Nullable Found<V> found) {
        if (!(found instanceof Found.Present<V> present)) {
            return null;
        }
        boolean fresh = present.isFresh();
        if (!fresh && !isServedStale(flight.key(), present)) {
            return null;
        }
        Entry<V> entry = entryOf(flight, present);
        counters.sharedHit(flight.key(), !fresh);
        return entry;
    }

    /** Whether a shared entry past its ttl answers a call: in its window, or because its load has failed just now. */
    private boolean isServedStale(String key, Found.Present<V> found) {
        return lifetimes.staleFor(found) > 0 || (lifetimes.usableFor(found) > 0 && local.isPostponed(key));
    }

    /** The two ends of the ttl are read from clocks that differ by milliseconds. */
    private static boolean isNewer(Found.Present<?> found, @Nullable Entry<?> replaced) {
        return replaced == null
                || replaced.freshUntil() == Long.MIN_VALUE
                || found.askedAt() + found.freshFor() - replaced.freshUntil() > CLOCKS_DIFFER;
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
        Entry<V> entry = lifetimes.entry(flight.startEpoch(), found, SharedValues.weight(flight.key(), found.size()));
        entry.retryAt(local.retryAt(flight.key()));
        return entry;
    }

    /**
     * Ends the flight with what the loader brought, and keeps it.
     *
     * @param found what the shared tier said before the load; null if nothing may be stored there
     * @param now when the load ended, and the value's life began
     * @param after gets what is to be done in the shared tier now
     */
    Entry<V> loaded(
            Flight<V> flight, @Nullable Found<V> found, @Nullable V value, Life life, long now, AfterLoad<V> after) {
        String key = flight.key();
        count(key, life);
        @Nullable Encoded bytes = values.encodeIfNeeded(value);
        Entry<V> entry = lifetimes.entry(value, flight.startEpoch(), now, life, SharedValues.weight(key, bytes));
        finish(flight, entry);
        if (shares && found != null) {
            if (bytes != null && !local.isCutOff(flight, entry.tags)) {
                after.store(new Loaded<>(key, found, bytes, life));
            } else {
                after.release(key, found);
            }
        }
        return entry;
    }

    /** Ends the flight with what the loader brought for those who wait, and for nobody else. */
    Entry<V> passedOn(Flight<V> flight, @Nullable V value, Life life, long now) {
        count(flight.key(), life);
        Entry<V> entry =
                lifetimes.entry(value, flight.startEpoch(), now, life, SharedValues.weight(flight.key(), null));
        local.end(flight);
        flight.complete(entry);
        return entry;
    }

    private void count(String key, Life life) {
        counters.loadNanos.add(life.loadNanos());
        counters.loaded(key, life.loadNanos(), null);
    }

    /**
     * Ends the flight with the stale value where there is one that may stand in, or else throws. A load that failed
     * because its thread was interrupted fails for its caller alone.
     *
     * @param refresh whether nobody waits, at least nobody who began it
     */
    Entry<V> failed(Flight<V> flight, @Nullable Entry<V> fallback, boolean refresh, Throwable failure, long nanos) {
        String key = flight.key();
        counters.loadNanos.add(nanos);
        counters.loaded(key, nanos, failure);
        Throwable kind = Interruption.withoutEnvelope(failure);
        if (fallback == null
                || kind instanceof Error
                || kind instanceof RecursiveLoadException
                || !reads.isUsable(fallback)
                || local.isCutOff(flight, fallback.tags)) {
            throw Flight.<RuntimeException>unchanged(errors.asSeen(key, failure));
        }
        errors.staleIsServed(failure);
        counters.staleServed.increment();
        if (!refresh && Interruption.isIn(failure)) {
            endAlone(flight, fallback);
            return fallback;
        }
        postpone(key, fallback, RETRY_AFTER);
        finish(flight, fallback);
        return fallback;
    }

    /** Serves a stale value on for a time before the next attempt to load. */
    void postpone(String key, @Nullable Entry<V> stale, long nanos) {
        if (stale != null) {
            local.postpone(key, stale, nanos);
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

    /** Ends a flight with a value for the caller for whom it is led, and without one for those who wait. */
    void endAlone(Flight<V> flight, Entry<V> entry) {
        local.end(flight);
        flight.endAlone(entry, null);
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
}
