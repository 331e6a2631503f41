package io.perfkit.batching.jobs;

import io.perfkit.batching.jobs.internal.JobTypes;
import io.perfkit.batching.jobs.internal.SupervisedRun;
import io.perfkit.batching.jobs.internal.TimeLeft;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One job of a queue in memory. Its fields are guarded by the queue's lock. */
final class MemoryJob {
    final JobId id = JobId.create();
    final JobTypes.Entry<JobHandler<Object>> type;
    final Object payload;
    final JobOptions options;
    final Instant submittedAt;

    JobState state = JobState.QUEUED;
    int attempts;
    long sequence;
    /** Counts how often it began to wait, so that what was to end an earlier wait does not end this one. */
    long turn;

    boolean cancelRequested;

    @Nullable
    Instant dueAt;

    @Nullable
    Instant startedAt;

    @Nullable
    Instant finishedAt;

    @Nullable
    Object result;

    @Nullable
    String error;

    @Nullable
    MemoryAttempt attempt;

    @Nullable
    Future<?> timer;

    CompletableFuture<Void> ended = new CompletableFuture<>();

    MemoryJob(JobTypes.Entry<JobHandler<Object>> type, Object payload, JobOptions options, Instant submittedAt) {
        this.type = type;
        this.payload = payload;
        this.options = options;
        this.submittedAt = submittedAt;
    }

    boolean isWaiting() {
        return state == JobState.QUEUED || state == JobState.RETRYING;
    }

    JobStatus status(Instant now) {
        MemoryAttempt current = attempt;
        double progress = state == JobState.SUCCEEDED ? 1 : current == null ? 0 : current.progress;
        Duration left = null;
        Instant started = startedAt;
        if (state == JobState.RUNNING && current != null && started != null) {
            left = TimeLeft.of(started.toEpochMilli(), current.progressMillis, now.toEpochMilli(), progress);
        }
        return new View(this, progress, left);
    }

    /** One attempt, which outlives its time as what an ignored handler holds. */
    static final class MemoryAttempt implements JobContext {
        final SupervisedRun run = new SupervisedRun();
        final long startedNanos = System.nanoTime();
        final MemoryJob job;
        private final MemoryWorkers workers;
        private final int number;
        volatile boolean cancelled;
        volatile double progress;
        volatile long progressMillis;
        volatile @Nullable Object result;

        MemoryAttempt(MemoryWorkers workers, MemoryJob job) {
            this.workers = workers;
            this.job = job;
            this.number = job.attempts;
        }

        void call() throws Exception {
            JobHandler<Object> handler = job.type.handler();
            if (handler == null) {
                throw new PermanentJobException("no handler is registered for " + job.type.label());
            }
            handler.run(job.payload, this);
        }

        @Override
        public JobId id() {
            return job.id;
        }

        @Override
        public int attempt() {
            return number;
        }

        @Override
        public int maximumAttempts() {
            return job.options.maximumAttempts();
        }

        @Override
        public void progress(double fraction) {
            if (!(fraction >= 0 && fraction <= 1)) {
                throw new IllegalArgumentException("progress must be from 0 to 1, but was " + fraction);
            }
            progressMillis = workers.now().toEpochMilli();
            progress = fraction;
        }

        @Override
        public void result(@Nullable Object value) {
            result = value;
        }

        @Override
        public boolean isCancelled() {
            return cancelled || run.outcome().isDone();
        }

        @Override
        public boolean isStopping() {
            return workers.isClosed();
        }
    }

    /** What was known at one moment. */
    private static final class View implements JobStatus {
        private final MemoryJob job;
        private final double progress;
        private final @Nullable Duration timeLeft;
        private final JobState state;
        private final int attempts;
        private final boolean cancelRequested;
        private final @Nullable Instant dueAt;
        private final @Nullable Instant startedAt;
        private final @Nullable Instant finishedAt;
        private final @Nullable Object result;
        private final @Nullable String error;

        View(MemoryJob job, double progress, @Nullable Duration timeLeft) {
            this.job = job;
            this.progress = progress;
            this.timeLeft = timeLeft;
            state = job.state;
            attempts = job.attempts;
            cancelRequested = job.cancelRequested;
            dueAt = job.dueAt;
            startedAt = job.startedAt;
            finishedAt = job.finishedAt;
            result = job.result;
            error = job.error;
        }

        @Override
        public JobId id() {
            return job.id;
        }

        @Override
        public String type() {
            return job.type.name();
        }

        @Override
        public JobState state() {
            return state;
        }

        @Override
        public double progress() {
            return progress;
        }

        @Override
        public @Nullable Duration timeLeft() {
            return timeLeft;
        }

        @Override
        public int attempts() {
            return attempts;
        }

        @Override
        public int maximumAttempts() {
            return job.options.maximumAttempts();
        }

        @Override
        public Instant submittedAt() {
            return job.submittedAt;
        }

        @Override
        public @Nullable Instant nextAttemptAt() {
            return dueAt;
        }

        @Override
        public @Nullable Instant startedAt() {
            return startedAt;
        }

        @Override
        public @Nullable Instant finishedAt() {
            return finishedAt;
        }

        @Override
        public @Nullable String error() {
            return error;
        }

        @Override
        public @Nullable String key() {
            return job.options.key();
        }

        @Override
        public boolean isCancelRequested() {
            return cancelRequested;
        }

        @Override
        public <T> @Nullable T result(Class<T> type) {
            Object value = result;
            if (value != null && !type.isInstance(value)) {
                throw new JobException("The result of job " + job.id + " is a "
                        + value.getClass().getName() + ", not a " + type.getName());
            }
            return value == null ? null : type.cast(value);
        }

        @Override
        public String toString() {
            return "job " + job.id + " (" + job.type.name() + "): " + state + (error == null ? "" : ", " + error);
        }
    }
}
