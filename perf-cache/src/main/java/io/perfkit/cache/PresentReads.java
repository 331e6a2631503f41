package io.perfkit.cache;

import io.perfkit.cache.LocalReads.Answer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a call that never loads comes to a value: from the local tier or the shared one, if either has it. */
final class PresentReads<V> {

    private final @Nullable SharedRegion<V> shared;
    private final Counters counters;
    private final Duration leaseLife;
    private final LocalReads<V> reads;
    private final LoadOutcome<V> outcome;
    private final SharedValues<V> values;
    private final Lifetimes lifetimes;

    PresentReads(
            RegionParts<V> parts,
            LocalReads<V> reads,
            LoadOutcome<V> outcome,
            SharedValues<V> values,
            Lifetimes lifetimes) {
        this.shared = parts.shared();
        this.counters = parts.counters();
        this.leaseLife = parts.policy().crossNodeLoads().orElse(SharedRegion.LEASE_LIFE);
        this.reads = reads;
        this.outcome = outcome;
        this.values = values;
        this.lifetimes = lifetimes;
    }

    /** Null if there is none, or a cached absence. */
    @Nullable
    V find(String key) {
        Entry<V> entry = reads.usable(key);
        if (entry != null && reads.answer(key, entry) != Answer.NONE) {
            return entry.value;
        }
        Found<V> found = shared == null ? null : look(shared, key);
        if (found instanceof Found.Present<V> present) {
            boolean fresh = present.isFresh();
            if (fresh || lifetimes.staleFor(present) > 0) {
                counters.sharedHit(key, !fresh);
                return present.value();
            }
        }
        counters.misses.increment();
        return null;
    }

    /** What is found goes into the local tier, unless somebody loads the key. */
    private @Nullable Found<V> look(SharedRegion<V> tier, String key) {
        Flight<V> flight = reads.newFlight(key);
        if (reads.join(flight) != flight || !flight.claim()) {
            return ask(tier, key);
        }
        flight.ledHere();
        try {
            Found<V> found = ask(tier, key);
            outcome.fallback(flight, found, null);
            return found;
        } finally {
            outcome.abandon(flight);
        }
    }

    /** Without the intention to load: a lease that the look has planted must not hold other nodes up. */
    private @Nullable Found<V> ask(SharedRegion<V> tier, String key) {
        Found<V> found = tier.find(key, leaseLife);
        if (found != null && !found.present()) {
            values.release(key, found);
        }
        return found;
    }
}
