package io.perfkit.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hundreds of streams while faults come and go: what a client gets back is always the beginning of what it has sent, and
 * all of it if no fault was of the kind that loses anything.
 */
@Timeout(60)
class FaultProxyStreamsTest {
    private static final int CONNECTIONS = 200;
    private static final int BYTES = 100_000;

    private static final List<Consumer<FaultProxy>> LOSSLESS = List.of(
            proxy -> proxy.delay(Duration.ofMillis(3)),
            proxy -> proxy.delay(Duration.ZERO),
            proxy -> proxy.throttle(20_000_000),
            proxy -> proxy.throttle(200_000_000),
            FaultProxy::stall,
            FaultProxy::heal);

    private static final List<Consumer<FaultProxy>> LOSSY = List.of(
            proxy -> proxy.delay(Duration.ofMillis(3)),
            proxy -> proxy.throttle(20_000_000),
            FaultProxy::stall,
            FaultProxy::drop,
            FaultProxy::halfOpen,
            FaultProxy::heal,
            FaultProxy::heal);

    private record Result(int received, boolean intact) {}

    @Test
    void losslessFaults_comingAndGoing_corruptAndLoseNothing() throws Exception {
        List<Result> results = run(LOSSLESS, 80, FaultProxy::heal);

        assertThat(results).hasSize(CONNECTIONS).allMatch(Result::intact).allMatch(result -> result.received == BYTES);
    }

    @Test
    void lossyFaults_comingAndGoing_neverTearAStream() throws Exception {
        List<Result> results = run(LOSSY, 40, FaultProxy::cut);

        assertThat(results).hasSize(CONNECTIONS).allMatch(Result::intact);
        assertThat(results).as("some stream was hit").anyMatch(result -> result.received < BYTES);
    }

    private static List<Result> run(List<Consumer<FaultProxy>> faults, int changes, Consumer<FaultProxy> last)
            throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Socket> sockets = new ArrayList<>();
        try (EchoServer server = new EchoServer();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", server.port())) {
            List<CompletableFuture<Result>> clients = new ArrayList<>();
            List<Semaphore> writers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = new Socket("127.0.0.1", proxy.port());
                sockets.add(socket);
                byte[] sent = new byte[BYTES];
                new Random(i).nextBytes(sent);
                Semaphore writer = new Semaphore(0);
                writers.add(writer);
                threads.execute(() -> write(socket, sent, changes, writer));
                clients.add(CompletableFuture.supplyAsync(() -> read(socket, sent), threads));
            }
            Random random = new Random(42);
            for (int change = 0; change < changes; change++) {
                // While every client sends a piece, the fault changes.
                writers.forEach(Semaphore::release);
                faults.get(random.nextInt(faults.size())).accept(proxy);
            }
            last.accept(proxy);
            List<Result> results = new ArrayList<>();
            for (CompletableFuture<Result> client : clients) {
                results.add(client.get());
            }
            return results;
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
            threads.shutdownNow();
        }
    }

    private static void write(Socket socket, byte[] sent, int pieces, Semaphore turns) {
        int piece = sent.length / pieces;
        try {
            for (int at = 0; at < sent.length; at += piece) {
                turns.acquire();
                socket.getOutputStream().write(sent, at, piece);
            }
        } catch (IOException | InterruptedException cut) {
            // The reader sees it, too.
        }
    }

    private static Result read(Socket socket, byte[] sent) {
        byte[] buffer = new byte[4_096];
        int received = 0;
        try {
            while (received < sent.length) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    break;
                }
                for (int i = 0; i < count; i++) {
                    if (received == sent.length || buffer[i] != sent[received]) {
                        return new Result(received, false);
                    }
                    received++;
                }
            }
        } catch (IOException cut) {
            // What has come before still counts.
        }
        return new Result(received, true);
    }
}
