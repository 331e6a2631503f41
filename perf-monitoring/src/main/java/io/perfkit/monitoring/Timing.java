package io.perfkit.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What is kept of one name: its two meters, made once, its rolling histogram, and its throttles. */
final class Timing {
    private static final Duration[] OBJECTIVES = LongStream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final String name;
    private final String meter;
    private final MeterRegistry registry;
    private final Timer succeeded;
    private volatile @Nullable Timer failed;
    private volatile @Nullable Timer abandoned;
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
        CLIENT_GONE;

        static Outcome of(boolean error) {
            return error ? ERROR : SUCCESS;
        }
    }

    void record(long startNanos, long endNanos, boolean error) {
        record(startNanos, endNanos, Outcome.of(error), null);
    }

    void record(long startNanos, long endNanos, Outcome outcome, @Nullable ScopeTally tally) {
        long elapsed = endNanos - startNanos;
        Timer timer = switch (outcome) {
            case SUCCESS -> succeeded;
            case ERROR -> failed();
            case CLIENT_GONE -> abandoned();
        };
        timer.record(elapsed, TimeUnit.NANOSECONDS);
        recent.record(endNanos, elapsed, outcome == Outcome.ERROR, tally);
    }

    private Timer abandoned() {
        Timer present = abandoned;
        if (present == null) {
            present = timer(meter, name, Outcome.CLIENT_GONE.name(), registry);
            abandoned = present;
        }
        return present;
    }

    /** Made at the first failure: most names never have one. */
    private Timer failed() {
        Timer present = failed;
        if (present == null) {
            present = timer(meter, name, "ERROR", registry);
            failed = present;
        }
        return present;
    }

    TimingStats snapshot(long nowNanos) {
        return recent.snapshot(name, nowNanos);
    }
}
