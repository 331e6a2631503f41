package io.perfkit.cache;

import io.perfkit.cache.internal.Futures;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes that nested {@link Deferral}s of one thread have collected. A change that is issued again takes the place
 * of the first, at the end of the order. All changes of a region share one acknowledgement, so that what is collected is
 * bounded however many were issued.
 */
final class DeferredChanges {

    static final int MAXIMUM_PER_REGION = 1_000;

    /** What a change is for. A second change of the same subject makes the first superfluous. */
    record Subject(String region, Kind kind, String text) {}

    /**
     * A change that is to wait.
     *
     * @param local the tier of its region
     * @param put set if it is a put
     * @param change makes it
     * @param invalidation what takes the place of the change where that must not happen
     * @param clear what takes the place of all changes of the region where they are too many
     */
    record Issued(
            Subject subject,
            LocalTier<?> local,
            @Nullable DelayedPut put,
            Supplier<Invalidation> change,
            Supplier<Invalidation> invalidation,
            Supplier<Invalidation> clear) {}

    private final Map<Subject, Change> collected = new LinkedHashMap<>();
    private final Map<String, Region> regions = new HashMap<>();
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
    synchronized @Nullable Invalidation add(Issued issued) {
        if (ended) {
            return null;
        }
        Subject subject = issued.subject();
        Region region = regions.computeIfAbsent(subject.region(), name -> new Region(issued.local()));
        Change added = new Change(issued.put(), issued.change(), issued.invalidation());
        Change replaced = collected.remove(subject);
        if (replaced != null) {
            added.takeOver(replaced);
        } else if (++region.size > MAXIMUM_PER_REGION) {
            added = new Change(null, issued.clear(), issued.clear());
            merge(subject.region(), added);
            region.size = 1;
            subject = new Subject(subject.region(), Kind.EVERYTHING, "");
        }
        collected.put(subject, added);
        return new Invalidation(region.acknowledged, added::repeatAfter);
    }

    private void merge(String region, Change into) {
        for (Iterator<Map.Entry<Subject, Change>> i = collected.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Subject, Change> each = i.next();
            if (each.getKey().region().equals(region)) {
                into.takeOver(each.getValue());
                i.remove();
            }
        }
    }

    /** Puts become invalidations, whatever happens: what they put may have been undone. */
    synchronized void distrustPuts() {
        failed = true;
    }

    /** Ends all deferrals without applying anything. */
    void drop(CacheException reason) {
        synchronized (this) {
            ended = true;
        }
        regions.values().forEach(region -> region.acknowledged.completeExceptionally(reason));
        collected.clear();
        regions.clear();
    }

    /** Ends one of the deferrals; the last one applies what all have collected. */
    void leave(boolean committed) {
        boolean keepPuts;
        synchronized (this) {
            failed |= !committed;
            if (--open > 0) {
                return;
            }
            ended = true;
            keepPuts = !failed;
        }
        // Nothing is added from here on.
        collected.forEach((subject, change) -> change.judge(region(subject)));
        RuntimeException failure = null;
        for (Map.Entry<Subject, Change> each : collected.entrySet()) {
            Region region = region(each.getKey());
            try {
                region.applied.add(each.getValue().apply(keepPuts));
                region.noteApplied(each.getKey(), each.getValue());
            } catch (RuntimeException e) {
                region.acknowledged.completeExceptionally(e);
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        regions.values().forEach(Region::acknowledge);
        // The thread may hold this object for a while.
        collected.clear();
        regions.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private Region region(Subject subject) {
        return Objects.requireNonNull(regions.get(subject.region()));
    }

    /** The changes of one region, which are acknowledged together. */
    private static final class Region {

        private final LocalTier<?> local;
        /** Where there are puts. */
        private @Nullable OwnChanges own;

        private final CompletableFuture<Long> acknowledged = new CompletableFuture<>();
        private final List<Invalidation> applied = new ArrayList<>();
        private int size;

        Region(LocalTier<?> local) {
            this.local = local;
        }

        private OwnChanges own() {
            if (own == null) {
                own = new OwnChanges(local);
            }
            return own;
        }

        /** A put says so itself, when it has taken effect in the local tier. */
        private void noteApplied(Subject subject, Change change) {
            if (own != null && change.put == null) {
                own.applied(subject.kind(), subject.text());
            }
        }

        private void acknowledge() {
            Futures.forward(Invalidation.all(applied).epoch(), acknowledged);
        }
    }

    /** One collected change. Guarded by the lock of its owner until it is applied. */
    private final class Change {

        private final @Nullable DelayedPut put;
        private final Supplier<Invalidation> change;
        private final Supplier<Invalidation> invalidation;
        private final Set<Duration> delays = new LinkedHashSet<>();
        private @Nullable Change replacement;
        private @Nullable Invalidation applied;

        Change(@Nullable DelayedPut put, Supplier<Invalidation> change, Supplier<Invalidation> invalidation) {
            this.put = put;
            this.change = change;
            this.invalidation = invalidation;
        }

        void judge(Region region) {
            if (put != null) {
                put.judge(region.own());
            }
        }

        void takeOver(Change other) {
            delays.addAll(other.delays);
            other.replacement = this;
        }

        private void repeatAfter(Duration delay) {
            Invalidation now;
            synchronized (DeferredChanges.this) {
                Change last = this;
                while (last.replacement != null) {
                    last = last.replacement;
                }
                now = last.applied;
                if (now == null) {
                    last.delays.add(delay);
                }
            }
            if (now != null) {
                now.repeatAfter(delay);
            }
        }

        Invalidation apply(boolean keepPut) {
            Invalidation done = (keepPut ? change : invalidation).get();
            List<Duration> due;
            synchronized (DeferredChanges.this) {
                applied = done;
                due = List.copyOf(delays);
            }
            due.forEach(done::repeatAfter);
            return done;
        }
    }
}
