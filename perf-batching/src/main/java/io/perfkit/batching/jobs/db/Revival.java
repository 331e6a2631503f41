package io.perfkit.batching.jobs.db;

import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings executions and jobs together again where a worker died between the two, or over a job. */
final class Revival {
    private static final Logger LOG = LoggerFactory.getLogger(Revival.class);

    private final Room room;

    Revival(Room room) {
        this.room = room;
    }

    /** Called by db-scheduler for an execution without heartbeats, in each process that sees it: one of them commits. */
    void revive(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        JobId id = new JobId(complete.getExecution().getId());
        boolean[] died = new boolean[1];
        Optional<JobState> end = room.connections().change(connection -> {
            died[0] = false;
            JobRow row = room.rows().lock(connection, id);
            if (row == null || row.state().isFinal()) {
                operations.remove();
                return Optional.empty();
            }
            if (row.state() != JobState.RUNNING) {
                // Its worker died before it began.
                operations.reschedule(complete, room.clock().now());
                return Optional.empty();
            }
            died[0] = true;
            if (row.isCancelRequested() || row.attempts() >= row.maximumAttempts()) {
                return Optional.of(endOfDead(connection, row, operations));
            }
            Instant due = room.clock().now().plus(row.backoff().after(row.attempts(), ThreadLocalRandom.current()));
            room.rows().waitAgain(connection, id, row.fence, due.toEpochMilli(), deathOf(row));
            operations.reschedule(complete, due);
            return Optional.empty();
        });
        if (died[0]) {
            LOG.warn("The worker of job {} died; the job is taken up again", id);
            room.ends().telling.workerDied(id);
        }
        end.ifPresent(state -> room.ends().ended(id, state));
    }

    /** Only removes the execution of a job that has ended; one that has been queued again meanwhile is run. */
    void removeIfOver(JobId id, ExecutionComplete complete, ExecutionOperations<Void> operations) {
        Optional<JobState> end = room.connections().change(connection -> {
            JobRow row = room.rows().lock(connection, id);
            if (row == null || row.state().isFinal()) {
                operations.remove();
                return Optional.empty();
            }
            if (row.state() == JobState.RUNNING) {
                return Optional.of(endOfDead(connection, row, operations));
            }
            operations.reschedule(complete, room.clock().now());
            return Optional.empty();
        });
        end.ifPresent(state -> room.ends().ended(id, state));
    }

    private JobState endOfDead(Connection connection, JobRow row, ExecutionOperations<Void> operations)
            throws SQLException {
        JobState state = row.isCancelRequested() ? JobState.CANCELLED : JobState.FAILED;
        room.rows().end(connection, row, state, deathOf(row));
        operations.remove();
        return state;
    }

    private static String deathOf(JobRow row) {
        return "the worker " + row.worker + " died in attempt " + row.attempts() + " of " + row.maximumAttempts();
    }
}
