package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobKeyConflictException;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobQueueContract;
import io.perfkit.batching.jobs.JobState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The contract on a database, and submission in the caller's transaction. */
abstract class DatabaseContract extends JobQueueContract {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final String name = "q" + NUMBER.incrementAndGet();

    /** A database that has the tables. */
    abstract DataSource source();

    @Override
    protected boolean isStrictlyOrdered() {
        return false;
    }

    final DatabaseJobQueue.Builder builder() {
        return DatabaseJobQueue.on(source(), name)
                .workers(2)
                .pollingInterval(Duration.ofMillis(50))
                .heartbeat(Duration.ofMillis(150));
    }

    @Override
    protected JobQueue build(Setup setup, JobHandler<Report> handler) {
        DatabaseJobQueue.Builder builder = builder()
                .handler(Report.class, handler)
                .workers(setup.workers)
                .maximumRunTime(setup.maximumRunTime)
                .cancelGrace(setup.cancelGrace)
                .keyWindow(setup.keyWindow);
        setup.listeners.forEach(builder::listener);
        return builder.build();
    }

    final DatabaseJobQueue open(JobHandler<Report> handler) {
        return (DatabaseJobQueue) open(new Setup(), handler);
    }

    final int execute(String sql) throws SQLException {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    final long count(String table, String where) throws SQLException {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table + " where " + where)) {
            row.next();
            return row.getLong(1);
        }
    }

    final long executions(JobId id) throws SQLException {
        return count(Tables.EXECUTIONS, "task_instance = '" + id + "'");
    }

    @Test
    void submit_inATransactionThatIsRolledBack_leavesNoJob() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        JobId id;
        JobId keyed;
        try (Connection connection = source().getConnection()) {
            connection.setAutoCommit(false);
            id = jobs.submit(connection, REPORT);
            keyed = jobs.submit(connection, REPORT, JobOptions.defaults().key("rolled back"));
            assertThat(connection.getAutoCommit()).isFalse();
            connection.rollback();
        }
        assertThat(jobs.find(id)).isEmpty();
        assertThat(jobs.find(keyed)).isEmpty();
        assertThat(executions(id) + executions(keyed)).isZero();
    }

    @Test
    void submit_inATransaction_runsOnceItIsCommittedAndNotBefore() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        DatabaseJobQueue jobs = open((report, job) -> runs.incrementAndGet());
        JobId id;
        try (Connection connection = source().getConnection()) {
            connection.setAutoCommit(false);
            id = jobs.submit(connection, REPORT, JobOptions.defaults().key("committed"));
            assertThat(jobs.submit(connection, REPORT, JobOptions.defaults().key("committed")))
                    .as("the transaction sees its own job")
                    .isEqualTo(id);
            JobId other = jobs.submit(REPORT);
            assertThat(jobs.await(other, SOON).state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(runs).hasValue(1);
            connection.commit();
        }
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(runs).hasValue(2);
    }

    @Test
    void submit_onAConnectionThatCommitsByItself_isRefused() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        try (Connection connection = source().getConnection()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> jobs.submit(connection, REPORT))
                    .withMessageContaining("commits by itself");
        }
    }

    @Test
    void submit_withAKeyThatIsTaken_leavesTheCallersTransactionUsable() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        JobOptions key = JobOptions.defaults().key("taken");
        JobId first = jobs.submit(REPORT, key);
        JobId other;
        try (Connection connection = source().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(jobs.submit(connection, REPORT, key)).isEqualTo(first);
            assertThatExceptionOfType(JobKeyConflictException.class)
                    .isThrownBy(() -> jobs.submit(connection, new Report("other", 1), key));
            other = jobs.submit(connection, REPORT);
            connection.commit();
        }
        assertThat(jobs.await(other, SOON).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void submit_withAKeyThatAnOpenTransactionHolds_waitsForItsEnd() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        JobOptions key = JobOptions.defaults().key("contended");
        try (Connection connection = source().getConnection()) {
            connection.setAutoCommit(false);
            JobId first = jobs.submit(connection, REPORT, key);
            CompletableFuture<JobId> second = CompletableFuture.supplyAsync(() -> jobs.submit(REPORT, key));
            assertThatExceptionOfType(java.util.concurrent.TimeoutException.class)
                    .isThrownBy(() -> second.get(150, TimeUnit.MILLISECONDS));
            connection.rollback();
            assertThat(second.get(20, TimeUnit.SECONDS)).isNotEqualTo(first);
            assertThat(jobs.await(second.join(), SOON).state()).isEqualTo(JobState.SUCCEEDED);
        }
    }

    /** An hour ago, as db-scheduler writes it. */
    abstract String hourAgo();
}
