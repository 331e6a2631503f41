package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for the same at the same time. */
@Timeout(60)
class SingleFlightTest {

    private final ExecutorService clients = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        clients.shutdownNow();
    }

    private CompletableFuture<Reply> ask(WebServer server, String target) {
        return CompletableFuture.supplyAsync(() -> server.get(target), clients);
    }

    private static void block(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nobody opened the latch");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void awaitCoalesced(int waiting) {
        await().pollDelay(Duration.ZERO).until(() -> waitingThreads() >= waiting);
    }

    /** Requests that stand in the single flight: nothing else in the server waits there. */
    private static long waitingThreads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Arrays.stream(stack)
                        .anyMatch(frame -> frame.getClassName().equals(Turn.class.getName())
                                && frame.getMethodName().equals("await")))
                .count();
    }

    @Test
    void manyAtOnce_runTheApplicationOnce() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (WebServer server = WebServer.of((request, response) -> {
            block(latch);
            response.getWriter().print("hello");
        })) {
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(ask(server, "/"));
            }
            awaitCoalesced(19);
            latch.countDown();
            for (CompletableFuture<Reply> reply : replies) {
                assertThat(reply.get(20, TimeUnit.SECONDS).body()).isEqualTo("hello");
            }
            assertThat(server.runs).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "size", "flushedPrivate", "events"})
    void responseNotForOthers_keepsNobodyWaitingForItsEnd(String kind) throws Exception {
        CountDownLatch othersWait = new CountDownLatch(1);
        CountDownLatch othersDone = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        try (WebServer server = WebServer.of(
                (request, response) -> {
                    boolean leads = first.getAndSet(false);
                    if (leads) {
                        block(othersWait);
                    }
                    switch (kind) {
                        case "cookie" -> response.addHeader("Set-Cookie", "a=b");
                        case "size" -> response.getOutputStream().write(new byte[200]);
                        case "flushedPrivate" -> {
                            response.setHeader("Cache-Control", "private");
                            response.flushBuffer();
                        }
                        default -> {
                            response.setContentType("text/event-stream");
                            response.flushBuffer();
                        }
                    }
                    if (leads) {
                        block(othersDone);
                    }
                    response.getOutputStream().print("end");
                },
                settings -> settings.maximumBodySize(100))) {
            CompletableFuture<Reply> leader = ask(server, "/");
            await().until(() -> server.runs.get() == 1);
            List<CompletableFuture<Reply>> others = List.of(ask(server, "/"), ask(server, "/"), ask(server, "/"));
            awaitCoalesced(3);
            othersWait.countDown();
            for (CompletableFuture<Reply> other : others) {
                assertThat(other.get(20, TimeUnit.SECONDS).body()).endsWith("end");
            }
            assertThat(leader).isNotDone();
            othersDone.countDown();
            assertThat(leader.get(20, TimeUnit.SECONDS).body()).endsWith("end");
            assertThat(server.runs).hasValue(4);
        }
    }

    @Test
    void responseNotForOthers_isRememberedForTenSeconds() throws Exception {
        AtomicBoolean personal = new AtomicBoolean(true);
        try (WebServer server = WebServer.of((request, response) -> {
            if (personal.get()) {
                response.setHeader("Cache-Control", "private");
            }
            response.getWriter().print("x");
        })) {
            server.get("/");
            personal.set(false);
            server.get("/");
            assertThat(server.region.stats().localEntries()).isZero();
            server.clock.advance(Duration.ofSeconds(11));
            server.get("/");
            server.get("/");
            assertThat(server.region.stats().localEntries()).isEqualTo(1);
            assertThat(server.runs).hasValue(3);
        }
    }

    @Test
    void accident_isNotRemembered() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (WebServer server = WebServer.of((request, response) -> {
            if (broken.get()) {
                response.sendError(503);
            }
            response.getWriter().print("x");
        })) {
            assertThat(server.get("/").status()).isEqualTo(503);
            broken.set(false);
            server.get("/");
            server.get("/");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void leaderThatFails_leavesTheOthersToThemselves() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        try (WebServer server = WebServer.of((request, response) -> {
            if (first.getAndSet(false)) {
                block(latch);
                throw new IllegalStateException("the first one fails");
            }
            response.getWriter().print("x");
        })) {
            CompletableFuture<Reply> leader = ask(server, "/");
            await().until(() -> server.runs.get() == 1);
            CompletableFuture<Reply> other = ask(server, "/");
            awaitCoalesced(1);
            latch.countDown();
            assertThat(leader.get(20, TimeUnit.SECONDS).status()).isEqualTo(500);
            assertThat(other.get(20, TimeUnit.SECONDS).body()).isEqualTo("x");
        }
    }

    @Test
    void leaderThatTakesTooLong_isNotWaitedFor() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        try (WebServer server = WebServer.of(
                (request, response) -> {
                    boolean leads = first.getAndSet(false);
                    if (leads) {
                        block(latch);
                    }
                    response.getWriter().print(leads ? "late" : "own");
                },
                settings -> settings.maximumWait(Duration.ofMillis(50)))) {
            CompletableFuture<Reply> leader = ask(server, "/");
            await().until(() -> server.runs.get() == 1);
            assertThat(server.get("/").body()).isEqualTo("own");
            latch.countDown();
            assertThat(leader.get(20, TimeUnit.SECONDS).body()).isEqualTo("late");
            assertThat(server.get("/").body()).isEqualTo("late");
        }
    }

    @Test
    void invalidationDuringProduction_keepsTheResponseFromBeingStored() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        try (WebServer server = WebServer.of((request, response) -> {
            boolean old = first.getAndSet(false);
            if (old) {
                block(latch);
            }
            response.getWriter().print(old ? "old price" : "new price");
        })) {
            CompletableFuture<Reply> old = ask(server, "/product");
            await().until(() -> server.runs.get() == 1);
            server.region.invalidatePattern("/product*");
            assertThat(server.get("/product").body()).isEqualTo("new price");
            latch.countDown();
            assertThat(old.get(20, TimeUnit.SECONDS).body()).isEqualTo("old price");
            assertThat(server.get("/product").body()).isEqualTo("new price");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void applicationThatAsksItselfForTheSame_getsAnAnswer() {
        WebServer[] self = new WebServer[1];
        AtomicBoolean first = new AtomicBoolean(true);
        try (WebServer server = WebServer.of(
                (request, response) -> {
                    String inner = first.getAndSet(false) ? self[0].get("/").body() : "";
                    response.getWriter().print("x" + inner);
                },
                settings -> settings.maximumWait(Duration.ofMillis(50)))) {
            self[0] = server;
            assertThat(server.get("/").body()).isEqualTo("xx");
        }
    }

    @Test
    void closedCache_leavesTheApplicationRunning() {
        try (WebServer server =
                WebServer.of((request, response) -> response.getWriter().print("x"))) {
            server.cache.close();
            assertThat(server.get("/").body()).isEqualTo("x");
            assertThat(server.get("/").body()).isEqualTo("x");
        }
    }

    @Test
    void settings_thatCannotBe_areRefused() {
        try (PerfCache cache = PerfCache.builder("settings").build()) {
            CacheRegion<CachedResponse> sound =
                    cache.region("sound", CachedResponse.codec(), CachePolicy.of(Duration.ofMinutes(1)));
            ResponseCacheFilter.Builder builder = ResponseCacheFilter.builder(sound);
            assertThatThrownBy(() -> builder.maximumBodySize(0))
                    .hasMessage("maximumBodySize must be at least 1, but was 0");
            assertThatThrownBy(() -> builder.maximumWait(Duration.ZERO))
                    .hasMessage("maximumWait must be 1 ms to 3650 days, but was PT0S");
            assertThatThrownBy(() -> builder.notFoundTtl(Duration.ZERO)).hasMessageContaining("notFoundTtl");
            assertThatThrownBy(() -> builder.keyHeaders("Cookie")).hasMessageContaining("'Cookie'");
            assertThatThrownBy(() -> builder.keyHeaders("a b")).hasMessageContaining("'a b'");
            CacheRegion<CachedResponse> stale = cache.region(
                    "stale",
                    CachedResponse.codec(),
                    CachePolicy.builder()
                            .staleWhileRevalidate(Duration.ofMinutes(1))
                            .build());
            assertThatThrownBy(() -> ResponseCacheFilter.builder(stale).build())
                    .hasMessageContainingAll("stale", "staleWhileRevalidate", "maximumWait");
            CacheRegion<CachedResponse> byClass =
                    cache.region("class", CachedResponse.class, CachePolicy.of(Duration.ofMinutes(1)));
            assertThatThrownBy(() -> ResponseCacheFilter.builder(byClass).build())
                    .hasMessageContainingAll("class", "CachedResponse.codec()");
        }
    }
}
