package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** All that jobs in a database are: also their rows, types, versions and retention. */
abstract class DatabaseJobQueueContract extends DatabaseWorkersContract {
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
        execute("update perfkit_job set due_at = due_at - 3600000, submitted_at = submitted_at - 3600000 where id = '"
                + id + "'");
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

    @Test
    void backoff_thatCannotBeRead_isThatOfTheDefaults() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {
            throw new IllegalStateException("again");
        });
        JobId id = jobs.submit(REPORT, AT_ONCE.delay(Duration.ofHours(1)));
        execute("update perfkit_job set backoff = 'soon' where id = '" + id + "'");
        execute("update perfkit_job_execution set execution_time = " + hourAgo() + " where task_instance = '" + id
                + "'");
        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RETRYING);
        JobStatus status = jobs.status(id);
        assertThat(status.error()).contains("again");
        assertThat(Duration.between(status.startedAt(), status.nextAttemptAt()))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(20));
    }

    @Test
    void row_thatCannotBeDealtWith_standsInNobodysWay() throws Exception {
        DatabaseJobQueue submitting = opened(builder()
                .type("Report", 1, Report.class)
                .type("Odd", 9, ReportOfTwo.class)
                .workers(0)
                .build());
        JobId odd = submitting.submit(new ReportOfTwo("odd", 1, 2));
        execute("update perfkit_job set due_at = due_at - 864000000, submitted_at = submitted_at - 864000000, id = ' '"
                + " where id = '" + odd + "'");
        JobId orphan = submitting.submit(REPORT);
        execute("delete from perfkit_job_execution where task_instance = '" + orphan + "'");
        execute("update perfkit_job set due_at = due_at - 120000 where id = '" + orphan + "'");
        DatabaseJobQueue jobs = open((report, job) -> {});
        assertThat(jobs.await(orphan, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        execute("delete from perfkit_job where id = ' '");
    }

    static void assertMissingTablesAreNamed(DataSource empty) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> DatabaseJobQueue.on(empty, "reports").build())
                .withMessageContaining("table perfkit_job cannot be read")
                .withMessageContaining("create table perfkit_job (");
    }
}
