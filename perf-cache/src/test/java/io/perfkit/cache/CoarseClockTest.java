package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CoarseClockTest {

    @Test
    void nanos_unused_fallsAsleepAndWakesWithTheRightTime() {
        try (CoarseClock clock = CoarseClock.system("test")) {
            assertThat(clock.isAsleep()).isTrue();
            clock.nanos();
            assertThat(clock.isAsleep()).isFalse();
            await().atMost(Duration.ofSeconds(10)).until(clock::isAsleep);
            long before = clock.preciseNanos();
            assertThat(clock.nanos()).isGreaterThanOrEqualTo(before);
        }
    }

    @Test
    void nanos_usedAllTheTime_moves() {
        try (CoarseClock clock = CoarseClock.system("test")) {
            long first = clock.nanos();
            await().pollInterval(Duration.ofMillis(1)).until(() -> clock.nanos() > first);
        }
    }

    @Test
    void nanos_ownTicker_isExact() {
        ManualClock manual = new ManualClock();
        try (CoarseClock clock = CoarseClock.of(manual::nanoTime)) {
            manual.advance(Duration.ofNanos(17));
            assertThat(clock.nanos()).isEqualTo(17);
            assertThat(clock.preciseNanos()).isEqualTo(17);
        }
    }

    @Test
    void close_thread_ends() {
        CoarseClock clock = CoarseClock.system("closing");
        clock.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().equals("perfkit-cache-clock-closing")));
    }
}
