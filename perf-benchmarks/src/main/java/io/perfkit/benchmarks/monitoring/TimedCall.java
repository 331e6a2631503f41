package io.perfkit.benchmarks.monitoring;

import io.micrometer.core.annotation.Timed;
import io.micrometer.core.aop.TimedAspect;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.monitoring.Monitored;
import io.perfkit.monitoring.PerformanceMonitor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.springframework.aop.aspectj.annotation.AspectJProxyFactory;

/**
 * One call of an empty method that {@code @Monitored} marks, through the proxy, which also keeps a distribution of the last
 * minutes and the buckets of a histogram. Against a Micrometer timer that the caller holds in a field, the cheapest way to
 * use one, which keeps neither; and against {@code @Timed} through Spring's proxy with Micrometer's aspect. For the
 * record: {@code monitor.timed(name, body)}, and a timer in a field with the same buckets.
 */
@Line("monitoring.timed_call")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class TimedCall {

    private static final String NAME = "invoices.render";

    /** What an application declares. */
    public interface Invoices {

        /** By perfkit. */
        @Monitored(NAME)
        String monitored();

        /** By Micrometer. */
        String timed();
    }

    private static final class Rendering implements Invoices {

        @Override
        public String monitored() {
            return NAME;
        }

        @Override
        @Timed(NAME)
        public String timed() {
            return NAME;
        }
    }

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Perfkit perfkit) {
        return perfkit.invoices.monitored();
    }

    @Benchmark
    @Side("perfkit-by-name")
    public Object byName(Perfkit perfkit) {
        return perfkit.monitor.timed(NAME, TimedCall::body);
    }

    @Benchmark
    @Side("micrometer-timer")
    public Object micrometerTimer(Micrometer micrometer) {
        return micrometer.timer.record(TimedCall::body);
    }

    @Benchmark
    @Side("micrometer-timer-with-buckets")
    public Object micrometerTimerWithBuckets(Micrometer micrometer) {
        return micrometer.withBuckets.record(TimedCall::body);
    }

    @Benchmark
    @Side("spring-aop-timed")
    public Object springAopTimed(SpringAop spring) {
        return spring.invoices.timed();
    }

    private static String body() {
        return NAME;
    }

    /** A monitor with its defaults. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        final PerformanceMonitor monitor =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
        final Invoices invoices = monitor.proxy(Invoices.class, new Rendering());
    }

    /** Timers of the same registry. */
    @State(Scope.Benchmark)
    public static class Micrometer {

        private final MeterRegistry registry = new SimpleMeterRegistry();
        final Timer timer = registry.timer(NAME);
        final Timer withBuckets = Timer.builder("with.buckets")
                .serviceLevelObjectives(Buckets.likePerfkit())
                .register(registry);
    }

    /** Micrometer's aspect in Spring's proxy. */
    @State(Scope.Benchmark)
    public static class SpringAop {

        final Invoices invoices = proxy();

        private static Invoices proxy() {
            AspectJProxyFactory factory = new AspectJProxyFactory(new Rendering());
            factory.addAspect(new TimedAspect(new SimpleMeterRegistry()));
            return factory.getProxy();
        }
    }
}
