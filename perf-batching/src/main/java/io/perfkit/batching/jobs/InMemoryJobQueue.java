package io.perfkit.batching.jobs;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.jobs.MemoryJob.MemoryAttempt;
import io.perfkit.batching.jobs.internal.JobThreads;
import io.perfkit.batching.jobs.internal.JobTypes;
import io.perfkit.batching.jobs.internal.Reasons;
import io.perfkit.batching.jobs.internal.SupervisedRun.Outcome;
import io.perfkit.batching.jobs.internal.Tally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
    private static final int MOST_LISTED = 10_000;
    private static final Comparator<MemoryJob> ORDER =
            Comparator.<MemoryJob>comparingInt(job -> -job.options.priority()).thenComparingLong(job -> job.sequence);

    private final Builder settings;
    private final JobTypes<JobHandler<Object>> types;
    private final Executor executor;
    private final @Nullable ThreadPoolExecutor ownThreads;
    private final ScheduledExecutorService timer;
    private final boolean ownTimer;
    private final Telling telling;
    private final Tally tally = new Tally();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workerLeft = lock.newCondition();
    /** In the order of submission. */
    private final Map<JobId, MemoryJob> jobs = new LinkedHashMap<>();

    private final Map<JobId, MemoryJob> finished = new LinkedHashMap<>();
    private final Map<String, MemoryJob> byKey = new HashMap<>();
    private final PriorityQueue<MemoryJob> ready = new PriorityQueue<>(ORDER);
    private final Map<JobId, MemoryAttempt> running = new LinkedHashMap<>();
    private int waiting;
    private int workers;
    private long sequence;
    private volatile boolean closed;

    private InMemoryJobQueue(Builder settings) {
        this.settings = settings;
        this.types = settings.types;
        Executor given = settings.executor;
        this.ownThreads = given == null ? JobThreads.cached("perfkit-jobs-" + settings.name) : null;
        this.executor = given == null ? requireNonNull(ownThreads) : given;
        ScheduledExecutorService givenTimer = settings.scheduler;
        this.ownTimer = givenTimer == null;
        this.timer = givenTimer == null ? JobThreads.timer("perfkit-jobs-" + settings.name + "-timer", 1) : givenTimer;
        this.telling = new Telling(settings.listeners);
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

    @Override
    public JobId submit(Object payload, JobOptions options) {
        requireNonNull(options, "options");
        JobTypes.Entry<JobHandler<Object>> type = types.of(requireNonNull(payload, "payload"), settings.name);
        lock.lock();
        try {
            forgetOld();
            if (closed) {
                throw new JobRejectedException(this + " is closed and takes no more jobs");
            }
            String key = options.key();
            MemoryJob same = key == null ? null : byKey.get(key);
            if (same != null && holdsKey(same)) {
                if (!same.type.equals(type) || !same.payload.equals(payload)) {
                    throw new JobKeyConflictException("Key \"" + key + "\" belongs to job " + same.id + " of " + this
                            + ", which has another payload; use another key, or wait until keyWindow, "
                            + settings.keyWindow + ", has passed after its end");
                }
                return same.id;
            }
            if (waiting >= settings.maximumQueued) {
                throw new JobRejectedException(this + " is full: " + waiting
                        + " jobs wait, and maximumQueued is " + settings.maximumQueued
                        + "; raise it or the number of workers, or submit less");
            }
            MemoryJob job = new MemoryJob(type, payload, options, now());
            jobs.put(job.id, job);
            if (key != null) {
                byKey.put(key, job);
            }
            enqueue(job, JobState.QUEUED, job.submittedAt, options.delay());
            return job.id;
        } finally {
            lock.unlock();
        }
    }

    private boolean holdsKey(MemoryJob job) {
        Instant end = job.finishedAt;
        return end == null || end.plus(settings.keyWindow).isAfter(now());
    }

    /** Under the lock. */
    private void enqueue(MemoryJob job, JobState state, Instant from, Duration delay) {
        job.state = state;
        job.dueAt = from.plus(delay);
        waiting++;
        if (delay.isZero()) {
            makeReady(job);
        } else {
            job.timer = timer.schedule(() -> due(job), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void due(MemoryJob job) {
        lock.lock();
        try {
            job.timer = null;
            if (!closed && (job.state == JobState.QUEUED || job.state == JobState.RETRYING)) {
                makeReady(job);
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeReady(MemoryJob job) {
        job.sequence = sequence++;
        ready.add(job);
        startWorker();
    }

    /** Under the lock. A worker takes jobs until there are none, so one more is enough for one more job. */
    private void startWorker() {
        if (workers < settings.workers && !ready.isEmpty()) {
            workers++;
            try {
                executor.execute(this::work);
            } catch (RejectedExecutionException e) {
                workers--;
                LOG.warn("The executor of {} takes no more tasks; its jobs wait", this, e);
            }
        }
    }

    private void work() {
        for (MemoryAttempt attempt = begin(); attempt != null; attempt = begin()) {
            MemoryAttempt mine = attempt;
            boolean ended = mine.run.run(mine::call);
            if (!ended) {
                // It was given up, and with it this thread's place as a worker.
                tally.stuck.decrementAndGet();
                return;
            }
            end(mine, mine.run.outcome().join());
        }
    }

    private @Nullable MemoryAttempt begin() {
        lock.lock();
        try {
            MemoryJob job = closed ? null : ready.poll();
            if (job == null) {
                workers--;
                workerLeft.signalAll();
                return null;
            }
            waiting--;
            job.state = JobState.RUNNING;
            job.attempts++;
            job.dueAt = null;
            job.startedAt = now();
            MemoryAttempt attempt = new MemoryAttempt(this, job);
            job.attempt = attempt;
            running.put(job.id, attempt);
            job.timer = timer.schedule(
                    () -> giveUp(
                            attempt,
                            new TimeoutException(
                                    "the handler has run longer than maximumRunTime, " + settings.maximumRunTime)),
                    settings.maximumRunTime.toNanos(),
                    TimeUnit.NANOSECONDS);
            return attempt;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the attempt its worker's place; the handler may go on, but nobody listens to it any more. */
    private void giveUp(MemoryAttempt attempt, Exception reason) {
        tally.stuck.incrementAndGet();
        if (!attempt.run.abandon(reason)) {
            tally.stuck.decrementAndGet();
            return;
        }
        end(attempt, attempt.run.outcome().join());
        lock.lock();
        try {
            workers--;
            workerLeft.signalAll();
            if (!closed) {
                startWorker();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(MemoryAttempt attempt, Outcome outcome) {
        Throwable failure = outcome.failure();
        MemoryJob job = attempt.job;
        tally.attempts.increment();
        tally.runNanos.add(System.nanoTime() - attempt.startedNanos);
        if (failure != null && !attempt.cancelled) {
            // Before the next attempt can begin, so that they are told in their order.
            tally.failedAttempts.increment();
            telling.attemptFailed(job.id, attempt.attempt(), failure);
        }
        JobStatus end = null;
        lock.lock();
        try {
            running.remove(job.id);
            if (job.timer != null) {
                job.timer.cancel(false);
                job.timer = null;
            }
            job.error = failure == null ? null : Reasons.of(failure);
            if (failure == null) {
                job.result = attempt.result;
                finish(job, JobState.SUCCEEDED);
            } else if (job.cancelRequested || closed) {
                finish(job, JobState.CANCELLED);
            } else if (failure instanceof PermanentJobException || job.attempts >= job.options.maximumAttempts()) {
                finish(job, JobState.FAILED);
            } else {
                enqueue(
                        job,
                        JobState.RETRYING,
                        now(),
                        job.options.backoff().after(job.attempts, ThreadLocalRandom.current()));
            }
            if (job.state.isFinal()) {
                end = job.status(now());
            }
        } finally {
            lock.unlock();
        }
        if (end != null) {
            tell(job, end);
        }
    }

    /** Under the lock. */
    private void finish(MemoryJob job, JobState state) {
        job.state = state;
        job.dueAt = null;
        job.finishedAt = now();
        finished.remove(job.id);
        finished.put(job.id, job);
        forgetOld();
    }

    private void tell(MemoryJob job, JobStatus end) {
        (switch (end.state()) {
                    case SUCCEEDED -> tally.succeeded;
                    case FAILED -> tally.failed;
                    default -> tally.cancelled;
                })
                .increment();
        job.ended.complete(null);
        telling.finished(end);
    }

    /** Under the lock: forgets what ended too long ago, and the oldest of too much. */
    private void forgetOld() {
        Instant limit = now().minus(settings.retention);
        var oldest = finished.values().iterator();
        while (oldest.hasNext()) {
            MemoryJob job = oldest.next();
            if (finished.size() <= settings.maximumFinished
                    && requireNonNull(job.finishedAt).isAfter(limit)) {
                return;
            }
            oldest.remove();
            jobs.remove(job.id);
            String key = job.options.key();
            if (key != null) {
                byKey.remove(key, job);
            }
        }
    }

    @Override
    public Optional<JobStatus> find(JobId id) {
        requireNonNull(id, "id");
        lock.lock();
        try {
            forgetOld();
            MemoryJob job = jobs.get(id);
            return job == null ? Optional.empty() : Optional.of(job.status(now()));
        } finally {
            lock.unlock();
        }
    }

    private MemoryJob job(JobId id) {
        MemoryJob job = jobs.get(requireNonNull(id, "id"));
        if (job == null) {
            throw new JobNotFoundException(
                    "There is no job " + id + " in " + this + "; it never was, or its retention has passed");
        }
        return job;
    }

    @Override
    public JobStatus await(JobId id, Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
        MemoryJob job;
        CompletableFuture<Void> ended;
        lock.lock();
        try {
            job = job(id);
            ended = job.ended;
        } finally {
            lock.unlock();
        }
        try {
            ended.get(saturatedNanos(timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException notYet) {
            // The status says so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException("The thread was interrupted while it waited for job " + id, e);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        lock.lock();
        try {
            return job.status(now());
        } finally {
            lock.unlock();
        }
    }

    private static long saturatedNanos(Duration duration) {
        return duration.compareTo(Duration.ofDays(100_000)) > 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    @Override
    public List<JobStatus> list(JobState state, int maximumJobs) {
        requireNonNull(state, "state");
        if (maximumJobs < 1 || maximumJobs > MOST_LISTED) {
            throw new IllegalArgumentException("maximumJobs must be from 1 to 10000, but was " + maximumJobs);
        }
        lock.lock();
        try {
            forgetOld();
            List<MemoryJob> found = new ArrayList<>();
            for (MemoryJob job : jobs.values()) {
                if (job.state == state) {
                    found.add(job);
                }
            }
            List<JobStatus> newest = new ArrayList<>();
            for (int i = found.size() - 1; i >= 0 && newest.size() < maximumJobs; i--) {
                newest.add(found.get(i).status(now()));
            }
            return newest;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean cancel(JobId id) {
        MemoryJob job;
        JobStatus end = null;
        lock.lock();
        try {
            job = job(id);
            if (job.state.isFinal()) {
                return false;
            }
            job.cancelRequested = true;
            MemoryAttempt attempt = job.attempt;
            if (job.state == JobState.RUNNING && attempt != null) {
                attempt.cancelled = true;
                attempt.run.interrupt();
                Future<?> ignored = timer.schedule(
                        () -> giveUp(
                                attempt,
                                new JobCancelledException("The job was cancelled, and its handler still runs after"
                                        + " cancelGrace, " + settings.cancelGrace)),
                        settings.cancelGrace.toNanos(),
                        TimeUnit.NANOSECONDS);
                return true;
            }
            stopWaiting(job);
            finish(job, JobState.CANCELLED);
            end = job.status(now());
        } finally {
            lock.unlock();
        }
        tell(job, end);
        return true;
    }

    /** Under the lock. */
    private void stopWaiting(MemoryJob job) {
        waiting--;
        ready.remove(job);
        if (job.timer != null) {
            job.timer.cancel(false);
            job.timer = null;
        }
    }

    @Override
    public boolean retry(JobId id) {
        lock.lock();
        try {
            if (closed) {
                throw new JobRejectedException(this + " is closed and begins no more jobs");
            }
            MemoryJob job = job(id);
            if (job.state != JobState.FAILED && job.state != JobState.CANCELLED) {
                return false;
            }
            String key = job.options.key();
            if (key != null && byKey.putIfAbsent(key, job) != null && byKey.get(key) != job) {
                return false;
            }
            finished.remove(id);
            job.attempts = 0;
            job.attempt = null;
            job.cancelRequested = false;
            job.finishedAt = null;
            job.ended = new CompletableFuture<>();
            enqueue(job, JobState.QUEUED, now(), Duration.ZERO);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onFinished(Consumer<? super JobStatus> listener) {
        telling.add(requireNonNull(listener, "listener"));
    }

    @Override
    public JobQueueStats stats() {
        lock.lock();
        try {
            Instant now = now();
            Instant oldest = now;
            for (MemoryJob job : ready) {
                Instant due = job.dueAt;
                oldest = due != null && due.isBefore(oldest) ? due : oldest;
            }
            return new JobQueueStats(
                    ready.size(),
                    waiting - ready.size(),
                    running.size(),
                    Duration.between(oldest, now),
                    tally.attempts.sum(),
                    tally.failedAttempts.sum(),
                    tally.succeeded.sum(),
                    tally.failed.sum(),
                    tally.cancelled.sum(),
                    0,
                    tally.stuck.get(),
                    Duration.ofNanos(tally.runNanos.sum()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        JobsCloseReport ignored = close(CLOSE_WITHIN);
    }

    @Override
    public JobsCloseReport close(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
        List<MemoryJob> dropped = new ArrayList<>();
        List<JobStatus> ends = new ArrayList<>();
        List<MemoryAttempt> left;
        int before;
        lock.lock();
        try {
            if (closed) {
                return new JobsCloseReport(0, 0, 0);
            }
            closed = true;
            before = running.size();
            for (MemoryJob job : jobs.values()) {
                if (!job.state.isFinal() && job.state != JobState.RUNNING) {
                    dropped.add(job);
                }
            }
            for (MemoryJob job : dropped) {
                stopWaiting(job);
                job.error = "the queue was closed before the job began, and its jobs live in memory";
                finish(job, JobState.CANCELLED);
                ends.add(job.status(now()));
            }
            long nanos = saturatedNanos(timeout);
            while (!running.isEmpty() && nanos > 0) {
                nanos = workerLeft.awaitNanos(nanos);
            }
            left = new ArrayList<>(running.values());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            left = new ArrayList<>(running.values());
            before = left.size();
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < ends.size(); i++) {
            tell(dropped.get(i), ends.get(i));
        }
        left.forEach(
                attempt -> giveUp(attempt, new JobCancelledException("The queue was closed while the handler ran")));
        if (ownTimer) {
            timer.shutdownNow();
        }
        if (ownThreads != null) {
            ownThreads.shutdown();
        }
        if (!dropped.isEmpty() || !left.isEmpty()) {
            LOG.warn(
                    "{} was closed: {} jobs that waited and {} that ran are lost, as they live in memory",
                    this,
                    dropped.size(),
                    left.size());
        }
        return new JobsCloseReport(before - left.size(), left.size(), dropped.size());
    }

    Instant now() {
        return settings.clock.instant();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public String toString() {
        return "job queue " + settings.name;
    }

    /** The settings of a queue. Mutable, for one thread. */
    public static final class Builder {
        private final String name;
        private JobTypes<JobHandler<Object>> types = new JobTypes<>();
        private List<JobListener> listeners = new ArrayList<>();
        private int workers = 4;
        private int maximumQueued = 10_000;
        private int maximumFinished = 10_000;
        private Duration retention = Duration.ofHours(24);
        private Duration keyWindow = Duration.ofHours(1);
        private Duration maximumRunTime = Duration.ofHours(6);
        private Duration cancelGrace = Duration.ofSeconds(10);
        private Clock clock = Clock.systemUTC();
        private @Nullable Executor executor;
        private @Nullable ScheduledExecutorService scheduler;

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
            this.workers = atLeastOne("workers", workers);
            return this;
        }

        /** How many jobs may wait, at least 1; default 10,000. More are rejected. */
        public Builder maximumQueued(int maximumQueued) {
            this.maximumQueued = atLeastOne("maximumQueued", maximumQueued);
            return this;
        }

        /** How many jobs that have ended are remembered, at least 1; default 10,000. The oldest are forgotten. */
        public Builder maximumFinished(int maximumFinished) {
            this.maximumFinished = atLeastOne("maximumFinished", maximumFinished);
            return this;
        }

        /** How long a job that has ended is remembered; default a day. */
        public Builder retention(Duration retention) {
            this.retention = positive("retention", retention);
            return this;
        }

        /** How long after a job's end its key still stands for it; default an hour. Zero: as long as it lives. */
        public Builder keyWindow(Duration keyWindow) {
            if (keyWindow.isNegative()) {
                throw new IllegalArgumentException("keyWindow must not be negative, but was " + keyWindow);
            }
            this.keyWindow = keyWindow;
            return this;
        }

        /** How long an attempt may run before it has failed and its worker goes on without it; default 6 hours. */
        public Builder maximumRunTime(Duration maximumRunTime) {
            this.maximumRunTime = positive("maximumRunTime", maximumRunTime);
            return this;
        }

        /** How long a cancelled handler has until its worker goes on without it; default 10 seconds. */
        public Builder cancelGrace(Duration cancelGrace) {
            this.cancelGrace = positive("cancelGrace", cancelGrace);
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

        /** What runs handlers; default threads of the queue's own. The caller closes it, after the queue. */
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

        private static int atLeastOne(String what, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(what + " must be at least 1, but was " + value);
            }
            return value;
        }

        private static Duration positive(String what, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(what + " must be longer than zero, but was " + value);
            }
            return value;
        }
    }
}
