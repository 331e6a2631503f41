package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that is killed and started again five times under 64 threads; its short form is in BoundedDataSourceIT. */
@Tag("full")
@Timeout(300)
class RestartsIT {
    private static final int THREADS = 64;
    private static final int SIZE = 10;
    private static final int TIMES = 5;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    @AfterEach
    void stop() {
        stop.set(true);
        threads.shutdownNow();
    }

    /** A server, and the question how many connections it has beside the one that asks. */
    private record Target(
            Runnable kill, Runnable start, DataSource dataSource, String question, AutoCloseable server) {}

    private static Target target(String name) {
        if (name.equals("postgres")) {
            PostgresServer server = PostgresServer.startNew();
            return new Target(
                    server::kill,
                    server::start,
                    server.dataSource("postgres"),
                    "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
                    server);
        }
        Assumptions.assumeTrue(MariaDbServer.isAvailable(), "no MariaDB for this machine");
        MariaDbServer server = MariaDbServer.startNew();
        return new Target(
                server::kill,
                server::start,
                server.dataSource(),
                "select count(*) from information_schema.processlist where id <> connection_id() and user <> 'system user'",
                server);
    }

    @ParameterizedTest
    @CsvSource({"postgres, false", "postgres, true", "mariadb, false", "mariadb, true"})
    void server_killedFiveTimes_leaksNothing_staysWithinTheBound_andIsServedAgain(String database, boolean overHikari)
            throws Exception {
        Target target = target(database);
        try (AutoCloseable server = target.server;
                BoundedDataSource pool = pool(target, overHikari)) {
            List<Future<?>> load = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                load.add(threads.submit(() -> work(pool)));
            }
            int most = 0;
            long longestNanos = 0;
            for (int round = 0; round < TIMES; round++) {
                awaitMore(succeeded, 300);
                target.kill.run();
                awaitMore(failed, THREADS);
                target.start.run();
                long started = System.nanoTime();
                awaitMore(succeeded, 1);
                longestNanos = Math.max(longestNanos, System.nanoTime() - started);
                try (Connection observer = target.dataSource.getConnection()) {
                    for (long until = succeeded.get() + 300; succeeded.get() < until; ) {
                        most = Math.max(most, count(observer, target.question));
                    }
                }
            }
            stop.set(true);
            for (Future<?> each : load) {
                each.get(30, TimeUnit.SECONDS);
            }
            System.out.printf(
                    "%s%s killed %d times under %d threads: served again after at most %.0f ms, at most %d connections of %d%n",
                    database, overHikari ? " over HikariCP" : "", TIMES, THREADS, longestNanos / 1e6, most, SIZE);
            assertThat(pool.stats().held()).isZero();
            assertThat(pool.stats().waiting()).isZero();
            assertThat(pool.holders()).isEmpty();
            assertThat(most).isBetween(1, SIZE);
            pool.close(Duration.ofSeconds(1));
            try (Connection observer = target.dataSource.getConnection()) {
                await().untilAsserted(() ->
                        assertThat(count(observer, target.question)).isZero());
            }
            assertThat(server).isNotNull();
        }
    }

    private static BoundedDataSource pool(Target target, boolean overHikari) {
        BoundedDataSource.Builder builder;
        if (overHikari) {
            HikariConfig config = new HikariConfig();
            config.setDataSource(target.dataSource);
            config.setInitializationFailTimeout(-1);
            builder = BoundedDataSource.hikari("restarts", config);
        } else {
            builder = BoundedDataSource.builder("restarts", target.dataSource);
        }
        return builder.size(SIZE)
                .acquireTimeout(Duration.ofMillis(1_500))
                .validateOnAcquire(true)
                .build();
    }

    private Void work(BoundedDataSource pool) {
        while (!stop.get()) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select 1");
                succeeded.incrementAndGet();
            } catch (SQLException e) {
                failed.incrementAndGet();
                LockSupport.parkNanos(5_000_000);
            }
        }
        return null;
    }

    private static void awaitMore(AtomicLong counter, long by) {
        long goal = counter.get() + by;
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(60))
                .until(() -> counter.get() >= goal);
    }

    private static int count(Connection observer, String question) throws SQLException {
        try (Statement statement = observer.createStatement();
                ResultSet result = statement.executeQuery(question)) {
            result.next();
            return result.getInt(1);
        }
    }
}
