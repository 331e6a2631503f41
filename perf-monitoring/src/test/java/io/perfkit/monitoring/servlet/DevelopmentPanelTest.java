package io.perfkit.monitoring.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryRecorder;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DevelopmentPanelTest {
    private static final String PAGE = "<!doctype html><html><body><p>caf\u00e9</p></body></html>";
    private static final String PANEL = "<perfkit-panel>";

    private final AtomicLong now = new AtomicLong();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(new SimpleMeterRegistry())
            .ticker(now::get)
            .build();
    private final HttpClient client = HttpClient.newHttpClient();
    private final JettyServer server = new JettyServer();

    @AfterEach
    void stop() {
        server.close();
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

    private void start(Handler handler) {
        server.filter(
                        MonitoringFilter.builder(monitor).developmentPanel(true).build(),
                        DispatcherType.REQUEST,
                        DispatcherType.ASYNC,
                        DispatcherType.FORWARD)
                .servlet("/page/*", servlet(handler))
                .start();
    }

    private HttpResponse<byte[]> get(String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/page/x"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private String page(String... headers) throws IOException, InterruptedException {
        return new String(get(headers).body(), StandardCharsets.UTF_8);
    }

    /** So often from one line: a finding where it is often enough. */
    private void query(String sql, int times) {
        QueryRecorder recorder = monitor.queryRecorder();
        for (int i = 0; i < times; i++) {
            Execution execution = recorder.begin(recorder.query(sql), QueryRecorder.DEFAULT_DATA_SOURCE);
            now.addAndGet(Duration.ofMillis(2).toNanos());
            recorder.end(execution, 0, null);
        }
    }

    private static void html(HttpServletResponse response) {
        response.setContentType("text/html;charset=UTF-8");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void default_isOff() throws Exception {
        server.filter(new MonitoringFilter(monitor), DispatcherType.REQUEST)
                .servlet("/page/*", servlet((request, response) -> {
                    html(response);
                    response.setContentLength(bytes(PAGE).length);
                    response.getWriter().write(PAGE);
                }))
                .start();

        HttpResponse<byte[]> response = get();
        assertThat(response.body()).isEqualTo(bytes(PAGE));
        assertThat(response.headers().firstValue("X-Perfkit")).isEmpty();
        assertThat(response.headers().firstValue("Content-Length")).isPresent();
    }

    @Test
    void page_hasThePanelAfterItsEnd_withQueriesAndFindings_andNoValue() throws Exception {
        start((request, response) -> {
            html(response);
            query("select name from \"own<er\" where secret = 'hunter2' and id = 4711", 12);
            query("delete from t where card = '1234-5678'", 1);
            response.getWriter().write(PAGE);
        });

        String page = page();
        assertThat(page).startsWith(PAGE + "\n" + PANEL).endsWith("</perfkit-panel>\n");
        assertThat(page)
                .contains("GET /page/*", "26.0 ms", "13 queries", "1 finding", "12 times")
                .contains("own&#60;er", "delete from t where card = ?")
                .doesNotContain("own<er", "hunter2", "4711", "1234-5678", "<script");
        assertThat(page.substring(PAGE.length()).chars()).allMatch(each -> each < 0x7f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"writer", "stream", "writer closed", "stream closed", "flushed", "length", "length header"})
    void page_howeverItIsWritten_isWhole(String how) throws Exception {
        start((request, response) -> {
            html(response);
            if (how.equals("length")) {
                response.setContentLength(bytes(PAGE).length);
            } else if (how.equals("length header")) {
                response.setHeader("content-length", Integer.toString(bytes(PAGE).length));
            }
            if (how.startsWith("stream")) {
                response.getOutputStream().write(bytes(PAGE));
            } else {
                response.getWriter().write(PAGE);
            }
            if (how.equals("flushed")) {
                response.flushBuffer();
            }
            if (how.equals("writer closed")) {
                response.getWriter().close();
            } else if (how.equals("stream closed")) {
                response.getOutputStream().close();
            }
        });

        HttpResponse<byte[]> response = get();
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .startsWith(PAGE + "\n" + PANEL)
                .endsWith("</perfkit-panel>\n")
                .containsOnlyOnce(PANEL);
        assertThat(response.headers().firstValue("X-Perfkit")).isPresent();
    }

    @Test
    void page_largerThanTheBuffer_isWhole() throws Exception {
        String large = "<p>" + "x".repeat(200_000) + "</p>";
        start((request, response) -> {
            html(response);
            response.setContentLengthLong(large.length());
            response.getWriter().write(large);
        });

        assertThat(page()).startsWith(large + "\n" + PANEL).endsWith("</perfkit-panel>\n");
    }

    @Test
    void page_ofAForward_whichClosesTheResponse_hasOnePanel() throws Exception {
        server.servlet("/view", servlet((request, response) -> {
            html(response);
            response.getWriter().write(PAGE);
        }));
        start((request, response) -> request.getRequestDispatcher("/view").forward(request, response));

        assertThat(page()).startsWith(PAGE + "\n" + PANEL).containsOnlyOnce(PANEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete", "dispatch"})
    void page_thatIsAsynchronous_hasThePanelAtItsCompletion(String how) throws Exception {
        start((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                html(response);
                response.getWriter().write(PAGE);
                return;
            }
            AsyncContext async = request.startAsync();
            async.start(() -> {
                query("select 1 from t", 3);
                if (how.equals("dispatch")) {
                    async.dispatch();
                    return;
                }
                try {
                    html((HttpServletResponse) async.getResponse());
                    async.getResponse().setContentLength(bytes(PAGE).length);
                    async.getResponse().getWriter().write(PAGE);
                } catch (IOException failure) {
                    throw new IllegalStateException(failure);
                }
                async.complete();
            });
        });

        assertThat(page())
                .startsWith(PAGE + "\n" + PANEL)
                .containsOnlyOnce(PANEL)
                .contains("3 queries");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/plain",
                "application/xhtml+xml",
                "text/html;charset=UTF-16LE",
                "text/htmlx",
                ""
            })
    void otherTypes_areNotTouched(String type) throws Exception {
        start((request, response) -> {
            if (!type.isEmpty()) {
                response.setContentType(type);
            }
            response.setContentLength(bytes(PAGE).length);
            response.getOutputStream().write(bytes(PAGE));
        });

        HttpResponse<byte[]> response = get();
        assertThat(response.body()).isEqualTo(bytes(PAGE));
        assertThat(response.headers().firstValue("Content-Length")).contains("" + bytes(PAGE).length);
        assertThat(response.headers().firstValue("X-Perfkit")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Dest: empty",
                "Sec-Fetch-Dest: iframe",
                "X-Requested-With: XMLHttpRequest",
                "HX-Request: true",
                "Turbo-Frame: list"
            })
    void fragmentsThatAScriptAsksFor_areNotTouched(String header) throws Exception {
        start((request, response) -> {
            html(response);
            response.getWriter().write(PAGE);
        });
        String[] pair = header.split(": ", 2);

        assertThat(page(pair[0], pair[1])).isEqualTo(PAGE);
        assertThat(page("Sec-Fetch-Dest", "document")).contains(PANEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"attachment", "gzip", "part", "listener"})
    void pagesThatCannotBeContinued_areNotTouched(String how) throws Exception {
        start((request, response) -> {
            html(response);
            response.setContentLength(bytes(PAGE).length);
            switch (how) {
                case "attachment" -> response.setHeader("Content-Disposition", "attachment; filename=a.html");
                case "gzip" -> response.setHeader("Content-Encoding", "gzip");
                case "part" -> response.setStatus(206);
                default -> {
                    request.startAsync();
                    writeWhenAsked(request, response);
                    return;
                }
            }
            response.getOutputStream().write(bytes(PAGE));
        });

        HttpResponse<byte[]> response = get();
        assertThat(response.body()).isEqualTo(bytes(PAGE));
        assertThat(response.headers().firstValue("Content-Length")).contains("" + bytes(PAGE).length);
    }

    private static void writeWhenAsked(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ServletOutputStream out = response.getOutputStream();
        out.setWriteListener(new WriteListener() {
            private boolean written;

            @Override
            public void onWritePossible() throws IOException {
                if (!written) {
                    written = true;
                    out.write(bytes(PAGE));
                }
                if (out.isReady()) {
                    request.getAsyncContext().complete();
                }
            }

            @Override
            public void onError(Throwable failure) {
                request.getAsyncContext().complete();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "redirect", "exception", "nothing", "reset"})
    void answersWithoutAPage_areThoseOfTheContainer(String how) throws Exception {
        start((request, response) -> {
            html(response);
            response.setContentLength(bytes(PAGE).length);
            if (!how.equals("nothing") && !how.equals("error")) {
                response.getWriter().write("half");
            }
            switch (how) {
                case "error" -> response.sendError(404);
                case "redirect" -> response.sendRedirect("/elsewhere");
                case "exception" -> throw new IllegalStateException("broken");
                case "reset" -> {
                    response.reset();
                    response.setContentType("text/plain");
                    response.setContentLength(2);
                    response.getWriter().write("ok");
                }
                default -> response.setContentLength(0);
            }
        });

        HttpResponse<byte[]> response = get();
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).doesNotContain(PANEL, "half");
        assertThat(response.statusCode())
                .isEqualTo(
                        switch (how) {
                            case "error" -> 404;
                            case "redirect" -> 302;
                            case "exception" -> 500;
                            default -> 200;
                        });
        if (how.equals("reset")) {
            assertThat(response.body()).isEqualTo(bytes("ok"));
        }
    }

    @Test
    void behindAFilterThatCompresses_thePanelIsCompressedToo() throws Exception {
        server.filter(gzip(), DispatcherType.REQUEST);
        start((request, response) -> {
            html(response);
            response.getWriter().write(PAGE);
        });

        HttpResponse<byte[]> response = get();
        assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).startsWith(PAGE + "\n" + PANEL);
        }
    }

    /** As filters that compress are made: a wrapper whose stream is finished when the chain is over. */
    private static Filter gzip() {
        return (request, response, chain) -> {
            HttpServletResponse answer = (HttpServletResponse) response;
            answer.setHeader("Content-Encoding", "gzip");
            ServletOutputStream raw = answer.getOutputStream();
            GZIPOutputStream out = new GZIPOutputStream(raw);
            PrintWriter writer = new PrintWriter(out, false, StandardCharsets.UTF_8);
            chain.doFilter(request, new HttpServletResponseWrapper(answer) {
                @Override
                public PrintWriter getWriter() {
                    return writer;
                }

                @Override
                public String getHeader(String name) {
                    return "Content-Encoding".equalsIgnoreCase(name) ? null : super.getHeader(name);
                }
            });
            writer.flush();
            out.finish();
        };
    }

    @Test
    void header_isJson_withTimesAndFindings() throws Exception {
        start((request, response) -> {
            response.setContentType("application/json");
            query("select name from \"caf\u00e9\" where a = 'secret'", 12);
            response.getWriter().write("{}");
        });

        HttpResponse<byte[]> response = get();
        String header = response.headers().firstValue("X-Perfkit").orElseThrow();
        JsonNode json = JsonMapper.shared().readTree(header);
        assertThat(response.body()).isEqualTo(bytes("{}"));
        assertThat(json.get("totalMillis").doubleValue()).isEqualTo(24);
        assertThat(json.get("queries").intValue()).isEqualTo(12);
        assertThat(json.get("databaseMillis").get("total").doubleValue()).isEqualTo(24);
        assertThat(json.get("databaseMillis").get("execute").doubleValue()).isEqualTo(24);
        assertThat(json.get("findings")).hasSize(1);
        assertThat(json.get("findings").get(0).get("count").intValue()).isEqualTo(12);
        assertThat(json.get("findings").get(0).get("subject").stringValue()).contains("from \"caf\u00e9\"");
        assertThat(header).doesNotContain("secret");
        assertThat(header.chars()).allMatch(each -> each >= ' ' && each < 0x7f);
    }

    @Test
    void header_ofManyFindingsInAnyScript_fitsIntoAResponse() throws Exception {
        start((request, response) -> {
            for (int i = 0; i < 40; i++) {
                query("select name from \"" + "\u6f22".repeat(300) + i + "\"", 12);
            }
            response.getWriter().write("{}");
        });

        HttpResponse<byte[]> response = get();
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode json = JsonMapper.shared()
                .readTree(response.headers().firstValue("X-Perfkit").orElseThrow());
        assertThat(json.get("findings").size() + json.get("moreFindings").intValue())
                .isEqualTo(40);
    }
}
