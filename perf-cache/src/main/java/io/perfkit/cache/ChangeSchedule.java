package io.perfkit.cache;

import io.perfkit.cache.DeferredChanges.Issued;
import io.perfkit.cache.DeferredChanges.Subject;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When the invalidations and puts of a cache take effect: at once, or when a {@link Deferral} of the calling thread
 * ends; and, where it is asked for, a second time later.
 */
final class ChangeSchedule {

    private static final Duration BEFORE_NEXT_TRY = Duration.ofMillis(100);

    /** Runs something after a time. */
    @FunctionalInterface
    interface Timer {
        void after(Duration delay, Runnable task);
    }

    /** What the thread defers for this cache; it may defer for another as well. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable DeferredChanges> current = new ThreadLocal<>();

    private final Set<Repetition> repetitions = ConcurrentHashMap.newKeySet();
    private final Timer timer;
    private final FailureLog failures;
    private final @Nullable Transactions transactions;
    private volatile boolean closed;

    ChangeSchedule(Timer timer, FailureLog failures) {
        this(timer, failures, null);
    }

    ChangeSchedule(Timer timer, FailureLog failures, @Nullable Transactions transactions) {
        this.timer = timer;
        this.failures = failures;
        this.transactions = transactions;
    }

    /** A timer that holds no thread while it waits, and runs its tasks on an executor. */
    static Timer timer(Executor executor) {
        return new Timer() {
            @Override
            public void after(Duration delay, Runnable task) {
                CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, this::submit)
                        .execute(task);
            }

            private void submit(Runnable task) {
                try {
                    executor.execute(task);
                } catch (RejectedExecutionException e) {
                    after(BEFORE_NEXT_TRY, task);
                }
            }
        };
    }

    /** Makes a change, now or when the thread's deferral ends. */
    Invalidation issue(ChangeTarget region, Kind kind, String text, Supplier<Invalidation> change) {
        return issue(region, kind, text, change, change);
    }

    /**
     * Makes a change, now or when the thread's deferral ends.
     *
     * @param invalidation what takes the place of the change where that must not happen: after a failed transaction,
     *     and the second time
     */
    Invalidation issue(
            ChangeTarget region,
            Kind kind,
            String text,
            Supplier<Invalidation> change,
            Supplier<Invalidation> invalidation) {
        return issue(region, kind, text, null, change, invalidation);
    }

    /** The same for a put that may have to wait. */
    Invalidation issuePut(
            ChangeTarget region,
            String key,
            DelayedPut put,
            Supplier<Invalidation> change,
            Supplier<Invalidation> invalidation) {
        return issue(region, Kind.KEY, key, put, change, invalidation);
    }

    /** Whether changes of the calling thread wait for the end of something. */
    boolean delays() {
        return collecting() != null || transaction() != null;
    }

    private Invalidation issue(
            ChangeTarget region,
            Kind kind,
            String text,
            @Nullable DelayedPut put,
            Supplier<Invalidation> change,
            Supplier<Invalidation> invalidation) {
        Objects.requireNonNull(text, kind.name().toLowerCase(Locale.ROOT));
        Subject subject = new Subject(region.name(), kind, text);
        TransactionChanges transaction = transaction();
        if (transaction != null) {
            Invalidation collected = transaction.add(
                    region.in(transaction),
                    new Issued(
                            subject,
                            region.local(),
                            put,
                            () -> now(change, invalidation),
                            () -> now(invalidation, invalidation),
                            () -> now(region::clearNow, region::clearNow)));
            // What comes after the end of its transaction is not known to be true.
            return collected == null ? now(invalidation, invalidation) : collected;
        }
        DeferredChanges collecting = collecting();
        if (collecting != null) {
            Invalidation collected = collecting.add(new Issued(
                    subject,
                    region.local(),
                    put,
                    () -> now(change, invalidation),
                    () -> now(invalidation, invalidation),
                    () -> now(region::clearNow, region::clearNow)));
            if (collected != null) {
                return collected;
            }
        }
        return now(change, invalidation);
    }

    /** Makes a change of many keys at once; if the thread defers, one of each. */
    Invalidation issueAll(
            Collection<String> keys,
            Function<String, Invalidation> each,
            Supplier<Invalidation> change,
            Function<Collection<String>, Invalidation> invalidation) {
        List<String> copy = List.copyOf(keys);
        return delays()
                ? Invalidation.all(copy.stream().map(each).toList())
                : now(change, () -> invalidation.apply(copy));
    }

    private Invalidation now(Supplier<Invalidation> change, Supplier<Invalidation> invalidation) {
        return new Invalidation(change.get().epoch(), delay -> repeat(invalidation, delay));
    }

    /** The transaction whose end the thread's changes wait for. It is more exact than a deferral around it or in it. */
    private @Nullable TransactionChanges transaction() {
        TransactionChanges current = transactions == null ? null : transactions.current();
        return current != null && current.collects() ? current : null;
    }

    private @Nullable DeferredChanges collecting() {
        DeferredChanges changes = current.get();
        if (changes != null && changes.hasEnded()) {
            current.remove();
            return null;
        }
        return changes;
    }

    /** Begins to collect the changes of the calling thread, or joins what it collects already. */
    Deferral defer() {
        DeferredChanges changes = collecting();
        if (changes == null || !changes.join()) {
            changes = new DeferredChanges();
            changes.join();
            current.set(changes);
        }
        return new Deferral(changes);
    }

    private void repeat(Supplier<Invalidation> invalidation, Duration delay) {
        Repetition repetition = new Repetition(invalidation);
        repetitions.add(repetition);
        if (closed) {
            repetition.cancel();
        } else {
            timer.after(delay, repetition);
        }
    }

    /** Forgets the repetitions that are still to come. */
    void close() {
        closed = true;
        repetitions.forEach(Repetition::cancel);
    }

    private final class Repetition implements Runnable {

        private final AtomicReference<@Nullable Supplier<Invalidation>> invalidation;

        Repetition(Supplier<Invalidation> invalidation) {
            this.invalidation = new AtomicReference<>(invalidation);
        }

        /** The timer may hold this object for a while; it must not hold the cache with it. */
        void cancel() {
            invalidation.set(null);
            repetitions.remove(this);
        }

        @Override
        public void run() {
            Supplier<Invalidation> due = invalidation.getAndSet(null);
            repetitions.remove(this);
            if (due == null) {
                return;
            }
            try {
                var unused = due.get();
            } catch (RuntimeException e) {
                failures.failed("a second invalidation failed", e);
            }
        }
    }
}
