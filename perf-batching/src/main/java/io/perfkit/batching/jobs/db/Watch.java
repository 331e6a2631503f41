package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done again and again: writes the progress of running attempts, hears of cancellations, reads the clock,
 * announces which types are known here, and removes what is too old.
 */
final class Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final int PAGE = 500;
    private static final Duration CLOCK_EVERY = Duration.ofSeconds(10);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(60);
    /** How long after its time a job without an execution is thought to have lost it. */
    private static final long ORPHAN_MILLIS = 60_000;

    /** How long things are kept. */
    record Periods(Duration retention, Duration failedRetention, Duration unknownTypeAfter) {}

    private final Room room;
    private final Worker worker;
    private final Submissions submissions;
    private final Periods periods;
    private final List<String[]> types;
    private long clockReadNanos = System.nanoTime();
    private long sweptNanos;
    private long complainedNanos;
    private boolean complained;

    Watch(Room room, Worker worker, Submissions submissions, Periods periods, List<String[]> types) {
        this.room = room;
        this.worker = worker;
        this.submissions = submissions;
        this.periods = periods;
        this.types = types;
        this.sweptNanos = System.nanoTime() - SWEEP_EVERY.toNanos();
    }

    /** Called by a timer, never twice at once. */
    void tick() {
        try {
            observe();
            long now = System.nanoTime();
            if (now - clockReadNanos > CLOCK_EVERY.toNanos()) {
                clockReadNanos = now;
                room.clock().refresh();
            }
            if (!types.isEmpty() && now - sweptNanos >= SWEEP_EVERY.toNanos()) {
                sweptNanos = now;
                announce();
                sweep();
            }
            complained = false;
        } catch (Throwable e) {
            long now = System.nanoTime();
            if (!complained || now - complainedNanos > TimeUnit.MINUTES.toNanos(1)) {
                complained = true;
                complainedNanos = now;
                LOG.warn("The jobs of queue {} cannot be watched; trying on", room.queue(), e);
            }
        }
    }

    private void observe() {
        Collection<Attempt> attempts = worker.attempts();
        if (attempts.isEmpty()) {
            return;
        }
        boolean ignored = room.connections().read(connection -> {
            for (Attempt attempt : attempts) {
                Attempt.Progress told = attempt.unwritten();
                if (told != null
                        && room.rows()
                                .progress(connection, attempt.id(), attempt.fence, told.fraction(), told.millis())) {
                    attempt.wrote(told);
                }
            }
            for (Attempt attempt : attempts) {
                JobRow row = room.rows().find(connection, attempt.id());
                boolean isOver = attempt.run.outcome().isDone();
                if (isOver) {
                    continue;
                }
                if (row == null || row.fence != attempt.fence || row.state() != JobState.RUNNING) {
                    worker.lose(attempt);
                } else if (row.isCancelRequested()) {
                    worker.cancel(attempt);
                }
            }
            return true;
        });
    }

    /** So that no process takes a type for unknown that another one knows. */
    private void announce() {
        for (String[] type : types) {
            boolean ignored = room.connections().change(connection -> {
                Object[] key = {room.queue(), type[0], Integer.valueOf(type[1])};
                if (update(
                                connection,
                                "update perfkit_job_type set seen_at = ? where queue_name = ? and type_name = ? and"
                                        + " type_version = ?",
                                room.clock().millis(),
                                key[0],
                                key[1],
                                key[2])
                        == 0) {
                    try {
                        update(
                                connection,
                                "insert into perfkit_job_type (queue_name, type_name, type_version, seen_at)"
                                        + " values (?, ?, ?, ?)",
                                key[0],
                                key[1],
                                key[2],
                                room.clock().millis());
                    } catch (SQLException e) {
                        if (!Dialect.isDuplicate(e)) {
                            throw e;
                        }
                        // Another process was faster; PostgreSQL has spoilt the transaction, which did nothing else.
                        connection.rollback();
                    }
                }
                return true;
            });
        }
    }

    void sweep() {
        long now = room.clock().millis();
        removeEnded("state <> 'FAILED'", now - periods.retention.toMillis());
        removeEnded("state = 'FAILED'", now - periods.failedRetention.toMillis());
        failUnknown(now - periods.unknownTypeAfter.toMillis());
        reviveOrphans(now - ORPHAN_MILLIS);
    }

    private void removeEnded(String which, long before) {
        List<String> ids;
        do {
            ids = ids(
                    "select id from perfkit_job where queue_name = ? and finished_at < ? and " + which + " limit "
                            + PAGE,
                    room.queue(),
                    before);
            for (String id : ids) {
                room.connections()
                        .change(connection -> update(
                                connection,
                                "delete from perfkit_job where id = ? and finished_at < ? and " + which,
                                id,
                                before));
            }
        } while (ids.size() == PAGE);
    }

    private void failUnknown(long before) {
        for (String id : ids(
                "select id from perfkit_job j where queue_name = ? and state in ('QUEUED', 'RETRYING') and due_at < ? and"
                        + " not exists (select 1 from perfkit_job_type t where t.queue_name = j.queue_name and"
                        + " t.type_name = j.type_name and t.type_version = j.type_version and t.seen_at > ?) limit "
                        + PAGE,
                room.queue(),
                before,
                before)) {
            JobId job = new JobId(id);
            boolean failed = room.connections().change(connection -> {
                JobRow row = room.rows().lock(connection, job);
                if (row == null || (row.state() != JobState.QUEUED && row.state() != JobState.RETRYING)) {
                    return false;
                }
                room.rows()
                        .end(
                                connection,
                                row,
                                JobState.FAILED,
                                "no worker has known the type " + row.type() + " in version " + row.version + " for "
                                        + periods.unknownTypeAfter + "; register it and retry the job");
                room.rows().removeExecution(connection, row, false);
                return true;
            });
            if (failed) {
                room.ends().ended(job, JobState.FAILED);
            }
        }
    }

    /** An execution that was removed by hand leaves a job that nobody would ever run. */
    private void reviveOrphans(long before) {
        for (String id : ids(
                "select id from perfkit_job j where queue_name = ? and state in ('QUEUED', 'RETRYING', 'RUNNING') and"
                        + " coalesce(due_at, started_at) < ? and not exists (select 1 from perfkit_job_execution e where"
                        + " e.task_instance = j.id and e.task_name = concat(j.queue_name, '/', j.type_name, '/',"
                        + " j.type_version)) limit " + PAGE,
                room.queue(),
                before)) {
            JobId job = new JobId(id);
            boolean ignored = room.connections().change(connection -> {
                JobRow row = room.rows().lock(connection, job);
                if (row != null && !row.state().isFinal() && !room.rows().hasExecution(connection, row)) {
                    LOG.warn("{} had lost its execution and is run again", row);
                    submissions.schedule(
                            job, row.taskName(), row.priority, room.clock().now());
                }
                return true;
            });
        }
    }

    private List<String> ids(String sql, Object... values) {
        return room.connections().read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                set(statement, values);
                try (ResultSet rows = statement.executeQuery()) {
                    List<String> ids = new ArrayList<>();
                    while (rows.next()) {
                        ids.add(rows.getString(1));
                    }
                    return ids;
                }
            }
        });
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
