package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import io.perfkit.testkit.OwnServer;
import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.ServersExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Against a real server, which is asked how many connections it has. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class BoundedDataSourceIT {
    private static final String COUNT = "select count(*) from pg_stat_activity where application_name = ?";
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final String application = "bounded-" + NAMES.incrementAndGet();

    enum Over {
        DRIVER,
        HIKARI
    }

    @AfterEach
    void stop() {
        stop.set(true);
        threads.shutdownNow();
    }

    private PGSimpleDataSource driver(PostgresServer server, String applicationName) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(server.jdbcUrl());
        dataSource.setApplicationName(applicationName);
        dataSource.setConnectTimeout(5);
        dataSource.setSocketTimeout(20);
        return dataSource;
    }

    private BoundedDataSource.Builder pool(PostgresServer server, Over over) {
        PGSimpleDataSource driver = driver(server, application);
        if (over == Over.DRIVER) {
            return BoundedDataSource.builder("it", driver);
        }
        HikariConfig config = new HikariConfig();
        config.setDataSource(driver);
        config.setInitializationFailTimeout(-1);
        return BoundedDataSource.hikari("it", config);
    }

    private int connectionsSeenByTheServer(PostgresServer server) throws SQLException {
        try (Connection connection = driver(server, "observer").getConnection()) {
            return count(connection);
        }
    }

    private int count(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(COUNT)) {
            select.setString(1, application);
            try (ResultSet result = select.executeQuery()) {
                result.next();
                return result.getInt(1);
            }
        }
    }

    private static void query(BoundedDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @EnumSource
    void load_ofManyThreads_neverOpensMoreThanTheBoundAtTheServer(Over over, PostgresServer server) throws Exception {
        int size = 6;
        AtomicInteger most = new AtomicInteger();
        try (BoundedDataSource pool = pool(server, over).size(size).build();
                Connection observer = driver(server, "observer").getConnection()) {
            List<Future<?>> load = new ArrayList<>();
            for (int t = 0; t < 24; t++) {
                load.add(threads.submit(() -> {
                    for (int i = 0; i < 40; i++) {
                        query(pool, "select pg_sleep(0.002)");
                    }
                    return null;
                }));
            }
            while (!load.stream().allMatch(Future::isDone)) {
                most.accumulateAndGet(count(observer), Math::max);
            }
            for (Future<?> each : load) {
                each.get();
            }
            assertThat(pool.stats().held()).isZero();
        }
        assertThat(most.get()).isEqualTo(size);
        await().untilAsserted(
                        () -> assertThat(connectionsSeenByTheServer(server)).isZero());
    }

    @ParameterizedTest
    @EnumSource
    void overflow_afterThePeak_leavesOnlySizeOpenAtTheServer(Over over, PostgresServer server) throws Exception {
        try (BoundedDataSource pool = pool(server, over).size(2).overflow(6).build()) {
            List<Connection> peak = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                peak.add(pool.getConnection());
            }
            assertThat(connectionsSeenByTheServer(server)).isEqualTo(8);
            for (Connection connection : peak) {
                connection.close();
            }
            await().untilAsserted(
                            () -> assertThat(connectionsSeenByTheServer(server)).isEqualTo(2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void server_killedAndRestartedUnderLoad_leaksNothingAndStaysWithinTheBound(
            Over over, @OwnServer PostgresServer server) throws Exception {
        int size = 5;
        AtomicLong succeeded = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        AtomicInteger most = new AtomicInteger();
        try (BoundedDataSource pool = pool(server, over)
                .size(size)
                // While the server is down, HikariCP fails only after this time, and thirty failures are waited for.
                .acquireTimeout(Duration.ofMillis(500))
                .validateOnAcquire(true)
                .build()) {
            List<Future<?>> load = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                load.add(threads.submit(() -> {
                    while (!stop.get()) {
                        try {
                            query(pool, "select pg_sleep(0.002)");
                            succeeded.incrementAndGet();
                        } catch (SQLException e) {
                            failed.incrementAndGet();
                            LockSupport.parkNanos(5_000_000);
                        }
                    }
                    return null;
                }));
            }
            for (int round = 0; round < 2; round++) {
                await().until(moreThan(succeeded, 200));
                server.kill();
                await().until(moreThan(failed, 30));
                server.start();
                try (Connection observer = driver(server, "observer").getConnection()) {
                    var enough = moreThan(succeeded, 300);
                    while (!enough.call()) {
                        most.accumulateAndGet(count(observer), Math::max);
                    }
                }
            }
            stop.set(true);
            for (Future<?> each : load) {
                each.get(30, TimeUnit.SECONDS);
            }
            assertThat(pool.stats().held()).isZero();
            assertThat(pool.stats().waiting()).isZero();
            assertThat(pool.holders()).isEmpty();
            assertThat(most.get()).isBetween(1, size);
            assertThat(connectionsSeenByTheServer(server)).isLessThanOrEqualTo(size);
        }
        await().untilAsserted(
                        () -> assertThat(connectionsSeenByTheServer(server)).isZero());
    }

    private static Callable<Boolean> moreThan(AtomicLong counter, long by) {
        long goal = counter.get() + by;
        return () -> counter.get() >= goal;
    }

    @Test
    void perOwner_greedyTenant_doesNotHoldUpAPoliteOne(PostgresServer server) throws Exception {
        ThreadLocal<String> tenant = new ThreadLocal<>();
        AtomicInteger greedyInside = new AtomicInteger();
        AtomicInteger mostGreedy = new AtomicInteger();
        List<Long> greedyWaits = Collections.synchronizedList(new ArrayList<>());
        List<Long> politeWaits = new ArrayList<>();
        try (BoundedDataSource pool =
                pool(server, Over.DRIVER).size(5).perOwner(tenant::get, 3).build()) {
            List<Future<?>> greedy = new ArrayList<>();
            for (int t = 0; t < 30; t++) {
                greedy.add(threads.submit(() -> {
                    tenant.set("greedy");
                    while (!stop.get()) {
                        long start = System.nanoTime();
                        try (Connection connection = pool.getConnection();
                                Statement statement = connection.createStatement()) {
                            greedyWaits.add(System.nanoTime() - start);
                            mostGreedy.accumulateAndGet(greedyInside.incrementAndGet(), Math::max);
                            statement.execute("select pg_sleep(0.02)");
                            greedyInside.decrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            await().until(() -> pool.stats().waiting() >= 20);
            tenant.set("polite");
            for (int i = 0; i < 100; i++) {
                long start = System.nanoTime();
                try (Connection connection = pool.getConnection()) {
                    politeWaits.add(System.nanoTime() - start);
                    assertThat(connection.isValid(5)).isTrue();
                }
            }
            stop.set(true);
            for (Future<?> each : greedy) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(mostGreedy).hasValue(3);
        List<Long> sortedPolite = politeWaits.stream().sorted().toList();
        List<Long> sortedGreedy = greedyWaits.stream().sorted().toList();
        assertThat(sortedPolite.get(98))
                .as("the polite one's p99 against the greedy one's median wait")
                .isLessThan(sortedGreedy.get(sortedGreedy.size() / 2));
    }
}
