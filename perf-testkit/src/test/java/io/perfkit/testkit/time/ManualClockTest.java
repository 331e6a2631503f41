package io.perfkit.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ManualClockTest {
    private final ManualClock clock = new ManualClock(Instant.parse("2030-05-06T07:08:09Z"));

    @Test
    void instant_nothingAdvanced_standsStill() {
        assertThat(clock.instant()).isEqualTo(Instant.parse("2030-05-06T07:08:09Z"));
        assertThat(clock.nanoTime()).isZero();
        assertThat(clock.millis()).isEqualTo(clock.instant().toEpochMilli());
    }

    @Test
    void advance_oneNanosecond_movesBothReadings() {
        clock.advance(Duration.ofNanos(1));

        assertThat(clock.nanoTime()).isEqualTo(1);
        assertThat(clock.instant()).isEqualTo(Instant.parse("2030-05-06T07:08:09.000000001Z"));
    }

    @Test
    void advance_negative_isRejectedAndChangesNothing() {
        assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("duration must not be negative, but was PT-1S");
        assertThat(clock.nanoTime()).isZero();
    }

    @Test
    void withZone_afterwardsAdvanced_advancesToo() {
        Clock other = clock.withZone(ZoneId.of("Asia/Tokyo"));

        clock.advance(Duration.ofHours(1));

        assertThat(other.instant()).isEqualTo(clock.instant());
        assertThat(other.getZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    @Test
    void advance_byManyThreads_losesNothing() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                awaitUninterrupted(go);
                for (int step = 0; step < 10_000; step++) {
                    clock.advance(Duration.ofNanos(3));
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(clock.nanoTime()).isEqualTo(120_000);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
