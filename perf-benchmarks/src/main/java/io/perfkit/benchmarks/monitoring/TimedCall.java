package io.perfkit.benchmarks.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.monitoring.PerformanceMonitor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * One call of an empty body, timed by name: {@code monitor.timed(name, body)}, which also keeps a distribution, against a
 * Micrometer timer that the caller holds in a field, the cheapest way to use one. Both read the clock twice.
 */
@Line("monitoring.timed_call")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class TimedCall {

    private static final String NAME = "invoices.render";

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Perfkit perfkit) {
        return perfkit.monitor.timed(NAME, TimedCall::body);
    }

    @Benchmark
    @Side("micrometer-timer")
    public Object micrometerTimer(Micrometer micrometer) {
        return micrometer.timer.record(TimedCall::body);
    }

    private static String body() {
        return NAME;
    }

    /** A monitor with its defaults. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        final PerformanceMonitor monitor =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
    }

    /** A timer of the same registry. */
    @State(Scope.Benchmark)
    public static class Micrometer {

        private final MeterRegistry registry = new SimpleMeterRegistry();
        final Timer timer = registry.timer(NAME);
    }
}
