package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.connections.jdbc.PoolUnderTest.Held;
import io.perfkit.connections.jdbc.PoolUnderTest.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How long a polite thread waits that asks now and then, beside 63 greedy ones that share ten connections, hold each for 1 ms
 * and ask again at once. It measures and prints, also what HikariCP and commons-pool2 do with it; it expects no time.
 */
@Tag("full")
@Timeout(120)
class PoliteOneTest {
    private static final int GREEDY = 63;
    private static final int ASKS = 400;

    @ParameterizedTest
    @CsvSource({
        "DRIVER, 0",
        "DRIVER, 9",
        "DRIVER, 5",
        "HIKARICP, 0",
        "BOUNDED_POOL, 0",
        "HIKARICP_ALONE, 0",
        "COMMONS_POOL2_ALONE, 0"
    })
    void acquire_besideGreedyOnes_isServed(Kind kind, int perOwner) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        long[] waits = new long[ASKS];
        try (PoolRoom room = new PoolRoom(kind, s -> s.with(10).withOwners(perOwner))) {
            List<Future<?>> greedy = new ArrayList<>();
            for (int t = 0; t < GREEDY; t++) {
                greedy.add(room.threads.submit(() -> {
                    PoolUnderTest.OWNER.set("greedy");
                    while (!stop.get()) {
                        try (Held held = room.acquire()) {
                            held.connection().clearWarnings();
                            LockSupport.parkNanos(1_000_000);
                        }
                    }
                    return null;
                }));
            }
            PoolRoom.soon().until(() -> room.pool.waiting() > GREEDY / 2);
            PoolUnderTest.OWNER.set("polite");
            for (int i = 0; i < ASKS; i++) {
                long begun = System.nanoTime();
                try (Held held = room.acquire()) {
                    waits[i] = System.nanoTime() - begun;
                    held.connection().clearWarnings();
                }
                LockSupport.parkNanos(2_000_000);
            }
            PoolUnderTest.OWNER.remove();
            stop.set(true);
            for (Future<?> each : greedy) {
                each.get(30, TimeUnit.SECONDS);
            }
            assertThat(room.pool.inUse()).isZero();
        }
        Arrays.sort(waits);
        System.out.printf(
                "%s%s: the polite one of 64 waits %.1f ms at the median, %.1f ms at p99, %.1f ms at most%n",
                kind,
                perOwner == 0 ? "" : ", at most " + perOwner + " for each owner",
                waits[ASKS / 2] / 1e6,
                waits[ASKS * 99 / 100] / 1e6,
                waits[ASKS - 1] / 1e6);
    }
}
