package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Worker processes that are killed and stopped in the middle of jobs. */
class KilledWorkersIT {
    private static final Duration HEARTBEAT = Duration.ofMillis(250);

    /** What a worker does: 0 some work, 1 kills its process, 2 waits until it may go on. */
    record Task(int kind, int number) {}

    private final List<Process> workers = new ArrayList<>();

    @AfterEach
    void killAll() {
        workers.forEach(Process::destroyForcibly);
    }

    @Test
    void jobs_whoseWorkersAreKilledAtRandom_allEndAndTheirRowsStandOnce() throws Exception {
        killing(postgres(), Duration.ofSeconds(8), 1);
    }

    @Test
    @Tag("full")
    void jobs_whoseWorkersAreKilledForAMinute_allEnd_onMariaDb() throws Exception {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this machine");
        MariaDbServer server = MariaDbServer.shared();
        killing(server.jdbcUrl(server.createDatabase()), Duration.ofSeconds(60), 2);
    }

    @Test
    @Tag("full")
    void jobs_whoseWorkersAreKilledForFiveMinutes_allEnd() throws Exception {
        killing(postgres(), Duration.ofMinutes(5), 3);
    }

    private static String postgres() {
        PostgresServer server = PostgresServer.shared();
        return server.jdbcUrl(server.createDatabase());
    }

    private static DatabaseJobQueue prepared(String url) throws SQLException {
        DataSource source = new UrlDataSource(url);
        DatabaseJobQueue.createTables(source);
        execute(url, "create table effect (job_id varchar(64) primary key)");
        execute(url, "create table run (job_id varchar(64) not null, attempt integer not null)");
        execute(url, "create table go (number integer not null)");
        return builder(source).type("Task", 1, Task.class).workers(0).build();
    }

    private void killing(String url, Duration duration, long seed) throws Exception {
        Random random = new Random(seed);
        try (DatabaseJobQueue jobs = prepared(url)) {
            for (int i = 0; i < 3; i++) {
                workers.add(start(url));
            }
            JobOptions options = JobOptions.attempts(1_000).backoff(Backoff.fixed(Duration.ofMillis(20)));
            List<JobId> ids = new ArrayList<>();
            JobId poison = jobs.submit(new Task(1, 0), options.maximumAttempts(2));
            long end = System.nanoTime() + duration.toNanos();
            int killed = 0;
            long lastKill = System.nanoTime();
            for (int i = 0; System.nanoTime() < end; i++) {
                ids.add(jobs.submit(new Task(0, i), options));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                if (System.nanoTime() - lastKill > TimeUnit.MILLISECONDS.toNanos(1_200)) {
                    lastKill = System.nanoTime();
                    workers.get(random.nextInt(workers.size())).destroyForcibly();
                    killed++;
                }
                revive(url);
            }
            await().atMost(duration.plusSeconds(90))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        revive(url);
                        return jobs.stats().queued()
                                        + jobs.stats().delayed()
                                        + jobs.stats().running()
                                == 0;
                    });
            for (JobId id : ids) {
                assertThat(jobs.status(id).state()).as(id.value()).isEqualTo(JobState.SUCCEEDED);
                assertThat(jobs.status(id).result(Integer.class)).isNotNull();
            }
            assertThat(jobs.status(poison).error()).contains("died in attempt 2 of 2");
            assertThat(count(url, "effect")).isEqualTo(ids.size());
            long runs = count(url, "run");
            assertThat(runs).isGreaterThanOrEqualTo(ids.size());
            assertThat(count(url, Tables.EXECUTIONS)).isZero();
            System.out.printf(
                    Locale.ROOT,
                    "%d jobs, %d processes killed (seed %d): %d executions%n",
                    ids.size(),
                    killed,
                    seed,
                    runs);
        }
    }

    private void revive(String url) throws IOException {
        for (int i = 0; i < workers.size(); i++) {
            if (!workers.get(i).isAlive()) {
                workers.set(i, start(url));
            }
        }
    }

    @Test
    void worker_thatIsStoppedBeyondItsHeartbeatAndContinued_changesNothing() throws Exception {
        String url = postgres();
        try (DatabaseJobQueue jobs = prepared(url)) {
            workers.add(start(url));
            JobId id =
                    jobs.submit(new Task(2, 1), JobOptions.attempts(5).backoff(Backoff.fixed(Duration.ofMillis(10))));
            await().atMost(Duration.ofSeconds(60)).until(() -> count(url, "run") == 1);
            signal("-STOP");
            workers.add(start(url));
            await().atMost(Duration.ofSeconds(60)).until(() -> count(url, "run") == 2);
            assertThat(jobs.status(id).attempts()).isEqualTo(2);
            signal("-CONT");
            // The first is told to end before the second, which it does not know of.
            execute(url, "insert into go values (1)");
            await().atMost(Duration.ofSeconds(60)).until(() -> count(url, "run") == 3);
            assertThat(jobs.await(id, Duration.ofMillis(700)).state()).isEqualTo(JobState.RUNNING);
            execute(url, "insert into go values (2)");
            JobStatus status = jobs.await(id, Duration.ofSeconds(60));
            assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(status.result(Integer.class)).isEqualTo(2);
            assertThat(status.attempts()).isEqualTo(2);
        }
    }

    private void signal(String signal) throws Exception {
        assertThat(new ProcessBuilder(
                                "kill", signal, Long.toString(workers.get(0).pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void database_thatIsKilledAndStartedAgain_losesNothing() throws Exception {
        try (PostgresServer server = PostgresServer.startNew()) {
            DataSource source = server.dataSource();
            DatabaseJobQueue.createTables(source);
            try (DatabaseJobQueue jobs = builder(source)
                    .handler(Task.class, (task, job) -> {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
                        job.result(task.number());
                    })
                    .build()) {
                List<JobId> ids = new ArrayList<>();
                JobOptions options = JobOptions.attempts(20).backoff(Backoff.fixed(Duration.ofMillis(20)));
                for (int i = 0; i < 40; i++) {
                    ids.add(jobs.submit(new Task(0, i), options));
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> jobs.stats().succeeded() > 3);
                server.kill();
                server.start();
                for (int i = 0; i < ids.size(); i++) {
                    assertThat(jobs.await(ids.get(i), Duration.ofSeconds(60)).result(Integer.class))
                            .isEqualTo(i);
                }
            }
        }
    }

    /** To the processes it is as if each of their clocks were an hour off. */
    @Test
    void clock_ofTheMachine_isNotGoneBy() throws Exception {
        String url = postgres();
        execute(url, "create schema fake");
        execute(
                url,
                "create function fake.clock_timestamp() returns timestamptz language sql volatile as"
                        + " 'select pg_catalog.clock_timestamp() + interval ''1 hour'''");
        DataSource source = new UrlDataSource(url + "&options=-csearch_path=fake,pg_catalog,public");
        DatabaseJobQueue.createTables(new UrlDataSource(url));
        try (DatabaseJobQueue jobs = builder(source)
                .handler(Task.class, (task, job) -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500)))
                .build()) {
            JobId id = jobs.submit(new Task(0, 1), JobOptions.attempts(1).delay(Duration.ofMillis(200)));
            JobStatus status = jobs.await(id, Duration.ofSeconds(20));
            assertThat(status.state()).as("not thought dead").isEqualTo(JobState.SUCCEEDED);
            assertThat(Duration.between(java.time.Instant.now(), status.startedAt()))
                    .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
            assertThat(Duration.between(status.submittedAt(), status.startedAt()))
                    .isBetween(Duration.ofMillis(190), Duration.ofSeconds(15));
        }
    }

    private static DatabaseJobQueue.Builder builder(DataSource source) {
        return DatabaseJobQueue.on(source, "tasks")
                .pollingInterval(Duration.ofMillis(100))
                .heartbeat(HEARTBEAT);
    }

    private static Process start(String url) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Working.class.getName(),
                        url)
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start();
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(String url, String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** A worker process. */
    static final class Working {
        private Working() {}

        public static void main(String[] args) throws Exception {
            String url = args[0];
            DatabaseJobQueue jobs = builder(new UrlDataSource(url))
                    .handler("Task", 1, Task.class, (task, job) -> work(url, task, job))
                    .workers(3)
                    .build();
            synchronized (jobs) {
                while (true) {
                    jobs.wait();
                }
            }
        }

        private static void work(String url, Task task, io.perfkit.batching.jobs.JobContext job) throws Exception {
            switch (task.kind()) {
                case 1 -> Runtime.getRuntime().halt(1);
                case 2 -> {
                    ran(url, job);
                    while (count(url, "go") < job.attempt()) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                        // An interrupt is ignored: what this attempt does must not count all the same.
                        boolean ignored = Thread.interrupted();
                    }
                    job.progress(0.9);
                    ran(url, job);
                    job.result(job.attempt());
                }
                default -> {
                    ran(url, job);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    try {
                        execute(url, "insert into effect values ('" + job.id() + "')");
                    } catch (SQLException e) {
                        if (!Dialect.isDuplicate(e)) {
                            throw e;
                        }
                    }
                    job.result(task.number());
                }
            }
        }

        private static void ran(String url, io.perfkit.batching.jobs.JobContext job) throws SQLException {
            execute(url, "insert into run values ('" + job.id() + "', " + job.attempt() + ")");
        }
    }
}
