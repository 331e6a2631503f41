package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.internal.TimeLeft;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** One row of the table of jobs. Immutable. */
final class JobRow implements JobStatus {
    final String queue;
    final int version;
    final String payload;
    final long fence;
    final int priority;
    final @Nullable String worker;
    private final Json json;
    private final long now;
    private final JobId id;
    private final String type;
    private final JobState state;
    private final int attempts;
    private final int maximumAttempts;
    private final String backoff;
    private final @Nullable String key;
    private final double progress;
    private final @Nullable Instant progressAt;
    private final Instant submittedAt;
    private final @Nullable Instant dueAt;
    private final @Nullable Instant startedAt;
    private final @Nullable Instant finishedAt;
    private final @Nullable String result;
    private final @Nullable String error;
    private final boolean cancelRequested;

    JobRow(ResultSet row, Json json, long now) throws SQLException {
        this.json = json;
        this.now = now;
        id = new JobId(row.getString("id"));
        queue = row.getString("queue_name");
        type = row.getString("type_name");
        version = row.getInt("type_version");
        payload = row.getString("payload");
        state = JobState.valueOf(row.getString("state"));
        fence = row.getLong("fence");
        attempts = row.getInt("attempts");
        maximumAttempts = row.getInt("maximum_attempts");
        backoff = row.getString("backoff");
        priority = row.getInt("priority");
        key = row.getString("key_text");
        progress = row.getDouble("progress");
        progressAt = instant(row, "progress_at");
        submittedAt = Instant.ofEpochMilli(row.getLong("submitted_at"));
        dueAt = instant(row, "due_at");
        startedAt = instant(row, "started_at");
        finishedAt = instant(row, "finished_at");
        result = row.getString("result");
        error = row.getString("error");
        cancelRequested = row.getBoolean("cancel_requested");
        worker = row.getString("worker");
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    static String text(Backoff backoff) {
        return backoff.initial().toMillis() + " " + backoff.factor() + " "
                + backoff.maximum().toMillis() + " " + backoff.jitter();
    }

    /** That of the defaults, where somebody has written something else: the job has to go on. */
    Backoff backoff() {
        try {
            String[] parts = backoff.split(" ", -1);
            return new Backoff(
                    Duration.ofMillis(Long.parseLong(parts[0])),
                    Double.parseDouble(parts[1]),
                    Duration.ofMillis(Long.parseLong(parts[2])),
                    Double.parseDouble(parts[3]));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException unreadable) {
            return JobOptions.defaults().backoff();
        }
    }

    String taskName() {
        return JobRows.taskName(queue, type, version);
    }

    @Override
    public JobId id() {
        return id;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public JobState state() {
        return state;
    }

    @Override
    public double progress() {
        return state == JobState.SUCCEEDED ? 1 : progress;
    }

    @Override
    public @Nullable Duration timeLeft() {
        Instant started = startedAt;
        Instant told = progressAt;
        return state != JobState.RUNNING || started == null || told == null
                ? null
                : TimeLeft.of(started.toEpochMilli(), told.toEpochMilli(), now, progress);
    }

    @Override
    public int attempts() {
        return attempts;
    }

    @Override
    public int maximumAttempts() {
        return maximumAttempts;
    }

    @Override
    public Instant submittedAt() {
        return submittedAt;
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
        return key;
    }

    @Override
    public boolean isCancelRequested() {
        return cancelRequested;
    }

    @Override
    public <T> @Nullable T result(Class<T> wanted) {
        if (result == null || state != JobState.SUCCEEDED) {
            return null;
        }
        try {
            return json.read(result, wanted);
        } catch (JacksonException e) {
            throw new JobException(
                    "The result of job " + id + " cannot be read as a " + wanted.getName() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "job " + id + " (" + type + "/" + version + "): " + state + (error == null ? "" : ", " + error);
    }
}
