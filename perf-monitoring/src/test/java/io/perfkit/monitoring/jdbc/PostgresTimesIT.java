package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.DatabaseTimes;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryStats;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is measured agrees with what the server was told to take. */
class PostgresTimesIT {
    private static final DataSource DATABASE = PostgresServer.shared().dataSource();

    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();

    /** So that the first line of the slow log is not measured with what it loads. */
    @BeforeAll
    static void warmUp() throws SQLException {
        PerformanceMonitor other =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
        try (Connection connection = MonitoredDataSource.wrap(DATABASE, other).getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeQuery("select pg_sleep(0.11)").next();
        }
    }

    private static void near(Duration measured, long millis, Duration stopwatch) {
        assertThat(measured).isBetween(Duration.ofMillis(millis), stopwatch);
    }

    @Test
    void rowsOfTwentyMillis_atFetchSizeOne_areFetchTime() throws SQLException {
        try (RequestScope scope = monitor.openScope("fetch");
                Connection connection =
                        MonitoredDataSource.wrap(DATABASE, monitor).getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(1);
                int read = 0;
                long start = System.nanoTime();
                try (ResultSet rows =
                        statement.executeQuery("select pg_sleep(0.02), g from generate_series(1, 20) g")) {
                    while (rows.next()) {
                        read++;
                    }
                }
                Duration stopwatch = Duration.ofNanos(System.nanoTime() - start);
                assertThat(read).isEqualTo(20);
                DatabaseTimes times = scope.databaseTimes();
                near(times.fetch(), 360, stopwatch);
                near(times.fetch().plus(times.execute()), stopwatch.toMillis() * 9 / 10, stopwatch);
            }
            connection.rollback();
            assertThat(scope.rowsFetched()).isEqualTo(20);
        }
        QueryStats query = monitor.queries().get(0);
        assertThat(query.slow()).isEqualTo(1);
        assertThat(query.fetchTime()).isGreaterThan(Duration.ofMillis(360));
    }

    @Test
    void deferredTrigger_isTransactionTime_alsoWhereAutoCommitEndsIt() throws SQLException {
        try (Connection connection = DATABASE.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists deferred; create table deferred (a int);"
                    + " create or replace function slow_check() returns trigger as $$ begin"
                    + " perform pg_sleep(0.6); return null; end $$ language plpgsql;"
                    + " create constraint trigger t after insert on deferred deferrable initially deferred"
                    + " for each row execute function slow_check()");
        }
        try (RequestScope scope = monitor.openScope("commit");
                Connection connection =
                        MonitoredDataSource.wrap(DATABASE, monitor).getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("insert into deferred values (1)");
            connection.commit();
            assertThat(scope.databaseTimes().transaction()).isGreaterThan(Duration.ofMillis(600));
            assertThat(scope.databaseTimes().execute()).isLessThan(Duration.ofMillis(600));
            statement.executeUpdate("insert into deferred values (1)");
            connection.setAutoCommit(true);
            assertThat(scope.databaseTimes().transaction()).isGreaterThan(Duration.ofMillis(1_200));
        }
    }

    @Test
    void waitForAPoolOfOne_isAcquireTime() throws Exception {
        BlockingQueue<Connection> pool = new ArrayBlockingQueue<>(1);
        DataSource pooled = MonitoredDataSource.wrap(
                "pool",
                CountedOnceTest.proxy(DataSource.class, (method, arguments) -> pool.poll(10, TimeUnit.SECONDS)),
                monitor);
        CompletableFuture<Void> release;
        try (Connection only = DATABASE.getConnection();
                RequestScope scope = monitor.openScope("acquire")) {
            release = CompletableFuture.runAsync(
                    () -> pool.add(only), CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
            try (Statement statement = pooled.getConnection().createStatement()) {
                statement.execute("select 1");
            }
            assertThat(scope.databaseTimes().acquire()).isBetween(Duration.ofMillis(240), scope.elapsed());
            release.join();
        }
    }
}
