package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.proxy.FaultProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A network that swallows packets or goes half-open; the driver has no socket timeout. */
@ExtendWith(ServersExtension.class)
@Timeout(60)
class SilentNetworkIT {
    private static final long SECOND = 1_000_000_000L;

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    @ParameterizedTest(name = "{0}, over HikariCP: {1}")
    @CsvSource({"DROP, false", "DROP, true", "HALF_OPEN, false"})
    void getConnection_networkGoesSilent_endsInTimeAndIsBackWithTheNetwork(
            Fault fault, boolean overHikari, PostgresServer server) throws Exception {
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port());
                BoundedDataSource pool = pool(server, proxy, overHikari)) {
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(pool.getConnection());
            }
            // One returns into the silence, in the middle of a transaction.
            Connection last = all.remove(3);
            last.setAutoCommit(false);
            select(last);
            for (Connection each : all) {
                each.close();
            }
            TimeUnit.MILLISECONDS.sleep(510);
            fault.set(proxy);
            Future<?> returning = threads.submit(() -> {
                last.close();
                return null;
            });
            List<Future<Long>> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                calls.add(threads.submit(() -> {
                    long start = System.nanoTime();
                    try (Connection connection = pool.getConnection()) {
                        return connection.isClosed() ? 0L : System.nanoTime() - start;
                    } catch (SQLException expected) {
                        return System.nanoTime() - start;
                    }
                }));
            }
            for (Future<Long> call : calls) {
                assertThat(call.get(20, TimeUnit.SECONDS)).isLessThan(3 * SECOND);
            }
            proxy.heal();
            long healed = System.nanoTime();
            serveAgain(pool, healed);
            returning.get(10, TimeUnit.SECONDS);
            assertThat(pool.stats().held()).isZero();
        }
    }

    private static void serveAgain(BoundedDataSource pool, long healed) throws SQLException {
        for (int i = 0; i < 4; i++) {
            while (true) {
                try (Connection connection = pool.getConnection()) {
                    select(connection);
                    break;
                } catch (SQLException notYet) {
                    assertThat(System.nanoTime() - healed)
                            .as(notYet.getMessage())
                            .isLessThan(2 * SECOND);
                }
            }
        }
        assertThat(System.nanoTime() - healed).isLessThan(2 * SECOND);
    }

    private static void select(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
    }

    private static BoundedDataSource pool(PostgresServer server, FaultProxy proxy, boolean overHikari) {
        PGSimpleDataSource driver = new PGSimpleDataSource();
        driver.setUrl(server.jdbcUrl("postgres", proxy));
        BoundedDataSource.Builder builder;
        if (overHikari) {
            HikariConfig config = new HikariConfig();
            config.setDataSource(driver);
            builder = BoundedDataSource.hikari("silent", config);
        } else {
            builder = BoundedDataSource.builder("silent", driver);
        }
        return builder.size(4).acquireTimeout(Duration.ofSeconds(2)).build();
    }

    enum Fault {
        DROP,
        HALF_OPEN;

        void set(FaultProxy proxy) {
            switch (this) {
                case DROP -> proxy.drop();
                case HALF_OPEN -> proxy.halfOpen();
            }
        }
    }
}
