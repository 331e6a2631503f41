package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.proxy.FaultProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The database goes away in the middle: it is killed, its connections are cut, it fails over to a replica. What was
 * committed is run to its end, and nobody has to start the workers again.
 */
class LostDatabaseIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** A payload. */
    record Item(int number) {}

    /** Something that happens to the database. */
    private interface Blow {
        void fall() throws Exception;
    }

    /** Submits all the time, and lets the blow fall when the first jobs are done. */
    private static void losing(DataSource source, int blows, Blow blow) throws Exception {
        DatabaseJobQueue.createTables(source);
        Map<Integer, JobId> ids = new TreeMap<>();
        AtomicInteger done = new AtomicInteger();
        try (DatabaseJobQueue jobs = DatabaseJobQueue.on(source, "items")
                .handler(Item.class, (item, job) -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    job.result(item.number());
                    done.incrementAndGet();
                })
                .pollingInterval(Duration.ofMillis(100))
                .heartbeat(Duration.ofMillis(250))
                .build()) {
            int number = 0;
            for (int i = 0; i < blows; i++) {
                int goal = done.get() + 4;
                long begin = System.nanoTime();
                while (done.get() < goal) {
                    assertThat(System.nanoTime() - begin)
                            .as("the workers go on")
                            .isLessThan(SOON.toNanos());
                    submit(jobs, ids, number++);
                }
                blow.fall();
                submit(jobs, ids, number++);
            }
            int last = number;
            await().atMost(SOON).until(() -> {
                submit(jobs, ids, last);
                return ids.containsKey(last);
            });
            for (Map.Entry<Integer, JobId> each : ids.entrySet()) {
                await().atMost(SOON)
                        .ignoreExceptions()
                        .until(() -> jobs.await(each.getValue(), SOON).state() == JobState.SUCCEEDED);
                assertThat(jobs.status(each.getValue()).result(Integer.class)).isEqualTo(each.getKey());
            }
        }
    }

    /** What is refused is none of ours to keep; what is taken is. */
    private static void submit(DatabaseJobQueue jobs, Map<Integer, JobId> ids, int number) {
        try {
            ids.put(
                    number,
                    jobs.submit(
                            new Item(number), JobOptions.attempts(50).backoff(Backoff.fixed(Duration.ofMillis(20)))));
        } catch (JobException away) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }

    @Test
    void database_thatIsKilledAndStartedAgain_losesNothing() throws Exception {
        try (PostgresServer server = PostgresServer.startNew()) {
            losing(server.dataSource(), 1, () -> {
                server.kill();
                server.start();
            });
        }
    }

    @Test
    void connections_thatAreCutAgainAndAgain_loseNothing() throws Exception {
        PostgresServer server = PostgresServer.shared();
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
            cutting(server.jdbcUrl(server.createDatabase(), proxy), proxy);
        }
    }

    @Test
    void connections_thatAreCutAgainAndAgain_loseNothing_onMariaDb() throws Exception {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this machine");
        MariaDbServer server = MariaDbServer.shared();
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
            cutting(server.jdbcUrl(server.createDatabase(), proxy), proxy);
        }
    }

    private static void cutting(String url, FaultProxy proxy) throws Exception {
        losing(new UrlDataSource(url), 6, () -> {
            proxy.cut();
            proxy.heal();
        });
    }

    /** The replica is synchronous; one that is not lacks what was committed last. */
    @Test
    void database_thatFailsOverToItsReplica_losesNothing() throws Exception {
        try (PostgresServer primary = PostgresServer.startNew();
                PostgresServer replica = PostgresServer.startReplicaOf(primary)) {
            execute(primary, "alter system set synchronous_standby_names = '*'");
            execute(primary, "select pg_reload_conf()");
            String url = "jdbc:postgresql://" + primary.host() + ":" + primary.port() + "," + replica.host() + ":"
                    + replica.port() + "/postgres?user=postgres&targetServerType=primary&hostRecheckSeconds=0";
            losing(new UrlDataSource(url), 1, () -> {
                primary.kill();
                execute(replica, "select pg_promote()");
            });
        }
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Without a time limit of its own, a read of a connection that nobody answers lasts for ever. */
    @Test
    @Tag("full")
    void network_thatFallsSilent_isWaitedForAsLongAsTheDriverIsToldTo() throws Exception {
        PostgresServer server = PostgresServer.shared();
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
            losing(
                    new UrlDataSource(
                            server.jdbcUrl(server.createDatabase(), proxy) + "&socketTimeout=1&connectTimeout=1"),
                    2,
                    () -> {
                        proxy.drop();
                        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
                        proxy.cut();
                        proxy.heal();
                    });
        }
    }
}
