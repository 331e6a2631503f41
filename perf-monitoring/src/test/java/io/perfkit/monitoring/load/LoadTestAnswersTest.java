package io.perfkit.monitoring.load;

import static io.perfkit.monitoring.load.LoadRequest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The time until a call succeeded, by a clock that only the calls move. Times are some hundred microseconds, which the
 * result holds exactly.
 */
class LoadTestAnswersTest {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // as LoadTestTest does: the first to load it decides
    }

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 100_000); // System.nanoTime may wrap around too

    /** One attempt: how long it takes, and whether it succeeds. */
    private record Step(long micros, boolean success) {}

    private static Step fails(long micros) {
        return new Step(micros, false);
    }

    private static Step succeeds(long micros) {
        return new Step(micros, true);
    }

    /** One user whose attempts go as told; the last step repeats. */
    private LoadTest test(Step... steps) {
        AtomicInteger next = new AtomicInteger();
        LoadTest test = LoadTest.ofTasks().task("task", () -> {
            Step step = steps[Math.min(next.getAndIncrement(), steps.length - 1)];
            clock.addAndGet(TimeUnit.MICROSECONDS.toNanos(step.micros));
            if (!step.success) {
                throw new IOException("refused");
            }
            return null;
        });
        test.nanoTime = clock::get;
        return test.users(1);
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }

    @Test
    void answers_failedAttempts_countAsTheWaitOfTheirUser() {
        ScenarioResult result = test(fails(250), fails(250), succeeds(100), succeeds(120))
                .maximumAttempts(10)
                .requests(2)
                .run()
                .scenario("task");

        assertThat(result.answers())
                .isEqualTo(new AnswerTimes(2, 0, micros(120), micros(600), micros(600), micros(600)));
        assertThat(result.count()).isEqualTo(4);
        assertThat(result.errors()).isEqualTo(2);
        assertThat(result.max()).isEqualTo(micros(250));
        assertThat(result.throughput()).isEqualTo(2 / 720e-6);
    }

    /** Fast errors look fast call by call: the same server, told by its answers, is the slower of the two. */
    @Test
    void answers_ofAServerThatFailsFast_areNotFasterThanOfOneThatLetsWait() {
        ScenarioResult failsFast = test(fails(100), fails(100), fails(100), fails(100), succeeds(100))
                .maximumAttempts(10)
                .requests(1)
                .run()
                .scenario("task");
        ScenarioResult letsWait =
                test(succeeds(400)).maximumAttempts(10).requests(1).run().scenario("task");

        assertThat(failsFast.p95()).isLessThan(letsWait.p95());
        assertThat(failsFast.answers().p95()).isEqualTo(micros(500));
        assertThat(letsWait.answers().p95()).isEqualTo(micros(400));
        assertThat(failsFast.throughput()).isLessThan(letsWait.throughput());
    }

    @Test
    void answers_noAttemptSucceeds_isUnansweredWithTheTimeOfAllAttempts() {
        LoadResult result = test(fails(200)).maximumAttempts(3).requests(5).run();
        ScenarioResult scenario = result.scenario("task");
        assertThat(scenario.answers())
                .isEqualTo(new AnswerTimes(5, 5, micros(600), micros(600), micros(600), micros(600)));
        assertThat(scenario.errors()).isEqualTo(15);
        assertThat(scenario.throughput()).isZero();
        assertThat(result.toTable())
                .contains(
                        "task  until a call succeeded, with its repetitions: p50 0.60, p95 0.60, p99 0.60, max 0.60 ms;"
                                + " 5 of 5 never did");
        JsonNode answers = JsonMapper.builder()
                .build()
                .readTree(result.toJson())
                .get("scenarios")
                .get(0)
                .get("answers");
        assertThat(answers.get("count").asInt()).isEqualTo(5);
        assertThat(answers.get("unanswered").asInt()).isEqualTo(5);
        assertThat(answers.get("p95Millis").asDouble()).isEqualTo(0.6);
    }

    @Test
    void answers_nothingIsRepeatedUnlessSet() {
        LoadResult result = test(fails(200), succeeds(100)).requests(2).run();
        assertThat(result.scenario("task").answers())
                .isEqualTo(new AnswerTimes(2, 1, micros(100), micros(200), micros(200), micros(200)));
        assertThat(result.scenario("task").count()).isEqualTo(2);
        assertThat(result.toTable()).doesNotContain("repetitions");
    }

    /** The tenth call is due at 900, fails at 1,100, after the end, and is followed to its answer at 1,300. */
    @Test
    void answers_callDueInTheMeasuredTime_isFollowedBeyondItsEnd() {
        List<Step> steps = new ArrayList<>(Collections.nCopies(9, succeeds(100)));
        steps.add(fails(200));
        steps.add(succeeds(200));
        LoadResult result = test(steps.toArray(Step[]::new))
                .maximumAttempts(10)
                .duration(micros(1_000))
                .run();
        ScenarioResult scenario = result.scenario("task");
        assertThat(scenario.answers())
                .isEqualTo(new AnswerTimes(10, 0, micros(100), micros(400), micros(400), micros(400)));
        assertThat(result.elapsed()).isEqualTo(micros(1_300));
        assertThat(scenario.throughput()).isEqualTo(9 / 1_000e-6); // the tenth success came after the measured time
    }

    /** One call of 8 s among many of 10 ms must not make a server of 100 calls a second look like one of 9. */
    @Test
    void throughput_oneStragglerAfterTheEnd_isOverTheMeasuredTime() {
        List<Step> steps = new ArrayList<>(Collections.nCopies(99, succeeds(10)));
        steps.add(succeeds(8_000));
        ScenarioResult result =
                test(steps.toArray(Step[]::new)).duration(micros(1_000)).run().scenario("task");
        assertThat(result.count()).isEqualTo(100);
        assertThat(result.throughput()).isEqualTo(99 / 1_000e-6);
    }

    @Test
    void throughput_callEndsExactlyAtTheEnd_counts() {
        ScenarioResult result =
                test(succeeds(100)).duration(micros(1_000)).run().scenario("task");
        assertThat(result.throughput()).isEqualTo(10 / 1_000e-6);
    }

    @Test
    void throughput_endedByRequestsBeforeTheDuration_isOverTheTimeThatItTook() {
        ScenarioResult result =
                test(succeeds(100)).duration(micros(1_000)).requests(4).run().scenario("task");
        assertThat(result.throughput()).isEqualTo(4 / 400e-6);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void answers_anySequenceOfOutcomes_areWhatAUserWouldCount(long seed) {
        Random random = new Random(seed);
        int attempts = 1 + random.nextInt(4);
        Step[] steps = random.ints(300, 1, 400)
                .mapToObj(micros -> new Step(micros, random.nextInt(3) > 0))
                .toArray(Step[]::new);
        List<Long> expected = new ArrayList<>();
        int unanswered = 0;
        for (int step = 0; expected.size() < 60; ) {
            long waited = 0;
            boolean success = false;
            for (int attempt = 0; attempt < attempts && !success; attempt++, step++) {
                waited += steps[step].micros;
                success = steps[step].success;
            }
            expected.add(waited);
            unanswered += success ? 0 : 1;
        }
        Collections.sort(expected);

        AnswerTimes answers = test(steps)
                .maximumAttempts(attempts)
                .requests(60)
                .run()
                .scenario("task")
                .answers();

        assertThat(answers)
                .isEqualTo(new AnswerTimes(
                        60,
                        unanswered,
                        micros(expected.get(29)),
                        micros(expected.get(56)),
                        micros(expected.get(59)),
                        micros(expected.get(59))));
    }

    @Test
    void maximumAttempts_openModel_followsEachCallToItsAnswer() {
        AtomicInteger calls = new AtomicInteger();
        ScenarioResult result = LoadTest.ofTasks()
                .task("every other", () -> {
                    if (calls.incrementAndGet() % 2 == 1) {
                        throw new IOException("refused");
                    }
                    return null;
                })
                .maximumInFlight(1)
                .constantRate(500)
                .requests(20)
                .maximumAttempts(2)
                .run()
                .scenario("every other");
        assertThat(result.count()).isEqualTo(40);
        assertThat(result.errors()).isEqualTo(20);
        assertThat(result.answers().count()).isEqualTo(20);
        assertThat(result.answers().unanswered()).isZero();
    }

    /** A call that never found a place was not answered, and its user waited for the whole timeout. */
    @Test
    void answers_droppedCalls_areUnanswered() {
        ScenarioResult result = LoadTest.ofTasks()
                .task("holds its place", () -> {
                    for (long end = System.nanoTime() + 300_000_000; end - System.nanoTime() > 0; ) {
                        Thread.onSpinWait(); // interrupted at the timeout, and going on
                    }
                    return null;
                })
                .constantRate(100)
                .requests(10)
                .maximumInFlight(1)
                .timeout(Duration.ofMillis(50))
                .run()
                .scenario("holds its place");
        assertThat(result.dropped()).isPositive();
        assertThat(result.answers().count()).isEqualTo(10);
        assertThat(result.answers().unanswered()).isGreaterThanOrEqualTo(result.dropped());
    }

    @Test
    void maximumAttempts_repeatsTheSameRequest() throws IOException {
        Set<String> failed = Collections.synchronizedSet(new HashSet<>());
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(failed.add(exchange.getRequestURI().getPath()) ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        try {
            ScenarioResult result = LoadTest.of(
                            "http://127.0.0.1:" + server.getAddress().getPort())
                    .requests("page", nth -> get("/" + nth))
                    .users(3)
                    .requests(30)
                    .maximumAttempts(2)
                    .run()
                    .scenario("page");
            assertThat(failed).hasSize(30);
            assertThat(result.statusCodes()).isEqualTo(Map.of(503, 30L, 200, 30L));
            assertThat(result.answers().unanswered()).isZero();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void maximumAttempts_belowOne_isRefused() {
        assertThatThrownBy(() -> LoadTest.ofTasks().maximumAttempts(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maximumAttempts must be at least 1, but was 0");
    }
}
