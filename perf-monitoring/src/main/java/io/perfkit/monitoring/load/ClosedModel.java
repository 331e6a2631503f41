package io.perfkit.monitoring.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Users that each make their next call when the last has ended, a thread for each. */
final class ClosedModel {
    private final LoadRun run;
    private final int users;
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong left = new AtomicLong();
    private final CountDownLatch active;
    private volatile boolean stopped;

    ClosedModel(LoadRun run, int users) {
        this.run = run;
        this.users = users;
        this.active = new CountDownLatch(users);
    }

    void drive(long maximum) throws InterruptedException {
        left.set(maximum);
        try {
            for (int i = 0; i < users; i++) {
                run.threads.execute(this::user);
            }
            active.await();
        } finally {
            stopped = true;
        }
    }

    private void user() {
        try {
            for (long now = run.nanoTime.getAsLong(); goesOn(now); now = run.nanoTime.getAsLong()) {
                run.call(turns.getAndIncrement(), now);
            }
        } finally {
            active.countDown();
        }
    }

    private boolean goesOn(long now) {
        return !stopped && !run.isOver(now) && (!run.isMeasured(now) || left.getAndDecrement() > 0);
    }
}
