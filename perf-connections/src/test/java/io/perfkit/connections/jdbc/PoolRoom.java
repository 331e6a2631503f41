package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.perfkit.connections.BoundedPool;
import io.perfkit.connections.jdbc.PoolUnderTest.Held;
import io.perfkit.connections.jdbc.PoolUnderTest.Kind;
import io.perfkit.connections.jdbc.PoolUnderTest.Settings;
import io.perfkit.connections.jdbc.PoolUnderTest.Trait;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A database, a pool over it and some threads, for one case. */
final class PoolRoom implements AutoCloseable {
    /** A case by its name, for the pools that have what it needs. */
    record Case(String name, Set<Trait> needs, UnaryOperator<Settings> settings, Body body) {
        boolean suits(Kind kind) {
            return kind.traits.containsAll(needs);
        }

        void run(Kind kind) throws Exception {
            try (PoolRoom room = new PoolRoom(kind, settings)) {
                body.in(room);
            }
        }
    }

    @FunctionalInterface
    interface Body {
        void in(PoolRoom room) throws Exception;
    }

    final FakeDatabase database = new FakeDatabase();
    final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });
    final Settings settings;
    final PoolUnderTest pool;

    /** What has passed beside the real time. */
    final AtomicLong passedNanos = new AtomicLong();

    PoolRoom(Kind kind, UnaryOperator<Settings> wanted) {
        settings = wanted.apply(
                new Settings(2, 0, Duration.ofSeconds(10), false, 0, () -> System.nanoTime() + passedNanos.get()));
        pool = kind.open(database, settings);
    }

    static Case of(String name, UnaryOperator<Settings> settings, Body body, Trait... needs) {
        Set<Trait> all = EnumSet.noneOf(Trait.class);
        all.addAll(List.of(needs));
        return new Case(name, all, settings, body);
    }

    Held acquire() throws Exception {
        return pool.acquire();
    }

    BoundedDataSource jdbc() {
        return (BoundedDataSource) pool.ours();
    }

    BoundedPool<?> objects() {
        return (BoundedPool<?>) pool.ours();
    }

    FakeDatabase.Physical physical(int opened) {
        return database.opened.get(opened);
    }

    Future<Held> acquireElsewhere() {
        return threads.submit(pool::acquire);
    }

    Future<Held> acquireElsewhere(String owner) {
        return threads.submit(() -> {
            PoolUnderTest.OWNER.set(owner);
            return pool.acquire();
        });
    }

    /** Starts one that waits. */
    Future<Held> waiter() {
        int before = pool.waiting();
        Future<Held> waiter = acquireElsewhere();
        soon().until(() -> pool.waiting() == before + 1);
        return waiter;
    }

    static Held get(Future<Held> future) throws Exception {
        return future.get(5, TimeUnit.SECONDS);
    }

    List<Held> acquire(int count) throws Exception {
        List<Held> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(acquire());
        }
        return all;
    }

    static void close(List<Held> all) throws SQLException {
        for (Held held : all) {
            held.close();
        }
    }

    /** Waits for something that takes no time worth mentioning. Threads of HikariCP may end with an error meanwhile. */
    static ConditionFactory soon() {
        return Awaitility.with()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .await()
                .dontCatchUncaughtExceptions();
    }

    /** Does something whatever comes of it. */
    static void perhaps(ThrowableAssert.ThrowingCallable does) {
        Throwable whatever = catchThrowable(does);
        if (whatever instanceof OutOfMemoryError memory) {
            throw memory;
        }
    }

    /** What acquiring ends with. */
    Throwable failure() {
        return catchThrowable(() -> acquire().close());
    }

    /** All that is between the failure and what caused it. */
    static List<Throwable> chain(Throwable failure) {
        List<Throwable> all = new ArrayList<>();
        for (Throwable e = failure; e != null && !all.contains(e); e = e.getCause()) {
            all.add(e);
        }
        return all;
    }

    /** Whatever happened: no place is lost, none is in use, nothing is open beyond the bound. */
    void isWhole() throws Exception {
        soon().untilAsserted(() -> {
            assertThat(pool.waiting()).as("waiting").isZero();
            assertThat(pool.inUse()).as("in use").isZero();
        });
        List<Held> all = new ArrayList<>();
        for (int i = 0; i < settings.size() + settings.overflow(); i++) {
            // A pool may pause between two attempts to open.
            soon().until(() -> {
                try {
                    return all.add(acquire());
                } catch (SQLException | RuntimeException again) {
                    return false;
                }
            });
        }
        for (Held held : all) {
            held.connection().createStatement().close();
        }
        assertThat(database.open.get()).as("open").isLessThanOrEqualTo(settings.size() + settings.overflow());
        close(all);
        soon().untilAsserted(() -> assertThat(pool.inUse()).as("in use").isZero());
        assertThat(database.open.get()).as("left open").isLessThanOrEqualTo(settings.size());
    }

    @Override
    public void close() {
        database.failing.clear();
        database.hanging.values().forEach(CountDownLatch::countDown);
        CountDownLatch gate = database.openGate;
        if (gate != null) {
            gate.countDown();
        }
        pool.close();
        threads.shutdownNow();
    }
}
