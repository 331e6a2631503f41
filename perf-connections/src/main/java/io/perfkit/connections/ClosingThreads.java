package io.perfkit.connections;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs close actions on a few threads, and replaces a thread that hangs, so that hanging ones delay the others by about
 * a second and a sweep, however many they are. Threads are daemons and end when nothing is left to do. They are
 * platform threads on purpose: a hanging virtual thread may take a carrier with it.
 */
final class ClosingThreads implements Executor {
    private static final int THREADS = 4;
    private static final long HANGS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final Set<Worker> workers = new HashSet<>();

    ClosingThreads(String name, LongSupplier nanoTime) {
        this.name = name;
        this.nanoTime = nanoTime;
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            queue.add(task);
            if (workers.size() < THREADS) {
                startOne();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Starts a thread in place of each that hangs, if there is work for it. Called at each sweep. */
    void relieve() {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            int moving = 0;
            for (Worker worker : workers) {
                if (now - worker.startedNanos < HANGS_AFTER_NANOS) {
                    moving++;
                }
            }
            for (int i = Math.min(THREADS - moving, queue.size()); i > 0; i--) {
                startOne();
            }
        } finally {
            lock.unlock();
        }
    }

    private void startOne() {
        Worker worker = new Worker(nanoTime.getAsLong());
        Thread thread = new Thread(worker, "perfkit-close-" + name);
        thread.setDaemon(true);
        workers.add(worker);
        thread.start();
    }

    private final class Worker implements Runnable {
        /** Guarded by the lock. */
        private long startedNanos;

        Worker(long startedNanos) {
            this.startedNanos = startedNanos;
        }

        @Override
        public void run() {
            for (Runnable task = next(); task != null; task = next()) {
                task.run();
            }
        }

        private @Nullable Runnable next() {
            lock.lock();
            try {
                Runnable task = queue.poll();
                if (task == null) {
                    workers.remove(this);
                } else {
                    startedNanos = nanoTime.getAsLong();
                }
                return task;
            } finally {
                lock.unlock();
            }
        }
    }
}
