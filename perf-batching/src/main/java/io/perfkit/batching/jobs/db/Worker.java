package io.perfkit.batching.jobs.db;

import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import io.perfkit.batching.jobs.JobCancelledException;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.PermanentJobException;
import io.perfkit.batching.jobs.internal.JobTypes;
import io.perfkit.batching.jobs.internal.Reasons;
import io.perfkit.batching.jobs.internal.SupervisedRun.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Runs jobs that db-scheduler has picked.
 *
 * <p>An attempt takes the next number of its job when it begins, and whatever it writes later counts only while that number
 * stands and the job is running. So an attempt whose worker seemed dead, and whose job another worker has taken up, changes
 * nothing when it wakes. Its end and the end of db-scheduler's execution are committed together; an execution whose job has
 * ended already, however that came about, is only removed.
 *
 * <p>The handler runs in a thread beside db-scheduler's, so that one that never returns holds a thread but no worker.
 */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    /** How long the end of an attempt is offered to a database that does not answer; the work has been done after all. */
    private static final Duration OFFER_END = Duration.ofMinutes(5);

    /** The limits of an attempt. */
    record Limits(Duration maximumRunTime, Duration cancelGrace) {}

    private final String name;
    private final Connections connections;
    private final JobRows rows;
    private final Json json;
    private final DatabaseClock clock;
    private final Limits limits;
    private final Ends ends;
    private final ExecutorService handlers;
    private final ScheduledExecutorService timer;
    private final Map<JobId, Attempt> attempts = new ConcurrentHashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile long giveUpEndsNanos = Long.MAX_VALUE;

    Worker(Room room, Limits limits, ExecutorService handlers, ScheduledExecutorService timer) {
        this.name = room.worker();
        this.connections = room.connections();
        this.rows = room.rows();
        this.json = room.json();
        this.clock = room.clock();
        this.ends = room.ends();
        this.limits = limits;
        this.handlers = handlers;
        this.timer = timer;
    }

    Instant now() {
        return clock.now();
    }

    boolean isStopping() {
        return stopping.getCount() == 0;
    }

    Collection<Attempt> attempts() {
        return attempts.values();
    }

    /** Called by db-scheduler in one of its threads. */
    CompletionHandler<Void> execute(JobTypes.Entry<JobHandler<Object>> type, String instance) {
        JobId id = new JobId(instance);
        if (isStopping()) {
            return (complete, operations) -> operations.reschedule(complete, now());
        }
        Optional<JobRow> begun = begin(id);
        if (begun.isEmpty()) {
            return (complete, operations) -> removeIfOver(id, complete, operations);
        }
        Attempt attempt = new Attempt(this, begun.get(), json, clock);
        attempts.put(id, attempt);
        ScheduledFuture<?> limit = timer.schedule(
                () -> giveUp(
                        attempt,
                        new TimeoutException(
                                "the handler has run longer than maximumRunTime, " + limits.maximumRunTime)),
                limits.maximumRunTime.toNanos(),
                TimeUnit.NANOSECONDS);
        handlers.execute(() -> {
            if (!attempt.run.run(() -> call(type, attempt))) {
                ends.tally.stuck.decrementAndGet();
            }
        });
        Outcome outcome = attempt.run.outcome().join();
        limit.cancel(false);
        return (complete, operations) -> {
            try {
                conclude(attempt, outcome, complete, operations);
            } finally {
                attempts.remove(id, attempt);
            }
        };
    }

    private void call(JobTypes.Entry<JobHandler<Object>> type, Attempt attempt) throws Exception {
        JobHandler<Object> handler = type.handler();
        if (handler == null) {
            throw new PermanentJobException("no handler is registered for " + type.label());
        }
        Object payload;
        try {
            payload = json.read(attempt.row.payload, type.type());
        } catch (JacksonException e) {
            throw new PermanentJobException(
                    "the payload cannot be read as a " + type.type().getName() + ": " + e.getOriginalMessage(), e);
        }
        if (payload == null) {
            throw new PermanentJobException("the payload is null");
        }
        handler.run(payload, attempt);
    }

    /** Empty if there is nothing to run. */
    private Optional<JobRow> begin(JobId id) {
        return connections.read(connection -> {
            while (true) {
                JobRow row = rows.find(connection, id);
                if (row == null || row.state().isFinal()) {
                    return Optional.empty();
                }
                // The beginning of an attempt was committed, and nobody has heard of it again.
                boolean isLeftOver = row.state() == JobState.RUNNING;
                if (isLeftOver && (row.isCancelRequested() || row.attempts() >= row.maximumAttempts())) {
                    return Optional.empty();
                }
                if (rows.begin(connection, row, name)) {
                    return Optional.of(row);
                }
            }
        });
    }

    /** Only removes the execution of a job that has ended; one that has been queued again meanwhile is run. */
    private void removeIfOver(JobId id, ExecutionComplete complete, ExecutionOperations<Void> operations) {
        Optional<JobState> end = connections.change(connection -> {
            JobRow row = rows.lock(connection, id);
            if (row == null || row.state().isFinal()) {
                operations.remove();
                return Optional.empty();
            }
            if (row.state() == JobState.RUNNING) {
                return Optional.of(endOfDead(connection, row, operations));
            }
            operations.reschedule(complete, now());
            return Optional.empty();
        });
        end.ifPresent(state -> ends.ended(id, state));
    }

    void cancel(JobId id) {
        Attempt attempt = attempts.get(id);
        if (attempt != null) {
            cancel(attempt);
        }
    }

    void cancel(Attempt attempt) {
        if (attempt.cancelled) {
            return;
        }
        attempt.cancelled = true;
        attempt.run.interrupt();
        ScheduledFuture<?> ignored = timer.schedule(
                () -> giveUp(
                        attempt,
                        new JobCancelledException(
                                "The job was cancelled, and its handler still runs after cancelGrace, "
                                        + limits.cancelGrace)),
                limits.cancelGrace.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    void lose(Attempt attempt) {
        LOG.warn("Job {} was given to another worker, because {} seemed dead", attempt.id(), name);
        attempt.cancelled = true;
        giveUp(attempt, new Attempt.Lost(attempt.id()));
    }

    private void giveUp(Attempt attempt, Exception reason) {
        ends.tally.stuck.incrementAndGet();
        if (!attempt.run.abandon(reason)) {
            ends.tally.stuck.decrementAndGet();
        }
    }

    /** From now on nothing begins; what throws is handed back. */
    void stop() {
        stopping.countDown();
    }

    /** Interrupts what still runs and hands it back. */
    int handBack(Duration endsWithin) {
        giveUpEndsNanos = System.nanoTime() + endsWithin.toNanos();
        int count = 0;
        for (Attempt attempt : attempts.values()) {
            if (!attempt.run.outcome().isDone()) {
                giveUp(attempt, new Attempt.HandedBack(attempt.id()));
                count++;
            }
        }
        return count;
    }

    private void conclude(
            Attempt attempt, Outcome outcome, ExecutionComplete complete, ExecutionOperations<Void> operations) {
        Throwable failure = outcome.failure();
        ends.tally.attempts.increment();
        ends.tally.runNanos.add(System.nanoTime() - attempt.startedNanos);
        if (failure instanceof Attempt.Lost) {
            return;
        }
        JobState state = stateAfter(attempt, failure);
        Instant due = state == JobState.RETRYING
                ? now().plus(attempt.row.backoff().after(attempt.attempt(), ThreadLocalRandom.current()))
                : now();
        boolean mine = offer(connection -> {
            boolean counts = switch (state) {
                case QUEUED -> rows.handBack(connection, attempt.id(), attempt.fence);
                case RETRYING ->
                    rows.waitAgain(connection, attempt.id(), attempt.fence, due.toEpochMilli(), reason(failure));
                default ->
                    rows.finish(
                            connection,
                            attempt.id(),
                            attempt.fence,
                            state,
                            failure == null ? attempt.result : null,
                            failure == null ? null : reason(failure));
            };
            if (counts && state.isFinal()) {
                rows.removeExecution(connection, attempt.row, true);
            } else if (counts) {
                reschedule(complete, operations, due);
            }
            return counts || isConcluded(connection, attempt, state);
        });
        if (!mine) {
            LOG.warn(
                    "Job {} was given to another worker; what came of attempt {} here is discarded",
                    attempt.id(),
                    attempt.attempt());
            return;
        }
        if (failure != null && state != JobState.CANCELLED && state != JobState.QUEUED) {
            ends.tally.failedAttempts.increment();
            ends.telling.attemptFailed(attempt.id(), attempt.attempt(), failure);
        }
        if (state.isFinal()) {
            ends.ended(attempt.id(), state);
        }
    }

    private JobState stateAfter(Attempt attempt, @Nullable Throwable failure) {
        if (failure == null) {
            return JobState.SUCCEEDED;
        }
        if (attempt.cancelled) {
            return JobState.CANCELLED;
        }
        if (failure instanceof PermanentJobException) {
            return JobState.FAILED;
        }
        if (isStopping()) {
            return JobState.QUEUED;
        }
        return attempt.attempt() >= attempt.maximumAttempts() ? JobState.FAILED : JobState.RETRYING;
    }

    private static String reason(@Nullable Throwable failure) {
        return failure == null ? "" : Reasons.of(failure);
    }

    /** A commit whose answer was lost has happened after all. */
    private boolean isConcluded(Connection connection, Attempt attempt, JobState state) throws SQLException {
        JobRow row = rows.find(connection, attempt.id());
        return row != null && row.fence == attempt.fence && row.state() == state;
    }

    private static void reschedule(ExecutionComplete complete, ExecutionOperations<Void> operations, Instant due) {
        try {
            operations.reschedule(complete, due);
        } catch (ExecutionException gone) {
            // Somebody has removed it by hand; a job without one is found and given a new one.
            LOG.warn("The execution of a job has disappeared: {}", complete.getExecution());
        }
    }

    /** While this goes on, db-scheduler's heartbeats go on too, so nobody takes the job. */
    private boolean offer(Connections.Work<Boolean> end) {
        long since = System.nanoTime();
        for (long pause = 50; ; pause = Math.min(2 * pause, 2_000)) {
            try {
                return connections.change(end);
            } catch (RuntimeException e) {
                long now = System.nanoTime();
                if (now - since > OFFER_END.toNanos() || now - giveUpEndsNanos > 0) {
                    throw e;
                }
                LOG.warn("The end of a job could not be stored and is offered again: {}", e.getMessage());
            }
            pause(pause);
        }
    }

    private void pause(long millis) {
        try {
            if (stopping.await(millis, TimeUnit.MILLISECONDS)) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException("Interrupted while the end of a job waited for the database", e);
        }
    }

    /** Called by db-scheduler for an execution without heartbeats, in each process that sees it: one of them commits. */
    void revive(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        JobId id = new JobId(complete.getExecution().getId());
        boolean[] died = new boolean[1];
        Optional<JobState> end = connections.change(connection -> {
            died[0] = false;
            JobRow row = rows.lock(connection, id);
            if (row == null || row.state().isFinal()) {
                operations.remove();
                return Optional.empty();
            }
            if (row.state() != JobState.RUNNING) {
                // Its worker died before it began.
                operations.reschedule(complete, now());
                return Optional.empty();
            }
            died[0] = true;
            if (row.isCancelRequested() || row.attempts() >= row.maximumAttempts()) {
                return Optional.of(endOfDead(connection, row, operations));
            }
            Instant due = now().plus(row.backoff().after(row.attempts(), ThreadLocalRandom.current()));
            rows.waitAgain(connection, id, row.fence, due.toEpochMilli(), deathOf(row));
            operations.reschedule(complete, due);
            return Optional.empty();
        });
        if (died[0]) {
            LOG.warn("The worker of job {} died; the job is taken up again", id);
            ends.tally.deadWorkers.increment();
            ends.telling.workerDied(id);
        }
        end.ifPresent(state -> ends.ended(id, state));
    }

    private JobState endOfDead(Connection connection, JobRow row, ExecutionOperations<Void> operations)
            throws SQLException {
        JobState state = row.isCancelRequested() ? JobState.CANCELLED : JobState.FAILED;
        rows.end(connection, row, state, deathOf(row));
        operations.remove();
        return state;
    }

    private static String deathOf(JobRow row) {
        return "the worker " + row.worker + " died in attempt " + row.attempts() + " of " + row.maximumAttempts();
    }
}
