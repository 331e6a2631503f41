package io.perfkit.monitoring.load;

import io.perfkit.monitoring.MonitoringException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** One run of a {@link LoadTest}: its threads, its clock, its tallies. */
final class LoadRun {
    /** The client's own work per response is some ten microseconds; more threads only take turns. */
    private static final int CLIENT_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final LoadTest test;
    private final List<Scenario> scenarios = new ArrayList<>();
    private final UnderWay underWay = new UnderWay();
    private final AtomicLong lastEndNanos = new AtomicLong();
    private final ExecutorService clientThreads =
            Executors.newFixedThreadPool(CLIENT_THREADS, daemons("perfkit-load-client"));
    private final Cutter cutter;
    final ExecutorService threads = Executors.newCachedThreadPool(daemons("perfkit-load"));
    final LongSupplier nanoTime;
    final long timeoutNanos;
    long beginNanos;
    long measureNanos;
    long endNanos;

    LoadRun(LoadTest test) {
        this.test = test;
        this.nanoTime = test.nanoTime;
        this.timeoutNanos = test.timeout.toNanos();
        this.cutter = new Cutter(timeoutNanos);
    }

    LoadResult run() {
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(daemons("perfkit-load-progress"));
        try {
            prepare();
            begin();
            report(ticker);
            drive();
            return result();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MonitoringException("The load test was interrupted before its end", interrupted);
        } finally {
            ticker.shutdownNow();
            threads.shutdownNow();
            clientThreads.shutdown();
            cutter.close();
        }
    }

    static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private void prepare() {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(clientThreads)
                .build();
        for (Map.Entry<String, Object> entry : test.scenarios.entrySet()) {
            ScenarioTally tally = new ScenarioTally(entry.getKey(), test.headers, timeoutNanos);
            scenarios.add(new Scenario(target(entry.getValue(), client), tally));
        }
    }

    @SuppressWarnings("unchecked") // the three kinds of scenario that LoadTest puts in
    private Target target(Object call, HttpClient client) {
        if (call instanceof Callable<?> task) {
            return nth -> {
                task.call();
                return Reply.DONE;
            };
        }
        URI base = Objects.requireNonNull(test.base, "base");
        return call instanceof LoadRequest request
                ? HttpTarget.of(client, base, request)
                : HttpTarget.of(client, base, (LongFunction<LoadRequest>) call);
    }

    private void begin() {
        beginNanos = nanoTime.getAsLong();
        measureNanos = beginNanos + test.warmUp.toNanos();
        endNanos = test.duration == null ? Long.MAX_VALUE : measureNanos + test.duration.toNanos();
        lastEndNanos.set(measureNanos);
    }

    private void drive() throws InterruptedException {
        long maximum = test.requests == null ? Long.MAX_VALUE : test.requests;
        Double rate = test.rate;
        if (rate != null) {
            new OpenModel(this, rate, test.maximumInFlight).drive(maximum);
        } else {
            new ClosedModel(this, test.users == null ? 1 : test.users).drive(maximum);
        }
    }

    boolean isOver(long nowNanos) {
        return endNanos != Long.MAX_VALUE && nowNanos - endNanos >= 0;
    }

    boolean isMeasured(long dueNanos) {
        return dueNanos - measureNanos >= 0;
    }

    Scenario scenario(long turn) {
        return scenarios.get((int) (turn % scenarios.size()));
    }

    /** Makes the call of a turn on this thread, again and again if it may be repeated, and counts it. */
    void call(long turn, long dueNanos) {
        Scenario scenario = scenario(turn);
        boolean measured = isMeasured(dueNanos);
        long attemptDueNanos = dueNanos;
        for (int left = test.maximumAttempts; left > 0; left--) {
            Attempt attempt = attempt(scenario, turn, attemptDueNanos, measured);
            if (attempt.success || left == 1 || threads.isShutdown()) {
                if (measured) {
                    scenario.tally.answered(attemptDueNanos - dueNanos + attempt.nanos, attempt.success);
                }
                return;
            }
            attemptDueNanos = attempt.endNanos;
        }
    }

    private Attempt attempt(Scenario scenario, long turn, long dueNanos, boolean measured) {
        Reply reply = null;
        Throwable failure = null;
        long startNanos = nanoTime.getAsLong();
        UnderWay.Call call = underWay.begun(startNanos);
        try {
            reply = cutter.call(() -> scenario.target.call(turn / scenarios.size()));
        } catch (Throwable failed) { // an AssertionError of a task too is an answer
            failure = failed;
        }
        long now = nanoTime.getAsLong();
        underWay.ended(call, now, endNanos);
        long nanos = now - dueNanos;
        if (measured) {
            nanos = scenario.tally.ended(startNanos - dueNanos, now - startNanos, inTime(now), reply, failure);
            lastEndNanos.accumulateAndGet(now, (a, b) -> a - b >= 0 ? a : b);
        }
        return new Attempt(reply != null && !reply.isError(), nanos, now);
    }

    private boolean inTime(long nowNanos) {
        return endNanos == Long.MAX_VALUE || nowNanos - endNanos <= 0;
    }

    private LoadResult result() {
        Duration elapsed = Duration.ofNanos(lastEndNanos.get() - measureNanos);
        Duration planned = test.duration;
        boolean endedByRequests = test.requests != null && planned != null && elapsed.compareTo(planned) < 0;
        Duration measured = planned == null || endedByRequests ? elapsed : planned;
        return new LoadResult(
                elapsed,
                underWay.atEnd(),
                underWay.oldestAtEnd(),
                scenarios.stream()
                        .map(scenario -> scenario.tally.result(measured))
                        .toList());
    }

    private void report(ScheduledExecutorService ticker) {
        for (LoadListener listener : test.listeners) {
            ScheduledFuture<?> unused =
                    ticker.scheduleAtFixedRate(() -> listener.onProgress(progress()), 1, 1, TimeUnit.SECONDS);
        }
    }

    private LoadProgress progress() {
        long now = nanoTime.getAsLong();
        long completed = scenarios.stream().mapToLong(s -> s.tally.count()).sum();
        long errors = scenarios.stream().mapToLong(s -> s.tally.errors()).sum();
        Duration elapsed = Duration.ofNanos(Math.max(0, now - measureNanos));
        return new LoadProgress(
                elapsed, now - measureNanos < 0, completed, errors, underWay.count(), underWay.oldest(now));
    }

    /** A scenario being run. */
    record Scenario(Target target, ScenarioTally tally) {}

    /** One attempt at a call that has ended, and the latency that it counts with. */
    private record Attempt(boolean success, long nanos, long endNanos) {}
}
