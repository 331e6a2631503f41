package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.SharedBreaker.Waited;
import io.perfkit.cache.SharedClaims.Fence;
import io.perfkit.cache.SharedLookups.Ask;
import io.perfkit.cache.SharedLookups.Done;
import io.perfkit.cache.SharedLookups.Step;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Planting;
import io.perfkit.cache.spi.SharedTier.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How a region reads the shared tier: it drives the chain of {@link SharedLookups} for those who wait, for those who do
 * not, and for many keys at once, whose questions of one round go out together. In each case all questions share one
 * command's time limit. A call for very many keys is read in rounds of bounded size, one after the other, so that neither
 * the server nor the callers beside it are kept from each other, and so that the time limit is one for the server's
 * answers and not for how much was asked.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedReads<V> {

    /** So many keys of a call for many are asked for in one round, whose time limit is that of one command. */
    static final int KEYS_AT_ONCE = 1_024;

    private final RegionLink link;
    private final SharedLookups<V> lookups;
    private final SharedClaims<V> claims;
    private final Counters counters;
    private final CoarseClock clock;
    private final SharedBreaker breaker;

    SharedReads(
            RegionLink link,
            SharedLookups<V> lookups,
            SharedClaims<V> claims,
            Counters counters,
            SharedSession session) {
        this.link = link;
        this.lookups = lookups;
        this.claims = claims;
        this.counters = counters;
        this.clock = session.clock();
        this.breaker = session.breaker();
    }

    /**
     * Reads the shared tier; null where it cannot be used now, and a value loaded instead must not be shared. Where there
     * is nothing to serve, a lease is planted for this long, unless another node's stands.
     */
    @Nullable
    Found<V> find(String key, Duration leaseLife) {
        SharedLookups<V>.Lookup lookup = lookups.lookup(key, leaseLife);
        if (lookup == null) {
            return null;
        }
        long start = System.nanoTime();
        Step<V> step = lookup.begin();
        while (step instanceof Ask<V, ?> ask) {
            Object answer = breaker.call(counters, ask.command(), System.nanoTime() - start);
            if (answer == null) {
                lookup.giveUp();
                return null;
            }
            step = ask.answered(answer);
        }
        return ((Done<V>) step).found();
    }

    /**
     * The same without waiting. The result never fails, and completes on the executor, or at once.
     *
     * @param executor where values are decoded
     */
    CompletableFuture<@Nullable Found<V>> findAsync(String key, Duration leaseLife, Executor executor) {
        SharedLookups<V>.Lookup lookup = lookups.lookup(key, leaseLife);
        return lookup == null
                ? CompletableFuture.completedFuture(null)
                : proceed(lookup, lookup.begin(), System.nanoTime(), executor);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the nested stage is the one that is composed
    private CompletableFuture<@Nullable Found<V>> proceed(
            SharedLookups<V>.Lookup lookup, Step<V> step, long start, Executor executor) {
        if (step instanceof Done<V> done) {
            return CompletableFuture.completedFuture(done.found());
        }
        Ask<V, ?> ask = (Ask<V, ?>) step;
        // Decoding, and what the caller hangs on to the result, is no work for the thread that reads from the network.
        CompletableFuture<@Nullable Found<V>> result = new CompletableFuture<>();
        breaker.submit(counters, ask.command(), System.nanoTime() - start)
                .thenApplyAsync(ask::answered, executor)
                .thenCompose(next -> proceed(lookup, next, start, executor))
                .whenComplete((found, failure) -> {
                    if (failure != null) {
                        lookup.giveUp();
                    }
                    result.complete(found);
                });
        return result;
    }

    /**
     * Reads in rounds, each of which has a time limit of its own, from when it is sent. The first that is not answered in
     * time, or not let through, is the last: what comes after it is not asked for.
     *
     * @param keys no key twice
     */
    Map<String, Found<V>> findAll(Collection<String> keys, Duration leaseLife) {
        if (keys.size() <= KEYS_AT_ONCE) {
            Map<String, Found<V>> found = new HashMap<>(2 * keys.size());
            findSome(keys, leaseLife, found);
            return found;
        }
        List<String> all = List.copyOf(keys);
        Map<String, Found<V>> found = new HashMap<>(2 * all.size());
        boolean answered = true;
        for (int from = 0; answered && from < all.size(); from += KEYS_AT_ONCE) {
            answered = findSome(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE)), leaseLife, found);
        }
        return found;
    }

    /** @return whether everything that was asked was answered */
    private boolean findSome(Collection<String> keys, Duration leaseLife, Map<String, Found<V>> found) {
        List<String> wanted = new ArrayList<>(keys.size());
        List<SharedLookups<V>.Lookup> begun = new ArrayList<>(keys.size());
        for (String key : keys) {
            SharedLookups<V>.Lookup lookup = lookups.lookup(key, leaseLife);
            if (lookup != null) {
                wanted.add(key);
                begun.add(lookup);
            }
        }
        SharedTier.Region region = link.remote();
        if (begun.isEmpty() || region == null) {
            return region != null;
        }
        Waited waited = new Waited();
        long askedAt = clock.preciseNanos();
        Map<String, Step<V>> open = new HashMap<>();
        Iterator<SharedLookups<V>.Lookup> next = begun.iterator();
        breaker.<List<Reading>>callAll(counters, () -> region.readAll(wanted), waited, readings -> {
            if (!readings.isEmpty()) {
                catchUp(region, readings.get(0).head(), waited);
            }
            for (Reading reading : readings) {
                SharedLookups<V>.Lookup lookup = next.next();
                Step<V> step = lookup.answered(reading, askedAt);
                if (step instanceof Done<V> done) {
                    done.putInto(found, lookup.key());
                } else {
                    open.put(lookup.key(), step);
                }
            }
        });
        boolean answered = !next.hasNext();
        Map<String, Step<V>> steps = open;
        while (!steps.isEmpty()) {
            Map<String, Step<V>> now = askRound(region, leaseLife, steps, waited, found);
            answered &=
                    steps.values().stream().filter(step -> step instanceof Ask).count() == now.size();
            steps = now;
        }
        return answered;
    }

    /** Asks the questions of one round together; what is at its end goes into the result. */
    private Map<String, Step<V>> askRound(
            SharedTier.Region region,
            Duration leaseLife,
            Map<String, Step<V>> steps,
            Waited waited,
            Map<String, Found<V>> found) {
        List<Planting> leases = new ArrayList<>();
        List<Ask<V, ?>> ofLeases = new ArrayList<>();
        Map<String, Ask<V, ?>> others = new LinkedHashMap<>();
        steps.forEach((key, step) -> {
            if (step instanceof Done<V> done) {
                done.putInto(found, key);
            } else if (step instanceof Ask<V, ?> ask && ask.planting() != null) {
                leases.add(ask.planting());
                ofLeases.add(ask);
            } else if (step instanceof Ask<V, ?> ask) {
                others.put(key, ask);
            }
        });
        Map<String, Step<V>> next = new HashMap<>();
        if (!leases.isEmpty()) {
            Iterator<Planting> planted = leases.iterator();
            Iterator<Ask<V, ?>> asked = ofLeases.iterator();
            boolean sent = breaker.<List<Reading>>callAll(
                    counters,
                    () -> region.leaseAll(leases, leaseLife),
                    waited,
                    readings -> readings.forEach(reading ->
                            next.put(planted.next().key(), asked.next().answered(reading))));
            if (sent && planted.hasNext()) {
                // No call will use those that were planted nevertheless.
                List<Fence> late = new ArrayList<>();
                planted.forEachRemaining(each -> late.add(new Fence(each.key(), each.lease())));
                claims.removeAll(late);
            }
        }
        if (!others.isEmpty()) {
            Iterator<Map.Entry<String, Ask<V, ?>>> asked = others.entrySet().iterator();
            breaker.<Object>callAll(
                    counters,
                    () -> others.values().stream()
                            .<CompletionStage<Object>>map(
                                    ask -> ask.command().get().thenApply(answer -> answer))
                            .toList(),
                    waited,
                    answer -> {
                        Map.Entry<String, Ask<V, ?>> ask = asked.next();
                        next.put(ask.getKey(), ask.getValue().answered(answer));
                    });
        }
        return next;
    }

    /** One catching up for many keys; where it fails, each key finds that it is behind. */
    private void catchUp(SharedTier.Region region, @Nullable Head head, Waited waited) {
        Position p = link.position();
        if (p != null && head != null && p.incarnation() == head.incarnation() && p.epoch() < head.epoch()) {
            long after = p.epoch();
            List<Event> events = breaker.call(counters, () -> region.events(after, LogPosition.EVENTS_AT_ONCE), waited);
            if (events != null) {
                link.applyOrLose(events);
            }
        }
    }
}
