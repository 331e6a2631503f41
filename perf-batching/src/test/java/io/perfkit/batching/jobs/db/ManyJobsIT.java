package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGConnectionPoolDataSource;

/**
 * What asking and polling cost while many jobs wait, in pages of the database that are looked at. The long form goes up to
 * 100,000 jobs, takes times too, and draws them into the file {@code -Djobs.plot}.
 */
class ManyJobsIT {
    private static final String STATUS = "from perfkit_job where id = ? and queue_name = ?";
    private static final String POLL = "SKIP LOCKED";

    /** A payload. */
    record Item(int number) {}

    /** A queue whose workers are busy, and behind it so many jobs that wait. */
    private static final class Waiting implements AutoCloseable {
        private final CountDownLatch gate = new CountDownLatch(1);
        private final JdbcConnectionPool source;
        private final Replayed replayed;
        private final DatabaseJobQueue jobs;
        private int count;
        private JobId last;

        Waiting() {
            PostgresServer server = PostgresServer.shared();
            PGConnectionPoolDataSource connections = new PGConnectionPoolDataSource();
            connections.setUrl(server.jdbcUrl(server.createDatabase()));
            // A call that opens a connection of its own takes as long as that.
            source = JdbcConnectionPool.create(connections);
            source.setMaxConnections(20);
            DatabaseJobQueue.createTables(source);
            replayed = new Replayed(source);
            jobs = DatabaseJobQueue.on(replayed.recording(), "items")
                    .handler(Item.class, (item, job) -> gate.await())
                    .workers(4)
                    .pollingInterval(Duration.ofMillis(50))
                    .build();
            for (int i = 0; i < 4; i++) {
                last = jobs.submit(new Item(i));
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> jobs.list(JobState.RUNNING).size() == 4);
        }

        /** As {@code submit} does it, by one statement for all. */
        void grow(int to) throws SQLException {
            execute("insert into perfkit_job (id, queue_name, type_name, type_version, payload, state, fence, attempts,"
                    + " maximum_attempts, backoff, priority, key_hash, progress, submitted_at, due_at, cancel_requested)"
                    + " select 'job-' || i, 'items', 'Item', 1, '{\"number\":1}', 'QUEUED', 0, 0, 3,"
                    + " '2000 2.0 3600000 0.5', 0, 'job-' || i, 0, now, now, false from generate_series(" + (count + 1)
                    + ", " + to + ") i, (select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) now) c");
            // Due before the poll that is asked again.
            execute(
                    "insert into perfkit_job_execution (task_name, task_instance, execution_time, picked, version, priority)"
                            + " select 'items/Item/1', 'job-' || i, clock_timestamp() - interval '1 hour', false, 1, 0 from"
                            + " generate_series(" + (count + 1) + ", " + to + ") i");
            execute("analyze perfkit_job");
            execute("analyze perfkit_job_execution");
            count = to;
            last = new JobId("job-" + to);
        }

        private void execute(String sql) throws SQLException {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        Replayed.Plan status() throws Exception {
            assertThat(jobs.status(last).state()).isNotNull();
            return replayed.explain(STATUS);
        }

        /** The workers are busy and do not poll any more; the last time that they did is done once more. */
        Replayed.Plan poll() throws Exception {
            await().atMost(Duration.ofSeconds(20)).until(() -> replayed.has(POLL));
            return replayed.explain(POLL);
        }

        @Override
        public void close() {
            gate.countDown();
            jobs.close(Duration.ZERO);
            source.dispose();
        }
    }

    @Test
    void statusAndPoll_behindManyJobs_lookAtAsManyPagesAsBehindFew() throws Exception {
        try (Waiting waiting = new Waiting()) {
            waiting.grow(1_000);
            Replayed.Plan pollOfFew = waiting.poll();
            waiting.grow(20_000);
            Replayed.Plan status = waiting.status();
            Replayed.Plan poll = waiting.poll();

            assertThat(status.text())
                    .contains("Index Scan using perfkit_job_pkey")
                    .doesNotContain("Seq Scan");
            assertThat(status.buffers()).as(status.text()).isBetween(1L, 8L);
            assertThat(poll.text())
                    .contains("perfkit_job_execution_due")
                    .doesNotContain("Seq Scan on perfkit_job_execution");
            assertThat(poll.buffers())
                    .as("of few: %s%n of many: %s", pollOfFew.text(), poll.text())
                    .isBetween(1L, 200L);
        }
    }

    /** What the fastest tenth stays below: other programs on the machine make a median theirs. */
    private static double millis(int times, Step step) throws Exception {
        double[] taken = new double[times];
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            step.run();
            taken[i] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(taken);
        return taken[times / 10];
    }

    /** Something that is timed. */
    private interface Step {
        void run() throws Exception;
    }

    @Test
    @Tag("full")
    void statusAndPoll_behindAHundredThousandJobs_areWhatTheyWere() throws Exception {
        List<int[]> sizes = new ArrayList<>();
        List<double[]> figures = new ArrayList<>();
        try (Waiting waiting = new Waiting()) {
            for (int size : new int[] {1_000, 10_000, 25_000, 50_000, 75_000, 100_000}) {
                waiting.grow(size);
                Step status = () ->
                        assertThat(waiting.jobs.status(waiting.last).attempts()).isZero();
                assertThat(waiting.poll().buffers()).isPositive();
                Step poll = () ->
                        assertThat(waiting.replayed.explain(POLL).buffers()).isPositive();
                Step submit = () -> assertThat(waiting.jobs.submit(new Item(1))).isNotNull();
                // The first figures would otherwise be those of a JVM that is not warm.
                int warmUp = sizes.isEmpty() ? 2_000 : 50;
                double warm = millis(warmUp, status) + millis(warmUp, poll) + millis(warmUp, submit);
                assertThat(warm).isPositive();
                double[] figure = {
                    millis(200, status),
                    millis(100, poll),
                    millis(100, submit),
                    waiting.status().buffers(),
                    waiting.poll().buffers()
                };
                sizes.add(new int[] {size});
                figures.add(figure);
                System.out.printf(
                        Locale.ROOT,
                        "%,d jobs wait: status %.2f ms (%.0f pages), poll %.2f ms (%.0f pages), submit %.2f ms%n",
                        size,
                        figure[0],
                        figure[3],
                        figure[1],
                        figure[4],
                        figure[2]);
            }
        }
        double[] last = figures.get(figures.size() - 1);
        assertThat(last[3]).isLessThanOrEqualTo(8);
        assertThat(last[4]).isLessThanOrEqualTo(200);
        String plot = System.getProperty("jobs.plot");
        if (plot != null) {
            Files.writeString(
                    Path.of(plot),
                    ManyJobsPlot.svg(sizes.stream().map(size -> size[0]).toList(), figures));
        }
    }

    /** What a poll passes over that is not for it, for the record: docs/jobs.md says what it comes to. */
    @Test
    @Tag("full")
    void poll_ofAnotherQueue_passesOverWhatIsNotForIt() throws Exception {
        try (Waiting waiting = new Waiting()) {
            waiting.grow(100_000);
            Replayed other = new Replayed(waiting.source);
            try (DatabaseJobQueue jobs = DatabaseJobQueue.on(other.recording(), "others")
                    .handler(Item.class, (item, job) -> {})
                    .pollingInterval(Duration.ofMillis(50))
                    .build()) {
                await().atMost(Duration.ofSeconds(20)).until(() -> other.has("task_name not in"));
                Step poll = () ->
                        assertThat(other.explain("task_name not in").buffers()).isPositive();
                System.out.printf(
                        Locale.ROOT,
                        "a poll that finds 100,000 due jobs of another queue: %.1f ms (%d pages)%n",
                        millis(20, poll),
                        other.explain("task_name not in").buffers());
                waiting.execute("update perfkit_job_execution set execution_time = clock_timestamp() + interval '1 day'"
                        + " where not picked");
                waiting.execute("vacuum analyze perfkit_job_execution");
                System.out.printf(
                        Locale.ROOT,
                        "a poll that finds 100,000 jobs that are not due: %.1f ms (%d pages)%n",
                        millis(20, poll),
                        other.explain("task_name not in").buffers());
                assertThat(jobs.stats().queued()).isZero();
            }
        }
    }
}
