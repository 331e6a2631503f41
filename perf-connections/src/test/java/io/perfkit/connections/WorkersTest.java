package io.perfkit.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final ManualClock clock = new ManualClock();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();
    private final CountDownLatch release = new CountDownLatch(1);

    private ConnectionRegistry<String, String> registry() {
        return ConnectionRegistry.<String, String>builder("hanging")
                .maximumTotal(1_000)
                .whenFull(WhenFull.EVICT_OLDEST)
                .ticker(clock::nanoTime)
                .idleAfter(Duration.ofSeconds(10))
                .sweepEvery(Duration.ofDays(1))
                .onClose((connection, reason) -> {
                    if (connection.startsWith("hangs")) {
                        release.await(60, TimeUnit.SECONDS);
                    }
                    closed.add(connection);
                })
                .build(nanos -> clock.advance(Duration.ofNanos(nanos)));
    }

    @Test
    void sweep_whenManyClosesHang_closesAllOthers() {
        ConnectionRegistry<String, String> registry = registry();
        for (int i = 0; i < 50; i++) {
            registry.register("o", "hangs" + i);
        }
        for (int i = 0; i < 200; i++) {
            registry.register("o", "fine" + i);
        }
        registry.sweep();
        clock.advance(Duration.ofSeconds(10));
        registry.sweep();
        assertThat(registry.stats().total()).isZero();
        await().untilAsserted(() -> {
            clock.advance(Duration.ofSeconds(1));
            registry.sweep();
            assertThat(closed).hasSize(200);
        });
        assertThat(registry.stats().closing()).isEqualTo(50);
        release.countDown();
        await().untilAsserted(() -> assertThat(registry.stats().closing()).isZero());
        assertThat(closed).hasSize(250);
        registry.close();
    }

    @Test
    void register_whenTheEvictedOneHangs_isNotHeldUp() {
        ConnectionRegistry<String, String> registry = registry();
        for (int i = 0; i < 1_000; i++) {
            registry.register("o", "hangs" + i);
        }
        for (int i = 0; i < 10; i++) {
            registry.register("o", "new" + i);
        }
        assertThat(registry.stats().total()).isEqualTo(1_000);
        assertThat(registry.stats().closing()).isEqualTo(10);
        release.countDown();
        registry.close();
    }

    @Test
    void close_whenAllHang_isBoundedInTime() {
        ConnectionRegistry<String, String> registry = registry();
        for (int i = 0; i < 10; i++) {
            registry.register("o", "hangs" + i);
        }
        long before = clock.nanoTime();
        registry.close();
        assertThat(Duration.ofNanos(clock.nanoTime() - before)).isLessThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(registry.stats().closing()).isEqualTo(10);
        release.countDown();
    }

    @Test
    void threads_whenNothingIsLeftToClose_end() {
        ConnectionRegistry<String, String> registry = registry();
        registry.register("o", "fine");
        registry.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("perfkit-close-hanging") && thread.isAlive()));
    }
}
