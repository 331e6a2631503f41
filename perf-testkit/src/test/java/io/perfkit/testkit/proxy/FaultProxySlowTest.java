package io.perfkit.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FaultProxySlowTest extends ProxyFixture {
    /** Not the common pool: on two cores it has one thread, and these tasks wait for each other. */
    private static final Executor THREADS = task -> new Thread(task).start();

    @Test
    void delay_roundTrip_takesTheDelayTwice() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.delay(Duration.ofMillis(60));

        long start = System.nanoTime();
        roundTrip(client, "x");

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(120), Duration.ofSeconds(3));
    }

    @Test
    void delay_manyMessagesAtOnce_addsUpOnlyOnce() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.delay(Duration.ofMillis(100));

        long start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            send(client, "message!");
        }
        receive(client, 50 * 8);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void delay_reducedWhileBytesAreUnderWay_keepsTheirOrder() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.delay(Duration.ofMillis(200));
        send(client, "first ");
        Awaitility.await().until(() -> proxy.toString().contains("delay 200 ms"));
        proxy.delay(Duration.ZERO);
        send(client, "second");

        assertThat(receive(client, 12)).isEqualTo("first second");
    }

    @Test
    void delay_ofHoursThenAShortOne_isNotHeldUpByTheOldTimer() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.delay(Duration.ofHours(5));
        send(client, "a");
        proxy.heal();
        assertThat(receive(client, 1)).isEqualTo("a");
        proxy.delay(Duration.ofMillis(10));

        assertThat(roundTrip(client, "b")).isEqualTo("b");
    }

    @Test
    void throttle_oneConnection_getsTheRate() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.throttle(1_000_000);

        Duration taken = timeToEcho(client, 400_000);

        // Both directions flow at the same time.
        assertThat(taken).isBetween(Duration.ofMillis(360), Duration.ofSeconds(4));
    }

    @Test
    void throttle_twoConnections_shareTheRateFairly() throws Exception {
        Socket one = connect();
        Socket other = connect();
        roundTrip(one, "warm");
        roundTrip(other, "warm");
        // Both have everything under way before the rate counts: whichever thread is late then, the time only grows.
        proxy.throttle(1);
        sendQuietly(one, new byte[60_000]);
        sendQuietly(other, new byte[60_000]);

        long start = System.nanoTime();
        proxy.throttle(150_000);
        CompletableFuture<Duration> first =
                CompletableFuture.supplyAsync(() -> timeToReceive(one, 60_000, start), THREADS);
        Duration second = timeToReceive(other, 60_000, start);

        // One that had the rate for itself would take 400 ms, the one after it 800.
        assertThat(second).isBetween(Duration.ofMillis(600), Duration.ofSeconds(10));
        assertThat(first.get()).isBetween(Duration.ofMillis(600), Duration.ofSeconds(10));
    }

    @Test
    void throttle_raisedFromOneByteASecond_takesEffectAtOnce() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.throttle(1);
        send(client, "x".repeat(1_000));
        proxy.throttle(10_000_000);

        assertThat(receive(client, 1_000)).hasSize(1_000);
    }

    @Test
    void stall_thenHeal_holdsEverythingBackAndLosesNothing() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        long before = server.received();
        proxy.stall();
        send(client, "held ");

        assertSilent(client);
        assertThat(server.received()).isEqualTo(before);
        send(client, "back");
        proxy.heal();

        assertThat(receive(client, 9)).isEqualTo("held back");
    }

    @Test
    void stall_clientEnds_serverLearnsItAfterHealing() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.stall();
        send(client, "bye");
        client.close();
        Socket probe = connect();
        assertSilent(probe);
        assertThat(server.ended()).isZero();

        proxy.heal();

        Awaitility.await().until(() -> server.ended() == 1);
        assertThat(server.received()).isEqualTo("warmbye".length());
    }

    private static Duration timeToEcho(Socket client, int bytes) {
        long start = System.nanoTime();
        CompletableFuture<Void> writer =
                CompletableFuture.runAsync(() -> sendQuietly(client, new byte[bytes]), THREADS);
        Duration taken = timeToReceive(client, bytes, start);
        writer.join();
        return taken;
    }

    private static Duration timeToReceive(Socket client, int bytes, long start) {
        try {
            assertThat(receive(client, bytes)).hasSize(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
