package io.perfkit.monitoring.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.LogCapture;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryRecorder;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.Thresholds;
import io.perfkit.monitoring.TimingStats;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitoringFilterTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(registry)
            .ticker(now::get)
            .maximumNames(20)
            .thresholds(Thresholds.builder().responseTime(Duration.ofSeconds(2)).build())
            .build();
    private final ExecutorService other = Executors.newCachedThreadPool();
    private final JettyServer server = new JettyServer();

    @AfterEach
    void stop() {
        server.close();
        other.shutdownNow();
    }

    /** A servlet as a lambda. */
    private interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    private static HttpServlet servlet(Handler handler) {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws IOException, ServletException {
                handler.handle(request, response);
            }
        };
    }

    private MonitoringFilter filter() {
        return MonitoringFilter.builder(monitor)
                .httpServerRequests(true)
                .serverTiming(true)
                .developerHeaders(true)
                .build();
    }

    private void start(Handler handler) {
        start(filter(), handler);
    }

    private void start(MonitoringFilter filter, Handler handler) {
        server.filter(filter, DispatcherType.REQUEST)
                .servlet("/api/*", servlet(handler))
                .start();
    }

    private void work(int milliseconds, int queries) {
        QueryRecorder recorder = monitor.queryRecorder();
        for (int i = 0; i < queries; i++) {
            long start = recorder.nanoTime();
            now.addAndGet(1_000_000);
            recorder.executed(recorder.query("select 1"), start, false);
        }
        now.addAndGet((milliseconds - queries) * 1_000_000L);
    }

    private TimingStats endpoint() {
        await().until(() -> !monitor.endpoints().isEmpty());
        List<TimingStats> all = monitor.endpoints();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private Timer requests(String status) {
        return await().until(
                        () -> registry.find("http.server.requests")
                                .tag("status", status)
                                .timer(),
                        timer -> timer != null);
    }

    private static void assertAllHeaders(HttpResponse<String> response, String time, String queries) {
        assertThat(response.headers().firstValue("X-Response-Time")).contains(time);
        assertThat(response.headers().firstValue("X-Query-Count")).contains(queries);
        assertThat(response.headers().firstValue("X-Query-Time-Micros")).contains(queries + "000");
        assertThat(response.headers().firstValue("Server-Timing"))
                .contains("total;dur=" + time.replace("ms", "") + ", db;dur=" + queries + ".000;desc=\"" + queries
                        + " queries\"");
        assertThat(response.headers().firstValueAsLong("X-Allocated-Bytes").orElse(-1))
                .isPositive();
        assertThat(response.headers().allValues("X-Response-Time")).hasSize(1);
    }

    @Test
    void shortResponse_headersTellItsWholeTime() {
        start((request, response) -> {
            work(10, 3);
            response.getOutputStream().print("hello");
            work(5, 0);
        });

        HttpResponse<String> response = server.get("/api/users/4711?secret=1");

        assertThat(response.body()).isEqualTo("hello");
        assertAllHeaders(response, "15.000ms", "3");
        TimingStats endpoint = endpoint();
        assertThat(endpoint.name()).isEqualTo("GET /api/*");
        assertThat(endpoint.max()).isBetween(Duration.ofMillis(14), Duration.ofMillis(16));
        assertThat(endpoint.errors()).isZero();
        assertThat(requests("200").getId().getTag("uri")).isEqualTo("/api/*");
        assertThat(requests("200").getId().getTag("method")).isEqualTo("GET");
        assertThat(requests("200").getId().getTag("outcome")).isEqualTo("SUCCESS");
    }

    @Test
    void defaults_sendOnlyTheResponseTime() {
        start(new MonitoringFilter(monitor), (request, response) -> work(1, 1));
        HttpResponse<String> response = server.get("/api/x");
        assertThat(response.headers().firstValue("X-Response-Time")).contains("1.000ms");
        assertThat(response.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase().matches("server-timing|x-query.*|x-allocated.*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stream",
                "stream-bytewise",
                "stream-print",
                "writer",
                "writer-printf",
                "flush",
                "stream-flush",
                "writer-flush",
                "stream-close",
                "writer-close",
                "length",
                "length-header"
            })
    void committedInsideTheChain_headersAreThere(String how) {
        start((request, response) -> {
            work(7, 2);
            commit(how, response);
            assertThat(response.isCommitted()).as(how).isTrue();
            work(20, 1);
        });
        assertAllHeaders(server.get("/api/x"), "7.000ms", "2");
        assertThat(endpoint().max()).isBetween(Duration.ofMillis(26), Duration.ofMillis(28));
    }

    private static void commit(String how, HttpServletResponse response) throws IOException {
        int size = response.getBufferSize() + 100;
        switch (how) {
            case "stream" -> response.getOutputStream().write(new byte[size]);
            case "stream-bytewise" -> {
                for (int i = 0; i < size; i++) {
                    response.getOutputStream().write('x');
                }
            }
            case "stream-print" -> response.getOutputStream().print("x".repeat(size));
            case "writer" -> response.getWriter().write("x".repeat(size));
            case "writer-printf" -> response.getWriter().printf("%s", "x".repeat(size));
            case "flush" -> response.flushBuffer();
            case "stream-flush" -> response.getOutputStream().flush();
            case "writer-flush" -> response.getWriter().flush();
            case "stream-close" -> response.getOutputStream().close();
            case "writer-close" -> response.getWriter().close();
            case "length" -> {
                response.setContentLength(3);
                response.getOutputStream().write(new byte[3]);
                response.getOutputStream().flush();
            }
            case "length-header" -> {
                response.setHeader("Content-Length", "3");
                response.getOutputStream().write(new byte[3]);
                response.getOutputStream().flush();
            }
            default -> throw new IllegalArgumentException(how);
        }
    }

    @Test
    void contentLengthReached_withoutFlush_headersAreThere() {
        start((request, response) -> {
            work(7, 2);
            response.setContentLength(3);
            response.getOutputStream().write(new byte[3]);
            work(20, 0);
        });
        assertThat(server.get("/api/x").headers().firstValue("X-Query-Count")).contains("2");
    }

    @Test
    void reset_headersComeBack() {
        start((request, response) -> {
            response.getWriter().write("wrong");
            response.reset();
            response.setStatus(201);
            work(3, 1);
            response.getOutputStream().print("right");
        });
        HttpResponse<String> response = server.get("/api/x");
        assertThat(response.body()).isEqualTo("right");
        assertThat(response.statusCode()).isEqualTo(201);
        assertAllHeaders(response, "3.000ms", "1");
    }

    @Test
    void sendError_statusAndHeadersAreThere() {
        start((request, response) -> {
            work(4, 1);
            response.sendError(503, "busy");
        });
        HttpResponse<String> response = server.get("/api/x");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("X-Response-Time")).contains("4.000ms");
        assertThat(endpoint().errors()).isEqualTo(1);
        assertThat(requests("503").getId().getTag("outcome")).isEqualTo("SERVER_ERROR");
    }

    @Test
    void clientError_isNoError() {
        start((request, response) -> response.sendError(404));
        assertThat(server.get("/api/x").headers().firstValue("X-Response-Time")).isPresent();
        assertThat(endpoint().errors()).isZero();
        assertThat(requests("404").getId().getTag("outcome")).isEqualTo("CLIENT_ERROR");
    }

    @Test
    void redirect_headersAreThere() throws IOException {
        start((request, response) -> response.sendRedirect("/api/elsewhere"));
        assertThat(server.rawHeaders("/api/x")).contains("302").contains("X-Response-Time: 0.000ms");
    }

    @Test
    void exception_isA500InTheMeters() {
        start((request, response) -> {
            work(2, 1);
            throw new IllegalStateException("broken");
        });
        assertThat(server.get("/api/x").statusCode()).isEqualTo(500);
        assertThat(endpoint().errors()).isEqualTo(1);
        assertThat(requests("500").count()).isEqualTo(1);
        assertThat(monitor.endpoints().get(0).max()).isGreaterThan(Duration.ofMillis(1));
    }

    @Test
    void errorDispatch_isNotASecondRequest() {
        server.filter(filter(), DispatcherType.REQUEST, DispatcherType.ERROR);
        server.servlet("/api/*", servlet((request, response) -> response.sendError(500)))
                .start();
        assertThat(server.get("/api/x").headers().firstValue("X-Response-Time")).isPresent();
        assertThat(endpoint().count()).isEqualTo(1);
    }

    @Test
    void async_completedElsewhere_isTimedToItsCompletion() throws Exception {
        CountDownLatch returned = new CountDownLatch(1);
        start((request, response) -> {
            work(5, 1);
            AsyncContext async = request.startAsync();
            RequestScope scope = RequestScope.current();
            other.execute(scope.wrap(() -> {
                try {
                    returned.await();
                    work(40, 2);
                    async.getResponse().getOutputStream().print("later");
                    async.getResponse().flushBuffer();
                } catch (IOException | InterruptedException failure) {
                    throw new IllegalStateException(failure);
                } finally {
                    async.complete();
                }
            }));
        });
        other.execute(() -> {
            await().until(() -> monitor.endpoints().isEmpty());
            returned.countDown();
        });
        HttpResponse<String> response = server.get("/api/x");

        assertThat(response.body()).isEqualTo("later");
        assertAllHeaders(response, "45.000ms", "3");
        assertThat(endpoint().max()).isBetween(Duration.ofMillis(44), Duration.ofMillis(46));
        assertThat(endpoint().name()).isEqualTo("GET /api/*");
        assertThat(requests("200").count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "text/event-stream;charset=UTF-8",
                "Text/Event-Stream",
                "multipart/x-mixed-replace; boundary=x",
                "application/stream+json"
            })
    void stream_openForLong_isTimedToItsFirstByteAndNotSlow(String type) throws Exception {
        start((request, response) -> {
            work(5, 1);
            response.setContentType(type);
            response.getWriter().print("data: 1\n\n");
            response.flushBuffer();
            work(20_000, 0);
            response.getWriter().print("data: 2\n\n");
            response.flushBuffer();
        });
        assertThat(server.get("/api/x").body()).contains("data: 2");

        assertThat(endpoint().max()).isBetween(Duration.ofMillis(4), Duration.ofMillis(6));
        assertThat(requests("200").max(TimeUnit.MILLISECONDS)).isEqualTo(5);
    }

    @Test
    void asyncStream_openForLong_isTimedToItsFirstByteAndNotSlow() throws Exception {
        start((request, response) -> {
            work(5, 1);
            AsyncContext async = request.startAsync();
            other.execute(() -> {
                try {
                    async.getResponse().setContentType("text/event-stream");
                    async.getResponse().getOutputStream().print("data: 1\n\n");
                    async.getResponse().getOutputStream().flush();
                    work(20_000, 0);
                } catch (IOException failure) {
                    throw new IllegalStateException(failure);
                } finally {
                    async.complete();
                }
            });
        });
        assertThat(server.get("/api/x").body()).contains("data: 1");

        assertThat(endpoint().max()).isBetween(Duration.ofMillis(4), Duration.ofMillis(6));
    }

    @Test
    void stream_thatTakesLongToBegin_isSlow() {
        start((request, response) -> {
            work(7_000, 1);
            response.setContentType("text/event-stream");
            response.flushBuffer();
            work(20_000, 0);
        });
        server.get("/api/x");

        assertThat(endpoint().max()).isBetween(Duration.ofMillis(6_900), Duration.ofMillis(7_100));
    }

    @Test
    void otherResponse_thatSaysItStreams_isTimedToThere() {
        start((request, response) -> {
            work(5, 1);
            RequestScope.current().streamBegins();
            work(20_000, 0);
        });
        server.get("/api/x");

        assertThat(endpoint().max()).isBetween(Duration.ofMillis(4), Duration.ofMillis(6));
    }

    @Test
    void async_completedWithoutABody_hasHeaders() {
        start((request, response) -> {
            work(5, 1);
            request.startAsync().complete();
        });
        assertAllHeaders(server.get("/api/x"), "5.000ms", "1");
        assertThat(endpoint().count()).isEqualTo(1);
    }

    @Test
    void async_dispatched_countsBothDispatchesInOneRequest() {
        server.filter(filter(), DispatcherType.REQUEST, DispatcherType.ASYNC);
        server.servlet("/api/*", servlet((request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.REQUEST) {
                        work(5, 1);
                        AsyncContext async = request.startAsync();
                        other.execute(async::dispatch);
                    } else {
                        work(6, 2);
                        response.getWriter().write("second");
                    }
                }))
                .start();
        HttpResponse<String> response = server.get("/api/x");
        assertThat(response.body()).isEqualTo("second");
        assertAllHeaders(response, "11.000ms", "3");
        assertThat(endpoint().count()).isEqualTo(1);
        assertThat(endpoint().max()).isBetween(Duration.ofMillis(10), Duration.ofMillis(12));
    }

    @Test
    void async_timedOut_isAnError() {
        start((request, response) -> {
            AsyncContext async = request.startAsync();
            async.setTimeout(50);
        });
        assertThat(server.get("/api/x").statusCode()).isEqualTo(500);
        assertThat(endpoint().errors()).isEqualTo(1);
    }

    @Test
    void endpointName_isBoundedAndItsFailureHarmless() {
        start(
                MonitoringFilter.builder(monitor)
                        .endpointName(request -> {
                            if (request.getPathInfo().equals("/fails")) {
                                throw new IllegalStateException("no name");
                            }
                            return request.getPathInfo();
                        })
                        .build(),
                (request, response) -> {});
        for (int i = 0; i < 50; i++) {
            server.get("/api/" + i);
        }
        try (LogCapture log = new LogCapture(MonitoringFilter.class.getName())) {
            server.get("/api/fails");
            server.get("/api/fails");
            await().until(() -> log.lines().size() == 1);
        }
        assertThat(monitor.endpoints())
                .hasSize(20 + 1)
                .extracting(TimingStats::name)
                .contains("_other", "GET /0");
        assertThat(registry.find("http.server.requests").timers()).hasSizeLessThanOrEqualTo(21);
    }

    @Test
    void unknownMethod_isFolded() {
        start((request, response) -> {});
        server.send("BREW", "/api/coffee");
        assertThat(endpoint().name()).isEqualTo("OTHER /api/*");
    }

    @Test
    void httpServerRequests_switchedOff_recordsNone() {
        start(
                MonitoringFilter.builder(monitor)
                        .httpServerRequests(false)
                        .responseTime(false)
                        .build(),
                (q, r) -> {});
        assertThat(server.get("/api/x").headers().firstValue("X-Response-Time")).isEmpty();
        endpoint();
        assertThat(registry.find("http.server.requests").timers()).isEmpty();
    }

    @Test
    void slowRequest_isLoggedWithItsQueries() {
        start((request, response) -> work(2_345, 37));
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            server.get("/api/x");
            await().until(() -> !log.lines().isEmpty());
            assertThat(log.lines())
                    .containsExactly("Slow request GET /api/* took 2345 ms, of it 37 ms in 37 queries"
                            + " (0 more since the last line)");
        }
    }

    @Test
    void forward_isOneRequest() {
        server.filter(filter(), DispatcherType.REQUEST, DispatcherType.FORWARD);
        server.servlet("/api/*", servlet((request, response) -> {
            work(1, 1);
            request.getRequestDispatcher("/target/x").forward(request, response);
        }));
        server.servlet("/target/*", servlet((request, response) -> {
                    work(2, 1);
                    response.getOutputStream().print("forwarded");
                }))
                .start();
        HttpResponse<String> response = server.get("/api/x");
        assertThat(response.body()).isEqualTo("forwarded");
        assertThat(response.headers().firstValue("X-Query-Count")).contains("2");
        assertThat(endpoint().name()).isEqualTo("GET /api/*");
    }

    @Test
    void ownServerTiming_isKept_andOursIsThereOnce() {
        start((request, response) -> {
            response.addHeader("Server-Timing", "cache;desc=\"Cache Read\";dur=23.2");
            work(10, 3);
            response.flushBuffer();
        });

        assertThat(server.get("/api/x").headers().allValues("Server-Timing"))
                .containsExactly(
                        "total;dur=10.000, db;dur=3.000;desc=\"3 queries\"", "cache;desc=\"Cache Read\";dur=23.2");
    }

    @Test
    void asynchronousResponse_completedWithoutAFlush_tellsItsWholeTime() {
        start((request, response) -> {
            AsyncContext context = request.startAsync();
            other.execute(() -> {
                work(250, 2);
                try {
                    context.getResponse().getWriter().print("late");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                request.getAsyncContext().complete();
            });
        });

        HttpResponse<String> response = server.get("/api/x");
        assertThat(response.headers().firstValue("X-Response-Time")).contains("250.000ms");
        assertThat(response.body()).isEqualTo("late");
    }

    @Test
    void asyncStart_carriesTheScope() {
        start((request, response) -> {
            AsyncContext context = request.startAsync();
            context.start(() -> {
                work(5, 4);
                context.complete();
            });
        });
        assertThat(server.get("/api/x").headers().firstValue("X-Query-Count")).contains("4");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientThatLeft_isNoErrorOfTheServer(boolean writer) throws IOException {
        start((request, response) -> {
            byte[] block = new byte[1 << 20];
            String text = "x".repeat(1 << 20);
            for (int i = 0; i < 200; i++) {
                if (writer) {
                    response.getWriter().write(text);
                } else {
                    response.getOutputStream().write(block);
                }
            }
        });
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isPositive();
            socket.setSoLinger(true, 0);
        }
        assertThat(endpoint().errors()).isZero();
        assertThat(registry.get("perfkit.requests")
                        .tag("outcome", "CLIENT_GONE")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(requests("UNKNOWN").count()).isEqualTo(1);
    }

    @Test
    void springsPattern_namesTheEndpoint() {
        start((request, response) -> request.setAttribute(
                "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern", "/api/users/{id}"));
        server.get("/api/users/7");
        assertThat(endpoint().name()).isEqualTo("GET /api/users/{id}");
    }

    @Test
    void httpServerRequests_haveTheTagsOfSpringBoot_andOnlyByOption() {
        start((request, response) -> {
            throw new ServletException(new IllegalStateException("boom"));
        });
        server.get("/api/x");
        Timer timer = requests("500");
        assertThat(timer.getId().getTags())
                .extracting(io.micrometer.core.instrument.Tag::getKey)
                .containsExactlyInAnyOrder("error", "exception", "method", "outcome", "status", "uri");
        assertThat(timer.getId().getTag("exception")).isEqualTo("IllegalStateException");
    }
}
