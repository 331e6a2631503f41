package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Many threads that acquire, hold, return and break connections at random, of a database that fails at random. */
class BoundedDataSourceProperties {
    private static final int THREADS = 8;
    private static final int OWNERS = 3;

    @Property(tries = 40)
    void anyLoad_staysWithinTheBoundsAndLeaksNothing(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int size,
            @ForAll @IntRange(max = 3) int overflow,
            @ForAll boolean shared)
            throws Exception {
        int perOwner = 1 + Math.floorMod(seed, size + overflow);
        FakeDatabase database = new FakeDatabase();
        ThreadLocal<Integer> owner = new ThreadLocal<>();
        BoundedDataSource.Builder builder = BoundedDataSource.builder("p", database.dataSource())
                .size(size)
                .overflow(overflow)
                .validateOnAcquire(true)
                .acquireTimeout(Duration.ofSeconds(30));
        BoundedDataSource pool =
                shared ? builder.perOwner(() -> "o" + owner.get(), perOwner).build() : builder.build();
        AtomicIntegerArray heldByOwner = new AtomicIntegerArray(OWNERS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Integer>> loads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int number = t;
                loads.add(() -> {
                    owner.set(number % OWNERS);
                    return load(pool, database, heldByOwner, number, new Random(seed + number));
                });
            }
            for (Future<Integer> load : threads.invokeAll(loads, 60, TimeUnit.SECONDS)) {
                int mostOfOneOwner = load.get();
                if (shared) {
                    assertThat(mostOfOneOwner).isLessThanOrEqualTo(perOwner);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(size + overflow);
        assertThat(database.open.get()).isLessThanOrEqualTo(size);
        assertThat(pool.stats().held()).isZero();
        assertThat(pool.stats().waiting()).isZero();
        assertThat(pool.holders()).isEmpty();
        assertThat(pool.owners()).isZero();
        pool.close();
        assertThat(database.open).hasValue(0);
        assertThat(database.opened).allMatch(physical -> physical.closes.get() == 1);
    }

    /** Answers the most that one owner was seen to hold. */
    private static int load(
            BoundedDataSource pool, FakeDatabase database, AtomicIntegerArray heldByOwner, int number, Random random)
            throws SQLException {
        int most = 0;
        int owner = number % OWNERS;
        for (int i = 0; i < 60; i++) {
            database.refusing = random.nextInt(10) == 0;
            database.failingReset = random.nextInt(10) == 0;
            Connection connection;
            try {
                connection = pool.getConnection();
            } catch (AcquireTimeoutException e) {
                throw e;
            } catch (SQLException e) {
                assertThat((Throwable) e).hasMessage("connection refused");
                continue;
            }
            most = Math.max(most, heldByOwner.incrementAndGet(owner));
            assertThat(connection.isClosed()).isFalse();
            if (random.nextBoolean()) {
                Thread.yield();
            }
            heldByOwner.decrementAndGet(owner);
            if (random.nextInt(20) == 0) {
                connection.abort(Runnable::run);
            }
            connection.close();
            if (random.nextInt(3) == 0) {
                connection.close();
            }
        }
        return most;
    }
}
