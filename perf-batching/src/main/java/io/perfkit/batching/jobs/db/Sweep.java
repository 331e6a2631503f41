package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done once a minute: announces which types are known here, removes what is too old, fails what nobody knows, and
 * gives a job that has lost its execution a new one. Apart from {@link Watch}, since a row that somebody has locked holds it
 * up; and job by job, so that one that cannot be dealt with does not stand in the way of the others.
 */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final int PAGE = 500;
    /** How long after its time a job without an execution is thought to have lost it. */
    private static final long ORPHAN_MILLIS = 60_000;

    /** How long things are kept. */
    record Periods(Duration retention, Duration failedRetention, Duration unknownTypeAfter) {}

    private final Room room;
    private final Submissions submissions;
    private final Periods periods;
    private final List<String[]> types;

    Sweep(Room room, Submissions submissions, Periods periods, List<String[]> types) {
        this.room = room;
        this.submissions = submissions;
        this.periods = periods;
        this.types = types;
    }

    /** Called by a timer, never twice at once. */
    void run() {
        try {
            types.forEach(this::announce);
            long now = room.clock().millis();
            removeEnded("state <> 'FAILED'", now - periods.retention.toMillis());
            removeEnded("state = 'FAILED'", now - periods.failedRetention.toMillis());
            failUnknown(now - periods.unknownTypeAfter.toMillis());
            reviveOrphans(now - ORPHAN_MILLIS);
        } catch (Throwable e) {
            LOG.warn("The jobs of queue {} cannot be swept now, and will be in a minute", room.queue(), e);
        }
    }

    /** So that no process takes a type for unknown that another one knows. */
    private void announce(String[] type) {
        boolean ignored = room.connections().change(connection -> {
            if (update(
                            connection,
                            "update perfkit_job_type set seen_at = ? where queue_name = ? and type_name = ? and"
                                    + " type_version = ?",
                            room.clock().millis(),
                            room.queue(),
                            type[0],
                            Integer.valueOf(type[1]))
                    == 0) {
                try {
                    update(
                            connection,
                            "insert into perfkit_job_type (queue_name, type_name, type_version, seen_at)"
                                    + " values (?, ?, ?, ?)",
                            room.queue(),
                            type[0],
                            Integer.valueOf(type[1]),
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

    private void removeEnded(String which, long before) {
        List<String> ids;
        int removed;
        do {
            ids = ids(
                    "select id from perfkit_job where queue_name = ? and finished_at < ? and " + which + " limit "
                            + PAGE,
                    room.queue(),
                    before);
            removed = each(
                    ids,
                    id -> room.connections()
                            .change(connection -> update(
                                    connection,
                                    "delete from perfkit_job where id = ? and finished_at < ? and " + which,
                                    id,
                                    before)));
        } while (ids.size() == PAGE && removed > 0);
    }

    /** A job has waited at least as long as it has been due, so those submitted since need not be looked at. */
    private void failUnknown(long before) {
        List<String> ids = ids(
                "select id from perfkit_job j where queue_name = ? and state in ('QUEUED', 'RETRYING') and"
                        + " submitted_at < ? and due_at < ? and not exists (select 1 from perfkit_job_type t where"
                        + " t.queue_name = j.queue_name and t.type_name = j.type_name and t.type_version ="
                        + " j.type_version and t.seen_at > ?) limit " + PAGE,
                room.queue(),
                before,
                before,
                before);
        int ignored = each(ids, id -> failUnknown(new JobId(id)));
    }

    private int failUnknown(JobId job) {
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
            // Picked or not: a worker that does not know the type may just have it in its hands, to put it back.
            room.rows().removeExecution(connection, row, false);
            room.rows().removeExecution(connection, row, true);
            return true;
        });
        if (failed) {
            room.ends().ended(job, JobState.FAILED);
        }
        return 1;
    }

    /** An execution that was removed by hand leaves a job that nobody would ever run. */
    private void reviveOrphans(long before) {
        List<String> ids = ids(
                "select id from perfkit_job j where queue_name = ? and state in ('QUEUED', 'RETRYING', 'RUNNING') and"
                        + " coalesce(due_at, started_at) < ? and not exists (select 1 from perfkit_job_execution e where"
                        + " e.task_instance = j.id and e.task_name = concat(j.queue_name, '/', j.type_name, '/',"
                        + " j.type_version)) limit " + PAGE,
                room.queue(),
                before);
        int ignored = each(ids, id -> reviveOrphan(new JobId(id)));
    }

    private int reviveOrphan(JobId job) {
        return room.connections().change(connection -> {
            JobRow row = room.rows().lock(connection, job);
            if (row != null && !row.state().isFinal() && !room.rows().hasExecution(connection, row)) {
                LOG.warn("{} had lost its execution and is run again", row);
                submissions.schedule(
                        job, row.taskName(), row.priority, room.clock().now());
            }
            return 1;
        });
    }

    /** Does something to one job. */
    private interface Step {
        int on(String id);
    }

    private int each(List<String> ids, Step step) {
        int done = 0;
        for (String id : ids) {
            try {
                done += step.on(id);
            } catch (RuntimeException e) {
                LOG.warn("Job {} of queue {} cannot be swept: {}", id, room.queue(), e.getMessage());
            }
        }
        return done;
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
