package io.perfkit.connections.jdbc;

import static io.perfkit.connections.jdbc.PoolRoom.get;
import static io.perfkit.connections.jdbc.PoolRoom.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.perfkit.connections.CloseReport;
import io.perfkit.connections.Holder;
import io.perfkit.connections.jdbc.PoolRoom.Case;
import io.perfkit.connections.jdbc.PoolUnderTest.Held;
import io.perfkit.connections.jdbc.PoolUnderTest.Settings;
import io.perfkit.connections.jdbc.PoolUnderTest.Trait;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the next borrower sees, and how what is pooled, and the pool, come to an end. */
final class PoolLifeCases {
    @FunctionalInterface
    interface Change {
        void of(Connection connection) throws SQLException;
    }

    private static final Map<String, Change> CHANGES = new LinkedHashMap<>();

    static {
        CHANGES.put("setAutoCommit", c -> c.setAutoCommit(false));
        CHANGES.put("setReadOnly", c -> c.setReadOnly(true));
        CHANGES.put("setTransactionIsolation", c -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
        CHANGES.put("setHoldability", c -> c.setHoldability(2));
        CHANGES.put("setCatalog", c -> c.setCatalog("other"));
        CHANGES.put("setSchema", c -> c.setSchema("other"));
        CHANGES.put("setNetworkTimeout", c -> c.setNetworkTimeout(Runnable::run, 77));
        CHANGES.put("setTypeMap", c -> c.setTypeMap(Map.of("a", String.class)));
    }

    private PoolLifeCases() {}

    static void changeAll(Connection connection) throws SQLException {
        for (Change change : CHANGES.values()) {
            change.of(connection);
        }
        connection.createStatement();
    }

    static Stream<Case> all() {
        List<Case> all = new ArrayList<>();
        CHANGES.forEach((name, change) -> all.add(of(
                "state: " + name + " is not seen by the next",
                s -> s.with(1),
                r -> {
                    r.acquire().close();
                    Map<String, Object> opening = Map.copyOf(r.physical(0).settings);
                    try (Held held = r.acquire()) {
                        change.of(held.connection());
                    }
                    Held next = r.acquire();
                    FakeDatabase.Physical used = r.database.opened.get(r.database.opened.size() - 1);
                    assertThat(used.settings).isEqualTo(opening);
                    next.close();
                },
                Trait.JDBC)));
        return Stream.of(all.stream(), state(), ends(), closing(), ofObjects(), ofConnections())
                .flatMap(cases -> cases);
    }

    private static Stream<Case> state() {
        return Stream.of(
                of(
                        "state: a transaction that was left open is rolled back",
                        s -> s.with(1),
                        r -> {
                            try (Held held = r.acquire()) {
                                held.connection().setAutoCommit(false);
                                held.connection().createStatement().execute("insert");
                            }
                            assertThat(r.physical(0).rollbacks).hasValue(1);
                        },
                        Trait.JDBC),
                of(
                        "state: statements that were left open are closed",
                        s -> s.with(1),
                        r -> {
                            Statement statement;
                            try (Held held = r.acquire()) {
                                statement = held.connection().createStatement();
                                held.connection().prepareStatement("select 1");
                                held.connection().prepareCall("call x");
                            }
                            assertThat(statement.isClosed()).isTrue();
                            assertThat(r.physical(0).openStatements).hasValue(0);
                        },
                        Trait.JDBC),
                of(
                        "state: what two threads changed by turns is set back",
                        s -> s.with(1),
                        r -> {
                            Held held = r.acquire();
                            Map<String, Object> opening = Map.copyOf(r.physical(0).settings);
                            r.threads
                                    .submit(() -> {
                                        changeAll(held.connection());
                                        return null;
                                    })
                                    .get(5, TimeUnit.SECONDS);
                            held.close();
                            r.acquire().close();
                            assertThat(r.database.opened.get(r.database.opened.size() - 1).settings)
                                    .isEqualTo(opening);
                        },
                        Trait.JDBC));
    }

    private static Stream<Case> ends() {
        return Stream.of(
                of(
                        "evict: idle ones are closed, those in use on their return",
                        s -> s.with(3),
                        r -> {
                            List<Held> all = r.acquire(3);
                            all.get(0).close();
                            all.get(1).close();
                            if (r.pool.ours() instanceof BoundedDataSource pool) {
                                pool.evictAll();
                            } else {
                                r.objects().evictAll();
                            }
                            PoolRoom.soon()
                                    .untilAsserted(
                                            () -> assertThat(r.database.open).hasValue(1));
                            all.get(2).close();
                            PoolRoom.soon()
                                    .untilAsserted(
                                            () -> assertThat(r.database.open).hasValue(0));
                            r.isWhole();
                        },
                        Trait.OURS),
                of(
                        "holders: who holds one, since when, in which state",
                        s -> s,
                        r -> {
                            Held held = r.acquire();
                            r.passedNanos.addAndGet(5_000_000_000L);
                            Holder holder = r.pool.ours().holders().get(0);
                            assertThat(holder.thread())
                                    .isEqualTo(Thread.currentThread().getName());
                            assertThat(holder.threadId())
                                    .isEqualTo(Thread.currentThread().getId());
                            assertThat(holder.state()).isEqualTo(Holder.State.IN_USE);
                            assertThat(holder.heldFor()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(9));
                            held.close();
                            assertThat(r.pool.ours().holders()).isEmpty();
                        },
                        Trait.OURS),
                of(
                        "stats: count what was acquired, held and not served",
                        Settings::brief,
                        r -> {
                            List<Held> all = r.acquire(2);
                            assertThat(r.failure()).isNotNull();
                            r.passedNanos.addAndGet(1_000_000_000L);
                            PoolRoom.close(all);
                            assertThat(r.pool.ours().stats().acquired()).isEqualTo(2);
                            assertThat(r.pool.ours().stats().timeouts()).isEqualTo(1);
                            assertThat(r.pool.ours().stats().heldFor()).isGreaterThan(Duration.ofSeconds(2));
                            assertThat(r.pool.ours().stats().idle()).isEqualTo(2);
                            assertThat(r.pool.ours().stats().maximum()).isEqualTo(2);
                        },
                        Trait.OURS),
                of(
                        "dropped: the place of a lease that nobody has any more is taken back",
                        s -> s.with(1),
                        r -> {
                            drop(r);
                            Future<Held> waiter = r.acquireElsewhere();
                            PoolRoom.soon().until(() -> {
                                System.gc();
                                return waiter.isDone();
                            });
                            get(waiter).close();
                            r.isWhole();
                        },
                        Trait.OURS));
    }

    private static void drop(PoolRoom r) throws Exception {
        assertThat(r.acquire()).isNotNull();
    }

    private static Stream<Case> closing() {
        return Stream.of(
                of("close: all idle ones are closed", s -> s, r -> {
                    PoolRoom.close(r.acquire(2));
                    r.pool.close();
                    assertThat(r.database.open).hasValue(0);
                }),
                of("close: twice is harmless", s -> s, r -> {
                    r.acquire().close();
                    r.pool.close();
                    r.pool.close();
                    assertThat(r.database.open).hasValue(0);
                }),
                of("close: one in use is closed at the latest on its return", s -> s, r -> {
                    Held held = r.acquire();
                    r.pool.close();
                    PoolRoom.perhaps(held::close);
                    PoolRoom.soon()
                            .untilAsserted(() -> assertThat(r.database.open).hasValue(0));
                    assertThat(r.physical(0).closes.get()).isLessThanOrEqualTo(1);
                }),
                of("close: nobody gets one afterwards, and is told why", s -> s, r -> {
                    r.acquire().close();
                    r.pool.close();
                    assertThat(r.failure()).hasMessageContaining("closed");
                    assertThat(r.database.open).hasValue(0);
                }),
                of("close: those who wait are told at once", s -> s.with(1), r -> {
                    Held held = r.acquire();
                    Future<Held> one = r.waiter();
                    Future<Held> two = r.waiter();
                    r.pool.close();
                    assertThat(catchThrowable(() -> get(one))).hasMessageContaining("closed");
                    assertThat(catchThrowable(() -> get(two))).hasMessageContaining("closed");
                    PoolRoom.perhaps(held::close);
                }),
                of("close: while one is being opened leaves nothing open", s -> s.with(1), r -> {
                    CountDownLatch gate = new CountDownLatch(1);
                    r.database.openGate = gate;
                    Future<Held> opening = r.acquireElsewhere();
                    PoolRoom.soon().until(() -> r.pool.inUse() + r.pool.waiting() == 1);
                    Future<?> closing = r.threads.submit(() -> {
                        r.pool.close();
                        return null;
                    });
                    gate.countDown();
                    closing.get(10, TimeUnit.SECONDS);
                    PoolRoom.perhaps(() -> get(opening).close());
                    PoolRoom.soon()
                            .untilAsserted(() -> assertThat(r.database.open).hasValue(0));
                }),
                of("close: racing with returns leaves nothing open", s -> s, r -> {
                    List<Held> two = r.acquire(2);
                    Future<?> returns = r.threads.submit(() -> {
                        PoolRoom.close(two);
                        return null;
                    });
                    r.pool.close();
                    PoolRoom.perhaps(() -> returns.get(5, TimeUnit.SECONDS));
                    PoolRoom.soon()
                            .untilAsserted(() -> assertThat(r.database.open).hasValue(0));
                }),
                of(
                        "close within a time: waits for what is in use",
                        s -> s.with(1),
                        r -> {
                            Held held = r.acquire();
                            Future<CloseReport> closing =
                                    r.threads.submit(() -> closeWithin(r, Duration.ofSeconds(20)));
                            assertThat(catchThrowable(() -> closing.get(50, TimeUnit.MILLISECONDS)))
                                    .isNotNull();
                            held.close();
                            CloseReport report = closing.get(5, TimeUnit.SECONDS);
                            assertThat(report.unfinished() + report.notStarted())
                                    .isZero();
                            assertThat(r.database.open).hasValue(0);
                        },
                        Trait.OURS),
                of(
                        "close within a time: says what is still in use when it is up",
                        s -> s.with(1),
                        r -> {
                            Held held = r.acquire();
                            CloseReport report = closeWithin(r, Duration.ofMillis(20));
                            assertThat(report.unfinished() + report.closed()).isEqualTo(1);
                            PoolRoom.perhaps(held::close);
                            PoolRoom.soon()
                                    .untilAsserted(
                                            () -> assertThat(r.database.open).hasValue(0));
                        },
                        Trait.OURS));
    }

    private static CloseReport closeWithin(PoolRoom r, Duration within) {
        return r.pool.ours() instanceof BoundedDataSource pool
                ? pool.close(within)
                : r.objects().close(within);
    }

    private static Stream<Case> ofObjects() {
        return Stream.of(
                of(
                        "resize: up serves those who wait",
                        s -> s.with(1),
                        r -> {
                            Held held = r.acquire();
                            Future<Held> one = r.waiter();
                            Future<Held> two = r.waiter();
                            r.objects().resize(3);
                            get(one).close();
                            get(two).close();
                            held.close();
                        },
                        Trait.OURS,
                        Trait.OBJECTS),
                of(
                        "resize: down destroys what is too much, those in use on their return",
                        s -> s.with(4),
                        r -> {
                            List<Held> all = r.acquire(4);
                            all.get(0).close();
                            r.objects().resize(2);
                            assertThat(r.database.open.get()).isLessThanOrEqualTo(3);
                            PoolRoom.close(all);
                            assertThat(r.database.open.get()).isLessThanOrEqualTo(2);
                        },
                        Trait.OURS,
                        Trait.OBJECTS),
                of(
                        "resize: down hands out none while more are in use than there may be",
                        s -> s.brief().with(4),
                        r -> {
                            List<Held> all = r.acquire(4);
                            all.get(0).close();
                            r.objects().resize(2);
                            assertThat(r.failure())
                                    .as("three are in use of two")
                                    .isNotNull();
                            all.get(3).close();
                            assertThat(r.failure()).as("two are in use of two").isNotNull();
                            Future<Held> waiter = r.acquireElsewhere();
                            all.get(2).close();
                            get(waiter).close();
                            all.get(1).close();
                            assertThat(r.pool.inUse()).isZero();
                            assertThat(r.database.open.get()).isLessThanOrEqualTo(2);
                        },
                        Trait.OURS,
                        Trait.OBJECTS),
                of(
                        "resize: under load stays within the larger bound and ends whole",
                        s -> s.with(2),
                        r -> {
                            Future<?> resizes = r.threads.submit(() -> {
                                for (int i = 0; i < 30; i++) {
                                    r.objects().resize(1 + i % 4);
                                    Thread.yield();
                                }
                                r.objects().resize(2);
                                return null;
                            });
                            PoolBorrowingCases.crowd(r, 6, 60, held -> Thread.yield());
                            resizes.get(10, TimeUnit.SECONDS);
                            assertThat(r.database.mostOpen.get()).isLessThanOrEqualTo(4);
                            r.isWhole();
                        },
                        Trait.OURS,
                        Trait.OBJECTS));
    }

    private static Stream<Case> ofConnections() {
        return Stream.of(
                of(
                        "overflow: so many more at once, closed when they are returned",
                        s -> s.brief().withOverflow(2),
                        r -> {
                            List<Held> all = r.acquire(4);
                            assertThat(r.failure()).isNotNull();
                            PoolRoom.close(all);
                            PoolRoom.soon()
                                    .untilAsserted(
                                            () -> assertThat(r.database.open).hasValue(2));
                            r.isWhole();
                        },
                        Trait.JDBC,
                        Trait.OURS),
                of(
                        "owners: one cannot take more than its share",
                        s -> s.brief().with(3).withOwners(2),
                        r -> {
                            Held one = get(r.acquireElsewhere("greedy"));
                            Held two = get(r.acquireElsewhere("greedy"));
                            assertThat(catchThrowable(() -> get(r.acquireElsewhere("greedy"))))
                                    .isNotNull();
                            Held polite = get(r.acquireElsewhere("polite"));
                            one.close();
                            get(r.acquireElsewhere("greedy")).close();
                            two.close();
                            polite.close();
                            assertThat(r.pool.inUse()).isZero();
                        },
                        Trait.JDBC,
                        Trait.OURS),
                of(
                        "owners: one at its share does not hold up another behind it",
                        s -> s.with(2).withOwners(1),
                        r -> {
                            Held greedy = get(r.acquireElsewhere("greedy"));
                            Future<Held> waits = r.acquireElsewhere("greedy");
                            PoolRoom.soon().until(() -> r.pool.waiting() == 1);
                            get(r.acquireElsewhere("polite")).close();
                            assertThat(waits).isNotDone();
                            greedy.close();
                            get(waits).close();
                        },
                        Trait.JDBC,
                        Trait.OURS),
                of(
                        "opening: who connects still is shown as such",
                        s -> s,
                        r -> {
                            r.database.openGate = new CountDownLatch(1);
                            Future<Held> opening = r.acquireElsewhere();
                            PoolRoom.soon().until(() -> !r.pool.ours().holders().isEmpty());
                            assertThat(r.pool.ours().holders().get(0).state()).isEqualTo(Holder.State.OPENING);
                            r.database.openGate.countDown();
                            get(opening).close();
                        },
                        Trait.JDBC,
                        Trait.OURS),
                of(
                        "unwrap: the connection of the driver is to be had",
                        s -> s,
                        r -> {
                            Held held = r.acquire();
                            assertThat(held.connection().isWrapperFor(Connection.class))
                                    .isTrue();
                            held.close();
                            assertThat(held.connection().isClosed()).isTrue();
                        },
                        Trait.JDBC));
    }
}
