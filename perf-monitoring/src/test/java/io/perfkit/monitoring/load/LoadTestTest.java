package io.perfkit.monitoring.load;

import static io.perfkit.monitoring.load.LoadRequest.get;
import static io.perfkit.monitoring.load.LoadRequest.post;
import static io.perfkit.monitoring.load.LoadRequirement.errorRate;
import static io.perfkit.monitoring.load.LoadRequirement.p95;
import static io.perfkit.monitoring.load.LoadRequirement.throughput;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.perfkit.monitoring.MonitoringException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoadTestTest {
    static {
        // Without it, JDK 17's server holds each body back for the 40 ms of a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger served = new AtomicInteger();
    private final ReentrantReadWriteLock stall = new ReentrantReadWriteLock();
    private HttpServer server;
    private String url;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        server.setExecutor(threads);
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        server.createContext("/ok", exchange -> {
            stall.readLock().lock();
            stall.readLock().unlock();
            served.incrementAndGet();
            exchange.getResponseHeaders().set("X-Query-Count", Integer.toString(served.get() % 2 == 0 ? 2 : 4));
            answer(exchange, 200);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void busy(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Holds every request up while it is open. */
    private void stallAfter(Duration delay, Duration length) {
        threads.execute(() -> {
            busy(delay);
            stall.writeLock().lock();
            try {
                busy(length);
            } finally {
                stall.writeLock().unlock();
            }
        });
    }

    /**
     * The server stalls for 500 ms of 1.5 s. At 200/s a third of all calls is due in the stall and waits a quarter of a
     * second on average: 5 % of all calls wait at least 425 ms. A client that waits for each answer before it sends the
     * next would have seen one slow call.
     */
    @Test
    void constantRate_serverStalls_latencyCountsFromTheIntendedStart() {
        stallAfter(Duration.ofMillis(700), Duration.ofMillis(500));
        ScenarioResult result = LoadTest.of(url)
                .scenario("ok", get("/ok"))
                .warmUp(Duration.ofMillis(200))
                .constantRate(200)
                .duration(Duration.ofMillis(1_500))
                .maximumInFlight(5)
                .run()
                .scenario("ok");

        assertThat(result.count()).isEqualTo(300);
        assertThat(result.errors()).isZero();
        assertThat(result.p95()).isGreaterThan(Duration.ofMillis(350));
        assertThat(result.max()).isGreaterThan(Duration.ofMillis(450));
        assertThat(result.late()).isGreaterThan(50);
        assertThat(result.dropped()).isZero();
    }

    /** The same with places enough: no call starts late, and each is slow because the server was. */
    @Test
    void constantRate_placesEnough_callsStartOnTimeThroughTheStall() {
        stallAfter(Duration.ofMillis(500), Duration.ofSeconds(1));
        ScenarioResult result = LoadTest.of(url)
                .scenario("ok", get("/ok"))
                .constantRate(100)
                .duration(Duration.ofSeconds(2))
                .run()
                .scenario("ok");

        assertThat(result.count()).isEqualTo(200);
        assertThat(result.p95()).isGreaterThan(Duration.ofMillis(700));
        assertThat(result.late()).isLessThan(100);
    }

    @Test
    void users_sameStall_showsInFewCalls() {
        stallAfter(Duration.ofMillis(250), Duration.ofMillis(500));
        ScenarioResult result = LoadTest.of(url)
                .scenario("ok", get("/ok"))
                .users(1)
                .duration(Duration.ofSeconds(2))
                .run()
                .scenario("ok");
        assertThat(result.max()).isGreaterThan(Duration.ofMillis(450));
        assertThat(result.p95()).isLessThan(Duration.ofMillis(250));
    }

    /** Four places of 10 ms each: 400 calls a second, no more, whoever asks. */
    @Test
    void users_serverOfKnownCapacity_findsIt() {
        Semaphore places = new Semaphore(4);
        server.createContext("/capacity", exchange -> {
            places.acquireUninterruptibly();
            try {
                busy(Duration.ofMillis(10));
            } finally {
                places.release();
            }
            answer(exchange, 200);
        });
        LoadResult whole = LoadTest.of(url)
                .scenario("capacity", get("/capacity"))
                .warmUp(Duration.ofMillis(300))
                .users(16)
                .duration(Duration.ofSeconds(2))
                .run();
        ScenarioResult result = whole.scenario("capacity");

        assertThat(result.errors()).isZero();
        assertThat(result.throughput()).isBetween(50.0, 410.0); // less than 400 where the machine is busy
        assertThat(result.p50()).isGreaterThan(Duration.ofMillis(35));
        double users = (double) result.count()
                * result.mean().toNanos()
                / whole.elapsed().toNanos(); // Little's law
        assertThat(users).isBetween(14.0, 18.0);
    }

    /** Twenty times as many calls as the server can do: those that never find a place are dropped, and count. */
    @Test
    void constantRate_beyondCapacity_dropsAndSaysSo() {
        Semaphore places = new Semaphore(1);
        server.createContext("/one", exchange -> {
            places.acquireUninterruptibly();
            try {
                busy(Duration.ofMillis(50));
            } finally {
                places.release();
            }
            answer(exchange, 200);
        });
        ScenarioResult result = LoadTest.of(url)
                .scenario("one", get("/one"))
                .constantRate(400)
                .duration(Duration.ofSeconds(1))
                .timeout(Duration.ofMillis(400))
                .maximumInFlight(2)
                .run()
                .scenario("one");

        assertThat(result.count()).isEqualTo(400);
        assertThat(result.dropped()).isGreaterThan(200);
        assertThat(result.errors()).isGreaterThanOrEqualTo(result.dropped());
        assertThat(result.p95()).isGreaterThanOrEqualTo(Duration.ofMillis(399));
    }

    @Test
    void timeout_stalledBody_cutsAndCountsAsTheTimeoutAndAnError() {
        CountDownLatch release = new CountDownLatch(1);
        server.createContext("/body", exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            awaitQuietly(release);
            exchange.close();
        });
        try {
            ScenarioResult result = LoadTest.of(url)
                    .scenario("body", get("/body"))
                    .users(2)
                    .requests(4)
                    .timeout(Duration.ofMillis(300))
                    .run()
                    .scenario("body");
            assertThat(result.count()).isEqualTo(4);
            assertThat(result.errors()).isEqualTo(4);
            assertThat(result.timedOut()).isEqualTo(4);
            assertThat(result.p50()).isBetween(Duration.ofMillis(299), Duration.ofSeconds(5));
            assertThat(result.failures()).containsEntry("TimeoutException: cut after 300 ms", 4L);
            assertThat(result.throughput()).isZero();
        } finally {
            release.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void scenarios_takeTurnsAndSeeEachStatus() {
        server.createContext("/missing", exchange -> answer(exchange, 404));
        server.createContext("/moved", exchange -> answer(exchange, 304));
        LoadResult result = LoadTest.of(url + "/")
                .scenario("ok", get("/ok"))
                .scenario("missing", get("/missing"))
                .requests(100)
                .collectHeader("X-Query-Count")
                .run();

        ScenarioResult ok = result.scenario("ok");
        assertThat(ok.count()).isEqualTo(50);
        assertThat(ok.statusCodes()).isEqualTo(Map.of(200, 50L));
        assertThat(ok.headers().get("X-Query-Count")).isEqualTo(new HeaderStats(50, 3.0, 4.0));
        ScenarioResult missing = result.scenario("missing");
        assertThat(missing.errorRate()).isEqualTo(1);
        assertThat(missing.statusCodes()).isEqualTo(Map.of(404, 50L));
        assertThat(missing.headers().get("X-Query-Count")).isEqualTo(new HeaderStats(0, 0, 0));
        assertThatThrownBy(() -> result.scenario("nope"))
                .hasMessage("There is no scenario nope; there are [ok, missing]");
    }

    @Test
    void requests_eachDifferent_arriveWithMethodHeadersAndBody() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        server.createContext("/echo", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("X-Test") + " " + body);
            answer(exchange, 201);
        });
        LoadTest.of(url)
                .requests("echo", nth -> post("/echo?n=" + nth, "body " + nth).header("X-Test", "yes"))
                .users(4)
                .requests(10)
                .run()
                .requireThat(errorRate().zero());
        assertThat(seen).hasSize(10).contains("POST /echo?n=0 yes body 0", "POST /echo?n=9 yes body 9");
    }

    @Test
    void targetThatHangsFromTheWarmUpOn_isToldInProgressAndResultAndBreaksEveryBound() {
        List<LoadProgress> progress = Collections.synchronizedList(new ArrayList<>());
        LoadResult result = LoadTest.ofTasks()
                .task("hangs", () -> {
                    new CountDownLatch(1).await();
                    return null;
                })
                .users(3)
                .warmUp(Duration.ofMillis(200))
                .duration(Duration.ofMillis(300))
                .timeout(Duration.ofMillis(2_500))
                .listener(new LoadListener() {
                    @Override
                    public void onProgress(LoadProgress now) {
                        progress.add(now);
                    }
                })
                .run();

        assertThat(result.scenario("hangs").count()).isZero();
        assertThat(result.underWay()).isEqualTo(3);
        assertThat(result.oldestUnderWay()).isBetween(Duration.ofMillis(300), Duration.ofMillis(500));
        assertThat(result.toTable()).contains("3 calls were still under way at the end, the oldest for 0.");
        assertThat(result.toJson()).contains("\"underWay\":3", "\"oldestUnderWayMillis\":");
        assertThat(progress.get(0).inFlight()).isEqualTo(3);
        assertThat(progress.get(0).oldest()).isGreaterThan(Duration.ofMillis(500));
        assertThat(progress.get(0).toString())
                .containsPattern("0 calls, 0 errors, 3 in flight, the oldest for \\d+\\.\\d s");
        assertThatThrownBy(() -> result.requireThat(errorRate().zero()))
                .isInstanceOf(LoadRequirementException.class)
                .hasMessageContaining("No call was measured: 3 calls were still under way");
    }

    @Test
    void task_failuresAreErrorsByKind() {
        AtomicInteger calls = new AtomicInteger();
        ScenarioResult result = LoadTest.ofTasks()
                .task("task", () -> {
                    int call = calls.incrementAndGet();
                    if (call % 4 == 0) {
                        throw new IOException("fourth");
                    }
                    if (call % 4 == 1) {
                        throw new AssertionError("first");
                    }
                    return call;
                })
                .users(3)
                .requests(40)
                .run()
                .scenario("task");
        assertThat(result.count()).isEqualTo(40);
        assertThat(result.errors()).isEqualTo(20);
        assertThat(result.failures()).isEqualTo(Map.of("IOException: fourth", 10L, "AssertionError: first", 10L));
        assertThat(result.statusCodes()).isEqualTo(Map.of(0, 20L));
    }

    @Test
    void task_cut_isInterruptedAndNextIsNot() {
        AtomicInteger interrupted = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        ScenarioResult result = LoadTest.ofTasks()
                .task("task", () -> {
                    if (calls.incrementAndGet() % 2 == 1) {
                        while (!Thread.currentThread().isInterrupted()) { // and leaves the mark on the thread
                            LockSupport.park();
                        }
                        interrupted.incrementAndGet();
                    } else {
                        assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    }
                    return null;
                })
                .requests(10)
                .timeout(Duration.ofMillis(50))
                .run()
                .scenario("task");
        assertThat(result.timedOut()).isEqualTo(5);
        assertThat(result.errors()).isEqualTo(5);
        assertThat(interrupted).hasValue(5);
    }

    @Test
    void noServer_everyCallIsAnError() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        LoadResult result = LoadTest.of("http://127.0.0.1:" + port)
                .scenario("nobody", get("/"))
                .users(2)
                .requests(10)
                .run();
        assertThat(result.scenario("nobody").errors()).isEqualTo(10);
        assertThatThrownBy(() -> result.requireThat(errorRate().below(0.5)))
                .isInstanceOf(LoadRequirementException.class)
                .isInstanceOf(MonitoringException.class)
                .hasMessageContaining("errorRate of nobody must be below 0.5, but was 1.0000 (10 of 10)")
                .hasMessageContaining("ConnectException");
    }

    @Test
    void requireThat_namesEveryBrokenBound() {
        LoadResult result =
                LoadTest.of(url).scenario("ok", get("/ok")).requests(20).run();
        assertThat(result.requireThat(
                        p95().below(Duration.ofSeconds(10)),
                        errorRate().below(0.01),
                        throughput().atLeast(1)))
                .isSameAs(result);
        assertThatThrownBy(() -> result.requireThat(
                        p95().below(Duration.ofNanos(1)), throughput().atLeast(1e9)))
                .hasMessageContaining("p95 of ok must be below 0.000 ms, but was")
                .hasMessageContaining("throughput of ok must be at least 1000000000.0/s");
    }

    @Test
    void warmUp_isNotMeasured() {
        ScenarioResult result = LoadTest.of(url)
                .scenario("ok", get("/ok"))
                .warmUp(Duration.ofMillis(300))
                .requests(10)
                .run()
                .scenario("ok");
        assertThat(result.count()).isEqualTo(10);
        assertThat(served.get()).isGreaterThan(10);
    }

    @Test
    void tableAndJson_haveTheNumbers() {
        LoadResult result = LoadTest.of(url)
                .scenario("ok", get("/ok"))
                .requests(10)
                .collectHeader("X-Query-Count")
                .run();
        assertThat(result.toTable())
                .contains("scenario")
                .contains("p95 ms")
                .contains("200:10")
                .contains("X-Query-Count");
        JsonNode json = JsonMapper.builder().build().readTree(result.toJson());
        JsonNode ok = json.get("scenarios").get(0);
        assertThat(ok.get("name").asString()).isEqualTo("ok");
        assertThat(ok.get("count").asInt()).isEqualTo(10);
        assertThat(ok.get("statusCodes").get("200").asInt()).isEqualTo(10);
        assertThat(ok.get("headers").get("X-Query-Count").get("max").asInt()).isEqualTo(4);
        assertThat(ok.get("p95Millis").asDouble()).isPositive();
    }

    @Test
    void printProgress_printsWhileItRuns() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LoadTest.of(url)
                .scenario("ok", get("/ok"))
                .constantRate(20)
                .duration(Duration.ofMillis(1_500))
                .printProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8))
                .run();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("calls, 0 errors");
    }

    @Test
    void run_interrupted_endsAndLeavesNoThread() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread runner = new Thread(() -> {
            try {
                LoadTest.of(url)
                        .scenario("ok", get("/ok"))
                        .users(3)
                        .duration(Duration.ofMinutes(5))
                        .run();
            } catch (MonitoringException expected) {
                thrown.set(expected);
            }
        });
        runner.start();
        await().until(() -> served.get() > 10);
        runner.interrupt();
        runner.join(10_000);
        assertThat(thrown.get()).hasMessage("The load test was interrupted before its end");
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("perfkit-load")));
    }

    @Test
    void badSettings_areRefused() {
        LoadTest test = LoadTest.of(url);
        assertThatThrownBy(() -> LoadTest.of("localhost:80")).hasMessageStartingWith("baseUrl must be http://");
        assertThatThrownBy(() -> get("api")).hasMessage("path must start with /, but was api");
        assertThatThrownBy(() -> test.users(0)).hasMessage("users must be at least 1, but was 0");
        assertThatThrownBy(() -> test.requests(0)).hasMessage("requests must be at least 1, but was 0");
        assertThatThrownBy(() -> test.maximumInFlight(-1)).hasMessage("maximumInFlight must be at least 1, but was -1");
        assertThatThrownBy(() -> test.constantRate(Double.NaN))
                .hasMessage("constantRate must be above 0 and at most 1000000, but was NaN");
        assertThatThrownBy(() -> test.duration(Duration.ZERO)).hasMessageStartingWith("duration must be positive");
        assertThatThrownBy(() -> test.timeout(Duration.ZERO)).hasMessageStartingWith("timeout must be positive");
        assertThatThrownBy(() -> test.warmUp(Duration.ofMillis(-1))).hasMessageStartingWith("warmUp must be between 0");
        assertThatThrownBy(test::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("no scenario");
        test.scenario("ok", get("/ok"));
        assertThatThrownBy(() -> test.scenario("ok", get("/ok"))).hasMessage("scenario ok is there already");
        assertThatThrownBy(test::run).hasMessageContaining("Neither duration nor requests");
        test.duration(Duration.ofSeconds(1));
        assertThatThrownBy(test::run).hasMessageContaining("None of constantRate, users and requests");
        test.users(1).constantRate(1);
        assertThatThrownBy(test::run).hasMessageContaining("constantRate and users exclude each other");
        assertThatThrownBy(() -> LoadTest.ofTasks().scenario("x", get("/")))
                .hasMessageContaining("the test has no server");
        assertThatThrownBy(() -> errorRate().below(0)).hasMessageContaining("use zero()");
    }
}
