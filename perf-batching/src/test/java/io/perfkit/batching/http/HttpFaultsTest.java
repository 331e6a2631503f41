package io.perfkit.batching.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.retry.RetryConfig;
import io.perfkit.batching.BatchLoadException;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.MissingValueException;
import io.perfkit.testkit.proxy.FaultProxy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loader and endpoint with a network between them that fails in every way it can. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpFaultsTest {
    record Ask(int id) {}

    record Answer(int id) {}

    private static Answer answer(Ask ask) {
        return switch (ask.id % 50) {
            case 13 -> null;
            case 17 -> throw new HttpStatusException(409, "taken");
            default -> new Answer(ask.id);
        };
    }

    @Test
    void tenThousandCalls_throughANetworkThatFails_eachItsOwnOutcome() throws Exception {
        BatchEndpoint<Ask, Answer> endpoint =
                BatchEndpoint.builder(Ask.class, HttpFaultsTest::answer).build();
        ScheduledExecutorService healer = Executors.newSingleThreadScheduledExecutor();
        AtomicInteger posts = new AtomicInteger();
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        FaultProxy[] between = new FaultProxy[1];
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                byte[] body = Content.Source.asInputStream(request).readAllBytes();
                BatchResponse answer = endpoint.handle(
                        new ByteArrayInputStream(body),
                        request.getHeaders().get("Content-Encoding"),
                        request.getHeaders().get("Accept-Encoding"));
                fault(between[0], posts.incrementAndGet(), healer);
                response.setStatus(answer.status());
                answer.headers().forEach((name, value) -> response.getHeaders().put(new HttpField(name, value)));
                Content.Sink.write(response, true, ByteBuffer.wrap(answer.body()));
                callback.succeeded();
                return true;
            }
        });
        server.start();
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", connector.getLocalPort())) {
            between[0] = proxy;
            HttpBatchLoader<Ask, Answer> loader = HttpBatchLoader.<Ask, Answer>builder(
                            URI.create("http://127.0.0.1:" + proxy.port() + "/asks"), Answer.class)
                    .timeout(Duration.ofMillis(300))
                    .build();
            int wrong = 0;
            try (Batcher<Ask, Answer> batcher = Batcher.resultBuilder("asks", loader)
                    .maximumBatchSize(100)
                    .maximumConcurrentBatches(4)
                    .retry(RetryConfig.custom()
                            .maxAttempts(3)
                            .waitDuration(Duration.ofMillis(60))
                            .build())
                    .build()) {
                List<CompletableFuture<Answer>> calls = IntStream.range(0, 10_000)
                        .mapToObj(id -> batcher.load(new Ask(id)))
                        .toList();
                for (int id = 0; id < 10_000; id++) {
                    wrong += isAnswered(id, calls.get(id)) ? 0 : 1;
                }
                proxy.heal();
                assertThat(batcher.get(new Ask(1))).isEqualTo(new Answer(1));
            }
            // Most faults are over before the third attempt.
            assertThat(wrong).isLessThan(5_000);
            assertThat(posts.get()).isGreaterThan(100);
        } finally {
            healer.shutdownNow();
            server.stop();
        }
    }

    /** Before an answer is sent: the network fails, and is well again a little later. */
    private static void fault(FaultProxy proxy, int post, ScheduledExecutorService healer) {
        if (post % 15 != 0 || post > 90) {
            return;
        }
        switch (post / 15) {
            case 6 -> proxy.cut();
            case 1 -> proxy.stall();
            case 2 -> proxy.refuse();
            case 3 -> proxy.drop();
            case 4 -> proxy.halfOpen();
            default -> proxy.delay(Duration.ofMillis(20));
        }
        var unused = healer.schedule(
                () -> {
                    proxy.heal();
                    // What was lost leaves silent connections behind.
                    proxy.cut();
                },
                50,
                TimeUnit.MILLISECONDS);
    }

    /** Whether the call has the outcome of its own request; the other that it may have is that of the network. */
    private static boolean isAnswered(int id, CompletableFuture<Answer> call) throws Exception {
        try {
            Answer answer = call.get(30, TimeUnit.SECONDS);
            assertThat(answer).isEqualTo(new Answer(id));
            assertThat(id % 50).isNotIn(13, 17);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MissingValueException) {
                assertThat(id % 50).isEqualTo(13);
                return true;
            }
            assertThat(e.getCause()).isInstanceOf(BatchLoadException.class);
            Throwable cause = e.getCause().getCause();
            if (cause instanceof HttpStatusException status) {
                assertThat(id % 50).isEqualTo(17);
                assertThat(status.status()).isEqualTo(409);
                return true;
            }
            assertThat(cause).isInstanceOf(IOException.class);
            return false;
        }
    }

    /** The client's own timeout ends with the first byte; a body that never ended held its thread and slot for ever. */
    @Test
    void answerThatStopsInTheMiddle_timesOut() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread silent = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"resp"
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    // Reads until the client is gone.
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException closed) {
                    // at the end
                }
            });
            silent.setDaemon(true);
            silent.start();
            HttpBatchLoader<Ask, Answer> loader = HttpBatchLoader.<Ask, Answer>builder(
                            URI.create("http://127.0.0.1:" + server.getLocalPort() + "/asks"), Answer.class)
                    .timeout(Duration.ofMillis(200))
                    .build();
            try (Batcher<Ask, Answer> batcher =
                    Batcher.resultBuilder("asks", loader).build()) {
                assertThatThrownBy(() -> batcher.load(new Ask(1)).get(10, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasRootCauseInstanceOf(HttpTimeoutException.class)
                        .hasMessageContaining("PT0.2S");
            }
            // The connection is not kept.
            silent.join(10_000);
            assertThat(silent.isAlive()).isFalse();
        }
    }
}
