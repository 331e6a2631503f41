package io.perfkit.batching;

import io.github.resilience4j.bulkhead.Bulkhead;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run over items that are all there already. The calling thread and the workers on the executor each take the next
 * item by its number and leave its outcome in its place, until no number is left; then the calling thread waits for those
 * that are still inside. So beside its function an item costs a counter and an element of an array: nothing is queued or
 * handed over, which for many small items would cost more than they do.
 *
 * <p>A worker that the executor begins too late, or never, is not waited for: it finds no number left. A thread is
 * interrupted only while it is inside, and the mark is taken off it again when it leaves.
 */
final class ParallelMapping<T extends @Nullable Object, R extends @Nullable Object> {
    /** About as long as the last items of the others take, if they are small. */
    private static final int SPINS = 500;

    private static final long INTERRUPT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The outcome of an item whose function failed. */
    private record Failed(int position, Throwable failure) {
        ItemFailedException toException() {
            return new ItemFailedException(position, failure);
        }
    }

    private final Parallel settings;
    private final List<T> items;
    private final ParallelFunction<? super T, ? extends R> function;
    private final boolean failsFast;
    private final Executor executor;
    private final Runnable worker;
    private final Thread caller = Thread.currentThread();

    private final AtomicInteger nextItem = new AtomicInteger();
    private final @Nullable Object[] outcomes;

    /** The positions as they end; {@code null} if the results are in the order of the items. */
    private final int @Nullable [] asEnded;

    private final AtomicInteger ended = new AtomicInteger();

    /** Workers that were handed to the executor and have not ended, and those that it has begun. */
    private final AtomicInteger workers = new AtomicInteger();

    private final AtomicInteger inside = new AtomicInteger();
    private final Set<LoaderThread> stays = ConcurrentHashMap.newKeySet();

    private final AtomicReference<@Nullable Failed> first = new AtomicReference<>();
    private volatile boolean isCancelled;

    /** @param failsFast whether the first failure ends the others */
    ParallelMapping(
            Parallel settings,
            Collection<? extends T> items,
            ParallelFunction<? super T, ? extends R> function,
            boolean failsFast) {
        this.settings = settings;
        this.items = new ArrayList<>(items);
        this.function = function;
        this.failsFast = failsFast;
        outcomes = new Object[this.items.size()];
        asEnded = settings.isOrdered ? null : new int[outcomes.length];
        executor = settings.executor == null ? BackgroundThreads.shared() : settings.executor;
        UnaryOperator<Runnable> decorator = settings.taskDecorator;
        worker = decorator == null ? this::work : decorator.apply(this::work);
    }

    /**
     * Applies the function to all. When this returns or throws, it is inside no thread.
     *
     * @throws ItemFailedException if the first failure ends the others, and there was one
     * @throws BatchingException if the thread is interrupted while it waits
     */
    void run() {
        Run loader = Run.current();
        boolean isInterrupted;
        boolean isOver = false;
        try {
            takePart(loader);
            isOver = true;
        } finally {
            if (!isOver) {
                cancel(null);
            }
            isInterrupted = awaitWorkers();
            if (loader != null) {
                loader.takeSlotsBack();
            }
        }
        Failed failed = first.get();
        if (failed != null) {
            throw failed.toException();
        }
        if (isInterrupted) {
            throw new BatchingException(
                    "interrupted while waiting for parallel tasks; those that were running have been interrupted too");
        }
    }

    private void takePart(@Nullable Run loader) {
        LoaderThread stay = new LoaderThread();
        stays.add(stay);
        try {
            do {
                if (loader != null) {
                    // The function may ask the batcher in whose loader this thread is, here or in another thread.
                    loader.giveSlotsAway();
                }
                startWorkers();
            } while (takeOne(stay));
            if (loader != null) {
                loader.giveSlotsAway();
            }
        } finally {
            stays.remove(stay);
            boolean unused = stay.leave();
        }
    }

    /** No more than there are items left for, the calling thread being one of those who take them. */
    private void startWorkers() {
        while (!isCancelled && workers.get() < Math.min(settings.concurrency, items.size() - nextItem.get()) - 1) {
            workers.incrementAndGet();
            try {
                executor.execute(worker);
            } catch (RuntimeException refusal) {
                // Then the calling thread goes on without it, and asks again after its next item.
                workers.decrementAndGet();
                return;
            }
        }
    }

    private void work() {
        inside.incrementAndGet();
        LoaderThread stay = new LoaderThread();
        stays.add(stay);
        try {
            boolean hasTaken;
            do {
                hasTaken = takeOne(stay);
            } while (hasTaken);
        } finally {
            stays.remove(stay);
            boolean unused = stay.leave();
            workers.decrementAndGet();
            if (inside.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    /** @return whether there may be more */
    private boolean takeOne(LoaderThread stay) {
        if (isCancelled) {
            return false;
        }
        int position = nextItem.getAndIncrement();
        if (position >= outcomes.length) {
            return false;
        }
        Failed failed = null;
        try {
            outcomes[position] = apply(items.get(position));
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException && stay.thread == caller && !stay.isInterrupted()) {
                // By somebody else, who wants the caller to end: its next wait notices.
                caller.interrupt();
            }
            failed = new Failed(position, failure);
            outcomes[position] = failed;
        }
        if (asEnded != null) {
            asEnded[ended.getAndIncrement()] = position;
        }
        if (failed != null && failsFast && !isCancelled && first.compareAndSet(null, failed)) {
            cancel(stay);
        }
        return true;
    }

    private R apply(T item) throws Exception {
        Bulkhead bulkhead = settings.bulkhead;
        return bulkhead == null ? function.apply(item) : bulkhead.executeCallable(() -> function.apply(item));
    }

    /** Nothing more is begun, and those inside need not end what they are doing, but for one that has. */
    private void cancel(@Nullable LoaderThread butThis) {
        isCancelled = true;
        stays.forEach(stay -> {
            if (stay != butThis) {
                stay.interrupt();
            }
        });
    }

    /** @return whether this thread was interrupted meanwhile; it is marked so then, and the others were interrupted too */
    private boolean awaitWorkers() {
        boolean isInterrupted = false;
        for (int spins = 0; inside.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
                continue;
            }
            if (Thread.interrupted()) {
                isInterrupted = true;
                cancel(null);
            }
            if (isCancelled) {
                stays.forEach(LoaderThread::interrupt);
                LockSupport.parkNanos(this, INTERRUPT_AGAIN_NANOS);
            } else {
                LockSupport.park(this);
            }
        }
        if (isInterrupted) {
            caller.interrupt();
        }
        return isInterrupted;
    }

    /** After a run without a failure that ended it. */
    List<R> values() {
        List<R> values = new ArrayList<>(outcomes.length);
        for (int i = 0; i < outcomes.length; i++) {
            values.add(value(outcomes[at(i)]));
        }
        return Collections.unmodifiableList(values);
    }

    /** After a run in which a failure ends nothing but its item. */
    List<Result<R>> results() {
        List<Result<R>> results = new ArrayList<>(outcomes.length);
        for (int i = 0; i < outcomes.length; i++) {
            Object outcome = outcomes[at(i)];
            results.add(
                    outcome instanceof Failed failed
                            ? Result.failure(failed.toException())
                            : Result.success(value(outcome)));
        }
        return Collections.unmodifiableList(results);
    }

    private int at(int index) {
        return asEnded == null ? index : asEnded[index];
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null only where the function returned it
    private R value(@Nullable Object outcome) {
        return (R) outcome;
    }
}
