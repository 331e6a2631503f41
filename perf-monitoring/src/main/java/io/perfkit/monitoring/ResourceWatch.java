package io.perfkit.monitoring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches heap and processors, as Micrometer's binders measure them, and the share of requests that fail. Whoever sweeps
 * looks; nothing is registered where the application's meters are. Thread-safe.
 */
final class ResourceWatch {
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.slow");
    private static final long SUSTAINED_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long LEAST_REQUESTS = 20;

    private final Alerts alerts;
    private final TimingTable endpoints;
    private final OptionalDouble errorRate;
    private final ConcurrentHashMap<String, CoolDowns> byEndpoint = new ConcurrentHashMap<>();
    private final @Nullable Level heap;
    private final @Nullable Level cpu;

    ResourceWatch(Thresholds thresholds, Alerts alerts, TimingTable endpoints) {
        this(thresholds, alerts, endpoints, new Readings());
    }

    ResourceWatch(Thresholds thresholds, Alerts alerts, TimingTable endpoints, Readings readings) {
        this.alerts = alerts;
        this.endpoints = endpoints;
        this.errorRate = thresholds.errorRate();
        this.heap = level("heap", Alert.Kind.HIGH_HEAP_USE, thresholds.heapUse(), readings::heap);
        this.cpu = level("cpu", Alert.Kind.HIGH_CPU_USE, thresholds.cpuUse(), readings::cpu);
    }

    private @Nullable Level level(String subject, Alert.Kind kind, OptionalDouble threshold, DoubleSupplier reading) {
        return threshold.isEmpty() ? null : new Level(subject, kind, threshold.getAsDouble(), reading);
    }

    void sweep(long now) {
        if (heap != null) {
            heap.look(now);
        }
        if (cpu != null) {
            cpu.look(now);
        }
        if (errorRate.isPresent()) {
            double threshold = errorRate.getAsDouble();
            for (Timing endpoint : endpoints.all()) {
                double rate = endpoint.errorRate(now, LEAST_REQUESTS);
                if (rate >= threshold) {
                    tell(
                            byEndpoint.computeIfAbsent(endpoint.name(), name -> new CoolDowns(alerts)),
                            now,
                            alert(
                                    Alert.Kind.HIGH_ERROR_RATE,
                                    endpoint.name(),
                                    rate,
                                    threshold,
                                    "Of the requests of " + endpoint.name()
                                            + ", %s failed, the threshold errorRate is %s"));
                }
            }
        }
    }

    private void tell(CoolDowns coolDowns, long now, Alert alert) {
        if (coolDowns.log.tryPass(now) >= 0) {
            LOGGER.warn("{}", alert.message());
        }
        alerts.raise(coolDowns.alert, now, () -> alert);
    }

    private static Alert alert(Alert.Kind kind, String subject, double value, double threshold, String message) {
        return new Alert(
                kind,
                subject,
                Math.round(value * 10_000),
                Math.round(threshold * 10_000),
                message.replaceFirst("%s", percent(value)).replaceFirst("%s", percent(threshold)));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }

    private static final class CoolDowns {
        final Throttle log;
        final Throttle alert;

        CoolDowns(Alerts alerts) {
            this.log = alerts.newCoolDown();
            this.alert = alerts.newCoolDown();
        }
    }

    /** Something that may be high for a moment. */
    private final class Level {
        private final String subject;
        private final Alert.Kind kind;
        private final double threshold;
        private final DoubleSupplier reading;
        private final CoolDowns coolDowns = new CoolDowns(alerts);
        private boolean high;
        private long highSince;

        Level(String subject, Alert.Kind kind, double threshold, DoubleSupplier reading) {
            this.subject = subject;
            this.kind = kind;
            this.threshold = threshold;
            this.reading = reading;
        }

        synchronized void look(long now) {
            double value = reading.getAsDouble();
            if (!(value >= threshold)) {
                high = false;
                return;
            }
            if (!high) {
                high = true;
                highSince = now;
            }
            if (now - highSince >= SUSTAINED_NANOS) {
                tell(
                        coolDowns,
                        now,
                        alert(
                                kind,
                                subject,
                                value,
                                threshold,
                                "The use of " + subject + " is %s and has been high for half a minute, the threshold "
                                        + subject + "Use is %s"));
            }
        }
    }

    /** What there is to read, from a registry of its own that is made when somebody looks. */
    static class Readings {
        private @Nullable MeterRegistry registry;

        @SuppressWarnings("unused") // its gauges hold it weakly
        private @Nullable ProcessorMetrics processors;

        private synchronized MeterRegistry registry() {
            MeterRegistry present = registry;
            if (present == null) {
                present = new SimpleMeterRegistry();
                new JvmMemoryMetrics().bindTo(present);
                ProcessorMetrics binder = new ProcessorMetrics();
                binder.bindTo(present);
                processors = binder;
                registry = present;
            }
            return present;
        }

        /** A share of the largest heap; not a number where there is no largest. */
        double heap() {
            return heap("jvm.memory.used") / heap("jvm.memory.max");
        }

        private double heap(String meter) {
            return registry().find(meter).tag("area", "heap").gauges().stream()
                    .mapToDouble(Gauge::value)
                    .filter(value -> value > 0) // a pool without a bound of its own says -1
                    .sum();
        }

        /** A share of all processors; negative or not a number where that is not known. */
        double cpu() {
            Gauge gauge = registry().find("system.cpu.usage").gauge();
            return gauge == null ? Double.NaN : gauge.value();
        }
    }
}
