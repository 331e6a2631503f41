package io.perfkit.monitoring.load;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Starts calls when they are due, in their order, from one thread. */
final class OpenModel {
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LoadRun run;
    private final double perSecond;
    private final int maximumInFlight;
    private final Semaphore places;

    OpenModel(LoadRun run, double perSecond, int maximumInFlight) {
        this.run = run;
        this.perSecond = perSecond;
        this.maximumInFlight = maximumInFlight;
        this.places = new Semaphore(maximumInFlight);
    }

    void drive(long maximum) throws InterruptedException {
        long measured = 0;
        for (long turn = 0; measured < maximum; turn++) {
            long due = run.beginNanos + (long) (turn * (1e9 / perSecond));
            if (run.isOver(due)) {
                break;
            }
            awaitTime(due);
            if (run.isMeasured(due)) {
                measured++;
            }
            startOrDrop(turn, due);
        }
        places.acquire(maximumInFlight);
    }

    private void awaitTime(long due) throws InterruptedException {
        for (long left = due - run.nanoTime.getAsLong(); left > 0; left = due - run.nanoTime.getAsLong()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void startOrDrop(long turn, long due) throws InterruptedException {
        long patience = due + run.timeoutNanos - run.nanoTime.getAsLong();
        if (!places.tryAcquire(patience, TimeUnit.NANOSECONDS)) {
            if (run.isMeasured(due)) {
                run.scenario(turn).tally().dropped();
            }
            return;
        }
        if (run.nanoTime.getAsLong() - due > LATE_NANOS && run.isMeasured(due)) {
            run.scenario(turn).tally().startedLate();
        }
        run.threads.execute(() -> {
            try {
                run.call(turn, due);
            } finally {
                places.release();
            }
        });
    }
}
