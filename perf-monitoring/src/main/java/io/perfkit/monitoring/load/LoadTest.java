package io.perfkit.monitoring.load;

import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts load on a server, or on code, and measures the latency.
 *
 * <p>With {@link #constantRate} the model is <em>open</em>: calls are due at fixed times whether or not the ones before
 * have been answered, and the latency counts from when a call was <em>due</em>. A server that stalls for a second
 * therefore shows in the latency of every call that was due in that second, as its users would have felt it, and not in
 * the one call that happened to be under way (the mistake called coordinated omission). Up to {@link #maximumInFlight}
 * calls are under way at a time; a call that finds no place waits and starts late; one that has waited its whole
 * timeout is dropped, and counts as an error with the latency of the timeout.
 *
 * <p>With {@link #users} it is <em>closed</em>: this many users each send their next call when the last is answered.
 * Latency counts from the sending. It answers how many calls a second a server can do, not what users feel when more
 * come.
 *
 * <p>A server that answers errors fast has low latencies. To compare it with one that lets its callers wait, let the
 * calls be repeated ({@link #maximumAttempts}) and compare the time to a success ({@link ScenarioResult#answers}) and
 * the successes per second ({@link ScenarioResult#throughput}).
 *
 * <p>Scenarios take turns. A call cut at {@link #timeout} counts as its timeout and as an error. Calls begun during
 * {@link #warmUp} are not measured.
 *
 * <p>A test is set up by one thread and may be run again.
 *
 * <pre>{@code
 * LoadResult result = LoadTest.of("http://localhost:8080")
 *         .scenario("list", get("/api/transactions"))
 *         .warmUp(ofSeconds(5))
 *         .constantRate(50)
 *         .duration(ofSeconds(30))
 *         .run();
 * result.requireThat(p95().below(ofMillis(200)), errorRate().below(0.01));
 * }</pre>
 */
public final class LoadTest {
    private static final Duration LONGEST = Duration.ofDays(30);

    final @Nullable URI base;
    final Map<String, Object> scenarios = new LinkedHashMap<>();
    final List<String> headers = new ArrayList<>();
    Duration warmUp = Duration.ZERO;
    Duration timeout = Duration.ofSeconds(30);

    @Nullable
    Duration duration;

    @Nullable
    Double rate;

    @Nullable
    Integer users;

    @Nullable
    Long requests;

    int maximumInFlight = 1_000;
    int maximumAttempts = 1;
    LongSupplier nanoTime = System::nanoTime;

    final List<LoadListener> listeners = new ArrayList<>();

    private LoadTest(@Nullable URI base) {
        this.base = base;
    }

    /**
     * A test of a server.
     *
     * @param baseUrl {@code http://host:port} or {@code https://host:port}, with a path before that of each request or
     *     without
     * @return a test without scenarios
     */
    public static LoadTest of(String baseUrl) {
        URI uri = URI.create(baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl);
        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!http || uri.getHost() == null) {
            throw new IllegalArgumentException("baseUrl must be http://host:port or https://…, but was " + baseUrl);
        }
        return new LoadTest(uri);
    }

    /**
     * A test of code alone.
     *
     * @return a test without scenarios
     */
    public static LoadTest ofTasks() {
        return new LoadTest(null);
    }

    /**
     * Adds a scenario that sends the same request again and again.
     *
     * @param name its name in the result
     * @param request the request
     * @return this
     */
    public LoadTest scenario(String name, LoadRequest request) {
        request.toHttp(server(name));
        return add(name, request);
    }

    /**
     * Adds a scenario that sends a different request each time.
     *
     * @param name its name in the result
     * @param nth gives the request for the first call of the scenario (0), the second (1), and so on; called from
     *     several threads
     * @return this
     */
    public LoadTest requests(String name, LongFunction<LoadRequest> nth) {
        server(name);
        return add(name, Objects.requireNonNull(nth, "nth"));
    }

    /**
     * Adds a scenario that calls code, each call on a thread of its own.
     *
     * @param name its name in the result
     * @param task the code; it is interrupted at the timeout, and what it throws is an error
     * @return this
     */
    public LoadTest task(String name, Callable<?> task) {
        return add(name, Objects.requireNonNull(task, "task"));
    }

    private URI server(String name) {
        if (base == null) {
            throw new IllegalArgumentException(
                    "scenario " + name + " sends a request, but the test has no server; use LoadTest.of(baseUrl)");
        }
        return base;
    }

    private LoadTest add(String name, Object call) {
        if (scenarios.putIfAbsent(Objects.requireNonNull(name, "name"), call) != null) {
            throw new IllegalArgumentException("scenario " + name + " is there already");
        }
        return this;
    }

    /**
     * How long to put load before measuring.
     *
     * @param value zero or more; zero unless set
     * @return this
     */
    public LoadTest warmUp(Duration value) {
        if (value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("warmUp must be between 0 and " + LONGEST + ", but was " + value);
        }
        this.warmUp = value;
        return this;
    }

    /**
     * Open model: this many calls are due per second, over all scenarios together.
     *
     * @param perSecond above 0, at most a million
     * @return this
     */
    public LoadTest constantRate(double perSecond) {
        if (!(perSecond > 0 && perSecond <= 1_000_000)) {
            throw new IllegalArgumentException(
                    "constantRate must be above 0 and at most 1000000, but was " + perSecond);
        }
        this.rate = perSecond;
        return this;
    }

    /**
     * Closed model: this many users, each with one call at a time.
     *
     * @param number at least 1
     * @return this
     */
    public LoadTest users(int number) {
        this.users = (int) atLeastOne("users", number);
        return this;
    }

    /**
     * How many calls to measure, over all scenarios together. Without {@link #constantRate} and {@link #users}, one
     * user makes them one after the other. With {@link #duration} as well, whichever is reached first ends the test.
     *
     * @param number at least 1
     * @return this
     */
    public LoadTest requests(long number) {
        this.requests = atLeastOne("requests", number);
        return this;
    }

    /**
     * How long to measure. Calls under way at the end are awaited and counted.
     *
     * @param value a positive duration
     * @return this
     */
    public LoadTest duration(Duration value) {
        this.duration = positive("duration", value);
        return this;
    }

    /**
     * After how long a call is cut.
     *
     * @param value a positive duration; 30 s unless set
     * @return this
     */
    public LoadTest timeout(Duration value) {
        this.timeout = positive("timeout", value);
        return this;
    }

    /**
     * How many calls may be under way at a time in the open model.
     *
     * @param number at least 1; 1,000 unless set
     * @return this
     */
    public LoadTest maximumInFlight(int number) {
        this.maximumInFlight = (int) atLeastOne("maximumInFlight", number);
        return this;
    }

    /**
     * How often a call is made until it succeeds: after an error, its user makes the same call again at once. Each time
     * counts as a call of its own, but for {@link #requests}; {@link ScenarioResult#answers} tells how long it took
     * until one succeeded. A call that was due in the measured time is followed to its answer, even beyond that time.
     *
     * @param number at least 1; 1 unless set, which repeats nothing
     * @return this
     */
    public LoadTest maximumAttempts(int number) {
        this.maximumAttempts = (int) atLeastOne("maximumAttempts", number);
        return this;
    }

    /**
     * Collects a numeric response header into the result, such as the {@code X-Query-Count} that
     * {@code MonitoringFilter} can send.
     *
     * @param name the header
     * @return this
     */
    public LoadTest collectHeader(String name) {
        headers.add(Objects.requireNonNull(name, "name"));
        return this;
    }

    /**
     * Adds a listener. It is called on a thread of the test's own; one that throws is told nothing more, and the test
     * goes on.
     *
     * @param listener the listener, besides those that were added before
     * @return this
     */
    public LoadTest listener(LoadListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Prints a line about once a second while the test runs.
     *
     * @param out where to print
     * @return this
     */
    public LoadTest printProgress(PrintStream out) {
        Objects.requireNonNull(out, "out");
        return listener(new LoadListener() {
            @Override
            public void onProgress(LoadProgress progress) {
                out.println(progress);
            }
        });
    }

    /**
     * Runs the test and waits for its end: warm-up, duration, and at most one timeout more for each
     * attempt that a call has.
     *
     * @return what was measured
     * @throws IllegalStateException where settings are missing or contradict each other
     * @throws io.perfkit.monitoring.MonitoringException where the thread is interrupted; it stays marked as such
     */
    public LoadResult run() {
        check();
        return new LoadRun(this).run();
    }

    private void check() {
        if (scenarios.isEmpty()) {
            throw new IllegalStateException("There is no scenario; add one with scenario, requests or task");
        }
        if (rate != null && users != null) {
            throw new IllegalStateException("constantRate and users exclude each other: the one is the open model, "
                    + "the other the closed one");
        }
        if (duration == null && requests == null) {
            throw new IllegalStateException("Neither duration nor requests is set, so the test would never end");
        }
        if (rate == null && users == null && requests == null) {
            throw new IllegalStateException("None of constantRate, users and requests is set; say what load to put");
        }
    }

    private static long atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but was " + value);
        }
        return value;
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " must be positive and at most " + LONGEST + ", but was " + value);
        }
        return value;
    }
}
