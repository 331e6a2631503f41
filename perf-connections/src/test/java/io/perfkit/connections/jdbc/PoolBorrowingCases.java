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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Handing out, waiting, interrupts, returns and their races. */
final class PoolBorrowingCases {
    private PoolBorrowingCases() {}

    static Stream<Case> all() {
        return Stream.of(
                of("acquire: what was returned is handed out again", s -> s, r -> {
                    r.acquire().close();
                    r.acquire().close();
                    assertThat(r.database.opened).hasSize(1);
                }),
                of("acquire: nothing is opened before it is asked for", s -> s.with(8), r -> {
                    r.acquire().close();
                    assertThat(r.database.opened).hasSize(1);
                }),
                of("acquire: no two callers have the same one", s -> s.with(5), r -> {
                    List<Held> all = r.acquire(5);
                    assertThat(all.stream()
                                    .map(held -> r.database.opened.stream()
                                            .filter(p -> isOf(held, p))
                                            .findFirst()
                                            .orElseThrow()))
                            .doesNotHaveDuplicates();
                    PoolRoom.close(all);
                }),
                of("acquire: the one returned last is handed out first", s -> s, r -> {
                    List<Held> two = r.acquire(2);
                    two.get(0).close();
                    two.get(1).close();
                    Held again = r.acquire();
                    assertThat(isOf(again, r.physical(1))).isTrue();
                    again.close();
                }),
                of("acquire: many threads, never more open than the bound", s -> s.with(3), r -> {
                    crowd(r, 16, 40, held -> Thread.yield());
                    assertThat(r.database.mostOpen.get()).isLessThanOrEqualTo(3);
                    r.isWhole();
                }),
                of("acquire: many threads, one user of each at a time", s -> s.with(2), r -> {
                    AtomicInteger inside = new AtomicInteger();
                    AtomicInteger most = new AtomicInteger();
                    crowd(r, 8, 50, held -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.yield();
                        inside.decrementAndGet();
                    });
                    assertThat(most.get()).isLessThanOrEqualTo(2);
                }),
                of("wait: ends with an error when the time is up", Settings::brief, r -> {
                    List<Held> all = r.acquire(2);
                    assertThat(r.failure()).isInstanceOf(Exception.class);
                    PoolRoom.close(all);
                    r.isWhole();
                }),
                of("wait: the error names the pool and who holds what", Settings::brief, r -> {
                    List<Held> all = r.acquire(2);
                    assertThat(r.failure())
                            .hasMessageContaining("contract")
                            .hasMessageContaining(Thread.currentThread().getName());
                    PoolRoom.close(all);
                }),
                of("wait: no time is left over for one that gave up", Settings::brief, r -> {
                    List<Held> all = r.acquire(2);
                    for (int i = 0; i < 3; i++) {
                        assertThat(r.failure()).isNotNull();
                    }
                    assertThat(r.pool.waiting()).isZero();
                    PoolRoom.close(all);
                    r.isWhole();
                }),
                of("wait: a return ends it", s -> s.with(1), r -> {
                    Held first = r.acquire();
                    Future<Held> next = r.waiter();
                    first.close();
                    get(next).close();
                    r.isWhole();
                }),
                of("wait: who came first is served first", s -> s.with(1), r -> {
                    Held first = r.acquire();
                    List<Future<Held>> waiters = new ArrayList<>();
                    for (int i = 0; i < 6; i++) {
                        waiters.add(r.waiter());
                    }
                    Held held = first;
                    for (int i = 0; i < 6; i++) {
                        held.close();
                        held = get(waiters.get(i));
                        for (int later = i + 1; later < 6; later++) {
                            assertThat(waiters.get(later)).isNotDone();
                        }
                    }
                    held.close();
                }),
                of("wait: a newcomer does not pass those who wait", s -> s.with(1), r -> {
                    for (int round = 0; round < 20; round++) {
                        Held held = r.acquire();
                        Future<Held> waiter = r.waiter();
                        held.close();
                        Future<Held> newcomer = r.acquireElsewhere();
                        Held served = get(waiter);
                        assertThat(newcomer).isNotDone();
                        served.close();
                        get(newcomer).close();
                    }
                }),
                of("wait: the same thread does not pass those who wait", s -> s.with(1), r -> {
                    for (int round = 0; round < 20; round++) {
                        Held held = r.acquire();
                        Future<Held> waiter = r.waiter();
                        AtomicBoolean wasServed = new AtomicBoolean();
                        r.threads.execute(() -> {
                            try {
                                Held theirs = get(waiter);
                                wasServed.set(true);
                                theirs.close();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
                        held.close();
                        Held again = r.acquire();
                        assertThat(wasServed).isTrue();
                        again.close();
                    }
                }),
                of("interrupt: ends the wait, and the thread stays interrupted", s -> s.with(1), r -> {
                    Held held = r.acquire();
                    AtomicReference<Throwable> ended = new AtomicReference<>();
                    AtomicBoolean still = new AtomicBoolean();
                    Thread waiting = new Thread(() -> {
                        ended.set(catchThrowable(r::acquire));
                        still.set(Thread.currentThread().isInterrupted());
                    });
                    waiting.start();
                    PoolRoom.soon().until(() -> r.pool.waiting() == 1);
                    waiting.interrupt();
                    waiting.join(5_000);
                    assertThat(ended.get()).isNotNull();
                    assertThat(still).isTrue();
                    held.close();
                    r.isWhole();
                }),
                of("interrupt: of the first that waits leaves the turn to the second", s -> s.with(1), r -> {
                    Held held = r.acquire();
                    Future<Held> first = r.waiter();
                    Future<Held> second = r.waiter();
                    first.cancel(true);
                    PoolRoom.soon().until(() -> r.pool.waiting() == 1);
                    held.close();
                    get(second).close();
                    r.isWhole();
                }),
                of("interrupt: racing with a return loses nothing", s -> s.with(1), r -> {
                    for (int round = 0; round < 100; round++) {
                        Held held = r.acquire();
                        AtomicReference<Held> got = new AtomicReference<>();
                        Thread waiting = new Thread(() -> {
                            try {
                                got.set(r.acquire());
                            } catch (Exception interrupted) {
                                got.set(null);
                            }
                        });
                        waiting.start();
                        PoolRoom.soon().until(() -> r.pool.waiting() == 1);
                        Future<?> interrupts = r.threads.submit(waiting::interrupt);
                        held.close();
                        interrupts.get();
                        waiting.join(5_000);
                        if (got.get() != null) {
                            got.get().close();
                        }
                    }
                    r.isWhole();
                }),
                of(
                        "time: running out while others return loses nothing",
                        s -> s.brief().with(1),
                        r -> {
                            AtomicInteger ended = new AtomicInteger();
                            List<Future<?>> all = new ArrayList<>();
                            for (int t = 0; t < 6; t++) {
                                all.add(r.threads.submit(() -> {
                                    for (int i = 0; i < 4; i++) {
                                        try (Held held = r.acquire()) {
                                            held.connection().clearWarnings();
                                            TimeUnit.MILLISECONDS.sleep(
                                                    ThreadLocalRandom.current().nextInt(40));
                                        } catch (Exception e) {
                                            ended.incrementAndGet();
                                        }
                                    }
                                    return null;
                                }));
                            }
                            for (Future<?> each : all) {
                                each.get(10, TimeUnit.SECONDS);
                            }
                            r.isWhole();
                        }),
                of("return: twice gives one place back", s -> s.brief().with(1), r -> {
                    Held first = r.acquire();
                    first.close();
                    Held second = r.acquire();
                    PoolRoom.perhaps(first::close);
                    assertThat(r.failure()).as("the second has it still").isNotNull();
                    second.close();
                    r.isWhole();
                }),
                of("return: by many threads at once gives one place back", s -> s.with(1), r -> {
                    for (int round = 0; round < 50; round++) {
                        Held held = r.acquire();
                        CyclicBarrier start = new CyclicBarrier(3);
                        List<Future<?>> closes = new ArrayList<>();
                        for (int t = 0; t < 3; t++) {
                            closes.add(r.threads.submit(() -> {
                                start.await();
                                PoolRoom.perhaps(held::close);
                                return null;
                            }));
                        }
                        for (Future<?> each : closes) {
                            each.get(5, TimeUnit.SECONDS);
                        }
                        assertThat(r.pool.inUse()).isZero();
                    }
                    r.isWhole();
                }),
                of("return: on another thread than it was acquired on", s -> s.with(1), r -> {
                    Held held = r.acquire();
                    r.threads
                            .submit(() -> {
                                held.close();
                                return null;
                            })
                            .get(5, TimeUnit.SECONDS);
                    r.isWhole();
                }),
                of("return: what is kept beyond it cannot be used", s -> s, r -> {
                    Held held = r.acquire();
                    held.close();
                    Held next = r.acquire();
                    assertThat(catchThrowable(() -> held.connection().createStatement()))
                            .isNotNull();
                    next.close();
                }),
                of("return: by an interrupted thread", s -> s.with(1), r -> {
                    Held held = r.acquire();
                    Thread.currentThread().interrupt();
                    held.close();
                    assertThat(Thread.interrupted()).isTrue();
                    r.isWhole();
                }),
                of("acquire: an interrupted thread loses no place", s -> s.with(1), r -> {
                    Thread.currentThread().interrupt();
                    Throwable failure = r.failure();
                    assertThat(Thread.interrupted() || failure != null).isTrue();
                    r.isWhole();
                }),
                of("nested: a second one is served while there is one", s -> s, r -> {
                    Held outer = r.acquire();
                    Held inner = r.acquire();
                    inner.close();
                    outer.close();
                    r.isWhole();
                }),
                of("nested: where all wait for each other, the youngest is told at once", s -> s, r -> {
                    CountDownLatch both = new CountDownLatch(2);
                    List<Future<Throwable>> ends = new ArrayList<>();
                    for (int t = 0; t < 2; t++) {
                        ends.add(r.threads.submit(() -> {
                            try (Held outer = r.acquire()) {
                                outer.connection().clearWarnings();
                                both.countDown();
                                both.await();
                                return r.failure();
                            }
                        }));
                    }
                    List<Throwable> failed = new ArrayList<>();
                    for (Future<Throwable> end : ends) {
                        Throwable failure = end.get(5, TimeUnit.SECONDS);
                        if (failure != null) {
                            failed.add(failure);
                        }
                    }
                    assertThat(failed).hasSize(1);
                    r.isWhole();
                }),
                of(
                        "nested: many who take two of three are all served or told, and none hangs",
                        s -> s.with(3),
                        r -> {
                            AtomicInteger served = new AtomicInteger();
                            List<Future<?>> all = new ArrayList<>();
                            for (int t = 0; t < 3; t++) {
                                all.add(r.threads.submit(() -> {
                                    for (int i = 0; i < 3; i++) {
                                        try (Held outer = r.acquire();
                                                Held inner = r.acquire()) {
                                            outer.connection().clearWarnings();
                                            inner.connection().clearWarnings();
                                            served.incrementAndGet();
                                        } catch (Exception told) {
                                            Thread.yield();
                                        }
                                    }
                                    return null;
                                }));
                            }
                            for (Future<?> each : all) {
                                each.get(20, TimeUnit.SECONDS);
                            }
                            assertThat(served.get()).isPositive();
                            r.isWhole();
                        },
                        Trait.OURS));
    }

    /** Whether a caller holds this connection of the database. */
    private static boolean isOf(Held held, FakeDatabase.Physical physical) {
        Connection inner = held.connection();
        try {
            while (inner != physical.proxy) {
                inner = inner.unwrap(Connection.class);
            }
            return true;
        } catch (SQLException notWrapped) {
            return false;
        }
    }

    @FunctionalInterface
    interface Use {
        void of(Held held) throws Exception;
    }

    static void crowd(PoolRoom r, int threads, int times, Use use) throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            all.add(r.threads.submit(() -> {
                for (int i = 0; i < times; i++) {
                    try (Held held = r.acquire()) {
                        use.of(held);
                    }
                }
                return null;
            }));
        }
        for (Future<?> each : all) {
            try {
                each.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("one of the crowd failed", e.getCause());
            }
        }
    }
}
