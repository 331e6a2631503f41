package io.perfkit.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One peer holds up no other, however it fails. */
@Timeout(30)
class OutboxTest {
    private final ManualClock clock = new ManualClock();
    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void release() {
        release.countDown();
    }

    private ConnectionRegistry.Builder<String, Integer> registry() {
        return ConnectionRegistry.<String, Integer>builder("feed")
                .maximumTotal(1_000)
                .closeExecutor(Runnable::run)
                .onClose((connection, reason) -> closed.add(connection + " " + reason));
    }

    private static void fill(ConnectionRegistry<String, Integer> registry, int connections) {
        for (int i = 0; i < connections; i++) {
            registry.register("user " + i, i);
        }
    }

    @Test
    void broadcast_somePeersBlock_reachesAllOthers() {
        try (ConnectionRegistry<String, Integer> registry =
                registry().sweepEvery(Duration.ofMillis(10)).build()) {
            fill(registry, 500);
            AtomicInteger sent = new AtomicInteger();
            BroadcastReport report = registry.broadcast(connection -> {
                if (connection % 25 == 3) {
                    waitFor(release);
                }
                sent.incrementAndGet();
            });
            assertThat(report).isEqualTo(new BroadcastReport(500, 0, 0));
            await().untilAsserted(() -> assertThat(sent).hasValue(480));
            release.countDown();
            await().untilAsserted(() -> assertThat(sent).hasValue(500));
        }
    }

    @Test
    void broadcast_severalAtOnce_neverEnterOneConnectionTogetherAndKeepTheirOrder() throws Exception {
        try (ConnectionRegistry<String, Integer> registry =
                registry().outbox(10_000, 1 << 20).build()) {
            fill(registry, 20);
            Map<Integer, AtomicInteger> inside = new ConcurrentHashMap<>();
            Map<Integer, List<Integer>> received = new ConcurrentHashMap<>();
            AtomicInteger together = new AtomicInteger();
            List<Thread> senders = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int sender = t;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 100; i++) {
                        int message = sender * 1_000 + i;
                        registry.broadcast(connection -> {
                            AtomicInteger here = inside.computeIfAbsent(connection, c -> new AtomicInteger());
                            if (here.incrementAndGet() > 1) {
                                together.incrementAndGet();
                            }
                            received.computeIfAbsent(connection, c -> new ArrayList<>())
                                    .add(message);
                            here.decrementAndGet();
                        });
                    }
                });
                senders.add(thread);
                thread.start();
            }
            for (Thread thread : senders) {
                thread.join();
            }
            await().untilAsserted(() -> assertThat(received.values()).allMatch(all -> all.size() == 400));
            assertThat(together).hasValue(0);
            for (int sender = 0; sender < 4; sender++) {
                int of = sender;
                assertThat(received.values())
                        .allSatisfy(all -> assertThat(all.stream()
                                        .filter(m -> m / 1_000 == of)
                                        .toList())
                                .isSorted()
                                .hasSize(100));
            }
        }
    }

    @Test
    void broadcast_anErrorOfOnePeer_endsNoOther() {
        try (ConnectionRegistry<String, Integer> registry =
                registry().sendExecutor(Runnable::run).build()) {
            fill(registry, 10);
            AtomicInteger sent = new AtomicInteger();
            registry.broadcast(connection -> {
                if (connection == 1) {
                    throw new StackOverflowError("of one peer");
                }
                sent.incrementAndGet();
            });
            assertThat(sent).hasValue(9);
            assertThat(registry.stats().failedSends()).isEqualTo(1);
        }
    }

    @Test
    void outboxFull_byDefault_closesAsSlow() {
        CompletableFuture<Void> never = new CompletableFuture<>();
        try (ConnectionRegistry<String, Integer> registry =
                registry().sendExecutor(Runnable::run).outbox(2, 100).build()) {
            fill(registry, 1);
            assertThat(registry.broadcastSized(90, connection -> never).reached())
                    .isEqualTo(1);
            assertThat(registry.broadcastSized(90, connection -> null).reached())
                    .isEqualTo(1);
            assertThat(registry.broadcastSized(11, connection -> null)).isEqualTo(new BroadcastReport(0, 0, 1));
            assertThat(closed).containsExactly("0 SLOW");
            assertThat(registry.stats().closed().get(CloseReason.SLOW)).isEqualTo(1);
            assertThat(registry.stats().total()).isZero();
        }
    }

    @Test
    void outboxFull_withDropOldest_forgetsTheOldest() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        List<String> sent = new ArrayList<>();
        try (ConnectionRegistry<String, Integer> registry = registry()
                .sendExecutor(Runnable::run)
                .outbox(2, 1_000)
                .whenSlow(WhenSlow.DROP_OLDEST)
                .build()) {
            fill(registry, 1);
            registry.broadcastSized(1, connection -> first);
            registry.broadcast(connection -> sent.add("a"));
            registry.broadcast(connection -> sent.add("b"));
            assertThat(registry.broadcast(connection -> sent.add("c"))).isEqualTo(new BroadcastReport(1, 1, 0));
            assertThat(sent).isEmpty();
            first.complete(null);
            assertThat(sent).containsExactly("b", "c");
            assertThat(registry.stats().droppedMessages()).isEqualTo(1);
            assertThat(closed).isEmpty();
        }
    }

    @Test
    void send_toOne_failsLater_isCountedAndTheNextIsSent() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        List<String> sent = new ArrayList<>();
        try (ConnectionRegistry<String, Integer> registry =
                registry().sendExecutor(Runnable::run).build()) {
            Registration registration = registry.register("ann", 1);
            registry.send(registration, 1, connection -> first);
            registry.send(registration, 1, connection -> {
                sent.add("second");
                return null;
            });
            first.completeExceptionally(new IllegalStateException("gone"));
            assertThat(sent).containsExactly("second");
            assertThat(registry.stats().failedSends()).isEqualTo(1);
            registration.close();
            assertThat(registry.send(registration, 1, connection -> null).reached())
                    .isZero();
            try (ConnectionRegistry<String, Integer> other = registry().build()) {
                assertThatThrownBy(() -> other.send(registration, 1, connection -> null))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'feed'");
            }
        }
    }

    @Test
    void sendTimeout_ofABlockedAndOfAPendingSend_closesBoth() {
        ConnectionRegistry<String, Integer> registry = registry()
                .ticker(clock::nanoTime)
                .sweepEvery(Duration.ofDays(1))
                .sendTimeout(Duration.ofSeconds(10))
                .build();
        CountDownLatch blocked = new CountDownLatch(1);
        fill(registry, 3);
        registry.broadcastSized(1, connection -> {
            if (connection == 0) {
                blocked.countDown();
                waitFor(release);
            }
            return connection == 1 ? new CompletableFuture<>() : null;
        });
        await().until(() -> blocked.getCount() == 0);
        registry.sweep();
        clock.advance(Duration.ofMillis(9_999));
        registry.sweep();
        assertThat(closed).isEmpty();
        await().untilAsserted(() -> {
            clock.advance(Duration.ofMillis(1));
            registry.sweep();
            assertThat(closed).containsExactlyInAnyOrder("0 SLOW", "1 SLOW");
        });
        release.countDown();
        registry.close();
        assertThat(closed).hasSize(3);
    }

    @Test
    void heartbeat_thatFails_closesTheConnection() {
        AtomicInteger beats = new AtomicInteger();
        ConnectionRegistry<String, Integer> registry = registry()
                .ticker(clock::nanoTime)
                .sweepEvery(Duration.ofDays(1))
                .sendExecutor(Runnable::run)
                .heartbeat(Duration.ofSeconds(10), connection -> {
                    beats.incrementAndGet();
                    if (connection == 1 && beats.get() > 2) {
                        throw new IllegalStateException("gone");
                    }
                    return null;
                })
                .build();
        fill(registry, 2);
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofSeconds(1));
            registry.sweep();
        }
        assertThat(beats).hasValue(2);
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofSeconds(1));
            registry.sweep();
        }
        assertThat(closed).containsExactly("1 FAILED_HEARTBEAT");
        assertThat(registry.stats().closed())
                .containsEntry(CloseReason.FAILED_HEARTBEAT, 1L)
                .containsEntry(CloseReason.IDLE, 0L);
        registry.close();
    }

    @Test
    void closeWithin_everyCloseHangs_saysHowManyCouldNotBeStarted() {
        AtomicInteger started = new AtomicInteger();
        ConnectionRegistry<String, Integer> registry = ConnectionRegistry.<String, Integer>builder("hangs")
                .maximumTotal(1_000)
                .onClose((connection, reason) -> {
                    started.incrementAndGet();
                    release.await();
                })
                .build();
        fill(registry, 200);
        CloseReport report = registry.close(Duration.ofSeconds(1));
        assertThat(report.closed()).isZero();
        assertThat(report.unfinished() + report.notStarted()).isEqualTo(200);
        assertThat(started).hasValue(200 - report.notStarted());
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("perfkit-close-hangs")))
                .hasSizeLessThanOrEqualTo(64);
        release.countDown();
        await().untilAsserted(() -> assertThat(started).hasValue(200));
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
