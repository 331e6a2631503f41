package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.db.WorkerProcesses.Task;
import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Worker processes that are killed (SIGKILL) and stopped (SIGSTOP) in the middle of jobs. The long form lasts
 * {@code -Djobs.seconds}, a minute unless it is set, and begins with {@code -Djobs.seed}.
 */
class KilledWorkersIT {
    private static final Duration LONG = Duration.ofSeconds(Integer.getInteger("jobs.seconds", 60));
    private static final long SEED = Long.getLong("jobs.seed", 1);
    private static final Duration SOON = Duration.ofSeconds(60);

    private static String postgres() {
        PostgresServer server = PostgresServer.shared();
        return server.jdbcUrl(server.createDatabase());
    }

    private static String mariaDb() {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this machine");
        MariaDbServer server = MariaDbServer.shared();
        return server.jdbcUrl(server.createDatabase());
    }

    @Test
    void jobs_whoseWorkersAreKilledAtWork_allEndAndTheirRowsStandOnce() throws Exception {
        killing(postgres(), Duration.ZERO, 3, Duration.ofMillis(200));
    }

    @Test
    @Tag("full")
    void jobs_whoseWorkersAreKilledForLong_allEnd_onPostgres() throws Exception {
        killing(postgres(), LONG, 20, Duration.ofMillis(1_200));
    }

    @Test
    @Tag("full")
    void jobs_whoseWorkersAreKilledForLong_allEnd_onMariaDb() throws Exception {
        killing(mariaDb(), LONG, 20, Duration.ofMillis(1_200));
    }

    /** For so long, and until so many were killed, with such a pause after each. */
    private static void killing(String url, Duration duration, int kills, Duration pause) throws Exception {
        Random random = new Random(SEED);
        try (WorkerProcesses workers = new WorkerProcesses(url);
                DatabaseJobQueue jobs = workers.submitting()) {
            workers.start(3);
            JobOptions options = JobOptions.attempts(1_000).backoff(Backoff.fixed(Duration.ofMillis(20)));
            Set<String> ids = new TreeSet<>();
            JobId poison = jobs.submit(new Task(1, 0), options.maximumAttempts(2));
            long begin = System.nanoTime();
            int killed = 0;
            long lastKill = begin;
            while (killed < kills || System.nanoTime() - begin < duration.toNanos()) {
                assertThat(System.nanoTime() - begin)
                        .as("%d of %d killed", killed, kills)
                        .isLessThan(duration.plusMinutes(2).toNanos());
                ids.add(jobs.submit(new Task(0, ids.size()), options).value());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                if (System.nanoTime() - lastKill > pause.toNanos() && workers.killOneAtWork(random)) {
                    lastKill = System.nanoTime();
                    killed++;
                }
                workers.replaceTheDead();
            }
            await().atMost(duration.plusSeconds(90))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        workers.replaceTheDead();
                        return workers.count("perfkit_job where finished_at is null") == 0;
                    });

            Set<String> lost = new TreeSet<>(ids);
            lost.removeAll(
                    workers.texts("select id from perfkit_job where state = 'SUCCEEDED' and result is not null"));
            assertThat(lost).isEmpty();
            assertThat(jobs.status(poison).error()).contains("died in attempt 2 of 2");
            assertThat(workers.count("effect")).isEqualTo(ids.size());
            long runs = workers.count("run");
            assertThat(runs).isGreaterThanOrEqualTo(ids.size());
            assertThat(workers.count(Tables.EXECUTIONS)).isZero();
            System.out.printf(
                    Locale.ROOT,
                    "%s: %d jobs, %d processes killed at work (seed %d): %d executions, %d jobs begun more than once,"
                            + " 0 lost, 0 effects twice%n",
                    url.split(":", 3)[1],
                    ids.size(),
                    killed,
                    SEED,
                    runs,
                    workers.count("(select job_id from run group by job_id having count(*) > 1) again"));
        }
    }

    @Test
    void worker_thatIsStoppedBeyondItsHeartbeatAndContinued_changesNothing() throws Exception {
        stopping(postgres());
    }

    @Test
    @Tag("full")
    void worker_thatIsStoppedBeyondItsHeartbeatAndContinued_changesNothing_onMariaDb() throws Exception {
        stopping(mariaDb());
    }

    private static void stopping(String url) throws Exception {
        try (WorkerProcesses workers = new WorkerProcesses(url);
                DatabaseJobQueue jobs = workers.submitting()) {
            workers.start(1);
            JobId id =
                    jobs.submit(new Task(2, 1), JobOptions.attempts(5).backoff(Backoff.fixed(Duration.ofMillis(10))));
            await().atMost(SOON).until(() -> workers.count("run") == 1);
            workers.signal("-STOP");
            workers.start(1);
            await().atMost(SOON).until(() -> workers.count("run") == 2);
            assertThat(jobs.status(id).attempts()).isEqualTo(2);
            workers.signal("-CONT");
            // The first is told to end before the second, which it does not know of.
            workers.execute("insert into go values (1)");
            await().atMost(SOON).until(() -> workers.count("run") == 3);
            assertThat(jobs.await(id, Duration.ofMillis(700)).state()).isEqualTo(JobState.RUNNING);
            assertThat(jobs.status(id).progress()).as("told by the first").isZero();
            workers.execute("insert into go values (2)");
            JobStatus status = jobs.await(id, SOON);
            assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(status.result(Integer.class)).isEqualTo(2);
            assertThat(status.attempts()).isEqualTo(2);
        }
    }
}
