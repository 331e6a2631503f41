package io.perfkit.batching;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run over a source, which is only ever read by the thread that consumes the results.
 *
 * <p>That thread puts tasks into a queue, as far as the look-ahead permits; workers on the executor, at most as many as
 * the concurrency, take them from there until it is empty, and hand them back through another queue, where the consumer
 * waits. If no worker gets a thread (the consumer may occupy the only one of the executor), the consumer carries out
 * tasks itself. The number of tasks that are queued, running or not consumed never exceeds concurrency and look-ahead
 * together, so an endless source is read no further than that.
 */
final class ParallelRun<T extends @Nullable Object, R extends @Nullable Object> {
    /** So long a consumer waits for a worker to begin before it begins itself. */
    private static final long PATIENCE_MILLIS = 10;

    private final Parallel settings;
    private final Iterator<? extends T> source;
    private final ParallelFunction<? super T, ? extends R> function;
    private final Executor executor;
    private final Runnable worker;

    private final Queue<ParallelTask<T, R>> todo = new ConcurrentLinkedQueue<>();
    private final LinkedBlockingQueue<ParallelTask<T, R>> finished = new LinkedBlockingQueue<>();
    private final Set<ParallelTask<T, R>> running = ConcurrentHashMap.newKeySet();

    /** Workers that were handed to the executor and have not ended, and those inside the function. */
    private final AtomicInteger workers = new AtomicInteger();

    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean isCancelled;

    private final Thread consumer = Thread.currentThread();

    /** Of the consumer alone. */
    private final Deque<ParallelTask<T, R>> inOrder = new ArrayDeque<>();

    private long position;
    private int open;

    ParallelRun(Parallel settings, Iterator<? extends T> source, ParallelFunction<? super T, ? extends R> function) {
        this.settings = settings;
        this.source = source;
        this.function = function;
        executor = settings.executor == null ? BackgroundThreads.shared() : settings.executor;
        UnaryOperator<Runnable> decorator = settings.taskDecorator;
        worker = decorator == null ? this::work : decorator.apply(this::work);
    }

    /**
     * The next task that has ended, waiting for it.
     *
     * @return {@code null} at the end
     * @throws BatchingException if the thread is interrupted
     */
    @Nullable
    ParallelTask<T, R> next() {
        Run loader = Run.current();
        if (loader != null) {
            // The function may ask the batcher in whose loader this thread is.
            loader.giveSlotsAway();
        }
        try {
            return nextTask();
        } finally {
            if (loader != null) {
                loader.takeSlotsBack();
            }
        }
    }

    private @Nullable ParallelTask<T, R> nextTask() {
        while (true) {
            fill();
            if (open == 0) {
                return null;
            }
            if (settings.isOrdered) {
                ParallelTask<T, R> next = inOrder.peek();
                if (next != null && next.isDone()) {
                    inOrder.poll();
                    open--;
                    // One signal for each task, whosever it is; a task is done before its signal is here.
                    var unused = finished.poll();
                    return next;
                }
            }
            ParallelTask<T, R> ended = finished.poll();
            if (ended == null) {
                ended = await();
            }
            if (ended != null && !settings.isOrdered) {
                open--;
                return ended;
            }
        }
    }

    /** What ends next; {@code null} if this thread has carried out a task itself, because nobody else does. */
    private @Nullable ParallelTask<T, R> await() {
        try {
            if (inside.get() > 0) {
                return finished.take();
            }
            ParallelTask<T, R> ended = finished.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            if (ended == null && inside.get() == 0) {
                boolean unused = runOne();
            }
            return ended;
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw new BatchingException(
                    "interrupted while waiting for parallel tasks; those that were running have been interrupted too");
        }
    }

    /** Reads from the source what the look-ahead permits, and sees that there are workers for it. */
    private void fill() {
        int permitted = settings.concurrency + settings.maximumLookAhead;
        boolean hasMore = false;
        while (open < permitted && !isCancelled && source.hasNext()) {
            ParallelTask<T, R> task = new ParallelTask<>(position++, source.next());
            open++;
            if (settings.isOrdered) {
                inOrder.add(task);
            }
            todo.add(task);
            hasMore = true;
            startWorker();
        }
        if (!hasMore && !todo.isEmpty()) {
            startWorker();
        }
    }

    private void startWorker() {
        int now = workers.get();
        // One at a time, from this thread only: no more than there is work for.
        if (now >= settings.concurrency || !workers.compareAndSet(now, now + 1)) {
            return;
        }
        try {
            executor.execute(worker);
        } catch (RuntimeException refusal) {
            // Then the consumer carries the tasks out itself.
            workers.decrementAndGet();
        }
    }

    private void work() {
        try {
            while (runOne()) {
                // until nothing is left, or others are as many as may be
            }
        } finally {
            workers.decrementAndGet();
        }
        // What was added between the last look and the end of this worker.
        if (!todo.isEmpty() && !isCancelled && inside.get() < settings.concurrency) {
            int now = workers.get();
            if (now < settings.concurrency && workers.compareAndSet(now, now + 1)) {
                work();
            }
        }
    }

    private boolean runOne() {
        if (!tryEnter()) {
            return false;
        }
        try {
            ParallelTask<T, R> task = todo.poll();
            if (task == null) {
                return false;
            }
            running.add(task);
            try {
                if (isCancelled) {
                    return false;
                }
                if (task.run(function, settings.bulkhead) && Thread.currentThread() == consumer) {
                    // The next wait of the consumer notices.
                    Thread.currentThread().interrupt();
                }
            } finally {
                running.remove(task);
                finished.add(task);
            }
            return true;
        } finally {
            inside.decrementAndGet();
        }
    }

    private boolean tryEnter() {
        while (true) {
            int now = inside.get();
            if (now >= settings.concurrency) {
                return false;
            }
            if (inside.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Begins nothing more, interrupts what is running, and waits until it has ended. */
    void cancel() {
        isCancelled = true;
        todo.clear();
        boolean isInterrupted = false;
        while (inside.get() > 0) {
            running.forEach(ParallelTask::interrupt);
            try {
                var unused = finished.poll(1, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        open = 0;
        inOrder.clear();
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
