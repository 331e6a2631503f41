package io.perfkit.batching.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.retry.RetryConfig;
import io.perfkit.batching.BatchLoadException;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.MissingValueException;
import io.perfkit.batching.Result;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loader and endpoint against each other through Jetty, and the loader against endpoints that answer otherwise. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpBatchTest {
    record Ask(int id, String text) {}

    record Answer(int id, String text) {}

    private interface Reply {
        BatchResponse to(byte[] body, Request request) throws Exception;
    }

    private static Server server;
    private static URI address;
    private static volatile Reply reply;
    private static final AtomicInteger POSTS = new AtomicInteger();
    private static final AtomicInteger PACKED = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                POSTS.incrementAndGet();
                if (request.getHeaders().contains("Content-Encoding")) {
                    PACKED.incrementAndGet();
                }
                byte[] body = Content.Source.asInputStream(request).readAllBytes();
                BatchResponse answer = reply.to(body, request);
                response.setStatus(answer.status());
                answer.headers().forEach((name, value) -> response.getHeaders().put(new HttpField(name, value)));
                Content.Sink.write(response, true, java.nio.ByteBuffer.wrap(answer.body()));
                callback.succeeded();
                return true;
            }
        });
        server.start();
        address = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/api/users");
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    @BeforeEach
    void zero() {
        POSTS.set(0);
        PACKED.set(0);
        serve(BatchEndpoint.builder(Ask.class, HttpBatchTest::answer)
                .concurrency(4)
                .build());
    }

    private static void serve(BatchEndpoint<Ask, Answer> endpoint) {
        reply = (body, request) -> {
            if (!request.getHttpURI().getPath().equals("/api/users/batch")) {
                return plain(404, "nothing here");
            }
            return endpoint.handle(
                    new ByteArrayInputStream(body),
                    request.getHeaders().get("Content-Encoding"),
                    request.getHeaders().get("Accept-Encoding"));
        };
    }

    private static Answer answer(Ask ask) {
        switch (ask.id % 50) {
            case 13:
                return null;
            case 17:
                throw new HttpStatusException(409, "taken");
            case 19:
                throw new IllegalStateException("secret");
            default:
                return new Answer(ask.id, "a" + ask.text);
        }
    }

    private static BatchResponse plain(int status, String body) {
        return new BatchResponse(status, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpBatchLoader.Builder<Ask, Answer> loader() {
        return HttpBatchLoader.builder(address, Answer.class);
    }

    private static Map<Ask, Result<Answer>> ask(HttpBatchLoader<Ask, Answer> loader, int count) {
        try (Batcher<Ask, Answer> batcher =
                Batcher.resultBuilder("users", loader).maximumBatchSize(500).build()) {
            return batcher.getAllResults(IntStream.range(0, count)
                    .mapToObj(id -> new Ask(id, "t" + id))
                    .toList());
        }
    }

    @Test
    void tenThousandCalls_eachItsOwnOutcome_inFewPosts() throws Exception {
        try (Batcher<Ask, Answer> batcher =
                Batcher.resultBuilder("users", loader().build()).build()) {
            List<CompletableFuture<Answer>> calls = IntStream.range(0, 10_000)
                    .mapToObj(id -> batcher.load(new Ask(id, "t" + id)))
                    .toList();
            for (int id = 0; id < 10_000; id++) {
                CompletableFuture<Answer> call = calls.get(id);
                switch (id % 50) {
                    case 13 ->
                        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                                .hasCauseInstanceOf(MissingValueException.class);
                    case 17 ->
                        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                                .hasRootCauseInstanceOf(HttpStatusException.class)
                                .hasMessageContaining("409")
                                .hasMessageContaining("taken");
                    case 19 ->
                        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                                .hasMessageContaining("500")
                                .hasMessageNotContaining("secret");
                    default -> assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(new Answer(id, "at" + id));
                }
            }
        }
        assertThat(POSTS.get()).isBetween(20, 1_000);
        assertThat(PACKED.get()).isPositive();
    }

    @Test
    void withoutCompression_isTheSame() {
        Map<Ask, Result<Answer>> results =
                ask(loader().compressAbove(Integer.MAX_VALUE).build(), 100);
        assertThat(results.get(new Ask(42, "t42"))).isEqualTo(Result.success(new Answer(42, "at42")));
        assertThat(PACKED).hasValue(0);
    }

    @Test
    void answersOutOfOrder_missing_doubled_strange_orWithoutIds() {
        reply = (body, request) -> plain(
                200,
                String.join(
                        "",
                        "{\"responses\": [",
                        "{\"id\": \"3\", \"body\": {\"id\": 3, \"text\": \"x\"}},",
                        "{\"id\": 1, \"status\": 201, \"body\": {\"id\": 1, \"text\": \"x\"}},",
                        "{\"id\": \"2\", \"body\": {\"id\": 2, \"text\": \"x\"}},",
                        "{\"id\": \"2\", \"body\": {\"id\": 2, \"text\": \"y\"}},",
                        "{\"id\": \"4\", \"status\": 302},",
                        "{\"id\": \"5\", \"status\": 503, \"body\": \"later\"},",
                        "{\"id\": \"6\", \"body\": \"no answer\"},",
                        "{\"id\": \"77\", \"body\": {\"id\": 77, \"text\": \"x\"}},",
                        "{\"status\": 200}, 5, null]}"));
        Map<Ask, Result<Answer>> results = ask(loader().build(), 7);
        assertThat(results.get(new Ask(3, "t3"))).isEqualTo(Result.success(new Answer(3, "x")));
        assertThat(results.get(new Ask(1, "t1"))).isEqualTo(Result.success(new Answer(1, "x")));
        assertThat(results.get(new Ask(0, "t0")).failure()).hasMessageContaining("did not answer");
        assertThat(results.get(new Ask(2, "t2")).failure()).hasMessageContaining("twice");
        assertThat(results.get(new Ask(4, "t4")).failure()).hasMessageContaining("302");
        assertThat(results.get(new Ask(5, "t5")).failure()).hasMessageContaining("503");
        assertThat(results.get(new Ask(6, "t6")).failure()).hasMessageContaining("no Answer");

        reply = (body, request) ->
                plain(200, "{\"responses\": [{\"body\": {\"id\": 0, \"text\": \"x\"}}, {\"status\": 404}]}");
        results = ask(loader().build(), 2);
        assertThat(results.get(new Ask(0, "t0")).isSuccess()).isTrue();
        assertThat(results.get(new Ask(1, "t1")).failure()).isInstanceOf(MissingValueException.class);
    }

    @Test
    void wholeAnswersThatAreNone_failEachCaller_andSayWhy() {
        record Case(int status, String body, String told) {}
        for (Case each : List.of(
                new Case(404, "nothing", "speaks no batch"),
                new Case(413, "", "maximumBatchSize"),
                new Case(500, "oops", "500"),
                new Case(204, "", "only 200"),
                new Case(200, "<html>", "no JSON"),
                new Case(200, "[]", "speaks no batch"),
                new Case(200, "", "speaks no batch"),
                new Case(200, "{\"responses\": 5}", "speaks no batch"),
                new Case(200, "x".repeat(200), "maximumResponseBytes"))) {
            reply = (body, request) -> plain(each.status, each.body);
            Map<Ask, Result<Answer>> results =
                    ask(loader().maximumResponseBytes(150).build(), 3);
            assertThat(results.values())
                    .hasSize(3)
                    .allSatisfy(result -> assertThat(result.failure())
                            .as("%s", each)
                            .isInstanceOf(BatchLoadException.class)
                            .hasMessageContaining(each.told));
        }
    }

    /** A request that cannot be written. */
    public static final class Broken {
        /** Fails. */
        public String getText() {
            throw new IllegalStateException("no text");
        }
    }

    @Test
    void requestThatIsNoJson_failsAlone() {
        HttpBatchLoader<Object, Answer> loader =
                HttpBatchLoader.<Object, Answer>builder(address, Answer.class).build();
        Broken broken = new Broken();
        try (Batcher<Object, Answer> batcher =
                Batcher.resultBuilder("mixed", loader).build()) {
            Map<Object, Result<Answer>> results = batcher.getAllResults(List.of(broken, new Ask(1, "t")));
            assertThat(results.get(new Ask(1, "t"))).isEqualTo(Result.success(new Answer(1, "at")));
            assertThat(results.get(broken).failure())
                    .isInstanceOf(BatchLoadException.class)
                    .hasMessageContaining("no JSON");
            assertThatThrownBy(() -> batcher.get(broken)).isInstanceOf(BatchLoadException.class);
        }
        assertThat(POSTS).hasValue(1);
    }

    @Test
    void answerOf500_inTheMiddleOfMany_failsTheCallsOfItsBatchAlone() throws Exception {
        Reply sound = reply;
        reply = (body, request) -> POSTS.get() == 3 ? plain(500, "oops") : sound.to(body, request);
        List<Integer> failed = new ArrayList<>();
        try (Batcher<Ask, Answer> batcher = Batcher.resultBuilder("users", loader().build())
                .maximumBatchSize(4)
                .maximumConcurrentBatches(1)
                .build()) {
            List<CompletableFuture<Answer>> calls = IntStream.range(0, 13)
                    .mapToObj(id -> batcher.load(new Ask(id, "t" + id)))
                    .toList();
            for (int id = 0; id < calls.size(); id++) {
                CompletableFuture<Answer> call = calls.get(id);
                try {
                    assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(new Answer(id, "at" + id));
                } catch (ExecutionException e) {
                    assertThat(e)
                            .hasRootCauseInstanceOf(HttpStatusException.class)
                            .hasMessageContaining("500");
                    failed.add(id);
                }
            }
        }
        // One batch of them, in the order of arrival.
        assertThat(failed).hasSizeBetween(1, 4).isSorted();
        assertThat(failed.get(failed.size() - 1) - failed.get(0)).isEqualTo(failed.size() - 1);
    }

    @Test
    void silentServer_timesOut_andRetryAsksAgain() {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch answered = new CountDownLatch(1);
        Reply sound = reply;
        reply = (body, request) -> {
            if (asked.getAndIncrement() == 0) {
                answered.await();
            }
            return sound.to(body, request);
        };
        try (Batcher<Ask, Answer> batcher = Batcher.resultBuilder(
                        "users", loader().timeout(Duration.ofMillis(150)).build())
                .retry(RetryConfig.custom()
                        .maxAttempts(2)
                        .waitDuration(Duration.ofMillis(1))
                        .build())
                .build()) {
            assertThat(batcher.get(new Ask(1, "t"))).isEqualTo(new Answer(1, "at"));
        } finally {
            answered.countDown();
        }
        assertThat(asked).hasValue(2);
    }

    @Test
    void endpoint_bodiesThatAreNone_orTooLarge() throws Exception {
        BatchEndpoint<Ask, Answer> endpoint = BatchEndpoint.builder(Ask.class, HttpBatchTest::answer)
                .maximumBodyBytes(10_000)
                .maximumRequests(2)
                .build();
        assertThat(status(endpoint, "nonsense", null)).isEqualTo(400);
        assertThat(status(endpoint, "", null)).isEqualTo(400);
        assertThat(status(endpoint, "null", null)).isEqualTo(400);
        assertThat(status(endpoint, "{}", null)).isEqualTo(400);
        assertThat(status(endpoint, "{\"requests\": [{}, {}, {}]}", null)).isEqualTo(413);
        assertThat(status(endpoint, " ".repeat(10_001), null)).isEqualTo(413);
        assertThat(status(endpoint, "{\"requests\": []}", "br")).isEqualTo(415);
        assertThat(status(endpoint, "{\"requests\": []}", "gzip")).isEqualTo(400);
        byte[] bomb = Body.gzip(new byte[5_000_000]);
        assertThat(bomb.length).isLessThan(10_000);
        assertThat(endpoint.handle(new ByteArrayInputStream(bomb), "gzip", null).status())
                .isEqualTo(413);
        BatchResponse mixed = endpoint.handle(
                new ByteArrayInputStream(
                        "{\"requests\": [{\"id\": \"x\"}, {\"body\": \"no ask\"}]}".getBytes(StandardCharsets.UTF_8)),
                null,
                null);
        assertThat(mixed.status()).isEqualTo(200);
        assertThat(new String(mixed.body(), StandardCharsets.UTF_8))
                .contains("{\"id\":\"x\",\"status\":400")
                .contains("no Ask");
    }

    private static int status(BatchEndpoint<Ask, Answer> endpoint, String body, String encoding) throws IOException {
        return endpoint.handle(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), encoding, null)
                .status();
    }

    @Test
    void acceptEncoding_isHeeded() {
        List<Boolean> accepted = new ArrayList<>();
        for (String header : new String[] {null, "gzip", "br, gzip;q=0.5", "*", "gzip;q=0", "identity"}) {
            accepted.add(Body.acceptsGzip(header));
        }
        assertThat(accepted).containsExactly(false, true, true, true, false, false);
    }
}
