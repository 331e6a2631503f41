package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.perfkit.connections.Holder;
import io.perfkit.connections.Owner;
import io.perfkit.connections.PoolStats;
import io.perfkit.testkit.time.ManualClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

@Timeout(60)
class BoundedDataSourceTest {
    private final FakeDatabase database = new FakeDatabase();
    private final ManualClock clock = new ManualClock();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private BoundedDataSource pool = pool(2, 0).build();

    private BoundedDataSource.Builder pool(int size, int overflow) {
        return BoundedDataSource.builder("main", database.dataSource())
                .size(size)
                .overflow(overflow)
                .ticker(clock::nanoTime);
    }

    private BoundedDataSource build(BoundedDataSource.Builder builder) {
        pool = builder.build();
        return pool;
    }

    @AfterEach
    void close() {
        pool.close();
        threads.shutdownNow();
    }

    private CompletableFuture<Connection> acquireElsewhere() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return pool.getConnection();
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }

    private void awaitWaiting(int waiting) {
        await().until(() -> pool.stats().waiting() == waiting);
    }

    @Test
    void getConnection_afterAReturn_reusesTheConnection() throws SQLException {
        pool.getConnection().close();
        pool.getConnection().close();
        assertThat(database.opened).hasSize(1);
        assertThat(pool.stats())
                .extracting(PoolStats::held, PoolStats::idle, PoolStats::waiting, PoolStats::maximum)
                .containsExactly(0, 1, 0, 2);
    }

    @Test
    void close_twice_returnsTheConnectionOnce() throws SQLException {
        build(pool(1, 0));
        Connection first = pool.getConnection();
        first.close();
        Connection second = pool.getConnection();
        first.close();
        assertThat(pool.stats().held()).isEqualTo(1);
        assertThat(second.isClosed()).isFalse();
        assertThat(first.isClosed()).isTrue();
    }

    @Test
    void close_byManyThreadsAtOnce_returnsTheConnectionOnce() throws Exception {
        build(pool(1, 0).acquireTimeout(Duration.ZERO));
        for (int round = 0; round < 200; round++) {
            Connection connection = pool.getConnection();
            CountDownLatch start = new CountDownLatch(1);
            List<CompletableFuture<Void>> closes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                closes.add(CompletableFuture.runAsync(
                        () -> {
                            try {
                                start.await();
                                connection.close();
                            } catch (SQLException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        threads));
            }
            start.countDown();
            CompletableFuture.allOf(closes.toArray(new CompletableFuture<?>[0])).get(10, TimeUnit.SECONDS);
            assertThat(pool.stats().held()).isZero();
        }
        assertThat(database.opened).hasSize(1);
    }

    @Test
    void use_afterClose_failsAndSaysSo() throws SQLException {
        Connection connection = pool.getConnection();
        connection.close();
        assertThatThrownBy(connection::createStatement)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("'main'")
                .hasMessageContaining("was closed");
        assertThatThrownBy(() -> connection.setAutoCommit(false)).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> connection.setClientInfo("a", "b")).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> connection.unwrap(Connection.class)).isInstanceOf(SQLException.class);
        assertThat(connection.isValid(1)).isFalse();
    }

    @Test
    void close_setsBackWhatWasChangedAndEndsWhatWasOpen() throws SQLException {
        Connection connection = pool.getConnection();
        FakeDatabase.Physical physical = database.opened.get(0);
        Map<String, Object> before = new HashMap<>(physical.settings);
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setHoldability(2);
        connection.setNetworkTimeout(Runnable::run, 5);
        connection.setCatalog("other");
        connection.setSchema("other");
        connection.setTypeMap(Map.of("a", String.class));
        Statement statement = connection.createStatement();
        connection.prepareStatement("select 1");
        connection.close();
        assertThat(physical.settings).isEqualTo(before);
        assertThat(physical.rollbacks).hasValue(1);
        assertThat(physical.openStatements).hasValue(0);
        assertThat(statement.isClosed()).isTrue();
        assertThat(database.open).hasValue(1);
    }

    @Test
    void statements_openedAndClosedByTheThousand_areNotKept() throws Exception {
        Connection connection = pool.getConnection();
        for (int i = 0; i < 100_000; i++) {
            connection.createStatement().close();
        }
        assertThat(((LeasedConnection) connection).trackedStatements()).isLessThanOrEqualTo(64);
    }

    @Test
    void overflow_isClosedOnReturnAndTheRestIsKept() throws SQLException {
        build(pool(2, 3));
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(pool.getConnection());
        }
        assertThat(database.open).hasValue(5);
        all.get(4).close();
        assertThat(database.open).hasValue(4);
        for (Connection connection : all) {
            connection.close();
        }
        assertThat(database.open).hasValue(2);
        assertThat(database.opened).allMatch(p -> p.closes.get() <= 1);
        assertThat(pool.stats())
                .extracting(PoolStats::held, PoolStats::idle, PoolStats::waiting, PoolStats::maximum)
                .containsExactly(0, 2, 0, 5);
    }

    @Test
    void overflow_whenSomebodyWaits_isHandedOnAndNotClosed() throws Exception {
        build(pool(1, 1));
        Connection core = pool.getConnection();
        Connection over = pool.getConnection();
        CompletableFuture<Connection> next = acquireElsewhere();
        awaitWaiting(1);
        over.close();
        next.get(10, TimeUnit.SECONDS).close();
        core.close();
        assertThat(database.opened).hasSize(2);
        assertThat(database.open).hasValue(1);
    }

    @Test
    void getConnection_whenOpeningFails_losesNoPlace() throws SQLException {
        database.refusing = true;
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(pool::getConnection).hasMessage("connection refused");
        }
        assertThat(pool.holders()).isEmpty();
        database.refusing = false;
        pool.getConnection();
        pool.getConnection();
        assertThat(pool.stats().held()).isEqualTo(2);
    }

    @Test
    void getConnection_whenOpeningFails_givesTheTurnToTheNextAtOnce() throws Exception {
        build(pool(1, 0));
        Connection held = pool.getConnection();
        CompletableFuture<Connection> first = acquireElsewhere();
        awaitWaiting(1);
        CompletableFuture<Connection> second = acquireElsewhere();
        awaitWaiting(2);
        database.refusing = true;
        database.opened.get(0).breakDown();
        held.close();
        assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("connection refused");
        assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("connection refused");
        assertThat(pool.stats())
                .extracting(PoolStats::held, PoolStats::idle, PoolStats::waiting, PoolStats::maximum)
                .containsExactly(0, 0, 0, 1);
    }

    @Test
    void close_ofABrokenConnection_isReplacedByTheNextAcquire() throws SQLException {
        build(pool(1, 0));
        Connection connection = pool.getConnection();
        database.opened.get(0).breakDown();
        connection.close();
        assertThat(pool.getConnection().isClosed()).isFalse();
        assertThat(database.opened).hasSize(2);
        assertThat(database.mostOpen).hasValue(1);
    }

    @Test
    void close_whenResetFails_closesTheConnection() throws SQLException {
        build(pool(1, 0));
        database.failingReset = true;
        pool.getConnection().close();
        assertThat(database.open).hasValue(0);
        assertThat(database.opened.get(0).closes).hasValue(1);
        pool.getConnection();
        assertThat(database.mostOpen).hasValue(1);
    }

    @Test
    void abort_givesThePlaceBackWithoutTheConnection() throws SQLException {
        build(pool(1, 0));
        Connection connection = pool.getConnection();
        connection.abort(Runnable::run);
        connection.abort(Runnable::run);
        connection.close();
        assertThat(database.open).hasValue(0);
        assertThat(pool.getConnection().isClosed()).isFalse();
    }

    @Test
    void getConnection_whenAllAreHeld_timesOutWithTheListOfHolders() throws Exception {
        build(pool(2, 0).acquireTimeout(Duration.ZERO).perOwner(Owner.fromMdc("tenant"), 2));
        MDC.put("tenant", "acme");
        try {
            pool.getConnection();
            clock.advance(Duration.ofSeconds(3));
            pool.getConnection();
            clock.advance(Duration.ofMillis(500));
        } finally {
            MDC.clear();
        }
        AcquireTimeoutException e = catchThrowableOfType(AcquireTimeoutException.class, pool::getConnection);
        String thread = Thread.currentThread().getName();
        assertThat(e.holders())
                .containsExactly(
                        new Holder(
                                thread,
                                Thread.currentThread().getId(),
                                "acme",
                                Duration.ofMillis(3_500),
                                Holder.State.IN_USE,
                                null),
                        new Holder(
                                thread,
                                Thread.currentThread().getId(),
                                "acme",
                                Duration.ofMillis(500),
                                Holder.State.IN_USE,
                                null));
        assertThat((Throwable) e)
                .hasMessageContaining("'main'")
                .hasMessageContaining("acquireTimeout=0.000 s")
                .hasMessageContaining("thread '" + thread + "' for 3.500 s (owner 'acme')");
        assertThat(e.getSQLState()).isEqualTo("08001");
    }

    @Test
    void getConnection_whileTheDatabaseHangs_showsWhoIsConnecting() throws Exception {
        build(pool(1, 0).acquireTimeout(Duration.ZERO));
        database.openGate = new CountDownLatch(1);
        CompletableFuture<Connection> hanging = acquireElsewhere();
        await().until(() -> pool.holders().size() == 1);
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(AcquireTimeoutException.class)
                .hasMessageContaining("still connecting");
        database.openGate.countDown();
        hanging.get(10, TimeUnit.SECONDS).close();
    }

    @Test
    void getConnection_whenTheTimeIsUp_leavesTheQueue() throws Exception {
        build(pool(1, 0).acquireTimeout(Duration.ofMillis(20)).ticker(System::nanoTime));
        Connection held = pool.getConnection();
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(AcquireTimeoutException.class)
                .hasMessageContaining("within acquireTimeout=0.020 s");
        assertThat(pool.stats().waiting()).isZero();
        held.close();
        pool.getConnection().close();
    }

    @Test
    void getConnection_whenInterruptedWhileWaiting_failsAndStaysInterrupted() throws Exception {
        build(pool(1, 0));
        Connection held = pool.getConnection();
        AtomicReference<Thread> waiter = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        CompletableFuture<Void> failed = CompletableFuture.runAsync(
                () -> {
                    waiter.set(Thread.currentThread());
                    assertThatThrownBy(pool::getConnection)
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("Interrupted");
                    interrupted.set(Thread.interrupted());
                },
                threads);
        awaitWaiting(1);
        waiter.get().interrupt();
        failed.get(10, TimeUnit.SECONDS);
        assertThat(interrupted).hasValue(true);
        assertThat(pool.stats().waiting()).isZero();
        held.close();
        pool.getConnection().close();
    }

    @Test
    void getConnection_manyWaiters_areServedInTheOrderOfArrival() throws Exception {
        build(pool(1, 0));
        Connection held = pool.getConnection();
        List<Integer> served = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            all.add(acquireElsewhere().thenAccept(connection -> {
                served.add(number);
                try {
                    connection.close();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }));
            awaitWaiting(i + 1);
        }
        held.close();
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(10, TimeUnit.SECONDS);
        assertThat(served).isSorted().hasSize(20);
    }

    @Test
    void perOwner_greedyTenant_leavesRoomForAPoliteOne() throws Exception {
        AtomicReference<String> tenant = new AtomicReference<>("greedy");
        build(pool(3, 0).acquireTimeout(Duration.ZERO).perOwner(tenant::get, 2));
        pool.getConnection();
        Connection second = pool.getConnection();
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(AcquireTimeoutException.class)
                .hasMessageContaining("2 by owner 'greedy'");
        tenant.set("polite");
        pool.getConnection();
        second.close();
        tenant.set("greedy");
        pool.getConnection();
    }

    @Test
    void perOwner_callsWithoutOwner_countAsOneOwner() throws Exception {
        build(pool(3, 0).acquireTimeout(Duration.ZERO).perOwner(() -> null, 1));
        pool.getConnection();
        assertThatThrownBy(pool::getConnection).isInstanceOf(AcquireTimeoutException.class);
    }

    @Test
    void perOwner_afterAllIsReturned_knowsNoOwner() throws Exception {
        build(pool(3, 2).perOwner(Thread.currentThread()::getName, 5));
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(pool.getConnection());
        }
        assertThat(pool.owners()).isEqualTo(1);
        for (Connection connection : all) {
            connection.close();
        }
        assertThat(pool.owners()).isZero();
    }

    @Test
    void recycleAfter_replacesAConnectionThatIsTooOld() throws Exception {
        build(pool(1, 0).recycleAfter(Duration.ofHours(1)));
        pool.getConnection().close();
        clock.advance(Duration.ofMinutes(59));
        pool.getConnection().close();
        assertThat(database.opened).hasSize(1);
        clock.advance(Duration.ofMinutes(1));
        pool.getConnection().close();
        assertThat(database.opened).hasSize(2);
        assertThat(database.mostOpen).hasValue(1);
    }

    @Test
    void validation_byDefault_testsOnlyThoseThatRested() throws Exception {
        build(pool(1, 0));
        pool.getConnection().close();
        clock.advance(Duration.ofMillis(500));
        pool.getConnection().close();
        assertThat(database.validations).hasValue(0);
        clock.advance(Duration.ofMillis(501));
        pool.getConnection().close();
        assertThat(database.validations).hasValue(1);
    }

    @Test
    void validateOnAcquire_testsEachTimeAndReplacesWhatFails() throws Exception {
        build(pool(1, 0).validateOnAcquire(true));
        pool.getConnection().close();
        pool.getConnection().close();
        assertThat(database.validations).hasValue(1);
        database.failingValidation = true;
        pool.getConnection().close();
        assertThat(database.opened).hasSize(2);
        assertThat(database.mostOpen).hasValue(1);
    }

    @Test
    void validateOnAcquire_switchedOff_neverTests() throws Exception {
        build(pool(1, 0).validateOnAcquire(false));
        pool.getConnection().close();
        clock.advance(Duration.ofDays(1));
        pool.getConnection().close();
        assertThat(database.validations).hasValue(0);
    }

    @Test
    void close_ofThePool_failsWaitersClosesIdleOnesAndTheOthersOnReturn() throws Exception {
        build(pool(2, 1));
        Connection one = pool.getConnection();
        Connection two = pool.getConnection();
        Connection three = pool.getConnection();
        CompletableFuture<Connection> waiter = acquireElsewhere();
        awaitWaiting(1);
        two.close();
        waiter.get(10, TimeUnit.SECONDS).close();
        pool.close();
        pool.close();
        assertThat(database.open).hasValue(2);
        assertThatThrownBy(pool::getConnection).hasMessageContaining("'main' is closed");
        one.close();
        three.close();
        assertThat(database.open).hasValue(0);
    }

    @Test
    void close_ofThePool_wakesThoseWhoWait() throws Exception {
        build(pool(1, 0));
        pool.getConnection();
        CompletableFuture<Connection> waiter = acquireElsewhere();
        awaitWaiting(1);
        pool.close();
        assertThatThrownBy(() -> waiter.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("Pool 'main' is closed.");
    }

    @Test
    void close_racingWithReturns_leavesNothingOpen() throws Exception {
        for (int round = 0; round < 200; round++) {
            build(pool(2, 1));
            Connection one = pool.getConnection();
            Connection two = pool.getConnection();
            CompletableFuture<Void> returns = CompletableFuture.runAsync(
                    () -> {
                        try {
                            one.close();
                            two.close();
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            pool.close();
            returns.get(10, TimeUnit.SECONDS);
            assertThat(database.open).hasValue(0);
        }
    }

    @Test
    void virtualThreads_byTheThousand_shareAFewConnections() throws Exception {
        Executor perTask = virtualOrPlatform();
        build(pool(3, 1).ticker(System::nanoTime));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try (Connection connection = pool.getConnection()) {
                            connection.createStatement().close();
                            Thread.yield();
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    perTask));
        }
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(30, TimeUnit.SECONDS);
        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(4);
        assertThat(pool.stats().held()).isZero();
        assertThat(pool.stats().waiting()).isZero();
    }

    /** A virtual thread per task where the JVM has them, and else a few threads. */
    private Executor virtualOrPlatform() {
        try {
            return (Executor)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return Executors.newFixedThreadPool(50, task -> {
                Thread thread = new Thread(task);
                thread.setDaemon(true);
                return thread;
            });
        }
    }

    @Test
    void dataSource_passesOnTheRest() throws Exception {
        assertThatThrownBy(() -> pool.getConnection("user", "secret"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageContaining("'main'");
        assertThat(pool.isWrapperFor(DataSource.class)).isTrue();
        assertThat(pool.unwrap(BoundedDataSource.class)).isSameAs(pool);
        assertThat(pool.getLoginTimeout()).isZero();
        Connection connection = pool.getConnection();
        assertThat(connection.unwrap(Connection.class)).isSameAs(database.opened.get(0).proxy);
        assertThat(connection.isWrapperFor(Connection.class)).isTrue();
        assertThat(pool).hasToString("BoundedDataSource[main, held=1, idle=0, waiting=0, maximum=2]");
    }

    @Test
    void settings_outOfRangeOrContradicting_areRejectedByName() {
        BoundedDataSource.Builder b = pool(2, 1);
        assertThatThrownBy(() -> b.size(0)).hasMessage("size must be at least 1, but was 0");
        assertThatThrownBy(() -> b.overflow(-1)).hasMessage("overflow must be at least 0, but was -1");
        assertThatThrownBy(() -> b.acquireTimeout(Duration.ofSeconds(-1)))
                .hasMessage("acquireTimeout must not be negative, but was PT-1S");
        assertThatThrownBy(() -> b.recycleAfter(Duration.ZERO))
                .hasMessage("recycleAfter must be positive, but was PT0S");
        assertThatThrownBy(() -> b.perOwner(() -> "x", 0)).hasMessage("perOwner must be at least 1, but was 0");
        assertThatThrownBy(b.perOwner(() -> "x", 4)::build)
                .hasMessage("Pool 'main': perOwner=4 must be at most size=2 + overflow=1.");
    }
}
