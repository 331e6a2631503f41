package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.JobsCloseReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Workers that die, are fenced off, cancel, close and share a pool. */
abstract class DatabaseWorkersContract extends DatabaseContract {
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
    void cancel_justBeforeTheHandlerFails_leavesNoOtherAttempt() {
        AtomicInteger runs = new AtomicInteger();
        DatabaseJobQueue elsewhere =
                opened(builder().type("Report", 1, Report.class).workers(0).build());
        // It hears of cancellations twice a second.
        DatabaseJobQueue jobs = opened(builder()
                .heartbeat(Duration.ofSeconds(5))
                .handler(Report.class, (report, job) -> {
                    runs.incrementAndGet();
                    gate.await();
                    throw new IllegalStateException("broken");
                })
                .build());
        JobId id = elsewhere.submit(REPORT, AT_ONCE);
        await().atMost(SOON).until(() -> elsewhere.status(id).state() == JobState.RUNNING);
        assertThat(elsewhere.cancel(id)).isTrue();
        gate.countDown();
        assertThat(elsewhere.await(id, SOON).state()).isEqualTo(JobState.CANCELLED);
        await().atMost(SOON).until(() -> jobs.stats().cancelled() == 1);
        assertThat(runs).hasValue(1);
    }

    @Test
    void close_thatWaitsLongerThanTheHeartbeats_keepsItsJobToTheEnd() throws Exception {
        Duration heartbeat = Duration.ofMillis(300);
        CountDownLatch closing = new CountDownLatch(1);
        JobHandler<Report> handler = (report, job) -> {
            while (!job.isStopping()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
            closing.countDown();
            boolean ignored = gate.await(20, TimeUnit.SECONDS);
            job.result(job.attempt());
        };
        DatabaseJobQueue first = opened(
                builder().heartbeat(heartbeat).handler(Report.class, handler).build());
        JobId id = first.submit(REPORT);
        await().atMost(SOON).until(() -> first.status(id).state() == JobState.RUNNING);
        CompletableFuture<JobsCloseReport> closed = CompletableFuture.supplyAsync(() -> first.close(SOON));
        assertThat(closing.await(20, TimeUnit.SECONDS)).isTrue();
        DatabaseJobQueue second = opened(builder()
                .heartbeat(heartbeat)
                .handler(Report.class, (report, job) -> job.result("stolen"))
                .build());
        // After four heartbeats without a word it would be thought dead.
        assertThat(second.await(id, heartbeat.multipliedBy(6)).attempts()).isOne();
        gate.countDown();
        assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo(new JobsCloseReport(1, 0, 0));
        assertThat(second.status(id).result(Integer.class)).isOne();
        assertThat(second.stats().deadWorkers()).isZero();
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
    void close_ofAnInterruptedThread_handsBackAllTheSame() throws Exception {
        DatabaseJobQueue jobs = open((report, job) -> {
            while (gate.getCount() > 0) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                boolean ignored = Thread.interrupted();
            }
        });
        JobId id = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RUNNING);
        CompletableFuture<JobsCloseReport> closed = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread closing = new Thread(() -> {
            closed.complete(jobs.close(SOON));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        closing.start();
        closing.interrupt();
        assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo(new JobsCloseReport(0, 1, 0));
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(jobs.status(id).state()).isEqualTo(JobState.QUEUED);
        assertThat(jobs.status(id).attempts()).isZero();
        assertThat(count(Tables.EXECUTIONS, "picked = true and task_instance = '" + id + "'"))
                .isZero();
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
    void workers_moreThanThePoolHasConnections_allGetOn() {
        NarrowDataSource narrow = new NarrowDataSource(source(), 1);
        DatabaseJobQueue jobs = opened(DatabaseJobQueue.on(narrow, name + ".narrow")
                .handler(Report.class, (report, job) -> {
                    if (job.attempt() == 1 && report.part() % 2 == 0) {
                        throw new IllegalStateException("again");
                    }
                    job.progress(0.5);
                    job.result(report.part());
                })
                .listener(new io.perfkit.batching.jobs.JobListener() {})
                .workers(8)
                .pollingInterval(Duration.ofMillis(50))
                .build());
        List<JobId> ids = new java.util.ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ids.add(jobs.submit(new Report("narrow", i), AT_ONCE.key("narrow " + i)));
        }
        for (int i = 0; i < ids.size(); i++) {
            assertThat(jobs.await(ids.get(i), SOON).result(Integer.class)).isEqualTo(i);
        }
        assertThat(narrow.inVain())
                .as("a thread that has a connection asks for another")
                .isZero();
    }

    @Test
    void connections_thatDoNotCommitByThemselves_areCommitted() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        JobHandler<Report> handler = (report, job) -> {
            runs.incrementAndGet();
            // Longer than four heartbeats.
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(report.part()));
            job.result(job.attempt());
        };
        DatabaseJobQueue[] workers = new DatabaseJobQueue[2];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = opened(DatabaseJobQueue.on(NarrowDataSource.withoutAutoCommit(source()), name)
                    .handler(Report.class, handler)
                    .pollingInterval(Duration.ofMillis(50))
                    .heartbeat(Duration.ofMillis(150))
                    .build());
        }
        JobId slow = workers[0].submit(new Report("slow", 1_000));
        JobId fast =
                workers[0].submit(new Report("fast", 0), JobOptions.defaults().key("fast"));
        assertThat(workers[1].await(fast, SOON).result(Integer.class)).isOne();
        assertThat(workers[1].await(slow, SOON).result(Integer.class)).isOne();
        await().atMost(SOON).until(() -> executions(slow) + executions(fast) == 0);
        assertThat(runs).hasValue(2);
    }

    @Test
    void row_thatSomebodyHasLocked_holdsUpNoCancellation() throws Exception {
        DatabaseJobQueue first = open((report, job) -> {});
        JobId old = first.submit(REPORT);
        assertThat(first.await(old, SOON).isFinished()).isTrue();
        first.close();
        execute("update perfkit_job set finished_at = finished_at - 7200000 where id = '" + old + "'");
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement
                    .executeQuery("select id from perfkit_job where id = '" + old + "' for update")
                    .close();
            DatabaseJobQueue sweeping = opened(builder()
                    .handler(Report.class, (report, job) -> gate.await())
                    .retention(Duration.ofHours(1))
                    .keyWindow(Duration.ofHours(1))
                    .build());
            JobId id = sweeping.submit(REPORT);
            await().atMost(SOON).until(() -> sweeping.status(id).state() == JobState.RUNNING);
            DatabaseJobQueue elsewhere =
                    opened(builder().type("Report", 1, Report.class).workers(0).build());
            assertThat(elsewhere.cancel(id)).isTrue();
            assertThat(elsewhere.await(id, Duration.ofSeconds(10)).state()).isEqualTo(JobState.CANCELLED);
            connection.rollback();
        }
    }

    @Test
    void cancel_whoseListenersCannotBeTold_hasCancelledAllTheSame() {
        NarrowDataSource failing = new NarrowDataSource(source(), 8);
        DatabaseJobQueue jobs = opened(DatabaseJobQueue.on(failing, name)
                .type("Report", 1, Report.class)
                .workers(0)
                .listener(new io.perfkit.batching.jobs.JobListener() {})
                .build());
        JobId id = jobs.submit(REPORT, JobOptions.defaults().delay(Duration.ofHours(1)));
        failing.failAfter(1);
        assertThat(jobs.cancel(id)).isTrue();
        failing.failAfter(Integer.MAX_VALUE);
        assertThat(jobs.status(id).state()).isEqualTo(JobState.CANCELLED);
    }
}
