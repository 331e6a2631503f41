package io.perfkit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a call that waits comes by a value: from the region's local tier, by waiting for somebody who is getting it
 * already, from the shared tier, or from the loader.
 *
 * <p>A flight is registered before anything is looked up elsewhere, and remembers the local epoch of that moment. So an
 * invalidation either comes first, and the look-up sees what it left, or it finds the flight and cuts it off.
 *
 * <p>With a load timeout in the policy, flights are led by the executor and every caller only waits, so that nobody has
 * to stay for a load that takes too long. A flight is claimed when its task begins, not when it is queued: a caller that
 * is itself a loader takes it out of the queue and hands it to a thread beyond the executor's ({@link LoadThreads}). A
 * caller whose soft timeout is over looks again for a value, which is then a stale one that the leader has found.
 *
 * <p>A caller that is interrupted fails alone. Its flight ends without a result, and those who wait with it begin again;
 * one of them leads the next one.
 */
final class RegionLoads<V> {

    /** Another node refreshes the value: for so long, this one does not ask again whether it is done. */
    static final long OTHER_REFRESHES = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final CoarseClock clock;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Landing<V> landing;
    private final Counters counters;
    private final LoadThreads threads;
    private final FailureLog failures;
    private final long softTimeout;
    private final long hardTimeout;
    private final boolean crossNode;
    private final Duration leaseLife;

    RegionLoads(
            String name,
            CachePolicy policy,
            CoarseClock clock,
            LocalTier<V> local,
            @Nullable SharedRegion<V> shared,
            Landing<V> landing,
            Counters counters,
            LoadThreads threads,
            FailureLog failures) {
        this.name = name;
        this.clock = clock;
        this.local = local;
        this.shared = shared;
        this.landing = landing;
        this.counters = counters;
        this.threads = threads;
        this.failures = failures;
        this.softTimeout = policy.softLoadTimeout().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        this.hardTimeout = policy.hardLoadTimeout().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        this.crossNode = policy.crossNodeLoads().isPresent();
        this.leaseLife = policy.crossNodeLoads().orElse(SharedRegion.LEASE_LIFE);
    }

    String name() {
        return name;
    }

    Landing<V> landing() {
        return landing;
    }

    CoarseClock clock() {
        return clock;
    }

    LocalTier<V> local() {
        return local;
    }

    @Nullable
    SharedRegion<V> shared() {
        return shared;
    }

    Duration leaseLife() {
        return leaseLife;
    }

    boolean crossNode() {
        return crossNode;
    }

    long softTimeout() {
        return softTimeout;
    }

    long hardTimeout() {
        return hardTimeout;
    }

    LoadThreads threads() {
        return threads;
    }

    /** The value of a key, from either tier or loaded. */
    @Nullable
    V find(String key, long ttl, ContextLoader<? extends V> loader) {
        Objects.requireNonNull(key, "key");
        Entry<V> entry = landing.usable(key);
        return entry != null && serves(key, entry, f -> lead(f, ttl, loader, true))
                ? entry.value
                : obtain(key, ttl, loader);
    }

    /** The same for a caller that has just seen that the local tier has nothing to serve. */
    @Nullable
    V obtain(String key, long ttl, ContextLoader<? extends V> loader) {
        while (true) {
            Flight<V> flight = local.join(local.newFlight(key), landing.joinableSince());
            BooleanSupplier mine = () -> false;
            if (softTimeout != Long.MAX_VALUE) {
                mine = dispatch(flight, ttl, loader);
            } else if (flight.claim()) {
                Entry<V> led = leadHere(flight, ttl, loader, false);
                return led == null ? null : led.value;
            }
            Entry<V> result = await(flight);
            if (result == null && mine.getAsBoolean()) {
                result = flight.leadersEntry();
            }
            if (result != null) {
                if (!mine.getAsBoolean()) {
                    counters.coalesced.increment();
                }
                return result.value;
            }
            Entry<V> entry = landing.usable(key);
            if (entry != null && serves(key, entry, f -> lead(f, ttl, loader, true))) {
                return entry.value;
            }
        }
    }

    /** Whether the entry may be served without loading. */
    boolean isServable(Entry<V> entry) {
        long now = clock.nanos();
        return now < entry.freshUntil || now < entry.staleUntil || now < entry.retryAt();
    }

    /** What a local entry means for a call. */
    enum Answer {
        /** It must not be served. */
        NONE,
        /** It is the answer. */
        SERVED,
        /** It is the answer, and the next value is to be loaded in the background. */
        SERVED_AND_REFRESHED
    }

    Answer answer(String key, Entry<V> entry) {
        long now = clock.nanos();
        if (now < entry.freshUntil) {
            counters.localHit(key);
            return landing.lifetimes().refreshesAhead(entry, now) ? Answer.SERVED_AND_REFRESHED : Answer.SERVED;
        }
        long retryAt = entry.retryAt();
        if (now < entry.staleUntil || now < retryAt) {
            counters.staleHit(key);
            return now >= retryAt ? Answer.SERVED_AND_REFRESHED : Answer.SERVED;
        }
        return Answer.NONE;
    }

    /** Whether the entry answers the call, which may set off a refresh. */
    boolean serves(String key, Entry<V> entry, Consumer<Flight<V>> refresh) {
        Answer answer = answer(key, entry);
        if (answer == Answer.SERVED_AND_REFRESHED) {
            refresh(key, entry, refresh);
        }
        return answer != Answer.NONE;
    }

    /**
     * Has the flight led by another thread, unless somebody has done so.
     *
     * @return whether it was led for this call, to be asked when it has ended
     */
    private BooleanSupplier dispatch(Flight<V> flight, long ttl, ContextLoader<? extends V> loader) {
        if (LoadThreads.isLoading()) {
            boolean mine = flight.claim();
            if (mine) {
                run(() -> lead(flight, ttl, loader, false));
            }
            return () -> mine;
        }
        AtomicBoolean mine = new AtomicBoolean();
        if (flight.enqueue()) {
            run(() -> {
                if (flight.claim()) {
                    mine.set(true);
                    lead(flight, ttl, loader, false);
                }
            });
        }
        return mine::get;
    }

    /** Runs a task for the calling thread on another one, or here if there is none. */
    void run(Runnable task) {
        try {
            threads.forCaller().execute(task);
        } catch (RuntimeException e) {
            failures.failed("a load of region '" + name + "' found no thread, and runs on its caller's", e);
            task.run();
        }
    }

    /** Waits no longer than the policy says. */
    private @Nullable Entry<V> await(Flight<V> flight) {
        if (hardTimeout == Long.MAX_VALUE) {
            return flight.await();
        }
        long start = System.nanoTime();
        try {
            return flight.await(softTimeout);
        } catch (TimeoutException soft) {
            // What follows is for this case.
        }
        try {
            Entry<V> stale = landing.standIn(flight.key());
            if (stale == null) {
                // The shared tier may have one, and be late itself.
                flight.awaitOr(flight.fallbackKnown(), hardTimeout - (System.nanoTime() - start));
                stale = flight.hasEnded() ? null : landing.standIn(flight.key());
            }
            if (stale != null) {
                counters.staleHit(flight.key());
                return stale;
            }
            return flight.await(hardTimeout - (System.nanoTime() - start));
        } catch (TimeoutException hard) {
            throw late(flight.key());
        }
    }

    LoadTimeoutException late(String key) {
        return new LoadTimeoutException("The load of key '" + key + "' of region '" + name + "' took longer than "
                + Duration.ofNanos(hardTimeout) + ", the hard loadTimeout of its policy. It goes on, and stores its "
                + "value when it ends");
    }

    private void lead(Flight<V> flight, long ttl, ContextLoader<? extends V> loader, boolean refresh) {
        try {
            leadHere(flight, ttl, loader, refresh);
        } catch (Throwable t) {
            // Those who wait have it. A refresh has nobody waiting.
            if (refresh) {
                failures.failed("a refresh of region '" + name + "' failed; the stale value is served on", t);
            }
        }
    }

    /** Leads a flight on the calling thread. Null if it was abandoned. */
    private @Nullable Entry<V> leadHere(
            Flight<V> flight, long ttl, ContextLoader<? extends V> loader, boolean refresh) {
        flight.ledHere();
        try {
            Entry<V> present = landing.usable(flight.key());
            if (!refresh && present != null && isServable(present)) {
                landing.abandon(flight);
                counters.localHit(flight.key());
                return present;
            }
            return fly(flight, ttl, loader, refresh, present);
        } catch (Throwable t) {
            landing.crash(flight, t);
            throw Flight.<RuntimeException>unchanged(t);
        }
    }

    private @Nullable Entry<V> fly(
            Flight<V> flight,
            long ttl,
            ContextLoader<? extends V> loader,
            boolean refresh,
            @Nullable Entry<V> present) {
        String key = flight.key();
        Found<V> found = shared == null ? null : shared.find(key, leaseLife);
        if (crossNode && found == null && LeaseWait.isInterrupted(shared)) {
            // Not answered, and so without a lease: no reason to load beside the node that has it.
            throw LeaseWait.interrupted(name, key, null);
        }
        Entry<V> adopted = landing.adopt(flight, found, refresh);
        Entry<V> fallback = adopted == null ? landing.fallback(flight, found, present) : null;
        if (crossNode) {
            LeaseWait wait = new LeaseWait(leaseLife);
            while (adopted == null && found != null && !isMine(key, found)) {
                if (refresh) {
                    landing.postpone(key, fallback, OTHER_REFRESHES);
                    landing.abandon(flight);
                    return null;
                }
                if (wait.isOver()) {
                    break;
                }
                LockSupport.parkNanos(wait.next());
                found = Objects.requireNonNull(shared).find(key, leaseLife);
                adopted = landing.adopt(flight, found, false);
                // In the pause or in the look, which then found nothing: no reason to load beside the other node.
                if (adopted == null && Thread.currentThread().isInterrupted()) {
                    landing.releaseLease(key, found);
                    throw LeaseWait.interrupted(name, key, null);
                }
            }
        }
        if (adopted != null) {
            if (!refresh && landing.isToRefresh(adopted)) {
                refresh(key, adopted, f -> lead(f, ttl, loader, true));
            }
            return adopted;
        }
        if (!refresh) {
            counters.misses.increment();
        }
        return load(flight, ttl, loader, found, fallback, refresh);
    }

    private Entry<V> load(
            Flight<V> flight,
            long ttl,
            ContextLoader<? extends V> loader,
            @Nullable Found<V> found,
            @Nullable Entry<V> fallback,
            boolean refresh) {
        LoadContext<V> context = new LoadContext<>(fallback == null ? null : fallback.value);
        long start = clock.preciseNanos();
        V value;
        try {
            value = apply(loader, flight.key(), context);
            landing.checkNull(flight.key(), value, context);
        } catch (Throwable t) {
            Interruption.keepFlag(t);
            return landing.failed(flight, found, fallback, refresh, t, clock.preciseNanos() - start);
        }
        long end = clock.preciseNanos();
        return landing.loaded(flight, found, context, value, ttl, end, end - start);
    }

    @SuppressWarnings("unchecked") // a loader of a subtype never sees a value, except the one that it returned
    private @Nullable V apply(ContextLoader<? extends V> loader, String key, LoadContext<V> context) throws Exception {
        boolean begun = LoadThreads.begin();
        try {
            return ((ContextLoader<V>) loader).load(key, context);
        } finally {
            LoadThreads.end(begun);
        }
    }

    /** With loads across nodes: whether this node is the one to load. */
    private boolean isMine(String key, Found<V> found) {
        if (!found.present()) {
            return found.leaseIsOurs();
        }
        CompletableFuture<Boolean> claim = Objects.requireNonNull(shared).claimRefresh(key, found, leaseLife);
        try {
            return claim.get(leaseLife.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // It may be granted yet, and this call will not use it.
            var unused = claim.thenAccept(mine -> {
                if (mine) {
                    landing.release(key, found);
                }
            });
            throw LeaseWait.interrupted(name, key, e);
        } catch (ExecutionException | TimeoutException e) {
            // Without an answer it is better to load twice than not at all.
            return true;
        }
    }

    /** Loads anew in the background, unless somebody does already. */
    void refresh(String key, Entry<V> replaced, Consumer<Flight<V>> lead) {
        refreshAll(Map.of(key, replaced), flights -> flights.forEach(lead));
    }

    /**
     * Loads many anew in the background, except those that somebody loads already.
     *
     * @param replaced what each of them is to replace: the entries that have been served
     */
    void refreshAll(Map<String, Entry<V>> replaced, Consumer<List<Flight<V>>> lead) {
        List<Flight<V>> flights = new ArrayList<>();
        replaced.forEach((key, entry) -> {
            Flight<V> flight = local.newRefresh(key, entry);
            if (!local.isLoading(key) && local.join(flight, landing.joinableSince()) == flight) {
                flights.add(flight);
            }
        });
        if (flights.isEmpty()) {
            return;
        }
        try {
            threads.ordinary().execute(() -> {
                // Those that nobody who needs the value has begun to lead meanwhile.
                flights.removeIf(flight -> !flight.claim());
                if (!flights.isEmpty()) {
                    lead.accept(flights);
                }
            });
        } catch (RuntimeException e) {
            flights.stream().filter(Flight::claim).forEach(landing::abandon);
            failures.failed("a refresh of region '" + name + "' found no thread", e);
        }
    }

    /** Reads the shared tier without loading. What is found goes into the local tier, unless somebody loads the key. */
    @Nullable
    Found<V> findShared(String key) {
        SharedRegion<V> tier = Objects.requireNonNull(shared);
        Flight<V> flight = local.newFlight(key);
        if (local.join(flight, landing.joinableSince()) != flight || !flight.claim()) {
            return look(tier, key);
        }
        flight.ledHere();
        try {
            Found<V> found = look(tier, key);
            landing.fallback(flight, found, null);
            return found;
        } finally {
            landing.abandon(flight);
        }
    }

    /** Reads without the intention to load: a lease that the read has planted must not hold other nodes up. */
    private @Nullable Found<V> look(SharedRegion<V> tier, String key) {
        Found<V> found = tier.find(key, leaseLife);
        if (found != null && !found.present()) {
            landing.release(key, found);
        }
        return found;
    }
}
