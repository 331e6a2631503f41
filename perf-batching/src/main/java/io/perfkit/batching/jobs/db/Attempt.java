package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobContext;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.internal.SupervisedRun;
import org.jspecify.annotations.Nullable;

/** One attempt of this process at a job, and what its handler sees of it. */
final class Attempt implements JobContext {
    /** Why an attempt was given up that another worker has taken over. */
    static final class Lost extends Exception {
        private static final long serialVersionUID = 1L;

        Lost(JobId id) {
            super("Job " + id + " was given to another worker, because this one seemed dead");
        }
    }

    /** Why an attempt was given up when the queue closed. */
    static final class HandedBack extends Exception {
        private static final long serialVersionUID = 1L;

        HandedBack(JobId id) {
            super("Job " + id + " was handed back, because the queue was closed");
        }
    }

    /** How far the handler is, and when it said so. */
    record Progress(double fraction, long millis) {}

    final SupervisedRun run = new SupervisedRun();
    final long startedNanos = System.nanoTime();
    final JobRow row;
    final long fence;
    private final Worker worker;
    private final Json json;
    private final DatabaseClock clock;
    private volatile @Nullable Progress progress;
    private volatile @Nullable Progress written;
    volatile @Nullable String result;
    volatile boolean cancelled;

    Attempt(Worker worker, JobRow row, Json json, DatabaseClock clock) {
        this.worker = worker;
        this.row = row;
        this.fence = row.fence + 1;
        this.json = json;
        this.clock = clock;
    }

    /** What has to be written. */
    @Nullable
    Progress unwritten() {
        Progress told = progress;
        return told == null || told.equals(written) ? null : told;
    }

    void wrote(Progress what) {
        written = what;
    }

    @Override
    public JobId id() {
        return row.id();
    }

    @Override
    public int attempt() {
        return row.attempts() + 1;
    }

    @Override
    public int maximumAttempts() {
        return row.maximumAttempts();
    }

    @Override
    public void progress(double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("progress must be from 0 to 1, but was " + fraction);
        }
        progress = new Progress(fraction, clock.millis());
    }

    @Override
    public void result(@Nullable Object value) {
        result = value == null ? null : json.write("the result of job " + id(), value);
    }

    @Override
    public boolean isCancelled() {
        return cancelled || run.outcome().isDone();
    }

    @Override
    public boolean isStopping() {
        return worker.isStopping();
    }
}
