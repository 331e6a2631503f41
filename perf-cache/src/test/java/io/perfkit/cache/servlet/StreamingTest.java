package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that are sent in pieces, by other threads, in other ways, or not to their end. */
@Timeout(60)
class StreamingTest {

    private static void block(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nobody opened the latch");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Reads the beginning of a response whose end has not been written. Its connection ends with it. */
    private static String firstPiece(InputStream in, int size) throws IOException {
        for (String line = Reply.line(in); !line.isEmpty(); line = Reply.line(in)) {
            assertThat(line).doesNotContain("chunked");
        }
        return new String(in.readNBytes(size), StandardCharsets.UTF_8);
    }

    @Test
    void flush_sendsAtOnceAndStoresTheWhole() throws IOException {
        CountDownLatch latch = new CountDownLatch(1);
        try (WebServer server = WebServer.of((request, response) -> {
                    response.getWriter().print("one ");
                    response.getWriter().flush();
                    block(latch);
                    response.getWriter().print("two");
                });
                Socket socket = new Socket("127.0.0.1", server.port())) {
            Reply.request(socket, "GET", "/");
            assertThat(firstPiece(socket.getInputStream(), 4)).isEqualTo("one ");
            latch.countDown();
            assertThat(socket.getInputStream().readAllBytes()).asString().contains("two");
            assertThat(server.get("/").body()).isEqualTo("one two");
            assertThat(server.get("/").header("ETag")).isNotNull();
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void body_aboveTheBound_isStreamedAndNotStored() throws IOException {
        CountDownLatch latch = new CountDownLatch(1);
        try (WebServer server = WebServer.of(
                        (request, response) -> {
                            response.getOutputStream().write(new byte[100_000]);
                            response.getOutputStream().write(new byte[100_000]);
                            block(latch);
                            response.getOutputStream().write(new byte[100_000]);
                        },
                        settings -> settings.maximumBodySize(150_000));
                Socket socket = new Socket("127.0.0.1", server.port())) {
            Reply.request(socket, "GET", "/");
            assertThat(firstPiece(socket.getInputStream(), 200_000)).hasSize(200_000);
            latch.countDown();
            assertThat(server.get("/").bytes()).hasSize(300_000);
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }

    @Test
    void body_atTheBound_isStoredAndOneByteMoreIsNot() {
        try (WebServer server = WebServer.of(
                (request, response) ->
                        response.getOutputStream().write(new byte[Integer.parseInt(request.getQueryString())]),
                settings -> settings.maximumBodySize(1_000))) {
            assertThat(server.get("/?1000").bytes()).hasSize(1_000);
            assertThat(server.get("/?1001").bytes()).hasSize(1_001);
            assertThat(server.region.stats().localEntries()).isEqualTo(1);
        }
    }

    @Test
    void body_shorterThanAnnounced_isNotStored() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setContentLength(10);
            response.getOutputStream().write(new byte[5]);
        })) {
            for (int i = 0; i < 2; i++) {
                assertThat(server.get("/").status())
                        .as("what Jetty makes of it")
                        .isEqualTo(500);
            }
            assertThat(server.runs).hasValue(2);
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }

    @Test
    void body_asAnnounced_isStored() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("Content-Length", "5");
            response.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            response.flushBuffer();
        })) {
            assertThat(server.get("/").header("Content-Length")).isEqualTo("5");
            assertThat(server.get("/").body()).isEqualTo("hello");
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void clientThatLeavesInMidResponse_leavesNothingStored() throws IOException {
        CountDownLatch gone = new CountDownLatch(1);
        CountDownLatch failed = new CountDownLatch(1);
        try (WebServer server = WebServer.of(
                (request, response) -> {
                    if (request.getQueryString() != null) {
                        response.getOutputStream().print("whole");
                        return;
                    }
                    response.getOutputStream().print("first");
                    response.flushBuffer();
                    block(gone);
                    try {
                        for (int i = 0; i < 100_000; i++) {
                            response.getOutputStream().write(new byte[1_000]);
                            response.flushBuffer();
                        }
                    } catch (IOException e) {
                        // As applications do: the client is gone, so why make a fuss?
                        failed.countDown();
                    }
                },
                settings -> settings.maximumBodySize(500_000_000))) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                socket.setSoLinger(true, 0);
                Reply.request(socket, "GET", "/");
                firstPiece(socket.getInputStream(), 5);
            }
            gone.countDown();
            assertThat(failed)
                    .satisfies(latch ->
                            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue());
            await().pollDelay(Duration.ZERO)
                    .untilAsserted(
                            () -> assertThat(server.region.stats().loads()).isEqualTo(1));
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }

    @Test
    void clientThatLeavesEarly_stillLeavesAWholeResponse() throws IOException {
        CountDownLatch gone = new CountDownLatch(1);
        try (WebServer server = WebServer.of((request, response) -> {
            block(gone);
            response.getWriter().print("whole");
        })) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                Reply.request(socket, "GET", "/");
                await().until(() -> server.runs.get() == 1);
            }
            gone.countDown();
            assertThat(server.get("/").body()).isEqualTo("whole");
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void application_thatThrows_leavesNothingStored() {
        AtomicInteger failures = new AtomicInteger();
        try (WebServer server = WebServer.of((request, response) -> {
            response.getWriter().print("half of it");
            if (failures.getAndIncrement() == 0) {
                throw new IllegalStateException("in the middle");
            }
        })) {
            Reply failed = server.get("/");
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.body()).doesNotContain("half of it");
            assertThat(server.region.stats().localEntries()).isZero();
            assertThat(server.get("/").body()).isEqualTo("half of it");
        }
    }

    @Test
    void reset_beginsAnew() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("X-Gone", "1");
            response.getWriter().print("gone");
            response.reset();
            response.setHeader("X-Kept", "1");
            response.getOutputStream().print("gone too");
            response.resetBuffer();
            response.getOutputStream().print("kept");
        })) {
            for (int i = 0; i < 2; i++) {
                Reply reply = server.get("/");
                assertThat(reply.body()).isEqualTo("kept");
                assertThat(reply.headers()).containsKey("X-Kept").doesNotContainKey("X-Gone");
            }
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void includeAndForward_areStoredAsTheWholeThatTheyMake() {
        try (WebServer server = WebServer.of((request, response) -> {
            boolean inside = request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI) != null;
            switch (inside ? "/part" : request.getRequestURI()) {
                case "/include" -> {
                    response.getWriter().print("[");
                    request.getRequestDispatcher("/part").include(request, response);
                    response.getWriter().print("]");
                }
                case "/forward" -> request.getRequestDispatcher("/part").forward(request, response);
                default -> response.getWriter().print("part");
            }
        })) {
            for (int i = 0; i < 2; i++) {
                assertThat(server.get("/include").body()).isEqualTo("[part]");
                assertThat(server.get("/forward").body()).isEqualTo("part");
            }
            assertThat(server.runs).hasValue(4);
            assertThat(server.region.stats().localEntries()).isEqualTo(2);
        }
    }

    @Test
    void charset_isTheSameFromTheCache() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setContentType("text/plain;charset=iso-8859-1");
            response.getWriter().print("ä");
            response.setContentType("text/html;charset=utf-8");
        })) {
            Reply first = server.get("/");
            Reply second = server.get("/");
            assertThat(first.bytes()).isEqualTo("ä".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(first.header("Content-Type")).isEqualToIgnoringCase("text/html;charset=iso-8859-1");
            assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
            assertThat(second.bytes()).isEqualTo(first.bytes());
        }
    }

    // Asynchronous ---------------------------------------------------------------------------------------------------

    @Test
    void async_isStoredWhenItIsComplete() {
        try (WebServer server = WebServer.of((request, response) -> {
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    context.getResponse().setContentType("text/plain");
                    context.getResponse().getWriter().print("later");
                    context.complete();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        })) {
            assertThat(server.get("/").body()).isEqualTo("later");
            await().until(() -> server.region.stats().localEntries() == 1);
            Reply second = server.get("/");
            assertThat(second.body()).isEqualTo("later");
            assertThat(second.header("Content-Type")).startsWith("text/plain");
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void async_dispatched_isStored() {
        try (WebServer server = WebServer.of((request, response) -> {
            if (request.getAttribute("back") == null) {
                request.setAttribute("back", true);
                request.startAsync().dispatch();
            } else {
                response.getWriter().print("dispatched");
            }
        })) {
            assertThat(server.get("/").body()).isEqualTo("dispatched");
            await().until(() -> server.region.stats().localEntries() == 1);
            assertThat(server.get("/").body()).isEqualTo("dispatched");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void async_nonBlocking_isStored() {
        byte[] all = new byte[300_000];
        Arrays.fill(all, (byte) 'x');
        try (WebServer server = WebServer.of((request, response) -> {
            AsyncContext context = request.startAsync();
            ServletOutputStream out = context.getResponse().getOutputStream();
            out.setWriteListener(new WriteListener() {
                private int sent;

                @Override
                public void onWritePossible() throws IOException {
                    while (out.isReady()) {
                        if (sent == all.length) {
                            context.complete();
                            return;
                        }
                        int piece = Math.min(10_000, all.length - sent);
                        out.write(all, sent, piece);
                        sent += piece;
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    context.complete();
                }
            });
        })) {
            assertThat(server.get("/").bytes()).isEqualTo(all);
            await().until(() -> server.region.stats().localEntries() == 1);
            assertThat(server.get("/").bytes()).isEqualTo(all);
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void async_timedOut_isNotStored() {
        try (WebServer server = WebServer.of((request, response) -> {
            AsyncContext context = request.startAsync();
            context.getResponse().getWriter().print("half");
            context.setTimeout(50);
            context.addListener(new AsyncListener() {
                @Override
                public void onTimeout(AsyncEvent event) {
                    event.getAsyncContext().complete();
                }

                @Override
                public void onComplete(AsyncEvent event) {}

                @Override
                public void onError(AsyncEvent event) {}

                @Override
                public void onStartAsync(AsyncEvent event) {}
            });
        })) {
            assertThat(server.get("/").body()).isEqualTo("half");
            assertThat(server.get("/").body()).isEqualTo("half");
            assertThat(server.runs).hasValue(2);
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }

    @Test
    void async_aroundTheWrapper_isNotStored() {
        try (WebServer server = WebServer.of((request, response) -> {
            var original = ((ServletRequestWrapper) request).getRequest();
            var around = response instanceof ServletResponseWrapper wrapper ? wrapper.getResponse() : response;
            AsyncContext context = request.startAsync(original, around);
            around.getWriter().print("unseen");
            context.complete();
        })) {
            assertThat(server.get("/").body()).isEqualTo("unseen");
            assertThat(server.get("/").body()).isEqualTo("unseen");
            assertThat(server.runs).hasValue(2);
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }
}
