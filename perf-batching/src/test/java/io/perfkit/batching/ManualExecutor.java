package io.perfkit.batching;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Keeps tasks until the test runs them in its own thread. */
final class ManualExecutor implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public synchronized void execute(Runnable task) {
        tasks.add(task);
    }

    boolean runOne() {
        Runnable task;
        synchronized (this) {
            task = tasks.poll();
        }
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    void runAll() {
        while (runOne()) {
            // until no task is left
        }
    }

    synchronized int size() {
        return tasks.size();
    }
}
