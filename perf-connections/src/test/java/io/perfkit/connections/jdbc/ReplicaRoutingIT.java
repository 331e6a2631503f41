package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A primary and a streaming replica of it: lagging, gone, back, promoted. */
@Timeout(90)
class ReplicaRoutingIT {
    private final ThreadLocal<String> user = new ThreadLocal<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private PostgresServer primary;
    private PostgresServer replica;
    private BoundedDataSource toPrimary;
    private BoundedDataSource toReplica;
    private ReplicaRouting routing;

    @BeforeEach
    void start() throws SQLException {
        primary = PostgresServer.startNew();
        replica = PostgresServer.startReplicaOf(primary);
        toPrimary = pool("primary", primary);
        toReplica = pool("replica", replica);
        routing = ReplicaRouting.primary(toPrimary)
                .replicas(toReplica)
                .maximumLag(Duration.ofMillis(1_500))
                .caller(user::get)
                .build();
        user.set("main");
        try (Connection connection = toPrimary.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table writes (id int primary key)");
        }
        await().until(() -> isThere(toReplica, "select 1 from pg_class where relname = 'writes'"));
    }

    private static BoundedDataSource pool(String name, PostgresServer server) {
        return BoundedDataSource.builder(name, server.dataSource("postgres"))
                .size(8)
                .acquireTimeout(Duration.ofSeconds(2))
                .build();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        toPrimary.close();
        toReplica.close();
        replica.close();
        primary.close();
    }

    private static boolean isThere(DataSource from, String query) throws SQLException {
        try (Connection connection = from.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            return result.next();
        }
    }

    private int write() throws SQLException {
        int id = ids.incrementAndGet();
        try (Connection connection = routing.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into writes values (" + id + ")");
        }
        return id;
    }

    private boolean reads(int id) throws SQLException {
        try (Connection connection = routing.getConnection()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            boolean found;
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("select 1 from writes where id = " + id)) {
                found = result.next();
            }
            connection.commit();
            return found;
        }
    }

    private void onReplica(String sql) throws SQLException {
        try (Connection connection = replica.dataSource("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void routing_replicaLaggingGoneBackAndPromoted_neverHidesAnOwnWrite() throws Exception {
        everyoneSeesTheirOwnWrites();
        assertThat(routing.stats().toReplicas()).as("some reads").isPositive();

        onReplica("select pg_wal_replay_pause()");
        int hidden = write();
        assertThat(reads(hidden)).as("by the one who wrote").isTrue();
        user.set("someone else");
        long toReplicas = routing.stats().toReplicas();
        assertThat(reads(hidden)).as("by another, within the lag").isFalse();
        assertThat(routing.stats().toReplicas()).isEqualTo(toReplicas + 1);
        await().untilAsserted(
                        () -> assertThat(reads(hidden)).as("the replica lags").isTrue());
        assertThat(routing.stats().fallbacks()).isPositive();
        onReplica("select pg_wal_replay_resume()");
        comesBack();

        replica.kill();
        int alone = write();
        user.set("main");
        assertThat(reads(alone)).isTrue();
        replica.start();
        comesBack();

        await().until(() -> isThere(replica.dataSource("postgres"), "select 1 from writes where id = " + alone));
        primary.kill();
        onReplica("select pg_promote()");
        long gone = System.nanoTime();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try {
                return reads(write());
            } catch (SQLException notYet) {
                return false;
            }
        });
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - gone)).isLessThan(5);
        assertThat(routing.stats().promotions()).isEqualTo(1);
        everyoneSeesTheirOwnWrites();
        assertThat(toPrimary.stats().held()).isZero();
        assertThat(toReplica.stats().held()).isZero();
    }

    private void comesBack() {
        long before = routing.stats().toReplicas();
        user.set("a reader");
        await().untilAsserted(() -> {
            assertThat(reads(1)).isTrue();
            assertThat(routing.stats().toReplicas()).isGreaterThan(before);
        });
        user.set("main");
    }

    private void everyoneSeesTheirOwnWrites() throws Exception {
        List<Future<Integer>> writers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String name = "writer " + t;
            writers.add(threads.submit(() -> {
                user.set(name);
                int missing = 0;
                for (int i = 0; i < 50; i++) {
                    if (!reads(write())) {
                        missing++;
                    }
                }
                return missing;
            }));
        }
        for (Future<Integer> writer : writers) {
            assertThat(writer.get(30, TimeUnit.SECONDS))
                    .as("own writes not seen")
                    .isZero();
        }
    }
}
