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
    private final Revival revival;
    private final Map<JobId, Attempt> attempts = new ConcurrentHashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile long giveUpEndsNanos = Long.MAX_VALUE;

    Worker(Room room, Revival revival, Limits limits, ExecutorService handlers, ScheduledExecutorService timer) {
        this.name = room.worker();
        this.connections = room.connections();
        this.rows = room.rows();
        this.json = room.json();
        this.clock = room.clock();
        this.ends = room.ends();
        this.revival = revival;
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
            return (complete, operations) -> revival.removeIfOver(id, complete, operations);
        }
        Attempt attempt = new Attempt(this, begun.get(), json, clock);
        attempts.put(id, attempt);
        if (giveUpEndsNanos != Long.MAX_VALUE) {
            // It began while the queue was closed, and was not among those that were handed back.
            giveUp(attempt, new Attempt.HandedBack(id));
        }
        Outcome outcome = outcome(type, attempt);
        return (complete, operations) -> {
            try {
                conclude(attempt, outcome, complete, operations);
            } finally {
                attempts.remove(id, attempt);
            }
        };
    }

    private Outcome outcome(JobTypes.Entry<JobHandler<Object>> type, Attempt attempt) {
        ScheduledFuture<?> limit = null;
        try {
            limit = timer.schedule(
                    () -> giveUp(
                            attempt,
                            new TimeoutException(
                                    "the handler has run longer than maximumRunTime, " + limits.maximumRunTime)),
                    limits.maximumRunTime.toNanos(),
                    TimeUnit.NANOSECONDS);
            handlers.execute(() -> {
                if (!attempt.run.run(() -> call(type, attempt))) {
                    ends.telling.tally().stuck.decrementAndGet();
                }
            });
        } catch (Throwable e) {
            // No thread to be had, or the queue has just been closed: the attempt has failed, and nothing waits for it.
            boolean ignored = attempt.run.abandon(e);
        }
        Outcome outcome = attempt.run.outcome().join();
        if (limit != null) {
            limit.cancel(false);
        }
        return outcome;
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
        ends.telling.tally().stuck.incrementAndGet();
        if (!attempt.run.abandon(reason)) {
            ends.telling.tally().stuck.decrementAndGet();
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
        ends.telling.attemptEnded(System.nanoTime() - attempt.startedNanos);
        if (failure instanceof Attempt.Lost) {
            return;
        }
        JobState wanted = stateAfter(attempt, failure);
        Instant due = wanted == JobState.RETRYING
                ? now().plus(attempt.row.backoff().after(attempt.attempt(), ThreadLocalRandom.current()))
                : now();
        Optional<JobState> stored = offer(connection -> {
            JobState state = failure == null ? wanted : unlessCancelled(connection, attempt, wanted);
            boolean counts = store(connection, attempt, state, due, failure);
            if (counts && state.isFinal()) {
                rows.removeExecution(connection, attempt.row, true);
            } else if (counts) {
                reschedule(complete, operations, due);
            }
            return counts || isConcluded(connection, attempt, state) ? Optional.of(state) : Optional.empty();
        });
        if (stored.isEmpty()) {
            LOG.warn(
                    "Job {} was given to another worker; what came of attempt {} here is discarded",
                    attempt.id(),
                    attempt.attempt());
            return;
        }
        JobState state = stored.get();
        if (failure != null && state != JobState.CANCELLED && state != JobState.QUEUED) {
            ends.telling.attemptFailed(attempt.id(), attempt.attempt(), failure);
        }
        if (state.isFinal()) {
            ends.ended(attempt.id(), state);
        }
    }

    private boolean store(
            Connection connection, Attempt attempt, JobState state, Instant due, @Nullable Throwable failure)
            throws SQLException {
        return switch (state) {
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
    }

    /** A cancellation that this worker had not yet heard of when its handler failed. */
    private JobState unlessCancelled(Connection connection, Attempt attempt, JobState state) throws SQLException {
        JobRow row = rows.lock(connection, attempt.id());
        return row != null && row.fence == attempt.fence && row.isCancelRequested() ? JobState.CANCELLED : state;
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
    private Optional<JobState> offer(Connections.Work<Optional<JobState>> end) {
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
}
