package io.perfkit.cache;

import io.perfkit.cache.Entry.Instants;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A region's policy in nanoseconds, and the entries that follow from it. */
final class Lifetimes {

    /** Beyond so many times the load's duration, refreshing ahead has a probability of less than one in a billion. */
    private static final double MAXIMUM_DRAW = 21;

    private static final double MAXIMUM_LEAD = 1e18;

    private final double jitter;
    private final double beta;
    private final long stale;
    private final long onError;
    /** Negative where null is an error. */
    private final long nullTtl;

    Lifetimes(CachePolicy policy) {
        jitter = policy.ttlJitter();
        beta = policy.refreshAhead();
        stale = policy.staleWhileRevalidate().toNanos();
        onError = policy.staleIfError().toNanos();
        nullTtl = policy.nullTtl().map(Duration::toNanos).orElse(-1L);
    }

    boolean cachesNull() {
        return nullTtl >= 0;
    }

    /** How long a value is fresh that was loaded under this ttl, with the jitter drawn. */
    Life life(@Nullable Object value, long ttl, LoadContext<?> context, long loadNanos) {
        long chosen = context.ttlOr(value == null ? nullTtl : ttl);
        if (jitter > 0) {
            chosen -= (long) (chosen * jitter * ThreadLocalRandom.current().nextDouble());
        }
        // An absence is not worth keeping beyond its time: who asks for it wants the value as soon as there is one.
        boolean absent = value == null;
        return new Life(Math.max(1, chosen), absent ? 0 : stale, absent ? 0 : onError, loadNanos, context.tags());
    }

    /** An entry whose life begins at an instant. */
    <V> Entry<V> entry(@Nullable V value, long epoch, long now, Life life, int weight) {
        long freshUntil = now + life.ttl();
        long staleUntil = freshUntil + life.stale();
        long usableUntil = Math.max(staleUntil, freshUntil + life.onError());
        Instants instants = new Instants(freshUntil, staleUntil, usableUntil, life.loadNanos());
        return new Entry<>(value, epoch, plainUntil(instants), instants, life.tags(), weight);
    }

    /** An entry that inherits what is left of a shared one. */
    <V> Entry<V> entry(long epoch, Found.Present<V> found, int weight) {
        long at = found.askedAt();
        Instants instants = new Instants(
                found.due() ? Long.MIN_VALUE : at + found.freshFor(),
                at + staleFor(found),
                at + usableFor(found),
                found.loadNanos());
        return new Entry<>(found.value(), epoch, plainUntil(instants), instants, found.tags(), weight);
    }

    /** For how long a shared entry may be served while it is loaded anew. Where it was made due, that begins now. */
    long staleFor(Found.Present<?> found) {
        return found.due() ? Math.min(found.staleFor(), stale) : found.staleFor();
    }

    /** For how long a shared entry may be served if loading fails. */
    long usableFor(Found.Present<?> found) {
        return found.due() ? Math.min(found.liveFor(), Math.max(stale, onError)) : found.liveFor();
    }

    /** Until when an entry is served without a draw whether to refresh it ahead. */
    private long plainUntil(Instants instants) {
        long freshUntil = instants.freshUntil();
        return beta <= 0 || freshUntil == Long.MIN_VALUE
                ? freshUntil
                : freshUntil - (long) Math.min(MAXIMUM_LEAD, MAXIMUM_DRAW * beta * instants.loadNanos());
    }

    /** Whether this call is the one to refresh a fresh entry ahead of its time. */
    boolean refreshesAhead(Entry<?> entry, long now) {
        if (beta <= 0 || now < entry.plainUntil) {
            return false;
        }
        double random = ThreadLocalRandom.current().nextDouble();
        return now - entry.loadNanos() * beta * Math.log(random) >= entry.freshUntil();
    }
}
