package io.perfkit.connections.jdbc;

import static io.perfkit.connections.jdbc.PoolRoom.get;
import static io.perfkit.connections.jdbc.PoolRoom.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.perfkit.connections.jdbc.PoolRoom.Case;
import io.perfkit.connections.jdbc.PoolUnderTest.Held;
import io.perfkit.connections.jdbc.PoolUnderTest.Settings;
import io.perfkit.connections.jdbc.PoolUnderTest.Trait;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Every call of the driver fails, by each kind of throwable; or hangs. */
final class PoolFaultCases {
    private static final Map<String, Supplier<Throwable>> KINDS = Map.of(
            "an SQLException", () -> new SQLException("as asked for", "HY000"),
            "a RuntimeException", () -> new IllegalStateException("as asked for"),
            "an Error", () -> new AssertionError("as asked for"));

    private static final List<String> ON_RETURN = List.of(
            "rollback",
            "getAutoCommit",
            "setAutoCommit",
            "setReadOnly",
            "setTransactionIsolation",
            "setHoldability",
            "setCatalog",
            "setSchema",
            "setNetworkTimeout",
            "clearWarnings",
            "isClosed",
            "close");

    private PoolFaultCases() {}

    static Stream<Case> all() {
        List<Case> all = new ArrayList<>();
        KINDS.forEach((kind, failure) -> {
            all.add(opening(kind, failure));
            all.add(validation(kind, failure));
            all.add(statement(kind, failure));
            all.add(of(
                    "return of an object: reset throws " + kind,
                    s -> s.with(1),
                    r -> {
                        Held held = r.acquire();
                        r.database.failing.put("clearWarnings", failure.get());
                        held.close();
                        r.database.failing.clear();
                        assertThat(r.database.open).as("left open").hasValue(0);
                        r.isWhole();
                    },
                    Trait.OBJECTS));
            all.add(of(
                    "return of an object: destruction throws " + kind,
                    s -> s.with(1),
                    r -> {
                        Held held = r.acquire();
                        r.database.failing.put("clearWarnings", failure.get());
                        r.database.failing.put("close", failure.get());
                        held.close();
                        r.database.failing.clear();
                        get(r.acquireElsewhere()).close();
                        assertThat(r.pool.inUse()).isZero();
                    },
                    Trait.OBJECTS));
            for (String call : ON_RETURN) {
                all.add(onReturn(call, kind, failure));
            }
        });
        return Stream.concat(all.stream(), others());
    }

    private static Case opening(String kind, Supplier<Throwable> failure) {
        return of("opening throws " + kind + ": the caller gets it, no place is lost", Settings::brief, r -> {
            r.database.failing.put("open", failure.get());
            for (int i = 0; i < 3; i++) {
                assertThat(PoolRoom.chain(r.failure()))
                        .anyMatch(e -> String.valueOf(e.getMessage()).contains("as asked for"));
            }
            r.database.failing.clear();
            r.isWhole();
        });
    }

    private static Case validation(String kind, Supplier<Throwable> failure) {
        return of(
                "validation throws " + kind + ": another is taken",
                s -> s.validating().with(1),
                r -> {
                    r.acquire().close();
                    r.database.failing.put("isValid", failure.get());
                    Future<Held> other = r.acquireElsewhere();
                    Throwable ended = catchThrowable(() -> other.get(300, TimeUnit.MILLISECONDS));
                    r.database.failing.clear();
                    if (ended == null) {
                        get(other).close();
                    } else {
                        PoolRoom.perhaps(() -> get(other).close());
                    }
                    assertThat(r.physical(0).closed)
                            .as("the one that failed is closed")
                            .isTrue();
                    r.isWhole();
                });
    }

    private static Case statement(String kind, Supplier<Throwable> failure) {
        return of(
                "createStatement throws " + kind + ": the caller gets it and goes on",
                s -> s.with(1),
                r -> {
                    Held held = r.acquire();
                    Throwable asked = failure.get();
                    r.database.failing.put("createStatement", asked);
                    assertThat(catchThrowable(() -> held.connection().createStatement()))
                            .isSameAs(asked);
                    r.database.failing.clear();
                    held.connection().createStatement().close();
                    held.close();
                    r.isWhole();
                },
                Trait.JDBC);
    }

    private static Case onReturn(String call, String kind, Supplier<Throwable> failure) {
        return of(
                "return: " + call + " throws " + kind,
                s -> s.with(1),
                r -> {
                    Map<String, Object> opening;
                    try (Held held = r.acquire()) {
                        opening = Map.copyOf(r.physical(0).settings);
                        PoolLifeCases.changeAll(held.connection());
                        r.database.failing.put(call, failure.get());
                        PoolRoom.perhaps(held::close);
                    }
                    r.database.failing.clear();
                    PoolRoom.soon()
                            .untilAsserted(() -> assertThat(r.pool.inUse()).isZero());
                    Held next = get(r.acquireElsewhere());
                    FakeDatabase.Physical used = r.database.opened.get(r.database.opened.size() - 1);
                    assertThat(used.settings).as("what the next one sees").isEqualTo(opening);
                    assertThat(used.openStatements).hasValue(0);
                    next.close();
                    r.isWhole();
                },
                Trait.JDBC);
    }

    private static Stream<Case> others() {
        return Stream.of(
                of(
                        "opening fails: each who waits is told or served, none hangs",
                        s -> s.brief().with(1),
                        r -> {
                            Held held = r.acquire();
                            List<Future<Held>> waiters = new ArrayList<>();
                            for (int i = 0; i < 4; i++) {
                                waiters.add(r.acquireElsewhere());
                            }
                            r.database.failing.put("open", new SQLException("as asked for"));
                            r.physical(0).breakDown();
                            held.close();
                            for (Future<Held> waiter : waiters) {
                                PoolRoom.perhaps(() -> get(waiter).close());
                                assertThat(waiter).isDone();
                            }
                            r.database.failing.clear();
                            r.isWhole();
                        }),
                of("opening gives nothing: the caller is told, no place is lost", Settings::brief, r -> {
                    r.database.openingNothing = true;
                    assertThat(r.failure()).isNotNull();
                    r.database.openingNothing = false;
                    r.isWhole();
                }),
                of("opening hangs: those that are open serve the others", s -> s, r -> {
                    r.acquire().close();
                    Held first = r.acquire();
                    r.database.openGate = new CountDownLatch(1);
                    Future<?> hanging = r.threads.submit(() -> {
                        // HikariCP hands it what is returned meanwhile.
                        r.acquire().close();
                        return null;
                    });
                    PoolRoom.soon().until(() -> r.database.atTheGate.get() == 1);
                    first.close();
                    for (int i = 0; i < 3; i++) {
                        get(r.acquireElsewhere()).close();
                    }
                    r.database.openGate.countDown();
                    hanging.get(5, TimeUnit.SECONDS);
                    r.isWhole();
                }),
                of(
                        "opening hangs: the caller is told in time, and what comes late is closed or kept within the bound",
                        s -> s.brief().with(1),
                        r -> {
                            r.database.openGate = new CountDownLatch(1);
                            assertThat(r.failure()).isNotNull();
                            r.database.openGate.countDown();
                            r.isWhole();
                        },
                        Trait.JDBC),
                of("idle ones break down: each is replaced", s -> s.validating().with(3), r -> {
                    PoolRoom.close(r.acquire(3));
                    r.database.opened.forEach(FakeDatabase.Physical::breakDown);
                    List<Held> all = r.acquire(3);
                    for (Held held : all) {
                        assertThat(held.connection().isValid(1)).isTrue();
                    }
                    PoolRoom.close(all);
                    r.isWhole();
                }),
                of(
                        "idle ones break down and none can be opened: told, then whole again",
                        s -> s.validating().brief(),
                        r -> {
                            PoolRoom.close(r.acquire(2));
                            r.database.opened.forEach(FakeDatabase.Physical::breakDown);
                            r.database.refusing = true;
                            assertThat(r.failure()).isNotNull();
                            r.database.refusing = false;
                            r.isWhole();
                        }),
                of(
                        "one breaks down while it is held: not handed out again",
                        s -> s.validating().with(1),
                        r -> {
                            Held held = r.acquire();
                            r.physical(0).breakDown();
                            PoolRoom.perhaps(held::close);
                            Held next = r.acquire();
                            assertThat(next.connection().isValid(1)).isTrue();
                            next.close();
                            r.isWhole();
                        }),
                broken("57P01", "the server was shut down", true),
                broken("08006", "the connection is gone", true),
                broken("25006", "the server has become read-only", true),
                broken("23505", "a row was there before", false),
                of(
                        "abort: gives the place back without the connection",
                        s -> s.with(1),
                        r -> {
                            Held held = r.acquire();
                            held.connection().abort(Runnable::run);
                            PoolRoom.perhaps(held::close);
                            Held next = get(r.acquireElsewhere());
                            assertThat(r.database.opened).hasSize(2);
                            next.close();
                            r.isWhole();
                        },
                        Trait.JDBC),
                of(
                        "faults of all kinds under load: nothing is lost, nothing beyond the bound",
                        s -> s.validating().brief().with(3),
                        r -> {
                            List<String> calls = List.of("open", "isValid", "clearWarnings", "rollback");
                            List<Supplier<Throwable>> kinds = List.copyOf(KINDS.values());
                            List<Future<?>> all = new ArrayList<>();
                            for (int t = 0; t < 4; t++) {
                                all.add(r.threads.submit(() -> {
                                    ThreadLocalRandom random = ThreadLocalRandom.current();
                                    for (int i = 0; i < 15; i++) {
                                        String call = calls.get(random.nextInt(4));
                                        if (random.nextInt(3) == 0) {
                                            r.database.failing.put(
                                                    call,
                                                    kinds.get(random.nextInt(3)).get());
                                        } else {
                                            r.database.failing.remove(call);
                                        }
                                        PoolRoom.perhaps(() -> {
                                            try (Held held = r.acquire()) {
                                                held.connection()
                                                        .createStatement()
                                                        .close();
                                            }
                                        });
                                    }
                                    return null;
                                }));
                            }
                            for (Future<?> each : all) {
                                each.get(20, TimeUnit.SECONDS);
                            }
                            r.database.failing.clear();
                            r.isWhole();
                            assertThat(r.database.mostOpen.get()).isLessThanOrEqualTo(3);
                        }));
    }

    private static Case broken(String state, String what, boolean isLost) {
        return of(
                "statement fails with " + state + ", " + what + ": "
                        + (isLost ? "not handed out again" : "handed out again"),
                s -> s.with(1),
                r -> {
                    Held held = r.acquire();
                    Connection connection = held.connection();
                    r.database.failingStatements = new SQLException(what, state);
                    assertThat(catchThrowable(() -> connection.createStatement().execute("update")))
                            .isInstanceOf(SQLException.class);
                    r.database.failingStatements = null;
                    held.close();
                    Held next = get(r.acquireElsewhere());
                    assertThat(r.database.opened).hasSize(isLost ? 2 : 1);
                    next.close();
                    r.isWhole();
                },
                Trait.JDBC);
    }
}
