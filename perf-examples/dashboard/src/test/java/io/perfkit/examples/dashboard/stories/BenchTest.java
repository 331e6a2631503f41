package io.perfkit.examples.dashboard.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Side;
import io.perfkit.examples.dashboard.measure.Times;
import io.perfkit.examples.dashboard.shop.Progress;
import io.perfkit.monitoring.load.AnswerTimes;
import io.perfkit.monitoring.load.HeaderStats;
import io.perfkit.monitoring.load.ScenarioResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BenchTest {

    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private HttpServer server;
    private Bench bench;

    /** A server that answers each path with an error first, and then always right. */
    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(failed.add(exchange.getRequestURI().toString()) ? 500 : 200, -1);
            exchange.close();
        });
        server.start();
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        bench = new Bench(base, true, new Progress(new PrintStream(OutputStream.nullOutputStream())));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void run_tryingAgain_isAnsweredAfterTheErrors() {
        Figures figures = bench.before("some")
                .warmUp(0)
                .users(4)
                .requests(20)
                .tryingAgain()
                .run(i -> "/page?n=" + i);

        assertThat(figures.requests()).isEqualTo(40);
        assertThat(figures.errors()).isEqualTo(20);
        assertThat(figures.counts().unanswered()).isZero();
    }

    @Test
    void run_notTryingAgain_leavesThoseWithAnErrorUnanswered() {
        Figures figures = bench.before("some").warmUp(0).requests(20).run(i -> "/page?n=" + i);

        assertThat(figures.requests()).isEqualTo(20);
        assertThat(figures.errors()).isEqualTo(20);
        assertThat(figures.counts().unanswered()).isEqualTo(20);
    }

    /** Times of answers in the columns that are compared, times of requests beside them; nothing is mixed up. */
    @Test
    void figures_ofAScenario_takesTimesToASuccessForThoseOfItsClients() {
        ScenarioResult scenario = new ScenarioResult(
                "peak",
                3_595,
                904,
                0,
                0,
                0,
                ms(1),
                ms(2),
                ms(3),
                ms(4),
                ms(5),
                new AnswerTimes(2_691, 7, ms(20), ms(30), ms(40), ms(50)),
                448.5,
                Map.of(200, 2_691L, 500, 904L),
                Map.of(),
                Map.of("X-Query-Count", new HeaderStats(3_595, 0.75, 1)));

        assertThat(Bench.figures(Side.BEFORE, scenario))
                .isEqualTo(new Figures(
                        "peak",
                        Side.BEFORE,
                        new Figures.Counts(3_595, 904, 7, 448.5),
                        new Times(20e6, 30e6, 40e6, 50e6),
                        new Times(2e6, 3e6, 4e6, 5e6),
                        0.75,
                        Double.NaN));
    }

    private static Duration ms(int millis) {
        return Duration.ofMillis(millis);
    }
}
