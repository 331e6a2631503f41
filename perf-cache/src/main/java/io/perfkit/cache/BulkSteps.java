package io.perfkit.cache;

import io.perfkit.cache.BulkLoads.Request;
import io.perfkit.cache.LoadSteps.Call;
import io.perfkit.cache.LoadSteps.Claim;
import io.perfkit.cache.LoadSteps.Done;
import io.perfkit.cache.LoadSteps.Elsewhere;
import io.perfkit.cache.LoadSteps.Look;
import io.perfkit.cache.LoadSteps.Step;
import io.perfkit.cache.SharedValues.AfterLoad;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many flights on their way together, on the calling thread: the {@link LoadSteps} of each, where all questions of one
 * kind are put at once. A round asks what stands in the shared tier, claims what is past its time there, and loads what
 * this node is to load; what another node loads is looked for again in the next round. One call makes one attempt.
 */
final class BulkSteps<V> {

    private final LoadSteps<V> steps;
    private final SharedValues<V> values;
    private final LoadErrors errors;
    private final CoarseClock clock;
    private final Request<V> request;
    private final Map<String, @Nullable Entry<V>> results;

    private List<Look<V>> looks = List.of();
    private List<Claim<V>> claims = List.of();
    private List<Elsewhere<V>> elsewhere = List.of();
    private List<Call<V>> calls = List.of();
    /** What has been served and is to be loaded anew. */
    private Map<String, Entry<V>> toRefresh = Map.of();

    private @Nullable LeaseWait wait;
    private int count;

    /** @param results gets what is found or loaded */
    BulkSteps(
            LoadSteps<V> steps,
            SharedValues<V> values,
            LoadErrors errors,
            CoarseClock clock,
            Request<V> request,
            Map<String, @Nullable Entry<V>> results) {
        this.steps = steps;
        this.values = values;
        this.errors = errors;
        this.clock = clock;
        this.request = request;
        this.results = results;
    }

    /**
     * Leads flights to their ends. Where it throws, some may not have ended.
     *
     * @return the entries whose next values are to be loaded in the background
     */
    Map<String, Entry<V>> lead(List<Flight<V>> flights, boolean refresh) {
        count = flights.size();
        for (Flight<V> flight : flights) {
            flight.ledHere();
            sort(steps.begin(flight, refresh));
        }
        while (!looks.isEmpty() || !calls.isEmpty()) {
            round();
        }
        return toRefresh;
    }

    private void sort(Step<V> step) {
        if (step instanceof Look<V> look) {
            looks = with(looks, look);
        } else if (step instanceof Claim<V> claim) {
            claims = with(claims, claim);
        } else if (step instanceof Elsewhere<V> other) {
            elsewhere = with(elsewhere, other);
        } else if (step instanceof Call<V> call) {
            calls = with(calls, call);
        } else {
            ended((Done<V>) step);
        }
    }

    /** Most calls put only one kind of question, or two. */
    private <T> List<T> with(List<T> list, T added) {
        List<T> longer = list.isEmpty() ? new ArrayList<>(count) : list;
        longer.add(added);
        return longer;
    }

    private void ended(Done<V> done) {
        Entry<V> entry = done.entry();
        if (entry != null) {
            results.put(done.key(), entry);
            if (done.refreshes()) {
                toRefresh = toRefresh.isEmpty() ? new LinkedHashMap<>() : toRefresh;
                toRefresh.put(done.key(), entry);
            }
        }
    }

    private void round() {
        List<Look<V>> missing = look();
        if (!missing.isEmpty() || !calls.isEmpty()) {
            request.looked().run();
        }
        claim(missing);
        if (!elsewhere.isEmpty() && waiting().isOver()) {
            List<Elsewhere<V>> mine = elsewhere;
            elsewhere = List.of();
            mine.forEach(each -> sort(each.loadHere()));
        }
        List<Call<V>> toLoad = calls;
        calls = List.of();
        if (!toLoad.isEmpty()) {
            load(toLoad);
        } else if (!elsewhere.isEmpty()) {
            LockSupport.parkNanos(waiting().next());
        }
        List<Elsewhere<V>> open = elsewhere;
        elsewhere = List.of();
        open.forEach(each -> sort(each.lookAgain()));
    }

    private LeaseWait waiting() {
        LeaseWait waiting = wait == null ? steps.newWait() : wait;
        wait = waiting;
        return waiting;
    }

    /** Returns the looks that found nothing to serve. */
    private List<Look<V>> look() {
        if (looks.isEmpty()) {
            return List.of();
        }
        List<Look<V>> asked = looks;
        looks = List.of();
        Map<String, Found<V>> found = steps.askAll(asked);
        List<Look<V>> missing = new ArrayList<>();
        boolean interrupted = false;
        for (Look<V> look : asked) {
            Step<V> next = look.answered(found.get(look.key()));
            if (!(next instanceof Done)) {
                missing.add(look);
                interrupted |= look.isInterrupted();
            }
            sort(next);
        }
        if (interrupted) {
            throw interrupted(missing);
        }
        return missing;
    }

    private void claim(List<Look<V>> missing) {
        if (claims.isEmpty()) {
            return;
        }
        List<Claim<V>> asked = claims;
        claims = List.of();
        Map<String, Boolean> granted = steps.claimAll(asked);
        if (Thread.currentThread().isInterrupted()) {
            List<Claim<V>> ours = new ArrayList<>(asked);
            ours.removeIf(claim -> !granted.getOrDefault(claim.key(), true));
            steps.giveUpAll(ours);
            throw interrupted(missing);
        }
        asked.forEach(claim -> sort(claim.answered(granted.getOrDefault(claim.key(), true))));
    }

    private CacheException interrupted(List<Look<V>> missing) {
        missing.forEach(Look::giveUp);
        return errors.interrupted(
                LoadErrors.several(missing.stream().map(Look::key).toList()), null);
    }

    private void load(List<Call<V>> toLoad) {
        Set<String> keys = new LinkedHashSet<>();
        for (Call<V> call : toLoad) {
            keys.add(call.key());
            call.begins();
        }
        long start = clock.preciseNanos();
        Map<String, V> loaded;
        try {
            loaded = apply(Collections.unmodifiableSet(keys));
        } catch (Throwable t) {
            Interruption.keepFlag(t);
            failed(toLoad, t, (clock.preciseNanos() - start) / toLoad.size());
            return;
        }
        long end = clock.preciseNanos();
        long each = (end - start) / toLoad.size();
        AfterLoad<V> after = values.afterLoad();
        // Of all of them: a bulk loader decides nothing about its values.
        LoadContext<V> context = new LoadContext<>(null);
        for (Call<V> call : toLoad) {
            V value = loaded.get(call.key());
            if (value == null && !steps.keepsAbsence()) {
                call.withoutValue(after);
            } else {
                results.put(call.key(), call.brought(value, context, request.ttl(), end, each, after));
            }
        }
        values.settle(after);
    }

    private Map<String, V> apply(Set<String> keys) throws Exception {
        boolean begun = LoadThreads.begin();
        try {
            Map<String, V> loaded = request.loader().load(keys);
            if (loaded == null) {
                throw errors.noMap();
            }
            return loaded;
        } finally {
            LoadThreads.end(begun);
        }
    }

    /** Throws the last failure that no stale value stands in for, when all flights have ended. */
    private void failed(List<Call<V>> toLoad, Throwable failure, long each) {
        AfterLoad<V> after = values.afterLoad();
        Throwable toThrow = null;
        for (Call<V> call : toLoad) {
            try {
                results.put(call.key(), call.failed(failure, each, after));
            } catch (Throwable t) {
                call.crash(t);
                toThrow = t;
            }
        }
        values.settle(after);
        if (toThrow != null) {
            throw Flight.<RuntimeException>unchanged(toThrow);
        }
    }
}
