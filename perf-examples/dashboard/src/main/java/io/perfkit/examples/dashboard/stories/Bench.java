package io.perfkit.examples.dashboard.stories;

import static io.perfkit.monitoring.load.LoadRequest.get;

import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Side;
import io.perfkit.examples.dashboard.measure.Times;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Progress;
import io.perfkit.monitoring.load.AnswerTimes;
import io.perfkit.monitoring.load.HeaderStats;
import io.perfkit.monitoring.load.LoadListener;
import io.perfkit.monitoring.load.LoadProgress;
import io.perfkit.monitoring.load.LoadResult;
import io.perfkit.monitoring.load.LoadTest;
import io.perfkit.monitoring.load.ScenarioResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How a story drives its endpoints: each run is a load test over HTTP, and what came of it. */
public final class Bench {

    private static final int PROGRESS_EVERY_SECONDS = 5;

    /** Of a client that does not give up: so many that none runs out of them, and an end for all that. */
    private static final int ATTEMPTS = 1_000;

    private final URI base;
    private final boolean quick;
    private final Progress progress;
    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * A bench.
     *
     * @param base where the application is
     * @param quick whether runs are to be short
     * @param progress told about each run
     */
    public Bench(URI base, boolean quick, Progress progress) {
        this.base = base;
        this.quick = quick;
        this.progress = progress;
    }

    public URI base() {
        return base;
    }

    public boolean quick() {
        return quick;
    }

    /** So many seconds, or a third of them where runs are to be short. */
    public Duration seconds(int seconds) {
        return Duration.ofMillis(quick ? seconds * 333L : seconds * 1_000L);
    }

    public Run before(String label) {
        return new Run(Side.BEFORE, label);
    }

    public Run after(String label) {
        return new Run(Side.AFTER, label);
    }

    /** The answer to one request that is not measured. */
    public JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(URI.create(base + path)).build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(path + " answered with status " + response.statusCode() + ": "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        return json.readTree(response.body());
    }

    /** One run being set up: one client unless told otherwise, each sending its next request when the last ended. */
    public final class Run {

        private final Side side;
        private final String label;
        private int users = 1;
        private int warmUp = 10;
        private Duration cut = Duration.ofSeconds(30);
        private Duration duration = Duration.ofHours(1);
        private long requests = Long.MAX_VALUE;
        private int attempts = 1;

        private Run(Side side, String label) {
            this.side = side;
            this.label = label;
        }

        public Run users(int number) {
            users = number;
            return this;
        }

        /** Requests that are sent first and not measured. */
        public Run warmUp(int number) {
            warmUp = number;
            return this;
        }

        /** A request that takes this long is given up; it counts as an error and as this long. */
        public Run cutAt(Duration longest) {
            cut = longest;
            return this;
        }

        /**
         * A client whose request fails sends it again at once, as people reload a page, and is answered when one
         * succeeds. Without this it gives up.
         */
        public Run tryingAgain() {
            attempts = ATTEMPTS;
            return this;
        }

        public Run requests(int number) {
            requests = number;
            return this;
        }

        public Run duration(Duration time) {
            duration = time;
            return this;
        }

        /** Sends the requests; the index given to {@code path} goes on from the warm-up to the run. */
        public Figures run(LongFunction<String> path) {
            return run(List.of(label), List.of(path)).get(0);
        }

        /** Several paths, requested in turn by the same clients, so that what disturbs one disturbs the others. */
        public List<Figures> run(List<String> labels, List<LongFunction<String>> paths) {
            if (warmUp > 0) {
                LoadTest first = LoadTest.of(base.toString());
                for (int i = 0; i < paths.size(); i++) {
                    LongFunction<String> path = paths.get(i);
                    first.requests(labels.get(i), index -> get(path.apply(index)));
                }
                first.users(Math.min(users, warmUp))
                        .requests(warmUp)
                        .timeout(cut)
                        .run();
            }
            LoadTest test = LoadTest.of(base.toString());
            int measuredFrom = (warmUp + paths.size() - 1) / paths.size();
            for (int i = 0; i < paths.size(); i++) {
                LongFunction<String> path = paths.get(i);
                test.requests(labels.get(i), index -> get(path.apply(index + measuredFrom)));
            }
            LoadResult result = test.users(users)
                    .requests(requests)
                    .duration(duration)
                    .timeout(cut)
                    .maximumAttempts(attempts)
                    .collectHeader(QUERIES)
                    .collectHeader(BYTES)
                    .listener(new LoadListener() {
                        @Override
                        public void onProgress(LoadProgress now) {
                            if (now.elapsed().toSeconds() % PROGRESS_EVERY_SECONDS == PROGRESS_EVERY_SECONDS - 1) {
                                progress.say("    %s", now);
                            }
                        }
                    })
                    .run();
            List<Figures> figures = new ArrayList<>();
            for (ScenarioResult scenario : result.scenarios()) {
                figures.add(told(figures(side, scenario)));
            }
            return figures;
        }

        /** Figures of something that was not a load test: the times it took, and all of it together. */
        public Figures observed(List<Long> nanos, long elapsedNanos) {
            Times times = Times.of(nanos);
            Figures.Counts counts = new Figures.Counts(nanos.size(), 0, 0, nanos.size() / (elapsedNanos / 1e9));
            return told(new Figures(label, side, counts, times, times, Double.NaN, Double.NaN));
        }

        private Figures told(Figures figures) {
            progress.say(
                    "  %-6s  %-32s p95 %9s  %9s ok/s  %s errors",
                    figures.side(),
                    figures.label(),
                    Units.nanos(figures.p95Nanos()),
                    Units.rate(figures.answersPerSecond()),
                    Units.count(figures.errors()));
            return figures;
        }
    }

    private static final String QUERIES = "X-Query-Count";
    private static final String BYTES = "X-Allocated-Bytes";

    private static double mean(ScenarioResult scenario, String header) {
        HeaderStats values = scenario.headers().get(header);
        return values == null || values.count() == 0 ? Double.NaN : values.mean();
    }

    /** What a load test says of one path. */
    static Figures figures(Side side, ScenarioResult scenario) {
        AnswerTimes answers = scenario.answers();
        return new Figures(
                scenario.name(),
                side,
                new Figures.Counts(scenario.count(), scenario.errors(), answers.unanswered(), scenario.throughput()),
                times(answers.p50(), answers.p95(), answers.p99(), answers.max()),
                times(scenario.p50(), scenario.p95(), scenario.p99(), scenario.max()),
                mean(scenario, QUERIES),
                mean(scenario, BYTES));
    }

    private static Times times(Duration p50, Duration p95, Duration p99, Duration max) {
        return new Times(p50.toNanos(), p95.toNanos(), p99.toNanos(), max.toNanos());
    }
}
