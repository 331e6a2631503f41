package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a success makes stored responses invalid, however the application comes to its end. */
@Timeout(60)
class UnsafeMethodsTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger price = new AtomicInteger(1);

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** Shows the price to readers; others do as told. */
    private WebServer shop(WebServer.Application change) {
        return WebServer.of((request, response) -> {
            if (request.getMethod().equals("GET") && request.getDispatcherType() == DispatcherType.REQUEST) {
                response.getWriter().print(price.get());
            } else {
                change.answer(request, response);
            }
        });
    }

    private static @Nullable Reply post(WebServer server) {
        try {
            return server.send("POST", "/price");
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    private static void block(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void change(String how, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            response.setStatus(204);
            return;
        }
        price.incrementAndGet();
        switch (how) {
            case "writer" -> response.getWriter().println();
            case "stream" -> response.getOutputStream().print("x");
            case "setStatus" -> response.setStatus(204);
            case "reset" -> {
                response.getWriter().print("gone");
                response.reset();
                response.getOutputStream().print("x");
            }
            case "sendRedirect" -> response.sendRedirect("/elsewhere");
            case "sendRedirect with status" -> response.sendRedirect("/elsewhere", 303, true);
            case "throw" -> throw new ServletException("the view fails after the change");
            case "flush and throw" -> {
                response.getWriter().print("done");
                response.flushBuffer();
                throw new ServletException("too late to matter");
            }
            case "async complete" -> {
                AsyncContext context = request.startAsync();
                threads.execute(() -> {
                    response.setStatus(204);
                    context.complete();
                });
            }
            case "async complete by getAsyncContext" -> {
                request.startAsync();
                threads.execute(() -> request.getAsyncContext().complete());
            }
            case "async write" -> {
                AsyncContext context = request.startAsync(request, response);
                threads.execute(() -> {
                    try {
                        context.getResponse().getWriter().print("x");
                        context.complete();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
            case "async dispatch" -> {
                AsyncContext context = request.startAsync();
                threads.execute(context::dispatch);
            }
            case "async timeout" -> {
                AsyncContext context = request.startAsync();
                context.setTimeout(20);
                context.addListener(new Completing());
            }
            case "async non-blocking" -> {
                AsyncContext context = request.startAsync();
                var out = response.getOutputStream();
                out.setWriteListener(new WriteListener() {
                    private boolean written;

                    @Override
                    public void onWritePossible() throws IOException {
                        if (!written) {
                            written = true;
                            out.write('x');
                        }
                        if (out.isReady()) {
                            context.complete();
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        context.complete();
                    }
                });
            }
            default -> throw new IllegalArgumentException(how);
        }
    }

    private static class Completing implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {
            event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "writer",
                "stream",
                "setStatus",
                "reset",
                "sendRedirect",
                "sendRedirect with status",
                "throw",
                "flush and throw",
                "async complete",
                "async complete by getAsyncContext",
                "async write",
                "async dispatch",
                "async timeout",
                "async non-blocking",
            })
    void success_invalidatesBeforeItsClientCanAskAgain(String how) {
        try (WebServer server = shop((request, response) -> change(how, request, response))) {
            for (int i = 1; i <= 5; i++) {
                assertThat(server.get("/price").body()).isEqualTo(Integer.toString(i));
                post(server);
                assertThat(server.get("/price").body()).as("after change %d", i).isEqualTo(Integer.toString(i + 1));
            }
        }
    }

    /** Listeners hear of the end when the answer may be with the client already; here they do only after its next request. */
    @Test
    void asyncCompletion_invalidatesBeforeListenersHearOfIt() {
        CountDownLatch askedAgain = new CountDownLatch(1);
        try (WebServer server = WebServer.of(
                (request, response, chain) -> chain.doFilter(
                        new HttpServletRequestWrapper((HttpServletRequest) request) {
                            @Override
                            public AsyncContext startAsync(ServletRequest given, ServletResponse with) {
                                AsyncContext context = super.startAsync(given, with);
                                context.addListener(new Completing() {
                                    @Override
                                    public void onComplete(AsyncEvent event) {
                                        block(askedAgain);
                                    }
                                });
                                return context;
                            }
                        },
                        response),
                (request, response) -> {
                    if (request.getMethod().equals("GET")) {
                        response.getWriter().print(price.get());
                    } else {
                        price.set(2);
                        AsyncContext context = request.startAsync();
                        threads.execute(context::complete);
                    }
                },
                settings -> settings)) {
            assertThat(server.get("/price").body()).isEqualTo("1");
            assertThat(server.send("POST", "/price").status()).isEqualTo(200);
            assertThat(server.get("/price").body()).isEqualTo("2");
            askedAgain.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 500, 503})
    void sendError_invalidatesNothing(int status) {
        try (WebServer server = shop((request, response) -> response.sendError(status))) {
            server.get("/price");
            assertThat(server.send("POST", "/price").status()).isEqualTo(status);
            server.get("/price");
            assertThat(server.runs).hasValue(2);
        }
    }

    /** The page for an error may make a success of it: only then is it known what the client was told. */
    @Test
    void errorPage_thatAnswersWithSuccess_invalidates() {
        try (WebServer server = shop((request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ERROR) {
                        response.setStatus(303);
                        response.setHeader("Location", "/thanks");
                    } else {
                        price.incrementAndGet();
                        response.sendError(409);
                    }
                })
                .errorPage(409, "/error")) {
            assertThat(server.get("/price").body()).isEqualTo("1");
            assertThat(server.send("POST", "/price").status()).isEqualTo(303);
            assertThat(server.get("/price").body()).isEqualTo("2");
        }
    }

    /** A client that has the first bytes may ask at once; what it then gets must not outlive the end of the change. */
    @Test
    void flush_beforeTheEnd_invalidatesBeforeAndAfter() throws Exception {
        CountDownLatch committed = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        try (WebServer server = shop((request, response) -> {
            price.set(2);
            response.getWriter().print("done");
            response.flushBuffer();
            committed.countDown();
            block(asked);
            price.set(3);
        })) {
            assertThat(server.get("/price").body()).isEqualTo("1");
            CompletableFuture<Reply> post = CompletableFuture.supplyAsync(() -> server.send("POST", "/price"), threads);
            block(committed);
            assertThat(server.get("/price").body()).isEqualTo("2");
            asked.countDown();
            assertThat(post.get(20, TimeUnit.SECONDS).body()).isEqualTo("done");
            await().untilAsserted(() -> assertThat(server.get("/price").body()).isEqualTo("3"));
        }
    }

    @Test
    void success_whileAResponseIsProduced_keepsItFromBeingStored() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        AtomicInteger readers = new AtomicInteger();
        try (WebServer server = WebServer.of((request, response) -> {
            if (request.getMethod().equals("GET")) {
                int read = price.get();
                if (readers.incrementAndGet() == 1) {
                    reading.countDown();
                    block(changed);
                }
                response.getWriter().print(read);
            } else {
                price.set(2);
                response.setStatus(204);
            }
        })) {
            CompletableFuture<Reply> old = CompletableFuture.supplyAsync(() -> server.get("/price"), threads);
            block(reading);
            assertThat(server.send("PUT", "/price").status()).isEqualTo(204);
            assertThat(server.get("/price").body()).isEqualTo("2");
            changed.countDown();
            assertThat(old.get(20, TimeUnit.SECONDS).body()).isEqualTo("1");
            assertThat(server.get("/price").body()).isEqualTo("2");
            assertThat(readers).hasValue(2);
        }
    }

    @Test
    void invalidateWhen_leavesOutWhatChangesNothing_andWhenDoesNot() {
        try (WebServer server = WebServer.of(
                (request, response) -> response.getWriter().print("x"),
                settings -> settings.when(request -> request.getMethod().equals("GET"))
                        .invalidateWhen(request -> !request.getRequestURI().equals("/search")))) {
            server.get("/search");
            server.send("POST", "/search");
            server.get("/search");
            assertThat(server.runs).hasValue(2);
            server.get("/other");
            server.send("POST", "/other");
            server.get("/other");
            assertThat(server.runs).hasValue(5);
        }
    }

    @Test
    void closedCache_leavesTheAnswer() {
        try (WebServer server = shop((request, response) -> response.setStatus(204))) {
            server.cache.close();
            assertThat(server.send("POST", "/price").status()).isEqualTo(204);
        }
    }

    /** The application sees of such a request what the client sent: this filter only listens. */
    @Test
    void request_isSeenAsItWasSent() {
        try (WebServer server = shop((request, response) -> response.getWriter()
                .print(request.getHeader("Cookie") + request.getServerName() + request.getHeader("X-A")))) {
            assertThat(server.send("POST", "/price", "Cookie: a=b", "X-A: 1", "Host: Shop.example.")
                            .body())
                    .isEqualTo("a=bShop.example.1");
        }
    }
}
