package io.perfkit.testkit.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FaultProxyTest extends ProxyFixture {
    @Test
    void noFault_bytes_passBothWaysAndAreCounted() throws IOException {
        Socket client = connect();

        assertThat(roundTrip(client, "hello")).isEqualTo("hello");

        assertThat(proxy.bytesToServer()).isEqualTo(5);
        assertThat(proxy.bytesToClient()).isEqualTo(5);
        assertThat(proxy.openConnections()).isEqualTo(1);
        assertThat(proxy.acceptedConnections()).isEqualTo(1);
    }

    @Test
    void noFault_clientEndsItsStream_answersStillArriveAndThenTheEnd() throws IOException {
        Socket client = connect();
        send(client, "last words");
        client.shutdownOutput();

        assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("last words");
        Awaitility.await().until(() -> proxy.openConnections() == 0);
    }

    @Test
    void noFault_clientResets_serverSeesIt() throws IOException {
        Socket client = connect();
        roundTrip(client, "x");
        client.setSoLinger(true, 0);
        client.close();

        Awaitility.await().until(() -> server.ended() == 1);
        Awaitility.await().until(() -> proxy.openConnections() == 0);
    }

    @Test
    void noFault_serverResets_clientSeesAReset() throws IOException {
        Socket client = connect();
        roundTrip(client, "x");

        server.resetAll();

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void noFault_serverDown_clientSeesAReset() throws IOException {
        server.close();

        assertThatThrownBy(() -> roundTrip(connect(), "x")).isInstanceOf(SocketException.class);
        Awaitility.await().until(() -> proxy.openConnections() == 0);
    }

    @Test
    void drop_existingConnection_isSilentForGoodButNotClosed() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.drop();
        send(client, "lost");

        assertSilent(client);
        assertThat(server.received()).isEqualTo(4);
        assertThat(proxy.bytesToServer()).isEqualTo(4);

        proxy.heal();
        send(client, "torn");
        assertSilent(client);
        assertThat(server.received()).isEqualTo(4);
        assertThat(roundTrip(connect(), "new")).isEqualTo("new");
    }

    @Test
    void drop_nothingSentMeanwhile_leavesTheConnectionWhole() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");

        proxy.drop();
        proxy.heal();

        assertThat(roundTrip(client, "fine")).isEqualTo("fine");
    }

    @Test
    void drop_bytesStillUnderWay_areLost() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.delay(Duration.ofSeconds(20));
        send(client, "late");
        proxy.drop();
        proxy.heal();

        assertSilent(client);
        assertThat(server.received()).isEqualTo(4);
    }

    @Test
    void drop_endsOfConnections_areLostToo() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.drop();
        client.close();
        Socket other = connect();
        send(other, "x");
        assertSilent(other);

        assertThat(server.ended()).isZero();
        assertThat(proxy.openConnections()).isEqualTo(2);
        proxy.cut();
        Awaitility.await().until(() -> server.ended() == 2);
    }

    @Test
    void halfOpen_requests_reachTheServerAndAnswersDoNotComeBack() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.halfOpen();
        send(client, "heard");

        Awaitility.await().until(() -> server.received() == 9);
        assertSilent(client);
        assertThat(proxy.bytesToServer()).isEqualTo(9);
        assertThat(proxy.bytesToClient()).isEqualTo(4);
    }

    @Test
    void halfOpen_serverDies_clientIsNotTold() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.halfOpen();

        server.resetAll();

        assertSilent(client);
        send(client, "anyone?");
        assertSilent(client);
    }

    @Test
    void cut_existingConnections_areResetAndNewOnesPass() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");

        proxy.cut();

        assertThat(proxy.openConnections()).isZero();
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        Awaitility.await().until(() -> server.ended() == 1);
        assertThat(roundTrip(connect(), "again")).isEqualTo("again");
    }

    @Test
    void refuse_thenHeal_turnsAwayAndServesAgainOnTheSamePort() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");
        int port = proxy.port();

        proxy.refuse();

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        proxy.heal();
        assertThat(proxy.port()).isEqualTo(port);
        assertThat(roundTrip(connect(), "back")).isEqualTo("back");
    }

    @Test
    void refuse_portTakenMeanwhile_healSaysSo() throws IOException {
        proxy.refuse();
        try (ServerSocket thief = new ServerSocket(proxy.port())) {
            assertThat(thief.isBound()).isTrue();
            assertThatThrownBy(proxy::heal).hasMessageContaining("cannot get back its port " + proxy.port());
        }
        proxy.heal();
        assertThat(roundTrip(connect(), "back")).isEqualTo("back");
    }

    @Test
    void slowReader_muchData_slowsTheSenderAndLosesNothing() throws Exception {
        Socket client = connect();
        int total = 20_000_000;
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> sendQuietly(client, new byte[total]));
        Awaitility.await().until(() -> proxy.bytesToServer() > 0);

        byte[] back = client.getInputStream().readNBytes(total);

        writer.get();
        assertThat(back).hasSize(total);
        assertThat(proxy.bytesToClient()).isEqualTo(total);
    }

    @Test
    void anyFault_waiting_usesNoProcessorTime() throws IOException {
        for (int i = 0; i < 50; i++) {
            roundTrip(connect(), "x");
        }
        Socket client = connect();
        roundTrip(client, "warm");
        proxy.delay(Duration.ofMillis(400));
        long before = processorTime();

        roundTrip(client, "slow");

        assertThat(processorTime() - before).isLessThan(Duration.ofMillis(100).toNanos());
    }

    @Test
    void close_openConnections_areResetAndThePortAndThreadAreGone() throws IOException {
        Socket client = connect();
        roundTrip(client, "warm");

        proxy.close();
        proxy.close();

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        Awaitility.await().until(() -> proxyThread() == null);
        assertThatThrownBy(proxy::drop).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void arguments_thatMakeNoSense_areRejected() {
        assertThatThrownBy(() -> FaultProxy.to("127.0.0.1", 0))
                .hasMessage("port must be between 1 and 65535, but was 0");
        assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1)))
                .hasMessage("delay must not be negative, but was PT-0.001S");
        assertThatThrownBy(() -> proxy.throttle(0)).hasMessage("bytesPerSecond must be at least 1, but was 0");
    }

    private long processorTime() {
        return ManagementFactory.getThreadMXBean()
                .getThreadCpuTime(proxyThread().getId());
    }

    private Thread proxyThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("fault-proxy-" + proxy.port()))
                .findAny()
                .orElse(null);
    }
}
