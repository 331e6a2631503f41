package io.perfkit.connections;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs close actions, or sends, on a few threads, and stands in for a thread that hangs, so that those that hang hold up
 * the others for a moment only. The number of threads is bounded: when so many hang, the rest waits, and is counted by
 * {@link #waiting()}. Threads are daemons and end when nothing is left to do. They are platform threads on purpose: a
 * hanging virtual thread may take a carrier with it.
 */
final class Workers implements Executor {
    /** So many may hang at once before the rest has to wait. */
    static final int MOST_THREADS = 64;

    private static final int THREADS = 4;
    private static final long HANGS_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String threadName;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final Set<Worker> workers = new HashSet<>();

    Workers(String threadName, LongSupplier nanoTime) {
        this.threadName = threadName;
        this.nanoTime = nanoTime;
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            queue.add(task);
            startSome();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the lock once for all of them. */
    void executeAll(Collection<? extends Runnable> tasks) {
        lock.lock();
        try {
            queue.addAll(tasks);
            startSome();
        } finally {
            lock.unlock();
        }
    }

    /** Starts a thread in place of each that hangs, if there is work for it. Called now and then. */
    void relieve() {
        lock.lock();
        try {
            startSome();
        } finally {
            lock.unlock();
        }
    }

    /** The tasks that no thread has begun. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** The tasks that threads are at. */
    List<Runnable> running() {
        lock.lock();
        try {
            List<Runnable> tasks = new ArrayList<>();
            for (Worker worker : workers) {
                if (worker.task != null) {
                    tasks.add(worker.task);
                }
            }
            return tasks;
        } finally {
            lock.unlock();
        }
    }

    private void startSome() {
        if (queue.isEmpty() || workers.size() >= MOST_THREADS) {
            return;
        }
        int moving = workers.size();
        if (moving >= THREADS) {
            long now = nanoTime.getAsLong();
            moving = 0;
            for (Worker worker : workers) {
                if (now - worker.startedNanos < HANGS_AFTER_NANOS) {
                    moving++;
                }
            }
        }
        int more = Math.min(Math.min(THREADS - moving, queue.size()), MOST_THREADS - workers.size());
        for (int i = 0; i < more; i++) {
            startOne();
        }
    }

    private void startOne() {
        Worker worker = new Worker(nanoTime.getAsLong());
        Thread thread = new Thread(worker, threadName);
        thread.setDaemon(true);
        workers.add(worker);
        try {
            thread.start();
        } catch (Throwable noThread) {
            // Those there are go on; the next sweep tries again.
            workers.remove(worker);
        }
    }

    private final class Worker implements Runnable {
        /** Guarded by the lock. */
        private long startedNanos;

        /** Guarded by the lock. */
        private @Nullable Runnable task;

        Worker(long startedNanos) {
            this.startedNanos = startedNanos;
        }

        @Override
        public void run() {
            try {
                for (Runnable next = next(); next != null; next = next()) {
                    next.run();
                }
            } finally {
                leave();
            }
        }

        private @Nullable Runnable next() {
            lock.lock();
            try {
                Runnable next = queue.poll();
                task = next;
                if (next == null) {
                    workers.remove(this);
                } else {
                    startedNanos = nanoTime.getAsLong();
                }
                return next;
            } finally {
                lock.unlock();
            }
        }

        private void leave() {
            lock.lock();
            try {
                workers.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }
}
