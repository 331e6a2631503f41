package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobKeyConflictException;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobQueueContract;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.JobsCloseReport;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The contract on a database, and what is special about jobs there. */
abstract class DatabaseJobQueueContract extends JobQueueContract {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = "q" + NUMBER.incrementAndGet();

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

    private DatabaseJobQueue open(JobHandler<Report> handler) {
        return (DatabaseJobQueue) open(new Setup(), handler);
    }

    private int execute(String sql) throws SQLException {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private long count(String table, String where) throws SQLException {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table + " where " + where)) {
            row.next();
            return row.getLong(1);
        }
    }

    private long executions(JobId id) throws SQLException {
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

    @Test
    void attempt_whoseJobWasGivenToAnother_changesNothing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        DatabaseJobQueue jobs = open((report, job) -> {
            begun.countDown();
            boolean ignored = gate.await(20, TimeUnit.SECONDS);
        });
        JobId id = jobs.submit(REPORT);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        // As another worker does that takes the job up.
        assertThat(execute("update perfkit_job set fence = fence + 1, worker = 'other', progress = 0.5 where id = '"
                        + id + "'"))
                .isOne();
        gate.countDown();
        await().atMost(SOON).until(() -> jobs.stats().attempts() == 1);
        await().during(Duration.ofMillis(200)).atMost(SOON).untilAsserted(() -> {
            JobStatus status = jobs.status(id);
            assertThat(status.state()).isEqualTo(JobState.RUNNING);
            assertThat(status.progress()).isEqualTo(0.5);
        });
        assertThat(jobs.stats().succeeded()).isZero();
        assertThat(executions(id)).isOne();
    }

    @Test
    void attempt_whoseJobWasGivenToAnother_isInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        DatabaseJobQueue jobs = open((report, job) -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                assertThat(job.isCancelled()).isTrue();
                interrupted.countDown();
            }
        });
        JobId id = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RUNNING);
        execute("update perfkit_job set fence = fence + 1, worker = 'other' where id = '" + id + "'");
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Makes a job look as a process leaves it that was killed in the middle. */
    private JobId abandoned(DatabaseJobQueue jobs, JobOptions options, String state, String more) throws SQLException {
        JobId id = jobs.submit(REPORT, options.delay(Duration.ofHours(1)));
        execute("update perfkit_job set fence = 1, worker = 'ghost', state = '" + state + "'"
                + (more.contains("attempts") ? more : more + ", attempts = 1") + " where id = '" + id + "'");
        execute("update perfkit_job_execution set picked = true, picked_by = 'ghost', version = version + 1,"
                + " last_heartbeat = " + hourAgo() + " where task_instance = '" + id + "'");
        return id;
    }

    /** An hour ago, as db-scheduler writes it. */
    abstract String hourAgo();

    @Test
    void job_whoseWorkerDied_isTakenUpAndTheDeathCounts() throws Exception {
        List<JobId> died = new java.util.concurrent.CopyOnWriteArrayList<>();
        Setup setup = new Setup().listener(new io.perfkit.batching.jobs.JobListener() {
            @Override
            public void onWorkerDied(JobId id) {
                died.add(id);
            }
        });
        DatabaseJobQueue jobs = (DatabaseJobQueue) open(setup, (report, job) -> job.result(job.attempt()));
        JobId id = abandoned(jobs, AT_ONCE, "RUNNING", "");

        JobStatus status = jobs.await(id, SOON);
        assertThat(status.result(Integer.class)).isEqualTo(2);
        assertThat(status.attempts()).isEqualTo(2);
        assertThat(jobs.stats().deadWorkers()).isOne();
        assertThat(died).containsExactly(id);
    }

    @Test
    void job_whoseWorkerDiedInTheLastAttempt_hasFailedWithTheReason() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        JobId id = abandoned(jobs, JobOptions.attempts(1), "RUNNING", "");
        JobStatus status = jobs.await(id, SOON);
        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.error()).isEqualTo("the worker ghost died in attempt 1 of 1");
        assertThat(executions(id)).isZero();
    }

    @Test
    void job_whoseResultWasStoredBeforeItsWorkerDied_isNotRunAgain() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        DatabaseJobQueue jobs = open((report, job) -> runs.incrementAndGet());
        JobId id = abandoned(jobs, AT_ONCE, "SUCCEEDED", ", result = '\"once\"', finished_at = submitted_at");

        await().atMost(SOON).until(() -> executions(id) == 0);
        assertThat(jobs.status(id).result(String.class)).isEqualTo("once");
        assertThat(runs).hasValue(0);
    }

    @Test
    void job_thatWasPickedAndNotBegun_isRunWithoutCountingADeath() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        JobId id = abandoned(jobs, AT_ONCE, "QUEUED", ", attempts = 0");
        assertThat(jobs.await(id, SOON).attempts()).isOne();
        assertThat(jobs.stats().deadWorkers()).isZero();
    }

    @Test
    void job_thatWasCancelledWhenItsWorkerDied_isCancelled() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        JobId id = abandoned(jobs, AT_ONCE, "RUNNING", ", cancel_requested = true");
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void cancel_fromAnotherProcess_reachesTheHandler() {
        DatabaseJobQueue elsewhere =
                opened(builder().type("Report", 1, Report.class).workers(0).build());
        DatabaseJobQueue jobs = open((report, job) -> gate.await());
        JobId id = elsewhere.submit(REPORT);
        await().atMost(SOON).until(() -> elsewhere.status(id).state() == JobState.RUNNING);
        assertThat(elsewhere.cancel(id)).isTrue();
        assertThat(elsewhere.await(id, SOON).state()).isEqualTo(JobState.CANCELLED);
        assertThat(jobs.stats().cancelled()).isOne();
    }

    @Test
    void payload_thatCannotBeRead_leavesItsReasonAndALivingWorker() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {});
        JobId broken = jobs.submit(REPORT, JobOptions.defaults().delay(Duration.ofHours(1)));
        execute("update perfkit_job set payload = '{\"name\": ' where id = '" + broken + "'");
        execute("update perfkit_job_execution set execution_time = " + hourAgo() + " where task_instance = '" + broken
                + "'");

        JobStatus status = jobs.await(broken, SOON);
        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.attempts()).isOne();
        assertThat(status.error()).contains("the payload cannot be read as a").contains("Report");
        assertThat(jobs.await(jobs.submit(REPORT), SOON).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void payloadOrResult_thatIsTooLarge_isRefused() {
        DatabaseJobQueue jobs = opened(builder()
                .handler(Report.class, (report, job) -> job.result("r".repeat(200)))
                .maximumPayload(100)
                .build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jobs.submit(new Report("x".repeat(100), 1)))
                .withMessageContaining("maximumPayload is 100");
        JobStatus status = jobs.await(jobs.submit(REPORT, JobOptions.attempts(1)), SOON);
        assertThat(status.error()).contains("maximumPayload is 100");
    }

    @Test
    void payload_ofAnyCharacters_comesBackAsItWas() {
        AtomicReference<String> seen = new AtomicReference<>();
        DatabaseJobQueue jobs = open((report, job) -> {
            seen.set(report.name());
            job.result(report.name());
        });
        String odd = "zero \0, \u00e4\u20ac, \ud83d\ude00, \" \\ ' ${x} \u2028";
        JobStatus status = jobs.await(jobs.submit(new Report(odd, 1)), SOON);
        assertThat(seen).hasValue(odd);
        assertThat(status.result(String.class)).isEqualTo(odd);
    }

    /** A payload in its second form. */
    public record ReportOfTwo(String name, int from, int to) {}

    @Test
    void job_ofAnUnknownVersion_waitsForAWorkerThatKnowsIt() throws Exception {
        DatabaseJobQueue old = open((report, job) -> {});
        DatabaseJobQueue submitting =
                opened(builder().type("Report", 2, ReportOfTwo.class).workers(0).build());
        JobId id = submitting.submit(new ReportOfTwo("sales", 1, 3));
        assertThat(old.await(old.submit(REPORT), SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(old.await(id, Duration.ofMillis(200)).state()).isEqualTo(JobState.QUEUED);

        DatabaseJobQueue next = opened(builder()
                .handler("Report", 1, Report.class, (report, job) -> {})
                .handler("Report", 2, ReportOfTwo.class, (report, job) -> job.result(report.to()))
                .build());
        assertThat(next.await(id, SOON).result(Integer.class)).isEqualTo(3);
    }

    @Test
    void job_ofATypeThatNobodyKnowsForLong_fails() throws Exception {
        DatabaseJobQueue submitting =
                opened(builder().type("Report", 2, ReportOfTwo.class).workers(0).build());
        JobId id = submitting.submit(new ReportOfTwo("sales", 1, 3));
        execute("update perfkit_job set due_at = due_at - 3600000 where id = '" + id + "'");
        DatabaseJobQueue jobs = opened(builder()
                .handler(Report.class, (report, job) -> {})
                .unknownTypeAfter(Duration.ofMinutes(30))
                .build());

        JobStatus status = jobs.await(id, SOON);
        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.error()).contains("no worker has known the type Report in version 2 for PT30M");
        assertThat(executions(id)).isZero();
    }

    @Test
    void job_thatLostItsExecution_isRunAllTheSame() throws Exception {
        DatabaseJobQueue submitting =
                opened(builder().type("Report", 1, Report.class).workers(0).build());
        JobId id = submitting.submit(REPORT);
        execute("delete from perfkit_job_execution where task_instance = '" + id + "'");
        execute("update perfkit_job set due_at = due_at - 120000 where id = '" + id + "'");
        DatabaseJobQueue jobs = open((report, job) -> {});
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void endedJobs_pastTheirRetention_areRemoved() throws Exception {
        DatabaseJobQueue first = open((report, job) -> {
            if (report.part() == 0) {
                throw new io.perfkit.batching.jobs.PermanentJobException("broken");
            }
        });
        JobId old = first.submit(REPORT);
        JobId failed = first.submit(new Report("b", 0));
        JobId recent = first.submit(REPORT);
        for (JobId id : List.of(old, failed, recent)) {
            assertThat(first.await(id, SOON).isFinished()).isTrue();
        }
        execute("update perfkit_job set finished_at = finished_at - 7200000 where id in ('" + old + "', '" + failed
                + "')");
        DatabaseJobQueue sweeping = opened(builder()
                .handler(Report.class, (report, job) -> {})
                .retention(Duration.ofHours(1))
                .keyWindow(Duration.ofHours(1))
                .build());
        await().atMost(SOON).until(() -> sweeping.find(old).isEmpty());
        assertThat(sweeping.find(failed)).as("failed jobs stay longer").isPresent();
        assertThat(sweeping.find(recent)).isPresent();
    }

    @Test
    void close_withAJobThatDoesNotEnd_handsItBack() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        JobHandler<Report> handler = (report, job) -> {
            if (runs.incrementAndGet() == 1) {
                gate.await();
            }
            job.result(job.attempt());
        };
        DatabaseJobQueue first = open(handler);
        JobId id = first.submit(REPORT, JobOptions.attempts(1));
        await().atMost(SOON).until(() -> first.status(id).state() == JobState.RUNNING);

        assertThat(first.close(Duration.ofMillis(50))).isEqualTo(new JobsCloseReport(0, 1, 0));
        JobStatus between = first.status(id);
        assertThat(between.state()).isEqualTo(JobState.QUEUED);
        assertThat(between.attempts()).isZero();

        DatabaseJobQueue second = open(handler);
        assertThat(second.await(id, SOON).result(Integer.class))
                .as("the attempt did not count")
                .isOne();
    }

    @Test
    void queues_ofDifferentNames_doNotMeet() {
        DatabaseJobQueue jobs = open((report, job) -> job.result("reports"));
        DatabaseJobQueue other = opened(DatabaseJobQueue.on(source(), name + ".other")
                .handler(Report.class, (report, job) -> job.result("other"))
                .pollingInterval(Duration.ofMillis(50))
                .build());
        JobId id = other.submit(REPORT, JobOptions.defaults().key("same"));
        JobId mine = jobs.submit(REPORT, JobOptions.defaults().key("same"));
        assertThat(other.await(id, SOON).result(String.class)).isEqualTo("other");
        assertThat(jobs.await(mine, SOON).result(String.class)).isEqualTo("reports");
        assertThat(jobs.find(id)).isEmpty();
    }

    @Test
    void cancelAndRetry_atOnce_runsTheJobOnce() {
        AtomicInteger runs = new AtomicInteger();
        DatabaseJobQueue jobs = open((report, job) -> runs.incrementAndGet());
        for (int i = 0; i < 20; i++) {
            runs.set(0);
            JobId id = jobs.submit(REPORT);
            boolean cancelled = jobs.cancel(id);
            boolean retried = cancelled && jobs.retry(id);
            JobStatus status = jobs.await(id, SOON);
            assertThat(status.isFinished())
                    .as("%s, retried %s", status, retried)
                    .isTrue();
            if (retried) {
                assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
            }
        }
    }

    @Test
    void backoff_isKeptWithTheJob() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {
            throw new IllegalStateException("again");
        });
        JobId id = jobs.submit(
                REPORT, JobOptions.attempts(9).backoff(new Backoff(Duration.ofMinutes(2), 3, Duration.ofHours(1), 0)));
        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RETRYING);
        JobStatus status = jobs.status(id);
        assertThat(Duration.between(status.startedAt(), status.nextAttemptAt()))
                .isBetween(Duration.ofSeconds(119), Duration.ofSeconds(130));
    }

    static void assertMissingTablesAreNamed(DataSource empty) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> DatabaseJobQueue.on(empty, "reports").build())
                .withMessageContaining("table perfkit_job cannot be read")
                .withMessageContaining("create table perfkit_job (");
    }
}
