package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Whose clock is gone by. */
class ClocksIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** A payload. */
    record Task(int number) {}

    /** Two workers whose machines' clocks are so many hours behind that of the database, and what became of two jobs. */
    private static final class Shifted implements AutoCloseable {
        private final int hours;
        private final AtomicInteger runs = new AtomicInteger();
        private final List<DatabaseJobQueue> workers = new ArrayList<>();
        private final JobId delayed;
        private final JobId running;

        Shifted(int hours) throws SQLException {
            this.hours = hours;
            PostgresServer server = PostgresServer.shared();
            String url = server.jdbcUrl(server.createDatabase());
            execute(new UrlDataSource(url), "create schema fake");
            execute(
                    new UrlDataSource(url),
                    "create function fake.clock_timestamp() returns timestamptz language sql volatile as"
                            + " 'select pg_catalog.clock_timestamp() + interval ''" + hours + " hour'''");
            DatabaseJobQueue.createTables(new UrlDataSource(url));
            DataSource source = new UrlDataSource(url + "&options=-csearch_path=fake,pg_catalog,public");
            for (int i = 0; i < 2; i++) {
                workers.add(DatabaseJobQueue.on(source, "tasks")
                        .pollingInterval(Duration.ofMillis(100))
                        .heartbeat(Duration.ofMillis(250))
                        .handler(Task.class, (task, job) -> {
                            runs.incrementAndGet();
                            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500));
                        })
                        .build());
            }
            running = workers.get(0).submit(new Task(1), JobOptions.attempts(1));
            delayed = workers.get(0).submit(new Task(2), JobOptions.attempts(1).delay(Duration.ofMillis(200)));
        }

        void check() {
            JobStatus first = workers.get(1).await(running, SOON);
            assertThat(first.state())
                    .as("longer than four heartbeats, and not thought dead")
                    .isEqualTo(JobState.SUCCEEDED);
            JobStatus second = workers.get(1).await(delayed, SOON);
            assertThat(second.state()).as("does not wait an hour").isEqualTo(JobState.SUCCEEDED);
            assertThat(Duration.between(second.submittedAt(), second.startedAt()))
                    .isBetween(Duration.ofMillis(190), Duration.ofSeconds(15));
            assertThat(Duration.between(Instant.now(), second.startedAt()).minusHours(hours))
                    .isBetween(Duration.ofMinutes(-1), Duration.ofMinutes(1));
            assertThat(runs).as("each once").hasValue(2);
        }

        @Override
        public void close() {
            workers.forEach(DatabaseJobQueue::close);
        }
    }

    @Test
    void clock_thatIsAnHourOff_neitherStealsNorStarves() throws Exception {
        try (Shifted behind = new Shifted(1);
                Shifted ahead = new Shifted(-1)) {
            behind.check();
            ahead.check();
        }
    }

    /** In the night in which summer ends, half past two comes twice. */
    @Test
    void clock_ofMariaDb_goesOnEvenlyWhenSummerEnds() throws Exception {
        Assumptions.assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this machine");
        DataSource source = MariaDbServer.shared().dataSource();
        for (String sql : List.of(
                "delete from time_zone where Time_zone_id = 7001",
                "delete from time_zone_name where Time_zone_id = 7001",
                "delete from time_zone_transition where Time_zone_id = 7001",
                "delete from time_zone_transition_type where Time_zone_id = 7001",
                "insert into time_zone (Time_zone_id, Use_leap_seconds) values (7001, 'N')",
                "insert into time_zone_name (Name, Time_zone_id) values ('Test/Summer', 7001)",
                "insert into time_zone_transition_type (Time_zone_id, Transition_type_id, `Offset`, Is_DST, Abbreviation)"
                        + " values (7001, 0, 3600, 0, 'CET'), (7001, 1, 7200, 1, 'CEST')",
                "insert into time_zone_transition (Time_zone_id, Transition_time, Transition_type_id)"
                        + " values (7001, 1774746000, 1), (7001, 1792890000, 0)")) {
            execute(source, sql);
        }
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set time_zone = 'Test/Summer'");
            for (long second = 1792890000L - 7_200; second <= 1792890000L + 7_200; second += 900) {
                statement.execute("set timestamp = " + second);
                try (ResultSet row = statement.executeQuery(Dialect.MARIADB.nowQuery)) {
                    row.next();
                    assertThat(row.getLong(1)).isEqualTo(second * 1_000);
                }
            }
        }
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
