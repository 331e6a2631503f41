package io.perfkit.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The thread of a proxy: it waits for channels to become ready, for timers to expire, and for tasks of other threads.
 *
 * <p>Everything in the proxy belongs to this thread, except for {@link #call}, {@link #stop} and the counters, so
 * nothing needs a lock.
 */
final class EventLoop {
    /** What a channel's key is attached to. */
    interface Handler {
        void ready(SelectionKey key);
    }

    private record Timer(long atNanos, Runnable action) {}

    private final Selector selector;
    private final Queue<FutureTask<?>> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((one, other) -> Long.compare(one.atNanos - other.atNanos, 0));
    private volatile boolean stopped;

    EventLoop() throws IOException {
        selector = Selector.open();
    }

    Selector selector() {
        return selector;
    }

    void start(String name) {
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Gives back the selector of a loop that has not been started. */
    void discard() throws IOException {
        selector.close();
    }

    /** Runs a task in the loop and returns when it is done. For other threads. */
    void call(Runnable task) {
        if (!submit(task)) {
            throw new IllegalStateException("the proxy has been closed");
        }
    }

    /** Returns when the loop has finished what it is doing now, or at once if it has ended. For other threads. */
    void settle() {
        submit(() -> {});
    }

    /** Runs a last task, ends the loop, and returns when that is done. For other threads; nothing the second time. */
    void stop(Runnable last) {
        submit(() -> {
            stopped = true;
            last.run();
        });
    }

    private boolean submit(Runnable task) {
        FutureTask<?> future = new FutureTask<>(() -> finish(task), null);
        tasks.add(future);
        selector.wakeup();
        // A loop that has stopped cancels what is in the queue. If this came too late for that, it is still there.
        if (stopped && tasks.remove(future)) {
            return false;
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.get();
                    return true;
                } catch (InterruptedException e) {
                    // The loop never blocks, so going on waiting takes no longer than the task.
                    interrupted = true;
                }
            }
        } catch (CancellationException tooLate) {
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("the proxy failed", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Runs a task, and has the selector let go of the channels that it closed: before that they are not closed. */
    private void finish(Runnable task) {
        task.run();
        try {
            selector.selectNow();
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy's selector failed", e);
        }
    }

    /** Runs an action when {@link System#nanoTime()} has reached a value. */
    void at(long nanos, Runnable action) {
        timers.add(new Timer(nanos, action));
    }

    private void run() {
        try {
            while (!stopped) {
                select();
                dispatch();
                runTimers();
                runTask();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy's selector failed", e);
        } finally {
            stopped = true;
            for (FutureTask<?> late = tasks.poll(); late != null; late = tasks.poll()) {
                late.cancel(false);
            }
            close();
        }
    }

    private void select() throws IOException {
        Timer next = timers.peek();
        long nanos = next == null ? Long.MAX_VALUE : next.atNanos - System.nanoTime();
        if (nanos <= 0 || !tasks.isEmpty()) {
            selector.selectNow();
        } else if (next == null) {
            selector.select();
        } else {
            selector.select((nanos + 999_999) / 1_000_000);
        }
    }

    private void dispatch() {
        Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
        while (ready.hasNext()) {
            SelectionKey key = ready.next();
            ready.remove();
            if (key.isValid() && key.attachment() instanceof Handler handler) {
                handler.ready(key);
            }
        }
    }

    private void runTimers() {
        long now = System.nanoTime();
        for (Timer next = timers.peek(); next != null && next.atNanos - now <= 0; next = timers.peek()) {
            timers.remove();
            next.action.run();
        }
    }

    /** Before a task changes anything, what has arrived before it is dealt with by the rules that held until then. */
    private void runTask() throws IOException {
        FutureTask<?> task = tasks.poll();
        if (task != null) {
            selector.selectNow();
            dispatch();
            task.run();
        }
    }

    /** Closes what is still open, too: connections of a proxy that has failed must not look as if they were stalled. */
    private void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy's channels cannot be closed", e);
        }
    }
}
