package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.internal.JobTypes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The statements on the table of jobs. What an attempt writes is fenced: it counts only while the number that the attempt
 * took when it began stands, and the job is running.
 */
final class JobRows {
    private static final String MINE = " where id = ? and fence = ? and state = 'RUNNING'";

    private final String queue;
    private final Dialect dialect;
    private final Json json;
    private final LongSupplier now;

    JobRows(String queue, Dialect dialect, Json json, LongSupplier now) {
        this.queue = queue;
        this.dialect = dialect;
        this.json = json;
        this.now = now;
    }

    /** What db-scheduler calls a job of this kind. A worker that does not know the name leaves the job alone. */
    static String taskName(String queue, String type, int version) {
        return queue + "/" + type + "/" + version;
    }

    private static int execute(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value instanceof Nothing nothing) {
                statement.setNull(i + 1, nothing.type);
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }

    /** A null of a type. */
    private enum Nothing {
        TEXT(Types.VARCHAR),
        NUMBER(Types.BIGINT);

        private final int type;

        Nothing(int type) {
            this.type = type;
        }
    }

    private static Object text(@Nullable String text) {
        return text == null ? Nothing.TEXT : text;
    }

    private List<JobRow> query(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                List<JobRow> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(new JobRow(rows, json, now.getAsLong()));
                }
                return found;
            }
        }
    }

    private static @Nullable JobRow first(List<JobRow> rows) {
        return rows.isEmpty() ? null : rows.get(0);
    }

    void insert(Connection connection, JobId id, JobTypes.Entry<?> type, String payload, JobOptions options)
            throws SQLException {
        String key = options.key();
        long time = now.getAsLong();
        execute(
                connection,
                "insert into perfkit_job (id, queue_name, type_name, type_version, payload, state, fence, attempts,"
                        + " maximum_attempts, backoff, priority, key_text, key_hash, progress, submitted_at, due_at,"
                        + " cancel_requested) values (?, ?, ?, ?, ?, 'QUEUED', 0, 0, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
                id.value(),
                queue,
                type.name(),
                type.version(),
                payload,
                options.maximumAttempts(),
                JobRow.text(options.backoff()),
                options.priority(),
                text(key),
                keyHash(id, key),
                time,
                time + options.delay().toMillis(),
                false);
    }

    @Nullable
    JobRow find(Connection connection, JobId id) throws SQLException {
        return first(query(connection, "select * from perfkit_job where id = ? and queue_name = ?", id.value(), queue));
    }

    /** What a worker has to know of a job that it runs: whose it is, and whether it is still wanted. */
    record Sign(long fence, boolean isRunning, boolean isCancelRequested) {}

    /** By id; none of a job that is gone. */
    Map<String, Sign> signs(Connection connection, List<JobId> ids) throws SQLException {
        String places = String.join(", ", Collections.nCopies(ids.size(), "?"));
        try (PreparedStatement statement = connection.prepareStatement(
                "select id, fence, state, cancel_requested from perfkit_job where id in (" + places + ")")) {
            for (int i = 0; i < ids.size(); i++) {
                statement.setString(i + 1, ids.get(i).value());
            }
            try (ResultSet rows = statement.executeQuery()) {
                Map<String, Sign> signs = new HashMap<>();
                while (rows.next()) {
                    signs.put(
                            rows.getString(1),
                            new Sign(
                                    rows.getLong(2),
                                    rows.getString(3).equals(JobState.RUNNING.name()),
                                    rows.getBoolean(4)));
                }
                return signs;
            }
        }
    }

    @Nullable
    JobRow lock(Connection connection, JobId id) throws SQLException {
        return first(query(
                connection, "select * from perfkit_job where id = ? and queue_name = ? for update", id.value(), queue));
    }

    /**
     * What is unique of a job: its key, or itself. Not null, and not alike where there is no key: a database that locks
     * the gap beside a key would lock out every job that has none.
     */
    private static String keyHash(JobId id, @Nullable String key) {
        return key == null ? id.value() : Json.hash(key);
    }

    /** The job that has a key, as this transaction sees it. */
    @Nullable
    JobRow byKey(Connection connection, String key) throws SQLException {
        return byKey(connection, key, "");
    }

    /** The job that has a key, as it is committed now. */
    @Nullable
    JobRow byKeyNow(Connection connection, String key) throws SQLException {
        return byKey(connection, key, dialect.currentRead);
    }

    private @Nullable JobRow byKey(Connection connection, String key, String read) throws SQLException {
        return first(query(
                connection,
                "select * from perfkit_job where queue_name = ? and key_hash = ?" + read,
                queue,
                Json.hash(key)));
    }

    /** Takes the key away from a job that has ended long enough ago. */
    void releaseKey(Connection connection, JobRow row) throws SQLException {
        execute(
                connection,
                "update perfkit_job set key_hash = ? where id = ? and finished_at is not null",
                keyHash(row.id(), null),
                row.id().value());
    }

    List<JobRow> list(Connection connection, JobState state, int limit) throws SQLException {
        return query(
                connection,
                "select * from perfkit_job where queue_name = ? and state = ? order by submitted_at desc, id desc limit ?",
                queue,
                state.name(),
                limit);
    }

    /** Begins an attempt: from now on its number is the one that counts. False if something has changed meanwhile. */
    boolean begin(Connection connection, JobRow row, String worker) throws SQLException {
        return execute(
                        connection,
                        "update perfkit_job set state = 'RUNNING', fence = fence + 1, attempts = attempts + 1, progress = 0,"
                                + " progress_at = null, started_at = ?, due_at = null, worker = ?"
                                + " where id = ? and fence = ? and state = ?",
                        now.getAsLong(),
                        worker,
                        row.id().value(),
                        row.fence,
                        row.state().name())
                == 1;
    }

    boolean progress(Connection connection, JobId id, long fence, double progress, long at) throws SQLException {
        return execute(
                        connection,
                        "update perfkit_job set progress = ?, progress_at = ?" + MINE,
                        progress,
                        at,
                        id.value(),
                        fence)
                == 1;
    }

    /** The final state of an attempt, if it still counts. */
    boolean finish(
            Connection connection,
            JobId id,
            long fence,
            JobState state,
            @Nullable String result,
            @Nullable String error)
            throws SQLException {
        return execute(
                        connection,
                        "update perfkit_job set state = ?, result = ?, error = ?, finished_at = ?, worker = null"
                                + MINE,
                        state.name(),
                        text(result),
                        text(error),
                        now.getAsLong(),
                        id.value(),
                        fence)
                == 1;
    }

    /** The attempt has failed, or its worker died; another follows. */
    boolean waitAgain(Connection connection, JobId id, long fence, long dueAt, String error) throws SQLException {
        return execute(
                        connection,
                        "update perfkit_job set state = 'RETRYING', due_at = ?, error = ?, worker = null" + MINE,
                        dueAt,
                        error,
                        id.value(),
                        fence)
                == 1;
    }

    /** The attempt was ended by us and does not count. */
    boolean handBack(Connection connection, JobId id, long fence) throws SQLException {
        return execute(
                        connection,
                        "update perfkit_job set state = 'QUEUED', attempts = attempts - 1, due_at = ?, worker = null"
                                + MINE,
                        now.getAsLong(),
                        id.value(),
                        fence)
                == 1;
    }

    /** The state of a job that this caller has locked. */
    void end(Connection connection, JobRow row, JobState state, @Nullable String error) throws SQLException {
        execute(
                connection,
                "update perfkit_job set state = ?, error = ?, finished_at = ?, due_at = null, worker = null where id = ?",
                state.name(),
                text(error),
                now.getAsLong(),
                row.id().value());
    }

    void requestCancel(Connection connection, JobId id) throws SQLException {
        execute(connection, "update perfkit_job set cancel_requested = ? where id = ?", true, id.value());
    }

    /** From the beginning, of a job that this caller has locked. */
    void reset(Connection connection, JobRow row) throws SQLException {
        String key = row.key();
        execute(
                connection,
                "update perfkit_job set state = 'QUEUED', fence = fence + 1, attempts = 0, progress = 0, progress_at = null,"
                        + " due_at = ?, finished_at = null, cancel_requested = ?, worker = null, key_hash = ? where id = ?",
                now.getAsLong(),
                false,
                keyHash(row.id(), key),
                row.id().value());
    }

    /**
     * Takes the execution away. That of a job that waits may have been picked by a worker that is about to begin; the
     * worker then removes it itself.
     */
    void removeExecution(Connection connection, JobRow row, boolean picked) throws SQLException {
        execute(
                connection,
                "delete from perfkit_job_execution where task_name = ? and task_instance = ? and picked = ?",
                row.taskName(),
                row.id().value(),
                picked);
    }

    boolean hasExecution(Connection connection, JobRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select 1 from perfkit_job_execution where task_name = ? and task_instance = ?")) {
            set(statement, row.taskName(), row.id().value());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }
}
