package io.perfkit.batching.jobs.db;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobKeyConflictException;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.internal.JobTypes;
import io.perfkit.batching.jobs.internal.Messages;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Writes a job and its execution in one transaction, two statements in all.
 *
 * <p>A key is unique in the table. Where it seems free, it is taken by inserting: of two that ask, both hear that it is free.
 * The insert waits for the other transaction's end; where it loses, what has been done before in this transaction stays,
 * and the job that has won is read.
 */
final class Submissions {
    private static final int TRIES = 10;

    private final Room room;
    private final SchedulerClient client;
    private final Duration keyWindow;

    Submissions(Room room, SchedulerClient client, Duration keyWindow) {
        this.room = room;
        this.client = client;
        this.keyWindow = keyWindow;
    }

    /** A job as it is to be written. */
    record Draft(JobTypes.Entry<JobHandler<Object>> type, String payload, JobOptions options) {}

    /** On the connection that is bound. */
    JobId insert(Connection connection, Draft draft) throws SQLException {
        String key = draft.options.key();
        if (key == null) {
            return insertNew(connection, draft);
        }
        JobRow row = room.rows().byKey(connection, key);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            if (row != null) {
                Instant end = row.finishedAt();
                if (end == null || end.plus(keyWindow).isAfter(room.clock().now())) {
                    return same(row, draft, key);
                }
                room.rows().releaseKey(connection, row);
            }
            Savepoint before = connection.setSavepoint();
            try {
                JobId id = insertNew(connection, draft);
                connection.releaseSavepoint(before);
                return id;
            } catch (SQLException e) {
                if (!Dialect.isDuplicate(e)) {
                    throw e;
                }
                connection.rollback(before);
            }
            // Null if its transaction was rolled back, or its retention has just passed.
            row = room.rows().byKeyNow(connection, key);
        }
        throw new JobException(
                "Key \"" + key + "\" of queue " + room.queue()
                        + " is taken by a job that this transaction cannot see; submit it at the isolation level READ COMMITTED");
    }

    private JobId same(JobRow row, Draft draft, String key) {
        boolean isSameType = row.type().equals(draft.type.name());
        // Payloads of two versions, during a deployment, cannot be compared.
        boolean isOtherVersion = isSameType && row.version != draft.type.version();
        if (!isSameType || (!isOtherVersion && !row.payload.equals(draft.payload))) {
            throw new JobKeyConflictException(
                    Messages.keyIsTaken("job queue " + room.queue(), key, row.id(), keyWindow));
        }
        return row.id();
    }

    private JobId insertNew(Connection connection, Draft draft) throws SQLException {
        JobId id = JobId.create();
        room.rows().insert(connection, id, draft.type, draft.payload, draft.options);
        schedule(
                id,
                JobRows.taskName(room.queue(), draft.type.name(), draft.type.version()),
                draft.options.priority(),
                room.clock().now().plus(draft.options.delay()));
        return id;
    }

    /** On the connection that is bound: what makes db-scheduler run the job. */
    void schedule(JobId id, String taskName, int priority, Instant due) {
        TaskInstance<?> instance = new TaskInstance.Builder<Void>(taskName, id.value())
                .priority(priority)
                .build();
        // The only way in without asking first whether there is one.
        client.scheduleBatch(List.of(instance), due);
    }
}
