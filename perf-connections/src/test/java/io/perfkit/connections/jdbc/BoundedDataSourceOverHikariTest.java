package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.PoolStats;
import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Slot;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedDataSourceOverHikariTest {
    private final FakeDatabase database = new FakeDatabase();

    private HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setInitializationFailTimeout(-1);
        return config;
    }

    @Test
    void build_fromAConfig_makesAPoolOfSizeAndOverflow() throws Exception {
        HikariConfig config = config();
        try (BoundedDataSource pool = BoundedDataSource.hikari("main", config)
                .size(3)
                .overflow(2)
                .acquireTimeout(Duration.ofSeconds(7))
                .recycleAfter(Duration.ofMinutes(10))
                .build()) {
            HikariDataSource hikari = pool.unwrap(HikariDataSource.class);
            assertThat(hikari.getMaximumPoolSize()).isEqualTo(5);
            assertThat(hikari.getMinimumIdle()).isZero();
            assertThat(hikari.getConnectionTimeout()).isEqualTo(7_000);
            assertThat(hikari.getMaxLifetime()).isEqualTo(600_000);
            assertThat(hikari.getPoolName()).isEqualTo("main");
            assertThat(config.getMaximumPoolSize()).as("left as it was").isEqualTo(10);
        }
    }

    @Test
    void close_ofThePool_closesOnlyAHikariPoolOfItsOwn() throws Exception {
        BoundedDataSource own =
                BoundedDataSource.hikari("own", config()).size(2).build();
        HikariDataSource inner = own.unwrap(HikariDataSource.class);
        own.close();
        assertThat(inner.isClosed()).isTrue();
        try (HikariDataSource given = new HikariDataSource(config())) {
            DataSource asAny = given;
            BoundedDataSource over =
                    BoundedDataSource.builder("over", asAny).size(2).build();
            over.getConnection().close();
            over.close();
            assertThat(given.isClosed()).isFalse();
        }
    }

    @Test
    void build_overAWrapperOfAHikariPool_checksThePoolAndBorrowsThroughTheWrapper() throws Exception {
        HikariConfig small = config();
        small.setMaximumPoolSize(3);
        try (HikariDataSource given = new HikariDataSource(small)) {
            List<Connection> borrowed = new ArrayList<>();
            DataSource wrapper = wrapped(wrapped(given, borrowed), new ArrayList<>());

            assertThatThrownBy(() ->
                            BoundedDataSource.builder("over", wrapper).size(4).build())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("size=4")
                    .hasMessageContaining("maximumPoolSize=3");

            try (BoundedDataSource over =
                    BoundedDataSource.builder("over", wrapper).size(3).build()) {
                over.getConnection().close();
                assertThat(borrowed).hasSize(1);
                assertThat(over.unwrap(HikariDataSource.class)).isSameAs(given);
            }
        }
    }

    @Test
    void overflow_overAWrapperWhoseConnectionsAreWrappedToo_isEvictedFromThePool() throws Exception {
        HikariConfig config = config();
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        try (HikariDataSource given = new HikariDataSource(config);
                BoundedDataSource over = BoundedDataSource.builder("over", wrapped(given, new ArrayList<>()))
                        .size(1)
                        .overflow(1)
                        .build()) {
            Connection first = over.getConnection();
            Connection second = over.getConnection();
            second.close();
            first.close();
            await().untilAsserted(() -> assertThat(given.getHikariPoolMXBean().getTotalConnections())
                    .isEqualTo(1));
        }
    }

    /** As the wrappers of tracing and proxy libraries: the data source and its connections unwrap to what is inside. */
    private static DataSource wrapped(DataSource inner, List<Connection> borrowed) {
        return proxy(DataSource.class, inner, connection -> {
            borrowed.add(connection);
            return proxy(Connection.class, connection, any -> any);
        });
    }

    private static <T> T proxy(Class<T> type, T inner, UnaryOperator<Connection> onConnection) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("isWrapperFor")
                            || method.getName().equals("unwrap")) {
                        Class<?> wanted = (Class<?>) arguments[0];
                        if (wanted.isInstance(inner)) {
                            return method.getName().equals("unwrap") ? inner : true;
                        }
                    }
                    try {
                        Object result = method.invoke(inner, arguments);
                        return result instanceof Connection connection ? onConnection.apply(connection) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void getConnection_overflow_isClosedOnReturnAndTheRestIsKept() throws Exception {
        try (BoundedDataSource pool = BoundedDataSource.hikari("main", config())
                .size(2)
                .overflow(3)
                .acquireTimeout(Duration.ZERO)
                .build()) {
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(pool.getConnection());
            }
            assertThatThrownBy(pool::getConnection).isInstanceOf(AcquireTimeoutException.class);
            for (Connection connection : all) {
                connection.close();
            }
            await().untilAsserted(() -> assertThat(database.open).hasValue(2));
            assertThat(database.mostOpen.get()).isLessThanOrEqualTo(5);
            assertThat(pool.stats())
                    .extracting(PoolStats::held, PoolStats::idle, PoolStats::waiting, PoolStats::maximum)
                    .containsExactly(0, 2, 0, 5);
        }
    }

    @Test
    void overflow_whenSomebodyWaits_isHandedOnAndClosedByTheNextReturn() throws Exception {
        try (BoundedDataSource pool =
                BoundedDataSource.hikari("main", config()).size(1).overflow(1).build()) {
            Connection core = pool.getConnection();
            Connection over = pool.getConnection();
            CompletableFuture<Connection> next = CompletableFuture.supplyAsync(() -> {
                try {
                    return pool.getConnection();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> pool.stats().waiting() == 1);
            over.close();
            Connection handedOn = next.get(10, TimeUnit.SECONDS);
            assertThat(database.opened).hasSize(2);
            handedOn.close();
            core.close();
            await().untilAsserted(() -> assertThat(database.open).hasValue(1));
        }
    }

    @Test
    void surplus_ofAWaiterThatGaveUp_isMadeGoodByTheNextReturn() throws Exception {
        HikariDataSource hikari = new HikariDataSource(withIdle(config(), 2, 0));
        try (hikari) {
            HikariSource source = new HikariSource(
                    hikari,
                    hikari,
                    false,
                    new Opening("t", hikari, System::nanoTime),
                    new Validation(Validation.When.NEVER, "t", System::nanoTime),
                    new ReturnPolicy(null, true, 1_000_000_000),
                    2);
            Slot[] slots = new FairSlots(1, 1, 0, System::nanoTime).all();
            Slot core = slots[0];
            Slot over = slots[1];
            long deadline = System.nanoTime() + 5_000_000_000L;
            PhysicalConnection one = source.checkOut(core, 0, deadline);
            PhysicalConnection two = source.checkOut(over, 0, deadline);
            assertThat(source.checkIn(over, two, true)).isTrue();
            source.closeIdle(over);
            assertThat(source.checkIn(core, one, false)).isFalse();
            await().untilAsserted(() -> assertThat(database.open).hasValue(1));
            PhysicalConnection three = source.checkOut(core, 0, deadline);
            assertThat(source.checkIn(core, three, false)).isTrue();
            assertThat(database.open).hasValue(1);
        }
    }

    @Test
    void validateOnAcquire_replacesWhatFails() throws Exception {
        try (BoundedDataSource pool = BoundedDataSource.hikari("main", config())
                .size(1)
                .validateOnAcquire(true)
                .build()) {
            pool.getConnection().close();
            FakeDatabase.Physical first = database.opened.get(0);
            first.breakDown();
            try (Connection second = pool.getConnection()) {
                assertThat(second.isValid(1)).isTrue();
                assertThat(second.unwrap(Connection.class)).isNotSameAs(first.proxy);
            }
        }
    }

    @Test
    void abort_givesThePlaceBack() throws Exception {
        try (BoundedDataSource pool =
                BoundedDataSource.hikari("main", config()).size(1).build()) {
            pool.getConnection().abort(Runnable::run);
            assertThat(pool.getConnection().isValid(1)).isTrue();
        }
    }

    @Test
    void build_withContradictions_namesBothSettings() {
        assertThatThrownBy(BoundedDataSource.hikari("main", withIdle(config(), 9, -1))
                        .size(20)::build)
                .hasMessageContaining("size=20 + overflow=0")
                .hasMessageContaining("maximumPoolSize=9");
        assertThatThrownBy(BoundedDataSource.hikari("main", withIdle(config(), 5, 5))
                        .size(2)
                        .overflow(3)::build)
                .hasMessageContaining("overflow=3")
                .hasMessageContaining("minimumIdle=0");
        assertThatThrownBy(
                        BoundedDataSource.hikari("main", config()).size(2).recycleAfter(Duration.ofSeconds(5))::build)
                .hasMessageContaining("recycleAfter=5000 ms")
                .hasMessageContaining("maxLifetime");
        try (HikariDataSource hikari = new HikariDataSource(withIdle(config(), 10, 10))) {
            assertThatThrownBy(BoundedDataSource.builder("main", hikari).size(11)::build)
                    .hasMessageContaining("size=11")
                    .hasMessageContaining("maximumPoolSize=10");
            assertThatThrownBy(BoundedDataSource.builder("main", hikari).size(2).overflow(2)::build)
                    .hasMessageContaining("overflow=2")
                    .hasMessageContaining("minimumIdle=0");
            assertThatThrownBy(
                            BoundedDataSource.builder("main", hikari).size(2).recycleAfter(Duration.ofHours(1))::build)
                    .hasMessageContaining("recycleAfter")
                    .hasMessageContaining("maxLifetime");
        }
    }

    private static HikariConfig withIdle(HikariConfig config, int maximum, int idle) {
        config.setMaximumPoolSize(maximum);
        if (idle >= 0) {
            config.setMinimumIdle(idle);
        }
        return config;
    }
}
