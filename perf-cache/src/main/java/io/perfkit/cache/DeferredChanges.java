package io.perfkit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes that nested {@link Deferral}s of one thread have collected. A change that is issued again takes the place
 * of the first, at the end of the order; what was promised for the first is kept by the second.
 */
final class DeferredChanges {

    static final int MOST_PER_REGION = 1_000;

    /** What a change is for. A second change of the same subject makes the first superfluous. */
    record Subject(String region, Kind kind, String text) {}

    enum Kind {
        KEY,
        PATTERN,
        TAG,
        EVERYTHING,
        EXPIRED_KEY,
        EXPIRED_PATTERN
    }

    private final Map<Subject, Change> collected = new LinkedHashMap<>();
    private final Map<String, Integer> sizes = new LinkedHashMap<>();
    private int open;
    private boolean failed;
    private boolean ended;

    /** Whether one more deferral could join. */
    synchronized boolean join() {
        if (ended) {
            return false;
        }
        open++;
        return true;
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    /** Collects a change; null if it is too late for that. */
    synchronized @Nullable Invalidation add(
            Subject subject,
            Supplier<Invalidation> change,
            Supplier<Invalidation> invalidation,
            Supplier<Invalidation> clear) {
        if (ended) {
            return null;
        }
        Change added = new Change(change, invalidation);
        Change replaced = collected.remove(subject);
        if (replaced != null) {
            added.takeOver(replaced);
        } else if (sizes.merge(subject.region(), 1, Integer::sum) > MOST_PER_REGION) {
            subject = new Subject(subject.region(), Kind.EVERYTHING, "");
            Change everything = new Change(clear, clear);
            merge(subject.region(), everything);
            added = everything;
        }
        collected.put(subject, added);
        return added.invalidation();
    }

    private void merge(String region, Change into) {
        for (Iterator<Map.Entry<Subject, Change>> i = collected.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Subject, Change> each = i.next();
            if (each.getKey().region().equals(region)) {
                into.takeOver(each.getValue());
                i.remove();
            }
        }
        sizes.put(region, 1);
    }

    /** Ends one of the deferrals; the last one applies what all have collected. */
    void leave(boolean committed) {
        List<Change> changes;
        boolean keepPuts;
        synchronized (this) {
            failed |= !committed;
            if (--open > 0) {
                return;
            }
            ended = true;
            keepPuts = !failed;
            changes = new ArrayList<>(collected.values());
            collected.clear();
        }
        apply(changes, keepPuts);
    }

    private static void apply(List<Change> changes, boolean keepPuts) {
        RuntimeException failure = null;
        for (Change each : changes) {
            try {
                each.apply(keepPuts);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** One collected change, and what was promised for it. Guarded by the lock of its owner until it is applied. */
    private final class Change {

        private final Supplier<Invalidation> change;
        private final Supplier<Invalidation> invalidation;
        private final List<CompletableFuture<Long>> promises = new ArrayList<>();
        private final List<Duration> settling = new ArrayList<>();
        private @Nullable Change replacement;
        private @Nullable Invalidation applied;

        Change(Supplier<Invalidation> change, Supplier<Invalidation> invalidation) {
            this.change = change;
            this.invalidation = invalidation;
        }

        void takeOver(Change other) {
            promises.addAll(other.promises);
            settling.addAll(other.settling);
            other.replacement = this;
        }

        Invalidation invalidation() {
            CompletableFuture<Long> promise = new CompletableFuture<>();
            promises.add(promise);
            return new Invalidation(promise, this::settle);
        }

        private void settle(Duration delay) {
            Invalidation now;
            synchronized (DeferredChanges.this) {
                Change last = this;
                while (last.replacement != null) {
                    last = last.replacement;
                }
                now = last.applied;
                if (now == null) {
                    last.settling.add(delay);
                }
            }
            if (now != null) {
                now.settle(delay);
            }
        }

        void apply(boolean keepPut) {
            Invalidation done;
            try {
                done = (keepPut ? change : invalidation).get();
            } catch (RuntimeException e) {
                promises.forEach(promise -> promise.completeExceptionally(e));
                throw e;
            }
            List<Duration> delays;
            synchronized (DeferredChanges.this) {
                applied = done;
                delays = List.copyOf(settling);
            }
            for (CompletableFuture<Long> promise : promises) {
                var unused = done.epoch().whenComplete((epoch, failure) -> {
                    if (failure == null) {
                        promise.complete(epoch);
                    } else {
                        promise.completeExceptionally(failure);
                    }
                });
            }
            delays.forEach(done::settle);
        }
    }
}
