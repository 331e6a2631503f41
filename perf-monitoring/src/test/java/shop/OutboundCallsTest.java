package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Alert;
import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.InFlightCall;
import io.perfkit.monitoring.MonitoringListener;
import io.perfkit.monitoring.OutboundRecorder;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryRecorder;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.Thresholds;
import io.perfkit.monitoring.TimingStats;
import io.perfkit.monitoring.http.MonitoredHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls of another service through the JDK's client, against a server. Outside of perfkit's packages, as an application. */
class OutboundCallsTest {
    private static ExecutorService handlers;
    private static HttpServer server;
    private static CountDownLatch held;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong ahead = new AtomicLong();
    private final List<Alert> alerts = new ArrayList<>();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(registry)
            .ticker(() -> System.nanoTime() + ahead.get())
            .thresholds(Thresholds.builder().callTime(Duration.ofMinutes(1)).build())
            .listener(new MonitoringListener() {
                @Override
                public void onAlert(Alert alert) {
                    alerts.add(alert);
                }
            })
            .build();
    private final HttpClient plain =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpClient client = MonitoredHttpClient.wrap(plain, monitor);

    @BeforeAll
    static void start() throws IOException {
        handlers = Executors.newCachedThreadPool();
        held = new CountDownLatch(1);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(handlers);
        server.createContext("/rates", exchange -> answer(exchange, 200));
        server.createContext("/missing", exchange -> answer(exchange, 404));
        server.createContext("/broken", exchange -> answer(exchange, 503));
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/rates/1");
            answer(exchange, 302);
        });
        server.createContext("/held", exchange -> {
            try {
                held.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        byte[] body = "1.25".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterAll
    static void stop() {
        held.countDown();
        server.stop(0);
        handlers.shutdownNow();
    }

    @AfterEach
    void nothingIsLeftInFlight() {
        await().untilAsserted(
                        () -> assertThat(monitor.outboundRecorder().inFlight()).isEmpty());
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + server.getAddress().getPort() + path));
    }

    private String get(HttpClient through, String path) {
        try {
            return through.send(to(path).build(), BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private long count(String outcome) {
        return registry.find("perfkit.outbound").tag("outcome", outcome).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    @Test
    void send_isTimedUnderItsPattern_andCountsInTheScope() {
        try (RequestScope request = monitor.openScope("GET /prices")) {
            assertThat(get(client, "/rates/17?on=2026-11-30")).isEqualTo("1.25");
            assertThat(get(client, "/rates/18")).isEqualTo("1.25");
            assertThat(request.outboundCalls()).isEqualTo(2);
            assertThat(request.outboundTime()).isPositive().isLessThanOrEqualTo(request.elapsed());
            assertThat(request.queries()).isZero();
            assertThat(request.databaseTime()).isZero();
            assertThat(request.breakdown()).isEmpty();
        }
        assertThat(monitor.outboundCalls()).singleElement().satisfies(stats -> {
            assertThat(stats.name()).endsWith("/rates/{id}").startsWith("GET localhost:");
            assertThat(stats.count()).isEqualTo(2);
            assertThat(stats.errors()).isZero();
        });
        assertThat(monitor.queries()).isEmpty();
        assertThat(count("SUCCESS")).isEqualTo(2);
    }

    @Test
    void outcomes_areThoseOfTheStatusAndOfWhatWasThrown() {
        get(client, "/rates");
        get(client, "/missing");
        get(client, "/broken");
        get(client, "/moved");
        URI refused = URI.create("http://localhost:1/x");
        Throwable raw =
                catchThrowable(() -> plain.send(HttpRequest.newBuilder(refused).build(), BodyHandlers.discarding()));
        assertThatThrownBy(() -> client.send(HttpRequest.newBuilder(refused).build(), BodyHandlers.discarding()))
                .isExactlyInstanceOf(raw.getClass());
        assertThat(List.of(count("SUCCESS"), count("CLIENT_ERROR"), count("SERVER_ERROR"), count("ERROR")))
                .containsExactly(2L, 1L, 1L, 1L);
        assertThat(monitor.outboundCalls().stream()
                        .mapToLong(TimingStats::errors)
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void timeout_passesAndIsAnError() {
        HttpRequest impatient = to("/held").timeout(Duration.ofMillis(50)).build();
        assertThatThrownBy(() -> client.send(impatient, BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        assertThatThrownBy(() ->
                        client.sendAsync(impatient, BodyHandlers.ofString()).join())
                .hasCauseInstanceOf(HttpTimeoutException.class);
        await().untilAsserted(() -> assertThat(count("ERROR")).isEqualTo(2));
    }

    @Test
    void interrupted_throwsSo_andIsCancelled() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = new Thread(
                () -> thrown.set(catchThrowable(() -> client.send(to("/held").build(), BodyHandlers.ofString()))));
        caller.start();
        await().until(() -> !monitor.outboundRecorder().inFlight().isEmpty());
        caller.interrupt();
        caller.join(10_000);
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(count("CANCELLED")).isEqualTo(1);
        assertThat(monitor.outboundCalls().get(0).errors()).isZero();
    }

    @Test
    void cancelledFuture_isTheClientsOwn_andIsCancelled() {
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(to("/held").build(), BodyHandlers.ofString());
        assertThat(answer.getClass())
                .isSameAs(plain.sendAsync(to("/rates").build(), BodyHandlers.ofString())
                        .getClass());
        assertThat(answer.cancel(true)).isTrue();
        Throwable thrown = catchThrowable(answer::join);
        assertThat(thrown instanceof CompletionException ? thrown.getCause() : thrown)
                .isInstanceOf(CancellationException.class);
        await().untilAsserted(() -> assertThat(count("CANCELLED")).isEqualTo(1));
    }

    @Test
    void sendAsync_belongsToTheScopeOfTheThreadThatCalls() {
        RequestScope request = monitor.newScope("GET /prices");
        CompletableFuture<HttpResponse<String>> answer;
        RequestScope.Binding bound = request.bind();
        try {
            answer = client.sendAsync(to("/rates/1").build(), BodyHandlers.ofString());
            client.sendAsync(to("/rates/2").build(), BodyHandlers.ofString(), null)
                    .join();
            assertThat(RequestScope.current()).isSameAs(request);
        } finally {
            bound.close();
        }
        assertThat(answer.join().body()).isEqualTo("1.25");
        await().untilAsserted(() -> assertThat(request.outboundCalls()).isEqualTo(2));
        request.close();
    }

    @Test
    void bodyHandlers_passUnchanged_alsoThoseThatFail() throws Exception {
        try (InputStream body =
                client.send(to("/rates").build(), BodyHandlers.ofInputStream()).body()) {
            assertThat(body.readAllBytes()).isEqualTo("1.25".getBytes(StandardCharsets.UTF_8));
        }
        HttpResponse.BodyHandler<String> failing = head -> {
            throw new IllegalArgumentException("cannot read this");
        };
        Throwable raw = catchThrowable(() -> plain.send(to("/rates").build(), failing));
        Throwable monitored = catchThrowable(() -> client.send(to("/rates").build(), failing));
        assertThat(monitored).isExactlyInstanceOf(raw.getClass()).hasMessage(raw.getMessage());
        assertThat(count("ERROR")).isEqualTo(1);
    }

    @Test
    void nullsAndWhatTheClientRefuses_areRefusedAsItDoes() {
        for (HttpRequest request : new HttpRequest[] {null, to("/rates").build()}) {
            Throwable raw = catchThrowable(() -> plain.send(request, null));
            assertThat(catchThrowable(() -> client.send(request, null))).isExactlyInstanceOf(raw.getClass());
            assertThat(catchThrowable(() -> client.sendAsync(request, null))).isExactlyInstanceOf(raw.getClass());
        }
    }

    private static List<Finding> repeated(RequestScope request) {
        return request.findings().stream()
                .filter(finding -> finding.kind() == Finding.Kind.REPEATED_CALL)
                .toList();
    }

    @Test
    void callInALoop_isARepeatedCall_withItsLine() {
        try (RequestScope request = monitor.openScope("GET /prices")) {
            priceOfEach(9);
            assertThat(request.findings()).isEmpty();
            priceOfEach(1);
            assertThat(repeated(request)).isEmpty(); // ten, but not from one line
        }
        try (RequestScope request = monitor.openScope("GET /prices")) {
            priceOfEach(10);
            assertThat(repeated(request)).singleElement().satisfies(found -> {
                assertThat(found.count()).isEqualTo(10);
                assertThat(found.distinctParameters()).isEqualTo(10);
                assertThat(found.subject()).endsWith("/rates/{id}");
                assertThat(found.chain().get(0)).contains("OutboundCallsTest.");
                assertThat(found.chain().toString()).contains("priceOfEach");
                assertThat(found.fix()).contains("at once");
            });
        }
        assertThat(monitor.findings()).hasSize(1);
    }

    private void priceOfEach(int number) {
        for (int i = 0; i < number; i++) {
            get(client, "/rates/" + i);
        }
    }

    @Test
    void callsBegunInALoop_thatEndElsewhere_haveTheLineOfTheLoop() {
        try (RequestScope request = monitor.openScope("GET /prices")) {
            List<CompletableFuture<HttpResponse<String>>> all = IntStream.range(0, 15)
                    .mapToObj(i -> client.sendAsync(to("/rates/same").build(), BodyHandlers.ofString()))
                    .toList();
            all.forEach(CompletableFuture::join);
            await().untilAsserted(() -> assertThat(request.outboundCalls()).isEqualTo(15));
            assertThat(repeated(request)).singleElement().satisfies(found -> {
                assertThat(found.distinctParameters()).isEqualTo(1);
                assertThat(found.chain().toString()).contains("callsBegunInALoop");
                assertThat(found.fix()).contains("once");
            });
        }
    }

    @Test
    void callsFromManyLines_andOfDifferentThings_areNone() {
        try (RequestScope request = monitor.openScope("GET /prices")) {
            get(client, "/rates/1");
            get(client, "/rates/2");
            get(client, "/rates/3");
            get(client, "/rates/4");
            get(client, "/rates/5");
            get(client, "/rates/6");
            get(client, "/rates/7");
            get(client, "/rates/8");
            get(client, "/rates/9");
            get(client, "/rates/10");
            get(client, "/rates/11");
            for (String what : "a b c d e f g h i j k l".split(" ")) {
                get(client, "/rates/" + what);
            }
            assertThat(repeated(request)).isEmpty();
        }
    }

    @Test
    void hookAroundTheClient_andTwoWrappers_countOnce() {
        assertThat(MonitoredHttpClient.wrap(client, monitor)).isSameAs(client);
        OutboundRecorder hook = monitor.outboundRecorder();
        try (RequestScope request = monitor.openScope("GET /prices")) {
            Execution call = hook.begin("GET rates", 1);
            get(client, "/rates/1");
            client.sendAsync(to("/rates/1").build(), BodyHandlers.ofString()).join();
            QueryRecorder queries = monitor.queryRecorder();
            queries.end(queries.begin(queries.query("select 1"), "main"), 0, null);
            hook.end(call, 200, null);
            hook.end(call, 500, null);
            assertThat(request.outboundCalls()).isEqualTo(1);
            assertThat(request.queries()).isEqualTo(1);
        }
        assertThat(monitor.outboundCalls()).extracting(TimingStats::name).containsExactly("GET rates");
        PerformanceMonitor other =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
        get(MonitoredHttpClient.wrap(client, other), "/rates/1");
        assertThat(other.outboundCalls()).hasSize(1);
        assertThat(monitor.outboundCalls()).hasSize(2);
    }

    @Test
    void callName_namesOrFails_withoutReachingTheRequest() {
        HttpClient named = MonitoredHttpClient.wrap(
                plain, monitor, request -> request.uri().getPath().contains("7") ? "rate of a day" : null);
        get(named, "/rates/7");
        get(named, "/rates/x");
        HttpClient failing = MonitoredHttpClient.wrap(plain, monitor, request -> {
            throw new IllegalStateException("no name");
        });
        assertThat(get(failing, "/rates/7")).isEqualTo("1.25");
        assertThat(monitor.outboundCalls())
                .extracting(TimingStats::name)
                .hasSize(3)
                .contains("rate of a day", "_other");
    }

    @Test
    void callThatIsNotAnswered_isInFlight_andToldOnce() {
        RequestScope request = monitor.newScope("GET /prices");
        CompletableFuture<HttpResponse<String>> answer;
        RequestScope.Binding bound = request.bind();
        try {
            answer = client.sendAsync(to("/held").build(), BodyHandlers.ofString());
        } finally {
            bound.close();
        }
        monitor.sweep();
        assertThat(alerts).isEmpty();
        ahead.addAndGet(Duration.ofMinutes(1).toNanos());
        monitor.sweep();
        monitor.sweep();
        assertThat(monitor.outboundRecorder().inFlight()).singleElement().satisfies((InFlightCall call) -> {
            assertThat(call.name()).endsWith("/held");
            assertThat(call.scope()).isEqualTo("GET /prices");
            assertThat(call.elapsed()).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        });
        answer.cancel(true);
        assertThat(alerts).singleElement().satisfies(alert -> {
            assertThat(alert.kind()).isEqualTo(Alert.Kind.SLOW_CALL);
            assertThat(alert.message()).startsWith("Still running after").endsWith("in GET /prices");
        });
        request.close();
    }

    @Test
    void slowRequest_isLoggedWithItsCalls() {
        RequestScope request = monitor.openScope("GET /prices");
        Execution call = monitor.outboundRecorder().begin("GET rates", 0);
        ahead.addAndGet(Duration.ofSeconds(59).toNanos());
        monitor.outboundRecorder().end(call, 200, null);
        request.close();
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_RESPONSE);
        assertThat(alerts.get(0).message()).contains(" ms in 1 outbound calls");
    }

    @Test
    void close_sinceJava21_isTheClients() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21);
        get(client, "/rates");
        HttpClient.class.getMethod("close").invoke(client);
        assertThat(HttpClient.class.getMethod("isTerminated").invoke(plain)).isEqualTo(true);
        assertThat(HttpClient.class.getMethod("isTerminated").invoke(client)).isEqualTo(true);
        assertThat(HttpClient.class
                        .getMethod("awaitTermination", Duration.class)
                        .invoke(client, Duration.ofSeconds(1)))
                .isEqualTo(true);
    }

    @Test
    void settings_areTheClients() {
        assertThat(client.version()).isEqualTo(plain.version());
        assertThat(client.followRedirects()).isEqualTo(plain.followRedirects());
        assertThat(client.connectTimeout()).isEqualTo(plain.connectTimeout());
        assertThat(client.cookieHandler()).isEqualTo(plain.cookieHandler());
        assertThat(client.proxy()).isEqualTo(plain.proxy());
        assertThat(client.authenticator()).isEqualTo(plain.authenticator());
        assertThat(client.executor()).isEqualTo(plain.executor());
        assertThat(client.sslContext()).isSameAs(plain.sslContext());
        assertThat(client.sslParameters().getProtocols())
                .isEqualTo(plain.sslParameters().getProtocols());
        assertThat(client.newWebSocketBuilder()).isNotNull();
        assertThat(client).hasToString("MonitoredHttpClient(" + plain + ")");
    }
}
