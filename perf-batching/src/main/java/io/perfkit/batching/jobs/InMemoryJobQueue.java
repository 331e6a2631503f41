package io.perfkit.batching.jobs;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.jobs.internal.Checks;
import io.perfkit.batching.jobs.internal.JobThreads;
import io.perfkit.batching.jobs.internal.JobTypes;
import io.perfkit.batching.jobs.internal.Messages;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link JobQueue} whose jobs live in this process, and end with it: what waits or runs when the process ends is lost.
 * Bounded in what waits and in what is remembered.
 *
 * <p>Thread-safe; {@code submit} and {@code status} take a microsecond or so.
 */
public final class InMemoryJobQueue implements JobQueue {
    private static final Logger LOG = LoggerFactory.getLogger(InMemoryJobQueue.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);

    private final Builder settings;
    private final Telling telling;
    private final @Nullable ThreadPoolExecutor ownThreads;
    private final @Nullable ScheduledExecutorService ownTimer;
    private final ReentrantLock lock = new ReentrantLock();
    private final MemoryJobs jobs;
    private final MemoryWorkers workers;

    private InMemoryJobQueue(Builder settings) {
        this.settings = settings;
        this.telling = new Telling(settings.listeners);
        String threads = "perfkit-jobs-" + settings.name;
        this.ownThreads = settings.executor == null ? JobThreads.cached(threads) : null;
        this.ownTimer = settings.scheduler == null ? JobThreads.timer(threads + "-timer", 1) : null;
        this.jobs = new MemoryJobs(settings, telling);
        this.workers = new MemoryWorkers(
                settings,
                jobs,
                lock,
                settings.executor == null ? requireNonNull(ownThreads) : settings.executor,
                settings.scheduler == null ? requireNonNull(ownTimer) : settings.scheduler,
                telling);
        LOG.info(
                "The jobs of queue {} are kept in memory: what waits or runs when this process ends is lost",
                settings.name);
    }

    /**
     * Begins a queue.
     *
     * @param name names the queue in messages and threads
     */
    public static Builder builder(String name) {
        return new Builder(JobTypes.queueName(name));
    }

    private <T extends @Nullable Object> T locked(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public JobId submit(Object payload, JobOptions options) {
        requireNonNull(options, "options");
        JobTypes.Entry<JobHandler<Object>> type = settings.types.of(requireNonNull(payload, "payload"), settings.name);
        JobId id = locked(() -> accept(type, payload, options));
        workers.startWorkers();
        return id;
    }

    private JobId accept(JobTypes.Entry<JobHandler<Object>> type, Object payload, JobOptions options) {
        Instant now = workers.now();
        jobs.forgetOld(now);
        if (workers.isClosed()) {
            throw new JobRejectedException(this + " is closed and takes no more jobs");
        }
        String key = options.key();
        MemoryJob same = key == null ? null : jobs.ofKey(key);
        if (key != null && same != null) {
            if (!same.type.equals(type) || !same.payload.equals(payload)) {
                throw new JobKeyConflictException(Messages.keyIsTaken(this, key, same.id, settings.keyWindow));
            }
            return same.id;
        }
        if (workers.waiting() >= settings.maximumQueued) {
            throw new JobRejectedException(this + " is full: " + workers.waiting()
                    + " jobs wait, and maximumQueued is " + settings.maximumQueued
                    + "; raise it or the number of workers, or submit less");
        }
        MemoryJob job = new MemoryJob(type, payload, options, now);
        if (!workers.enqueue(job, JobState.QUEUED, job.submittedAt, options.delay())) {
            throw new JobRejectedException(
                    this + " cannot delay a job: its scheduler takes no more tasks; close the queue before it");
        }
        jobs.add(job);
        return job.id;
    }

    @Override
    public Optional<JobStatus> find(JobId id) {
        requireNonNull(id, "id");
        return locked(() -> {
            Instant now = workers.now();
            jobs.forgetOld(now);
            MemoryJob job = jobs.find(id);
            return job == null ? Optional.empty() : Optional.of(job.status(now));
        });
    }

    /** Under the lock. */
    private MemoryJob job(JobId id) {
        MemoryJob job = jobs.find(requireNonNull(id, "id"));
        if (job == null) {
            throw new JobNotFoundException(Messages.noJob(this, id));
        }
        return job;
    }

    @Override
    public JobStatus await(JobId id, Duration timeout) {
        long nanos = Checks.nanosOf(timeout);
        MemoryJob job = locked(() -> job(id));
        CompletableFuture<Void> ended = locked(() -> job.ended);
        try {
            ended.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException notYet) {
            // The status says so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException("The thread was interrupted while it waited for job " + id, e);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        return locked(() -> job.status(workers.now()));
    }

    @Override
    public List<JobStatus> list(JobState state, int maximumJobs) {
        requireNonNull(state, "state");
        Checks.listed(maximumJobs);
        return locked(() -> {
            jobs.forgetOld(workers.now());
            return jobs.newest(state, maximumJobs);
        });
    }

    @Override
    public boolean cancel(JobId id) {
        MemoryJobs.End end;
        lock.lock();
        try {
            MemoryJob job = job(id);
            if (job.state.isFinal()) {
                return false;
            }
            end = workers.cancel(job);
        } finally {
            lock.unlock();
        }
        if (end != null) {
            workers.tell(end);
        }
        return true;
    }

    @Override
    public boolean retry(JobId id) {
        boolean again = locked(() -> {
            if (workers.isClosed()) {
                throw new JobRejectedException(this + " is closed and begins no more jobs");
            }
            MemoryJob job = job(id);
            return (job.state == JobState.FAILED || job.state == JobState.CANCELLED)
                    && jobs.reopen(job)
                    && workers.enqueue(job, JobState.QUEUED, workers.now(), Duration.ZERO);
        });
        workers.startWorkers();
        return again;
    }

    @Override
    public void onFinished(Consumer<? super JobStatus> listener) {
        telling.add(requireNonNull(listener, "listener"));
    }

    @Override
    public JobQueueStats stats() {
        return workers.stats();
    }

    @Override
    public void close() {
        JobsCloseReport ignored = close(CLOSE_WITHIN);
    }

    @Override
    public JobsCloseReport close(Duration timeout) {
        JobsCloseReport report = workers.close(timeout);
        if (report == null) {
            return new JobsCloseReport(0, 0, 0);
        }
        if (ownTimer != null) {
            ownTimer.shutdownNow();
        }
        if (ownThreads != null) {
            ownThreads.shutdown();
        }
        return report;
    }

    @Override
    public String toString() {
        return workers.toString();
    }

    /** The settings of a queue. Mutable, for one thread. */
    public static final class Builder {
        final String name;
        JobTypes<JobHandler<Object>> types = new JobTypes<>();
        List<JobListener> listeners = new ArrayList<>();
        int workers = 4;
        int maximumQueued = 10_000;
        int maximumFinished = 10_000;
        Duration retention = Duration.ofHours(24);
        Duration keyWindow = Duration.ofHours(1);
        Duration maximumRunTime = Duration.ofHours(6);
        Duration cancelGrace = Duration.ofSeconds(10);
        Clock clock = Clock.systemUTC();

        @Nullable
        Executor executor;

        @Nullable
        ScheduledExecutorService scheduler;

        private Builder(String name) {
            this.name = name;
        }

        /** Registers a type of payloads under the simple name of its class, and what does the work. */
        public <P> Builder handler(Class<P> type, JobHandler<? super P> handler) {
            types.add(requireNonNull(type, "type"), untyped(handler));
            return this;
        }

        @SuppressWarnings("unchecked")
        private static JobHandler<Object> untyped(JobHandler<?> handler) {
            return (JobHandler<Object>) requireNonNull(handler, "handler");
        }

        /** How many jobs run at once, at least 1; default 4. */
        public Builder workers(int workers) {
            this.workers = Checks.atLeastOne("workers", workers);
            return this;
        }

        /** How many jobs may wait, at least 1; default 10,000. More are rejected. */
        public Builder maximumQueued(int maximumQueued) {
            this.maximumQueued = Checks.atLeastOne("maximumQueued", maximumQueued);
            return this;
        }

        /** How many jobs that have ended are remembered, at least 1; default 10,000. The oldest are forgotten. */
        public Builder maximumFinished(int maximumFinished) {
            this.maximumFinished = Checks.atLeastOne("maximumFinished", maximumFinished);
            return this;
        }

        /** How long a job that has ended is remembered; default a day. */
        public Builder retention(Duration retention) {
            this.retention = Checks.positive("retention", retention);
            return this;
        }

        /** How long after a job's end its key still stands for it; default an hour. Zero: as long as it lives. */
        public Builder keyWindow(Duration keyWindow) {
            this.keyWindow = Checks.notNegative("keyWindow", keyWindow);
            return this;
        }

        /** How long an attempt may run before it has failed and its worker goes on without it; default 6 hours. */
        public Builder maximumRunTime(Duration maximumRunTime) {
            this.maximumRunTime = Checks.positive("maximumRunTime", maximumRunTime);
            return this;
        }

        /** How long a cancelled handler has until its worker goes on without it; default 10 seconds. */
        public Builder cancelGrace(Duration cancelGrace) {
            this.cancelGrace = Checks.positive("cancelGrace", cancelGrace);
            return this;
        }

        /** Adds an observer. */
        public Builder listener(JobListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /** Where the instants of jobs come from; default the system's clock. */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * What runs handlers; default threads of the queue's own. The caller closes it, after the queue. One that rejects a
         * worker is asked again a second later; one that runs it in the calling thread makes {@link InMemoryJobQueue#submit}
         * run jobs.
         */
        public Builder executor(Executor executor) {
            this.executor = requireNonNull(executor, "executor");
            return this;
        }

        /** What waits for delays and time limits; default a thread of the queue's own. The caller closes it. */
        public Builder scheduler(ScheduledExecutorService scheduler) {
            this.scheduler = requireNonNull(scheduler, "scheduler");
            return this;
        }

        /**
         * The queue; it begins to run what is submitted at once.
         *
         * @throws IllegalStateException if {@code keyWindow} is longer than {@code retention}
         */
        public InMemoryJobQueue build() {
            if (keyWindow.compareTo(retention) > 0) {
                throw new IllegalStateException("keyWindow, " + keyWindow + ", must not be longer than retention, "
                        + retention + ": a key is remembered with its job");
            }
            Builder kept = new Builder(name);
            kept.types = types.copy();
            kept.listeners = List.copyOf(listeners);
            kept.workers = workers;
            kept.maximumQueued = maximumQueued;
            kept.maximumFinished = maximumFinished;
            kept.retention = retention;
            kept.keyWindow = keyWindow;
            kept.maximumRunTime = maximumRunTime;
            kept.cancelGrace = cancelGrace;
            kept.clock = clock;
            kept.executor = executor;
            kept.scheduler = scheduler;
            return new InMemoryJobQueue(kept);
        }
    }
}
