package io.perfkit.batching;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A scheduler and the ticker it follows: time passes only in {@link #advance}, and due tasks run there. */
final class ManualScheduler extends ScheduledThreadPoolExecutor {
    private final List<Entry> entries = new ArrayList<>();
    private long now = 5_000_000_000L;

    ManualScheduler() {
        super(0);
    }

    synchronized long nanoTime() {
        return now;
    }

    synchronized int scheduled() {
        entries.removeIf(FutureTask::isDone);
        return entries.size();
    }

    void advance(java.time.Duration by) {
        long until;
        synchronized (this) {
            until = now + by.toNanos();
        }
        while (true) {
            Entry due;
            synchronized (this) {
                entries.removeIf(FutureTask::isDone);
                due = entries.stream()
                        .filter(e -> e.at <= until)
                        .min(Comparator.comparingLong(e -> e.at))
                        .orElse(null);
                if (due == null) {
                    now = until;
                    return;
                }
                entries.remove(due);
                now = Math.max(now, due.at);
            }
            due.run();
        }
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        Entry entry = new Entry(
                () -> {
                    task.run();
                    return null;
                },
                now + unit.toNanos(delay));
        entries.add(entry);
        return entry;
    }

    private final class Entry extends FutureTask<Object> implements ScheduledFuture<Object> {
        final long at;

        Entry(Callable<Object> task, long at) {
            super(task);
            this.at = at;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
