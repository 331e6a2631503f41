package io.perfkit.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What is kept of one name: its two meters, made once, its rolling histogram, and its throttles. */
final class Timing {
    private final String name;
    private final Timer succeeded;
    private final Timer failed;
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
        this.succeeded = timer(meter, name, "SUCCESS", registry);
        this.failed = timer(meter, name, "ERROR", registry);
        this.recent = recent;
        this.log = log;
        this.coolDown = coolDown;
    }

    private static Timer timer(String meter, String name, String outcome, MeterRegistry registry) {
        return Timer.builder(meter).tag("name", name).tag("outcome", outcome).register(registry);
    }

    String name() {
        return name;
    }

    void record(long startNanos, long endNanos, boolean error) {
        long elapsed = endNanos - startNanos;
        (error ? failed : succeeded).record(elapsed, TimeUnit.NANOSECONDS);
        recent.record(endNanos, elapsed, error);
    }

    TimingStats snapshot(long nowNanos) {
        return recent.snapshot(name, nowNanos);
    }
}
