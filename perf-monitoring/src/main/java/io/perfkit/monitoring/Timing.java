package io.perfkit.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What is kept of one name: a meter for each outcome, made at the first, its rolling histogram, and its throttles. */
final class Timing {
    private static final Duration[] OBJECTIVES = LongStream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final String name;
    private final String meter;
    private final MeterRegistry registry;
    private final Timer succeeded;
    /** Of the other outcomes; replaced as a whole when one comes. */
    private volatile EnumMap<Outcome, Timer> others = new EnumMap<>(Outcome.class);

    private final RollingHistogram recent;
    final Throttle log;
    final Throttle coolDown;

    Timing(
            String name,
            String meter,
            MeterRegistry registry,
            RollingHistogram recent,
            Throttle log,
            Throttle coolDown) {
        this.name = name;
        this.meter = meter;
        this.registry = registry;
        this.succeeded = timer(meter, name, "SUCCESS", registry);
        this.recent = recent;
        this.log = log;
        this.coolDown = coolDown;
    }

    /** From 1 ms to 10 s, so that a rule can ask for percentiles. */
    static Duration[] objectives() {
        return OBJECTIVES.clone();
    }

    private static Timer timer(String meter, String name, String outcome, MeterRegistry registry) {
        return Timer.builder(meter)
                .tag("name", name)
                .tag("outcome", outcome)
                .serviceLevelObjectives(OBJECTIVES)
                .register(registry);
    }

    String name() {
        return name;
    }

    /** How something ended. */
    enum Outcome {
        SUCCESS,
        ERROR,
        /** Nobody waited for the answer of a request. */
        CLIENT_GONE,
        /** The other service says that the call was wrong. */
        CLIENT_ERROR,
        /** The other service failed. */
        SERVER_ERROR,
        /** The caller no longer wanted the answer of a call. */
        CANCELLED;

        boolean isError() {
            return this == ERROR || this == SERVER_ERROR;
        }

        static Outcome of(boolean error) {
            return error ? ERROR : SUCCESS;
        }
    }

    void record(long startNanos, long endNanos, boolean error) {
        record(startNanos, endNanos, Outcome.of(error), null);
    }

    void record(long startNanos, long endNanos, Outcome outcome, @Nullable ScopeTally tally) {
        long elapsed = endNanos - startNanos;
        Timer timer = outcome == Outcome.SUCCESS ? succeeded : other(outcome);
        timer.record(elapsed, TimeUnit.NANOSECONDS);
        recent.record(endNanos, elapsed, outcome.isError(), tally);
    }

    /** Made at the first of its kind: most names never have one. */
    private Timer other(Outcome outcome) {
        Timer present = others.get(outcome);
        return present != null ? present : first(outcome);
    }

    private synchronized Timer first(Outcome outcome) {
        EnumMap<Outcome, Timer> more = new EnumMap<>(others);
        Timer timer = more.computeIfAbsent(outcome, each -> timer(meter, name, each.name(), registry));
        others = more;
        return timer;
    }

    double errorRate(long nowNanos, long least) {
        return recent.errorRate(nowNanos, least);
    }

    TimingStats snapshot(long nowNanos) {
        return recent.snapshot(name, nowNanos);
    }
}
