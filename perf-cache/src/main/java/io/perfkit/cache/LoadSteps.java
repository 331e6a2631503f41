package io.perfkit.cache;

import io.perfkit.cache.SharedValues.AfterLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a flight comes to its value, told once for calls that wait ({@link WaitingLoads}), calls that do not
 * ({@link AsyncLoads}) and calls for many keys ({@link BulkLoads}). A load is a chain of questions, and each answer says
 * what comes next:
 *
 * <ol>
 *   <li>The local tier is looked into once more: the flight before may have left a value.
 *   <li>{@link Look}: the shared tier is read, if there is one. What may be served ends the flight. What is past its time
 *       is kept in case that loading fails or takes too long.
 *   <li>{@link Claim}, with loads across nodes and a value that is past its time: is this node the one to replace it?
 *       Where nothing stands, the lease that the look has planted or found says it already.
 *   <li>{@link Elsewhere}, if another node is the one: look again after a pause, or load here if that takes too long. A
 *       refresh leaves the value to the other node, and ends.
 *   <li>{@link Call}: the loader is called, and what it brings or how it fails ends the flight.
 *   <li>{@link Done}: the flight has ended without the loader.
 * </ol>
 *
 * <p>A flight is registered before anything is looked up elsewhere, and remembers the local epoch of that moment. So an
 * invalidation either comes first, and the look-up sees what it left, or it finds the flight and cuts it off.
 *
 * <p>A driver puts the questions in its own way, on whatever thread, and gives the answers back. Where it throws
 * instead, it has to end the flight by {@link LoadOutcome#crash}. Steps of one flight are for one thread at a time.
 */
final class LoadSteps<V> {

    /** Another node refreshes the value: for so long, this one does not ask again whether it is done. */
    private static final long OTHER_REFRESHES = TimeUnit.MILLISECONDS.toNanos(100);

    /** Where a load stands: at a question, or at its end. */
    sealed interface Step<V> {}

    /** What stands in the shared tier? Where nothing does, a lease is planted, unless somebody else's stands. */
    record Look<V>(Call<V> load) implements Step<V> {

        String key() {
            return load.key();
        }

        @Nullable
        Found<V> ask() {
            return load.shared().find(key(), load.steps.leaseLife);
        }

        /** @param executor where the answer comes */
        CompletableFuture<@Nullable Found<V>> askAsync(Executor executor) {
            return load.shared().findAsync(key(), load.steps.leaseLife, executor);
        }

        /** @param found null if the shared tier cannot be used now, and what is loaded instead must not be shared */
        Step<V> answered(@Nullable Found<V> found) {
            return load.looked(found);
        }

        /**
         * Whether the load, which has not ended, is to be given up because the thread that looked is interrupted: in the
         * pause or in the look, which then found nothing. That is no reason to load beside another node.
         */
        boolean isInterrupted() {
            return Thread.currentThread().isInterrupted() && load.dependsOnOthers();
        }

        /** Lets other nodes load: the look may have planted a lease that this call will not use. */
        void giveUp() {
            load.releaseLease();
        }
    }

    /** Is this node the one to replace what stands there? */
    record Claim<V>(Call<V> load, Found<V> found) implements Step<V> {

        String key() {
            return load.key();
        }

        CompletableFuture<Boolean> ask() {
            return load.shared().claimRefresh(key(), found, load.steps.leaseLife);
        }

        /** @param mine also without an answer: it is better to load twice than not at all */
        Step<V> answered(boolean mine) {
            return load.claimed(mine);
        }

        /** Lets other nodes load: the claim was granted, or may be, and this call will not use it. */
        void giveUp() {
            load.release(found);
        }
    }

    /** Another node loads the value. */
    record Elsewhere<V>(Call<V> load) implements Step<V> {

        Step<V> lookAgain() {
            return load.lookAgain();
        }

        Step<V> loadHere() {
            return load;
        }
    }

    /**
     * What is the value? That is a question for the caller's loader. And all that is known of the flight on its way, of
     * which the other questions know too: so a load that asks no other question makes no other object.
     */
    static final class Call<V> implements Step<V> {

        private final LoadSteps<V> steps;
        private final Flight<V> flight;
        /** Whether nobody waits who began it. */
        private final boolean refresh;
        /** Whether it waits for another node. */
        private boolean waits;
        /** What the last look found. */
        private @Nullable Found<V> found;
        /** What stands in if loading fails. */
        private @Nullable Entry<V> fallback;

        private Call(LoadSteps<V> steps, Flight<V> flight, boolean refresh) {
            this.steps = steps;
            this.flight = flight;
            this.refresh = refresh;
        }

        String key() {
            return flight.key();
        }

        /** To be told before the loader is called. */
        void begins() {
            if (!refresh) {
                steps.counters.misses.increment();
            }
        }

        /** What the loader is to see. */
        LoadContext<V> context() {
            return new LoadContext<>(fallback == null ? null : fallback.value);
        }

        /**
         * Ends the flight with what the loader brought; null is checked already.
         *
         * @param context what the loader decided about it
         * @param ttl how long it is fresh, if the loader did not decide that
         * @param endedAt when the load ended, and the value's life began, in the cache's nanoseconds
         * @param nanos how long it took
         * @param after gets what is to be done in the shared tier now
         */
        Entry<V> brought(
                @Nullable V value, LoadContext<V> context, long ttl, long endedAt, long nanos, AfterLoad<V> after) {
            Life life = steps.lifetimes.life(value, ttl, context, nanos);
            if (context.stored()) {
                return steps.outcome.loaded(flight, found, value, life, endedAt, after);
            }
            after.release(flight.key(), found);
            return steps.outcome.passedOn(flight, value, life, endedAt);
        }

        /** Ends the flight with a stale value that may stand in. Throws if there is none; then it has not ended. */
        Entry<V> failed(Throwable failure, long nanos, AfterLoad<V> after) {
            after.release(flight.key(), found);
            return steps.outcome.failed(flight, fallback, refresh, failure, nanos);
        }

        /** Ends the flight without a value, which is not kept. Who waits with a loader of his own shall ask that one. */
        void withoutValue(AfterLoad<V> after) {
            after.release(flight.key(), found);
            steps.outcome.abandon(flight);
        }

        void crash(Throwable failure) {
            steps.outcome.crash(flight, failure);
        }

        private Step<V> first() {
            Entry<V> present = steps.reads.usable(flight.key());
            if (!refresh && present != null && steps.reads.isServable(present)) {
                // For this caller only: an invalidation may have returned since the look, and later ones must not get
                // it.
                steps.outcome.endAlone(flight, present);
                steps.counters.localHit(flight.key());
                return new Done<>(flight.key(), present, false);
            }
            fallback = present;
            if (steps.shared == null) {
                flight.fallback(present);
                return this;
            }
            return new Look<>(this);
        }

        private Step<V> looked(@Nullable Found<V> read) {
            Entry<V> adopted = steps.outcome.adopt(flight, read, refresh);
            if (adopted != null) {
                return new Done<>(flight.key(), adopted, !refresh && steps.reads.isToRefresh(adopted));
            }
            found = read;
            fallback = steps.outcome.fallback(flight, read, fallback);
            if (!steps.crossNode || read == null) {
                return this;
            }
            return read.present() ? new Claim<>(this, read) : claimed(read.leaseIsOurs());
        }

        private Step<V> claimed(boolean mine) {
            if (mine) {
                return this;
            }
            if (!refresh) {
                return new Elsewhere<>(this);
            }
            steps.outcome.postpone(flight.key(), fallback, OTHER_REFRESHES);
            steps.outcome.abandon(flight);
            return new Done<>(flight.key(), null, false);
        }

        private Step<V> lookAgain() {
            waits = true;
            return new Look<>(this);
        }

        private boolean dependsOnOthers() {
            return waits || (steps.crossNode && found == null && shared().remote() != null);
        }

        private void release(@Nullable Found<V> given) {
            steps.values.release(flight.key(), given);
        }

        private void releaseLease() {
            Found<V> read = found;
            if (read != null && !read.present() && read.leaseIsOurs()) {
                release(read);
            }
        }

        private SharedRegion<V> shared() {
            return Objects.requireNonNull(steps.shared);
        }
    }

    /**
     * The flight has ended, and the loader was not needed.
     *
     * @param entry what the caller for whom it was led gets; null if it was a refresh that is left to another node
     * @param refreshes whether this answer sets off the load of the next value
     */
    record Done<V>(String key, @Nullable Entry<V> entry, boolean refreshes) implements Step<V> {}

    private final @Nullable SharedRegion<V> shared;
    private final boolean crossNode;
    private final Duration leaseLife;
    private final boolean keepsAbsence;
    private final Counters counters;
    private final LocalReads<V> reads;
    private final LoadOutcome<V> outcome;
    private final Lifetimes lifetimes;
    private final SharedValues<V> values;

    LoadSteps(
            RegionParts<V> parts,
            LocalReads<V> reads,
            LoadOutcome<V> outcome,
            Lifetimes lifetimes,
            SharedValues<V> values) {
        this.shared = parts.shared();
        this.crossNode = parts.policy().crossNodeLoads().isPresent();
        this.leaseLife = parts.policy().crossNodeLoads().orElse(SharedRegion.LEASE_LIFE);
        this.keepsAbsence = parts.policy().nullTtl().isPresent();
        this.counters = parts.counters();
        this.reads = reads;
        this.outcome = outcome;
        this.lifetimes = lifetimes;
        this.values = values;
    }

    /** The first step of a flight that the caller has claimed. */
    Step<V> begin(Flight<V> flight, boolean refresh) {
        return new Call<>(this, flight, refresh).first();
    }

    /** Puts many questions together; those have no answer for which the shared tier cannot be used now. */
    Map<String, Found<V>> askAll(List<Look<V>> looks) {
        List<String> keys = new ArrayList<>(looks.size());
        looks.forEach(look -> keys.add(look.key()));
        return Objects.requireNonNull(shared).findAll(keys, leaseLife);
    }

    /** The same for claims. */
    Map<String, Boolean> claimAll(List<Claim<V>> claims) {
        Map<String, Found<V>> found = new LinkedHashMap<>(2 * claims.size());
        claims.forEach(claim -> found.put(claim.key(), claim.found()));
        return Objects.requireNonNull(shared).claimRefreshes(found, leaseLife);
    }

    /** Gives many up, as {@link Claim#giveUp} does. */
    void giveUpAll(List<Claim<V>> claims) {
        Map<String, Found<V>> found = new LinkedHashMap<>(2 * claims.size());
        claims.forEach(claim -> found.put(claim.key(), claim.found()));
        values.releaseAll(found);
    }

    /**
     * Whether the flight that a call has met is one for which nobody has to wait: a refresh, whose stale value the local
     * tier does not have, because it keeps none or has evicted it. The shared tier may have it.
     */
    boolean isRefreshOfSharedValue(Flight<V> met) {
        return shared != null && met.isRefresh();
    }

    /** What the shared tier has for a call while the value is refreshed; null if there is nothing to serve. */
    @Nullable
    Entry<V> whileRefreshed(Flight<V> refresh) {
        return served(refresh, Objects.requireNonNull(shared).find(refresh.key(), leaseLife));
    }

    /** @param executor where the answer comes */
    CompletableFuture<@Nullable Entry<V>> whileRefreshedAsync(Flight<V> refresh, Executor executor) {
        return Objects.requireNonNull(shared)
                .findAsync(refresh.key(), leaseLife, executor)
                .thenApply(found -> served(refresh, found));
    }

    /** The same for many; those that have nothing to serve are absent. */
    Map<String, Entry<V>> whileRefreshed(List<Flight<V>> refreshes) {
        if (refreshes.isEmpty()) {
            return Map.of();
        }
        List<String> keys = refreshes.stream().map(Flight::key).toList();
        Map<String, Found<V>> found = Objects.requireNonNull(shared).findAll(keys, leaseLife);
        Map<String, Entry<V>> served = new HashMap<>(2 * keys.size());
        for (Flight<V> refresh : refreshes) {
            Entry<V> entry = served(refresh, found.get(refresh.key()));
            if (entry != null) {
                served.put(refresh.key(), entry);
            }
        }
        return served;
    }

    private @Nullable Entry<V> served(Flight<V> refresh, @Nullable Found<V> found) {
        if (found != null && !found.present()) {
            // This call will not load: the refresh does.
            values.release(refresh.key(), found);
        }
        return outcome.served(refresh, found);
    }

    /** For the first time that a call finds another node loading. */
    LeaseWait newWait() {
        return new LeaseWait(leaseLife);
    }

    /** Whether the knowledge that there is no value is kept like one. */
    boolean keepsAbsence() {
        return keepsAbsence;
    }

    /** For how many nanoseconds an answer to a claim is waited for. */
    long claimNanos() {
        return leaseLife.toNanos();
    }
}
