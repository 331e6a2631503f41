package io.perfkit.batching.jobs.db;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobListener;
import io.perfkit.batching.jobs.JobNotFoundException;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobQueueStats;
import io.perfkit.batching.jobs.JobRejectedException;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.JobsCloseReport;
import io.perfkit.batching.jobs.internal.Checks;
import io.perfkit.batching.jobs.internal.JobTypes;
import io.perfkit.batching.jobs.internal.Messages;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@link JobQueue} in the application's own database (PostgreSQL, MariaDB or H2), run by db-scheduler.
 *
 * <pre>{@code
 * DatabaseJobQueue jobs = DatabaseJobQueue.on(dataSource, "reports")
 *         .handler(SalesReport.class, (report, job) -> job.result(create(report)))
 *         .workers(4)
 *         .build();
 * }</pre>
 *
 * <p><b>Guarantee.</b> A job whose submission was committed is run at least once and reaches exactly one final state, with
 * one recorded result, as long as the database keeps what it has committed and some process that knows its type is
 * running. An attempt can end in the middle and be followed by another, so an effect outside the database is once only if
 * it is written under the job's id. The death of a worker counts as an attempt.
 *
 * <p><b>Time.</b> Every process goes by the clock of the database.
 *
 * <p>Thread-safe. Each process that builds a queue of the same name over the same database takes part in it. Threads are
 * daemons: a process that does nothing but work has to be kept alive by something else. Of the data source, a worker holds
 * a connection only while it begins or ends an attempt.
 */
public final class DatabaseJobQueue implements JobQueue {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);

    private final Room room;
    private final JobTypes<JobHandler<Object>> types;
    private final Engine engine;
    private final QueueFigures figures;

    private DatabaseJobQueue(Builder settings) {
        this.types = settings.types.copy();
        this.engine = new Engine(settings, types);
        this.room = engine.room;
        this.figures = new QueueFigures(room);
        engine.start();
    }

    /**
     * Begins a queue.
     *
     * @param dataSource where the tables are; a pool. Not one that hands out the connection of the thread's transaction:
     *     for that, see {@link #submit(Connection, Object, JobOptions)}
     * @param name names the queue: processes with the same name share its jobs
     */
    public static Builder on(DataSource dataSource, String name) {
        return builder(dataSource, name);
    }

    /** As {@link #on}. */
    public static Builder builder(DataSource dataSource, String name) {
        return new Builder(requireNonNull(dataSource, "dataSource"), JobTypes.queueName(name));
    }

    /**
     * Creates the tables, for tests. An application has a migration for them; the statements are in the jar, as
     * {@code io/perfkit/batching/jobs/db/postgresql.sql}, {@code mariadb.sql} and {@code h2.sql}.
     *
     * @throws JobException if the database is of another kind, or does not let us
     */
    public static void createTables(DataSource dataSource) {
        Dialect ignored = new Connections(requireNonNull(dataSource, "dataSource")).read(connection -> {
            Dialect dialect = Dialect.of(connection);
            Tables.create(connection, dialect);
            return dialect;
        });
    }

    @Override
    public JobId submit(Object payload, JobOptions options) {
        Submissions.Draft draft = draft(payload, options);
        JobId id = room.connections().change(connection -> engine.submissions.insert(connection, draft));
        if (options.delay().isZero()) {
            engine.poll();
        }
        return id;
    }

    /** As {@link #submit(Connection, Object, JobOptions)} with {@link JobOptions#defaults()}. */
    public JobId submit(Connection connection, Object payload) {
        return submit(connection, payload, JobOptions.defaults());
    }

    /**
     * Takes a job in the caller's transaction: it exists if and when that is committed. A worker finds it by its next poll.
     *
     * @param connection of a transaction that has begun, on the database that has the tables
     * @param payload of a type that was registered
     * @param options how it is to be treated
     * @return its id, or that of the job that has the same key
     * @throws IllegalArgumentException if the connection is not in a transaction (it commits by itself), the type is not
     *     registered, or the payload cannot be kept
     * @throws JobException if the database fails; the transaction is then to be rolled back
     */
    public JobId submit(Connection connection, Object payload, JobOptions options) {
        Submissions.Draft draft = draft(payload, options);
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalArgumentException(
                        "connection commits by itself, so there is no transaction to take part"
                                + " in; begin one with setAutoCommit(false), or use submit without a connection");
            }
            return room.connections().with(connection, bound -> engine.submissions.insert(bound, draft));
        } catch (SQLException e) {
            throw new JobException("The job could not be submitted: " + e.getMessage(), e);
        }
    }

    private Submissions.Draft draft(Object payload, JobOptions options) {
        requireNonNull(options, "options");
        JobTypes.Entry<JobHandler<Object>> type = types.of(requireNonNull(payload, "payload"), room.queue());
        if (engine.isClosed()) {
            throw new JobRejectedException(this + " is closed and takes no more jobs");
        }
        return new Submissions.Draft(type, room.json().write("payload", payload), options);
    }

    @Override
    public Optional<JobStatus> find(JobId id) {
        requireNonNull(id, "id");
        return room.connections()
                .read(connection -> Optional.ofNullable(room.rows().find(connection, id)));
    }

    @Override
    public JobStatus await(JobId id, Duration timeout) {
        long nanos = Checks.nanosOf(timeout);
        return room.ends().await(requireNonNull(id, "id"), nanos, () -> status(id));
    }

    @Override
    public List<JobStatus> list(JobState state, int maximumJobs) {
        requireNonNull(state, "state");
        Checks.listed(maximumJobs);
        return List.copyOf(room.connections().read(connection -> room.rows().list(connection, state, maximumJobs)));
    }

    @Override
    public boolean cancel(JobId id) {
        JobState before = room.connections().change(connection -> {
            JobRow row = locked(connection, id);
            if (row.state() == JobState.RUNNING) {
                room.rows().requestCancel(connection, id);
            } else if (!row.state().isFinal()) {
                room.rows().requestCancel(connection, id);
                room.rows().end(connection, row, JobState.CANCELLED, null);
                room.rows().removeExecution(connection, row, false);
            }
            return row.state();
        });
        if (before == JobState.RUNNING) {
            engine.worker.cancel(id);
        } else if (!before.isFinal()) {
            room.ends().ended(id, JobState.CANCELLED);
        }
        return !before.isFinal();
    }

    private JobRow locked(Connection connection, JobId id) throws SQLException {
        JobRow row = room.rows().lock(connection, requireNonNull(id, "id"));
        if (row == null) {
            throw new JobNotFoundException(Messages.noJob(this, id));
        }
        return row;
    }

    @Override
    public boolean retry(JobId id) {
        if (engine.isClosed()) {
            throw new JobRejectedException(this + " is closed");
        }
        boolean again;
        try {
            again = room.connections().change(connection -> {
                JobRow row = locked(connection, id);
                if (row.state() != JobState.FAILED && row.state() != JobState.CANCELLED) {
                    return false;
                }
                room.rows().reset(connection, row);
                // A worker may be about to remove one of before; it will find that the job is queued again.
                if (!room.rows().hasExecution(connection, row)) {
                    engine.submissions.schedule(
                            id, row.taskName(), row.priority, room.clock().now());
                }
                return true;
            });
        } catch (JobException e) {
            if (e.getCause() instanceof SQLException cause && Dialect.isDuplicate(cause)) {
                return false;
            }
            throw e;
        }
        engine.poll();
        return again;
    }

    @Override
    public void onFinished(Consumer<? super JobStatus> listener) {
        room.ends().telling.add(requireNonNull(listener, "listener"));
    }

    @Override
    public JobQueueStats stats() {
        return figures.stats();
    }

    @Override
    public void close() {
        JobsCloseReport ignored = close(CLOSE_WITHIN);
    }

    @Override
    public JobsCloseReport close(Duration timeout) {
        return engine.close(Checks.nanosOf(timeout));
    }

    @Override
    public String toString() {
        return "job queue " + room.queue();
    }

    /** The settings of a queue. Mutable, for one thread. */
    public static final class Builder {
        final DataSource dataSource;
        final String name;
        final JobTypes<JobHandler<Object>> types = new JobTypes<>();
        final List<JobListener> listeners = new ArrayList<>();
        int workers = 4;
        int maximumPayload = 256 << 10;
        Duration pollingInterval = Duration.ofSeconds(1);
        Duration heartbeat = Duration.ofSeconds(5);
        Duration retention = Duration.ofDays(7);
        Duration failedRetention = Duration.ofDays(30);
        Duration keyWindow = Duration.ofDays(1);
        Duration unknownTypeAfter = Duration.ofDays(7);
        Duration maximumRunTime = Duration.ofHours(6);
        Duration cancelGrace = Duration.ofSeconds(10);

        @Nullable
        JsonMapper json;

        private Builder(DataSource dataSource, String name) {
            this.dataSource = dataSource;
            this.name = name;
        }

        /** Registers a type of payloads under the simple name of its class, in version 1, and what does the work. */
        public <P> Builder handler(Class<P> type, JobHandler<? super P> handler) {
            types.add(requireNonNull(type, "type"), untyped(handler));
            return this;
        }

        /**
         * Registers a type of payloads, and what does the work.
         *
         * @param typeName what the type is called in the database, whatever its class is called
         * @param version of the payload's form, from 1; a worker that does not know a version leaves its jobs alone
         */
        public <P> Builder handler(String typeName, int version, Class<P> type, JobHandler<? super P> handler) {
            types.add(typeName, version, requireNonNull(type, "type"), untyped(handler));
            return this;
        }

        /** Registers a type that this process submits and does not handle. */
        public Builder type(String typeName, int version, Class<?> type) {
            types.add(typeName, version, requireNonNull(type, "type"), null);
            return this;
        }

        @SuppressWarnings("unchecked")
        private static JobHandler<Object> untyped(JobHandler<?> handler) {
            return (JobHandler<Object>) requireNonNull(handler, "handler");
        }

        /** How many jobs run at once in this process; default 4. With 0 it submits and asks, and runs nothing. */
        public Builder workers(int workers) {
            if (workers < 0 || workers > 10_000) {
                throw new IllegalArgumentException("workers must be from 0 to 10000, but was " + workers);
            }
            this.workers = workers;
            return this;
        }

        /** How many bytes a payload or a result may have as JSON; default 256 KiB. */
        public Builder maximumPayload(int maximumPayload) {
            this.maximumPayload = Checks.atLeastOne("maximumPayload", maximumPayload);
            return this;
        }

        /** How often an idle process looks for jobs that others have submitted; default a second. */
        public Builder pollingInterval(Duration pollingInterval) {
            this.pollingInterval = Checks.millis("pollingInterval", pollingInterval);
            return this;
        }

        /**
         * How often a worker says that it is alive; default 5 seconds. After four of them without a word it is dead, and
         * its job is taken up again. All processes of a queue have the same.
         */
        public Builder heartbeat(Duration heartbeat) {
            this.heartbeat = Checks.millis("heartbeat", heartbeat);
            return this;
        }

        /** How long a job that succeeded or was cancelled is kept; default 7 days. */
        public Builder retention(Duration retention) {
            this.retention = Checks.positive("retention", retention);
            return this;
        }

        /** How long a job that failed is kept; default 30 days. */
        public Builder failedRetention(Duration failedRetention) {
            this.failedRetention = Checks.positive("failedRetention", failedRetention);
            return this;
        }

        /** How long after a job's end its key still stands for it; default a day. Zero: as long as it lives. */
        public Builder keyWindow(Duration keyWindow) {
            this.keyWindow = Checks.notNegative("keyWindow", keyWindow);
            return this;
        }

        /** How long a job waits for a worker that knows its type and version before it has failed; default 7 days. */
        public Builder unknownTypeAfter(Duration unknownTypeAfter) {
            this.unknownTypeAfter = Checks.positive("unknownTypeAfter", unknownTypeAfter);
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

        /** How payloads and results are written; default Jackson's own way. */
        public Builder json(JsonMapper json) {
            this.json = requireNonNull(json, "json");
            return this;
        }

        /** Adds an observer. */
        public Builder listener(JobListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * The queue; its workers begin at once.
         *
         * @throws IllegalStateException if {@code keyWindow} is longer than {@code retention}
         * @throws JobException if the database cannot be reached, is of another kind, or lacks a table; the message has
         *     the statements that create them
         */
        public DatabaseJobQueue build() {
            if (keyWindow.compareTo(retention) > 0 || keyWindow.compareTo(failedRetention) > 0) {
                throw new IllegalStateException("keyWindow, " + keyWindow + ", must not be longer than retention, "
                        + retention + ", or failedRetention, " + failedRetention
                        + ": a key is remembered with its job");
            }
            return new DatabaseJobQueue(this);
        }
    }
}
