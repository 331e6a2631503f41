package io.perfkit.batching.jobs;

import io.perfkit.batching.jobs.MemoryJob.MemoryAttempt;
import io.perfkit.batching.jobs.internal.Checks;
import io.perfkit.batching.jobs.internal.Reasons;
import io.perfkit.batching.jobs.internal.SupervisedRun.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of a queue in memory: which jobs are ready, who runs them, and what comes of it.
 *
 * <p>Methods that say so are called under the queue's lock. Neither the executor, nor a handler, nor a listener is called
 * under it: an executor may run a task in the very thread that gives it one.
 */
final class MemoryWorkers {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryWorkers.class);
    private static final Duration ASK_EXECUTOR_AGAIN = Duration.ofSeconds(1);
    private static final Comparator<MemoryJob> ORDER =
            Comparator.<MemoryJob>comparingInt(job -> -job.options.priority()).thenComparingLong(job -> job.sequence);

    private final InMemoryJobQueue.Builder settings;
    private final MemoryJobs jobs;
    private final ReentrantLock lock;
    private final Condition attemptEnded;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final Telling telling;

    private final PriorityQueue<MemoryJob> ready = new PriorityQueue<>(ORDER);
    /** In the order in which they began. */
    private final Map<JobId, MemoryAttempt> running = new LinkedHashMap<>();

    private final RunTimeLimit runTimes;
    /** How many wait, ready or not. */
    private int waiting;
    /** How many there are, those that the executor has not begun yet included. */
    private int workers;
    /** How many of them the executor has still to be given. */
    private int toStart;

    private boolean executorWillBeAsked;
    private long sequence;
    private volatile boolean closed;

    MemoryWorkers(
            InMemoryJobQueue.Builder settings,
            MemoryJobs jobs,
            ReentrantLock lock,
            Executor executor,
            ScheduledExecutorService timer,
            Telling telling) {
        this.settings = settings;
        this.jobs = jobs;
        this.lock = lock;
        this.attemptEnded = lock.newCondition();
        this.executor = executor;
        this.timer = timer;
        this.telling = telling;
        this.runTimes =
                new RunTimeLimit(settings.maximumRunTime, running.values(), time -> after(time, this::giveUpOverdue));
    }

    Instant now() {
        return settings.clock.instant();
    }

    boolean isClosed() {
        return closed;
    }

    /** Under the lock. */
    int waiting() {
        return waiting;
    }

    /** Under the lock. False, with nothing changed but the job, if it has to wait and the scheduler takes nothing. */
    boolean enqueue(MemoryJob job, JobState state, Instant from, Duration delay) {
        long turn = ++job.turn;
        job.state = state;
        job.dueAt = from.plus(delay);
        if (!delay.isZero()) {
            job.timer = after(delay, () -> due(job, turn));
            if (job.timer == null) {
                return false;
            }
        }
        waiting++;
        if (delay.isZero()) {
            makeReady(job);
        }
        return true;
    }

    /** Null if the scheduler takes no more. */
    private @Nullable Future<?> after(Duration delay, Runnable task) {
        try {
            return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.warn("The scheduler of {} takes no more tasks; close the queue before it", this, e);
            return null;
        }
    }

    /** A job that was cancelled and retried meanwhile waits for something else. */
    private void due(MemoryJob job, long turn) {
        lock.lock();
        try {
            if (!closed && job.turn == turn && job.isWaiting()) {
                job.timer = null;
                makeReady(job);
            }
        } finally {
            lock.unlock();
        }
        startWorkers();
    }

    private void makeReady(MemoryJob job) {
        job.sequence = sequence++;
        ready.add(job);
        wantWorkers();
    }

    /** Under the lock. A worker that runs nothing is about to look for a job, so it counts for one of them. */
    private void wantWorkers() {
        while (!closed && workers < settings.workers && workers - running.size() < ready.size()) {
            workers++;
            toStart++;
        }
    }

    /**
     * Gives the executor the workers that are wanted. Not under the lock, which is taken only if there are any: whoever
     * wants some asks here afterwards, and sees at least what it wanted itself.
     */
    void startWorkers() {
        while (toStart > 0 && takeStart()) {
            try {
                executor.execute(this::work);
            } catch (Throwable e) {
                // Rejected, or no more threads to be had: either may pass.
                LOG.warn("The executor of {} runs no worker; its jobs wait: {}", this, Reasons.of(e));
                notStarted();
            }
        }
    }

    private boolean takeStart() {
        lock.lock();
        try {
            if (toStart == 0) {
                return false;
            }
            toStart--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void notStarted() {
        lock.lock();
        try {
            workers -= 1 + toStart;
            toStart = 0;
            if (!closed && !executorWillBeAsked) {
                executorWillBeAsked = after(ASK_EXECUTOR_AGAIN, this::askExecutorAgain) != null;
            }
        } finally {
            lock.unlock();
        }
    }

    private void askExecutorAgain() {
        lock.lock();
        try {
            executorWillBeAsked = false;
            wantWorkers();
        } finally {
            lock.unlock();
        }
        startWorkers();
    }

    private void work() {
        MemoryAttempt attempt = begin();
        while (attempt != null) {
            MemoryAttempt mine = attempt;
            boolean ended = mine.run.run(mine::call);
            if (!ended) {
                // It was given up, and with it this thread's place as a worker.
                telling.tally().stuck.decrementAndGet();
                return;
            }
            attempt = end(mine, mine.run.outcome().join(), true);
        }
    }

    private @Nullable MemoryAttempt begin() {
        lock.lock();
        try {
            return beginNext();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. Null if there is nothing to do, which is the end of this worker. */
    private @Nullable MemoryAttempt beginNext() {
        MemoryJob job = closed ? null : ready.poll();
        if (job == null) {
            workers--;
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
        runTimes.begun(attempt);
        return attempt;
    }

    private void giveUpOverdue() {
        List<MemoryAttempt> overdue;
        lock.lock();
        try {
            overdue = runTimes.overdue();
        } finally {
            lock.unlock();
        }
        overdue.forEach(attempt -> giveUp(
                attempt,
                new TimeoutException("the handler has run longer than maximumRunTime, " + settings.maximumRunTime)));
    }

    /** Takes the attempt its worker's place; the handler may go on, but nobody listens to it any more. */
    private void giveUp(MemoryAttempt attempt, Exception reason) {
        telling.tally().stuck.incrementAndGet();
        if (!attempt.run.abandon(reason)) {
            telling.tally().stuck.decrementAndGet();
            return;
        }
        MemoryAttempt ignored = end(attempt, attempt.run.outcome().join(), false);
        lock.lock();
        try {
            workers--;
            wantWorkers();
        } finally {
            lock.unlock();
        }
        startWorkers();
    }

    /**
     * Ends an attempt, and begins the next if its worker goes on: under one lock, unless listeners have to be told in
     * between, who may take their time.
     */
    private @Nullable MemoryAttempt end(MemoryAttempt attempt, Outcome outcome, boolean goesOn) {
        count(attempt, outcome.failure());
        boolean atOnce = goesOn && !telling.hasListeners();
        MemoryJobs.End end;
        MemoryAttempt next;
        lock.lock();
        try {
            end = ended(attempt, outcome.failure());
            next = atOnce ? beginNext() : null;
        } finally {
            lock.unlock();
        }
        startWorkers();
        if (end != null) {
            tell(end);
        }
        return goesOn && !atOnce ? begin() : next;
    }

    /** Before the lock, and so before the next attempt can begin: failures are told in their order. */
    private void count(MemoryAttempt attempt, @Nullable Throwable failure) {
        telling.attemptEnded(System.nanoTime() - attempt.startedNanos);
        if (failure != null && !attempt.cancelled) {
            telling.attemptFailed(attempt.job.id, attempt.attempt(), failure);
        }
    }

    /** Under the lock. Null if there is to be another attempt. */
    private MemoryJobs.@Nullable End ended(MemoryAttempt attempt, @Nullable Throwable failure) {
        MemoryJob job = attempt.job;
        running.remove(job.id);
        attemptEnded.signalAll();
        job.error = failure == null ? null : Reasons.of(failure);
        if (failure == null) {
            job.result = attempt.result;
            return jobs.finish(job, JobState.SUCCEEDED);
        }
        if (job.cancelRequested || closed) {
            return jobs.finish(job, JobState.CANCELLED);
        }
        if (failure instanceof PermanentJobException || job.attempts >= job.options.maximumAttempts()) {
            return jobs.finish(job, JobState.FAILED);
        }
        Duration wait = job.options.backoff().after(job.attempts, ThreadLocalRandom.current());
        return enqueue(job, JobState.RETRYING, now(), wait) ? null : jobs.finish(job, JobState.FAILED);
    }

    /** After the lock. */
    void tell(MemoryJobs.End end) {
        telling.ended(end.state());
        end.waiting().complete(null);
        JobStatus status = end.status();
        if (status != null) {
            telling.finished(status);
        }
    }

    /** Under the lock. Null if the job runs: its handler has been told. */
    MemoryJobs.@Nullable End cancel(MemoryJob job) {
        job.cancelRequested = true;
        MemoryAttempt attempt = job.attempt;
        if (job.state != JobState.RUNNING || attempt == null) {
            return drop(job);
        }
        attempt.cancelled = true;
        attempt.run.interrupt();
        Future<?> ignored = after(
                settings.cancelGrace,
                () -> giveUp(
                        attempt,
                        new JobCancelledException("The job was cancelled, and its handler still runs after"
                                + " cancelGrace, " + settings.cancelGrace)));
        return null;
    }

    /** Under the lock, of a job that waits. */
    private MemoryJobs.End drop(MemoryJob job) {
        waiting--;
        ready.remove(job);
        Future<?> delay = job.timer;
        if (delay != null) {
            delay.cancel(false);
            job.timer = null;
        }
        return jobs.finish(job, JobState.CANCELLED);
    }

    JobQueueStats stats() {
        lock.lock();
        try {
            Instant now = now();
            Instant oldest = now;
            for (MemoryJob job : ready) {
                Instant due = job.dueAt;
                oldest = due != null && due.isBefore(oldest) ? due : oldest;
            }
            return telling.stats(ready.size(), waiting - ready.size(), running.size(), Duration.between(oldest, now));
        } finally {
            lock.unlock();
        }
    }

    /** Null if that has been done before. */
    @Nullable
    JobsCloseReport close(Duration timeout) {
        long nanos = Checks.nanosOf(timeout);
        List<MemoryJobs.End> dropped = new ArrayList<>();
        List<MemoryAttempt> left;
        int before;
        lock.lock();
        try {
            if (closed) {
                return null;
            }
            closed = true;
            before = running.size();
            for (MemoryJob job : jobs.waiting()) {
                job.error = "the queue was closed before the job began, and its jobs live in memory";
                dropped.add(drop(job));
            }
            while (!running.isEmpty() && nanos > 0) {
                nanos = attemptEnded.awaitNanos(nanos);
            }
            left = new ArrayList<>(running.values());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            left = new ArrayList<>(running.values());
            before = left.size();
        } finally {
            runTimes.stop();
            lock.unlock();
        }
        dropped.forEach(this::tell);
        left.forEach(
                attempt -> giveUp(attempt, new JobCancelledException("The queue was closed while the handler ran")));
        if (!dropped.isEmpty() || !left.isEmpty()) {
            LOG.warn(
                    "{} was closed: {} jobs that waited and {} that ran are lost, as they live in memory",
                    this,
                    dropped.size(),
                    left.size());
        }
        return new JobsCloseReport(before - left.size(), left.size(), dropped.size());
    }

    @Override
    public String toString() {
        return "job queue " + settings.name;
    }
}
