package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.perfkit.connections.CloseReport;
import io.perfkit.connections.Holder;
import io.perfkit.testkit.time.ManualClock;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a driver, a network or a caller does wrong costs no place and is told as it is. */
@Timeout(30)
class BoundedDataSourceFaultsTest {
    private final FakeDatabase database = new FakeDatabase();
    private final ManualClock clock = new ManualClock();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void stop() {
        database.failing.clear();
        database.hanging.values().forEach(CountDownLatch::countDown);
        threads.shutdownNow();
    }

    private BoundedDataSource.Builder pool(int size) {
        return BoundedDataSource.builder("main", database.dataSource()).size(size);
    }

    private Future<Connection> acquireElsewhere(BoundedDataSource pool) {
        return threads.submit(() -> pool.getConnection());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rollback",
                "getAutoCommit",
                "setAutoCommit",
                "isClosed",
                "clearWarnings",
                "setSchema",
                "setReadOnly"
            })
    void close_anErrorOfTheDriver_losesNoPlaceAndLeavesNothingOpen(String method) throws Exception {
        try (BoundedDataSource pool = pool(1).build()) {
            Connection connection = pool.getConnection();
            connection.setReadOnly(true);
            connection.setSchema("other");
            connection.setAutoCommit(false);
            database.failing.put(method, new AssertionError("of the driver"));
            connection.close();
            database.failing.clear();
            assertThat(database.open).hasValue(0);
            try (Connection next = pool.getConnection()) {
                assertThat(next.getAutoCommit()).isTrue();
            }
            assertThat(pool.stats().held()).isZero();
            assertThat(database.open).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"isValid", "isClosed"})
    void getConnection_anErrorOfTheDriver_takesAnotherConnection(String method) throws Exception {
        try (BoundedDataSource pool = pool(1).validateOnAcquire(true).build()) {
            pool.getConnection().close();
            database.failing.put(method, new NoSuchMethodError("of the driver"));
            Connection connection = pool.getConnection();
            database.failing.clear();
            connection.close();
            assertThat(database.opened).hasSize(2);
            assertThat(database.open).hasValue(1);
        }
    }

    @Test
    void getConnection_anErrorInTheFirstLook_closesWhatWasOpened() throws Exception {
        try (BoundedDataSource pool = pool(1).build()) {
            database.failing.put("getAutoCommit", new LinkageError("of the driver"));
            assertThatThrownBy(pool::getConnection).isInstanceOf(LinkageError.class);
            database.failing.clear();
            assertThat(database.open).hasValue(0);
            pool.getConnection().close();
            assertThat(pool.stats().held()).isZero();
        }
    }

    @Test
    void close_thatThrowsAnError_isFollowedByAnAbort() throws Exception {
        try (BoundedDataSource pool = pool(1).build()) {
            Connection connection = pool.getConnection();
            database.failing.put("clearWarnings", new SQLException("reset failed"));
            database.failing.put("close", new StackOverflowError("of the driver"));
            connection.close();
            assertThat(database.open).as("left open").hasValue(0);
            assertThat(pool.stats().held()).isZero();
            database.failing.clear();
        }
    }

    @Test
    void abort_thatThrowsAnError_losesNoPlace() throws Exception {
        try (BoundedDataSource pool = pool(1).build()) {
            Connection connection = pool.getConnection();
            database.failing.put("abort", new AssertionError("of the driver"));
            assertThatThrownBy(() -> connection.abort(Runnable::run)).isInstanceOf(AssertionError.class);
            database.failing.clear();
            pool.getConnection().close();
            assertThat(database.open).hasValue(1);
        }
    }

    @Test
    void getConnection_openingHangs_endsAtTheDeadlineAndWhatComesLateIsClosed() throws Exception {
        database.openGate = new CountDownLatch(1);
        try (BoundedDataSource pool =
                pool(1).acquireTimeout(Duration.ofMillis(50)).build()) {
            long start = System.nanoTime();
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(AcquireTimeoutException.class)
                    .hasMessageContaining("did not open or confirm a connection within acquireTimeout=0.050 s")
                    .hasMessageContaining("still connecting");
            assertThat(System.nanoTime() - start).isLessThan(1_050_000_000L);
            assertThat(pool.stats().held()).isZero();
            database.openGate.countDown();
            database.openGate = null;
            await().untilAsserted(() -> assertThat(pool.stats().hanging()).isZero());
            await().untilAsserted(() -> assertThat(database.open).hasValue(0));
            pool.getConnection().close();
        }
    }

    @Test
    void getConnection_firstOpeningHangs_isServedByAnotherOneAfterASecond() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        database.openGate = never;
        try (BoundedDataSource pool =
                pool(1).acquireTimeout(Duration.ofSeconds(20)).build()) {
            Future<Connection> first = acquireElsewhere(pool);
            await().until(() -> pool.holders().size() == 1);
            database.openGate = null;
            first.get(3, TimeUnit.SECONDS).close();
            never.countDown();
        }
    }

    @Test
    void getConnection_interruptedWhileOpening_losesNoPlace() throws Exception {
        database.openGate = new CountDownLatch(1);
        try (BoundedDataSource pool = pool(1).build()) {
            Thread caller = new Thread(() -> {
                try {
                    pool.getConnection();
                } catch (SQLException expected) {
                    assertThat((Throwable) expected).hasMessageContaining("Interrupted");
                }
            });
            caller.start();
            await().until(() -> pool.holders().size() == 1);
            caller.interrupt();
            caller.join();
            assertThat(pool.stats().held()).isZero();
            database.openGate = null;
        }
    }

    @Test
    void getConnection_networkSilent_paysForOneValidationAndNotForEach() throws Exception {
        try (BoundedDataSource pool = pool(6).ticker(clock::nanoTime)
                .acquireTimeout(Duration.ofSeconds(5))
                .build()) {
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(pool.getConnection());
            }
            for (Connection each : all) {
                each.close();
            }
            clock.advance(Duration.ofSeconds(1));
            database.hanging.put("isValid", new CountDownLatch(1));
            long start = System.nanoTime();
            all.clear();
            for (int i = 0; i < 6; i++) {
                all.add(pool.getConnection());
            }
            assertThat(System.nanoTime() - start).as("six times its timeout").isLessThan(3_000_000_000L);
            database.hanging.remove("isValid").countDown();
            for (Connection each : all) {
                each.close();
            }
            await().untilAsserted(() -> assertThat(database.open).hasValue(6));
        }
    }

    @Test
    void getConnection_oneAfterTheOther_takesTheOneReturnedLast() throws Exception {
        try (BoundedDataSource pool = pool(4).build()) {
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(pool.getConnection());
            }
            Connection last = all.get(2).unwrap(Connection.class);
            for (int i : new int[] {3, 0, 1, 2}) {
                all.get(i).close();
            }
            for (int i = 0; i < 24; i++) {
                Future<Connection> of = threads.submit(() -> {
                    try (Connection connection = pool.getConnection()) {
                        return connection.unwrap(Connection.class);
                    }
                });
                assertThat(of.get()).isSameAs(last);
            }
            assertThat(database.validations).hasValue(0);
        }
    }

    @Test
    void validation_isCountedFromTheLastAcquire() throws Exception {
        try (BoundedDataSource pool = pool(1).ticker(clock::nanoTime).build()) {
            pool.getConnection().close();
            clock.advance(Duration.ofMillis(400));
            Connection held = pool.getConnection();
            clock.advance(Duration.ofMillis(501));
            held.close();
            assertThat(database.validations).hasValue(0);
            pool.getConnection().close();
            assertThat(database.validations)
                    .as("acquired 501 ms ago, returned now")
                    .hasValue(1);
        }
    }

    @Test
    void perOwner_openingFails_givesTheShareBack() throws Exception {
        try (BoundedDataSource pool = pool(3).acquireTimeout(Duration.ZERO)
                .perOwner(() -> "tenant", 1)
                .build()) {
            for (int i = 0; i < 3; i++) {
                database.refusing = true;
                assertThatThrownBy(pool::getConnection).hasMessage("connection refused");
                assertThat(pool.owners()).isZero();
            }
            database.refusing = false;
            pool.getConnection().close();
            assertThat(pool.owners()).isZero();
        }
    }

    @Test
    void holders_ofAReturnThatHangs_sayThatItIsBeingReturned() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (BoundedDataSource pool = pool(1).acquireTimeout(Duration.ZERO).build()) {
            Connection connection = pool.getConnection();
            connection.setAutoCommit(false);
            database.hanging.put("rollback", gate);
            Future<?> returning = threads.submit(() -> {
                connection.close();
                return null;
            });
            await().until(() -> pool.holders().stream().anyMatch(h -> h.state() == Holder.State.RETURNING));
            assertThatThrownBy(pool::getConnection).hasMessageContaining("being returned");
            gate.countDown();
            returning.get();
            assertThat(pool.holders()).isEmpty();
        }
    }

    @Test
    void lease_droppedWithoutClose_isNoticedAndByOptionReclaimed() throws Exception {
        try (BoundedDataSource pool =
                pool(1).recordCallSites(true).reclaimAbandoned(true).build()) {
            WeakReference<Connection> dropped = drop(pool);
            await().until(() -> {
                System.gc();
                return dropped.get() == null;
            });
            assertThat(pool.holders()).singleElement().satisfies(holder -> {
                assertThat(holder.state()).isEqualTo(Holder.State.ABANDONED);
                assertThat(holder.callSite().getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("drop"));
            });
            Future<Connection> waiter = acquireElsewhere(pool);
            waiter.get(5, TimeUnit.SECONDS).close();
            assertThat(database.opened).hasSize(2);
            assertThat(database.open).hasValue(1);
        }
    }

    private static WeakReference<Connection> drop(BoundedDataSource pool) throws SQLException {
        return new WeakReference<>(pool.getConnection());
    }

    @Test
    void getConnection_everyHolderWaitsForAnother_theYoungestFailsWithThatExplanation() throws Exception {
        try (BoundedDataSource pool =
                pool(2).acquireTimeout(Duration.ofSeconds(20)).build()) {
            CountDownLatch both = new CountDownLatch(2);
            List<Future<Integer>> nested = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                nested.add(threads.submit(() -> {
                    try (Connection outer = pool.getConnection()) {
                        both.countDown();
                        both.await();
                        try (Connection inner = pool.getConnection()) {
                            return outer == inner ? -1 : 0;
                        } catch (AcquireTimeoutException e) {
                            assertThat((Throwable) e)
                                    .hasMessageContaining("held by a thread that waits for another one")
                                    .hasMessageContaining("You hold 1 of them");
                            return 1;
                        }
                    }
                }));
            }
            int failed = nested.get(0).get(5, TimeUnit.SECONDS) + nested.get(1).get(5, TimeUnit.SECONDS);
            assertThat(failed).as("one fails, and so the other is served").isEqualTo(1);
        }
    }

    @Test
    void getConnection_bySomeoneWhoseConnectionAnotherThreadReturns_waitsForIt() throws Exception {
        try (BoundedDataSource pool =
                pool(1).acquireTimeout(Duration.ofSeconds(20)).build()) {
            Connection handedOn = pool.getConnection();
            threads.submit(() -> {
                        handedOn.getAutoCommit();
                        return null;
                    })
                    .get();
            Future<?> other = threads.submit(() -> {
                await().until(() -> pool.stats().waiting() == 1);
                TimeUnit.MILLISECONDS.sleep(400);
                handedOn.close();
                return null;
            });
            pool.getConnection().close();
            other.get();
        }
    }

    @Test
    void statement_thatFailsWithAnErrorOfTheConnection_isNotHandedOutAgain() throws Exception {
        try (BoundedDataSource pool =
                pool(1).evictOn(e -> e.getErrorCode() == 42).build()) {
            for (SQLException failure : List.of(
                    new SQLException("gone", "08006"),
                    new SQLException("shut down", "57P01"),
                    new SQLException("read-only", "25006"),
                    new SQLException("read-only", "HY000", 1290),
                    new SQLException("ours", "99999", 42))) {
                int opened = database.opened.size();
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    database.failingStatements = failure;
                    assertThatThrownBy(() -> statement.executeUpdate("update t set a = 1"))
                            .isSameAs(failure);
                    database.failingStatements = null;
                }
                pool.getConnection().close();
                assertThat(database.opened).hasSize(Math.max(1, opened) + 1);
            }
            database.failingStatements = new SQLException("a duplicate key", "23505");
            int opened = database.opened.size();
            try (Connection connection = pool.getConnection();
                    var statement = connection.prepareStatement("insert into t values (1)")) {
                assertThatThrownBy(statement::execute).hasMessage("a duplicate key");
            }
            pool.getConnection().close();
            assertThat(database.opened).hasSize(opened);
        }
    }

    @Test
    void evictAll_closesIdleOnesAtOnceAndTheOthersOnReturn() throws Exception {
        try (BoundedDataSource pool = pool(2).build()) {
            Connection held = pool.getConnection();
            pool.getConnection().close();
            pool.evictAll();
            assertThat(database.open).hasValue(1);
            held.close();
            assertThat(database.open).hasValue(0);
            pool.getConnection().close();
            assertThat(database.open).hasValue(1);
        }
    }

    @Test
    void closeWithin_connectionsHeld_waitsForThemAndAbortsTheRest() throws Exception {
        BoundedDataSource pool = pool(3).build();
        Connection returned = pool.getConnection();
        Connection kept = pool.getConnection();
        pool.getConnection().close();
        Future<CloseReport> closing = threads.submit(() -> pool.close(Duration.ofMillis(300)));
        await().until(() -> {
            try {
                pool.getConnection().close();
                return false;
            } catch (SQLException closed) {
                return true;
            }
        });
        returned.close();
        assertThat(closing.get()).isEqualTo(new CloseReport(2, 1, 0));
        assertThat(database.open).hasValue(0);
        kept.close();
        assertThat(pool.stats().held()).isZero();
    }

    @Test
    void close_ofThePoolWhileOpening_handsOutNothing() throws Exception {
        database.openGate = new CountDownLatch(1);
        BoundedDataSource pool = pool(1).build();
        Future<Connection> opening = acquireElsewhere(pool);
        await().until(() -> pool.holders().size() == 1);
        pool.close();
        database.openGate.countDown();
        assertThatThrownBy(opening::get).hasRootCauseMessage("Pool 'main' is closed.");
        assertThat(database.open).hasValue(0);
    }

    @Test
    void close_thatHangs_holdsUpTheCallerForASecondOnly() throws Exception {
        try (BoundedDataSource pool = pool(1).build()) {
            Connection connection = pool.getConnection();
            database.hanging.put("close", new CountDownLatch(1));
            database.failing.put("clearWarnings", new SQLException("reset failed"));
            long start = System.nanoTime();
            connection.close();
            assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
            assertThat(database.open).as("aborted").hasValue(0);
            database.failing.clear();
            database.hanging.remove("close").countDown();
            pool.getConnection().close();
        }
    }

    @Test
    void passFor_headWaitsTooLong_isServedNext() throws Exception {
        try (BoundedDataSource pool = pool(1).ticker(clock::nanoTime)
                .passFor(Duration.ofMillis(10))
                .acquireTimeout(Duration.ofHours(1))
                .build()) {
            Connection held = pool.getConnection();
            Future<Connection> waiter = acquireElsewhere(pool);
            await().until(() -> pool.stats().waiting() == 1);
            clock.advance(Duration.ofMillis(11));
            held.close();
            Connection served = waiter.get(5, TimeUnit.SECONDS);
            assertThat(pool.stats().waiting()).isZero();
            served.close();
        }
    }

    @Test
    void passFor_byManyThreads_losesNoWakeUp() throws Exception {
        try (BoundedDataSource pool = pool(2).passFor(Duration.ofMillis(1)).build()) {
            List<Future<?>> load = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                load.add(threads.submit(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        pool.getConnection().close();
                    }
                    return null;
                }));
            }
            for (Future<?> each : load) {
                each.get(20, TimeUnit.SECONDS);
            }
            assertThat(pool.stats().acquired()).isEqualTo(32_000);
            assertThat(database.mostOpen.get()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void statement_connectionOfIt_isTheLease() throws Exception {
        try (BoundedDataSource pool = pool(1).build();
                Connection connection = pool.getConnection();
                Statement plain = connection.createStatement();
                Statement prepared = connection.prepareStatement("select 1");
                Statement call = connection.prepareCall("{call x}")) {
            assertThat(plain.getConnection()).isSameAs(connection);
            assertThat(prepared.getConnection()).isSameAs(connection);
            assertThat(call.getConnection()).isSameAs(connection);
        }
    }

    @Test
    void acquireTimeoutException_ofSomeoneWhoHoldsSome_saysHowMany() throws Exception {
        try (BoundedDataSource pool = pool(2).acquireTimeout(Duration.ZERO).build()) {
            pool.getConnection();
            pool.getConnection();
            AcquireTimeoutException e = catchThrowableOfType(AcquireTimeoutException.class, pool::getConnection);
            assertThat((Throwable) e).hasMessageContaining("You hold 2 of them");
            assertThat(e.holders())
                    .allMatch(h -> h.threadId() == Thread.currentThread().getId());
        }
    }
}
