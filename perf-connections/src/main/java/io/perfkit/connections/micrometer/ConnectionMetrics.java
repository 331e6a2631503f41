package io.perfkit.connections.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.perfkit.connections.CloseReason;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Pool;
import io.perfkit.connections.PoolStats;
import io.perfkit.connections.RegistryStats;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The figures of a {@link Pool} or a {@link ConnectionRegistry} as meters {@code perfkit.connections.*}. Immutable and
 * thread-safe.
 *
 * <p>Of a pool, with the tag {@code pool}: {@code active}, {@code idle}, {@code pending}, {@code max} and {@code hanging}
 * as gauges, {@code acquire} and {@code usage} as timers (their counts and totals), and {@code timeout} as a counter. Of a
 * registry, with the tag {@code registry}: {@code registered} and {@code closing} as gauges, {@code rejected},
 * {@code close.failed}, {@code send.failed} and {@code send.dropped} as counters, and {@code closed} as a counter with the
 * tag {@code reason}. No owner is ever a tag.
 *
 * <p>A registry of meters that it is bound to keeps it, and the pool, for as long as it has the meters.
 */
public final class ConnectionMetrics implements MeterBinder {
    private static final String PREFIX = "perfkit.connections.";

    private final MeterBinder binder;

    private ConnectionMetrics(MeterBinder binder) {
        this.binder = binder;
    }

    /**
     * The meters of a pool.
     *
     * @param pool the pool
     * @return to be bound to a registry of meters
     */
    public static ConnectionMetrics of(Pool pool) {
        Objects.requireNonNull(pool, "pool");
        return new ConnectionMetrics(meters -> bind(pool, meters));
    }

    /**
     * The meters of a registry of connections.
     *
     * @param registry the registry
     * @return to be bound to a registry of meters
     */
    public static ConnectionMetrics of(ConnectionRegistry<?, ?> registry) {
        Objects.requireNonNull(registry, "registry");
        return new ConnectionMetrics(meters -> bind(registry, meters));
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        binder.bindTo(meters);
    }

    private static void bind(Pool pool, MeterRegistry meters) {
        gauge(pool, meters, "active", PoolStats::held, "held by callers, with those being opened or returned");
        gauge(pool, meters, "idle", PoolStats::idle, "open and free");
        gauge(pool, meters, "pending", PoolStats::waiting, "callers that wait for a turn");
        gauge(pool, meters, "max", PoolStats::maximum, "the most that may be open");
        gauge(pool, meters, "hanging", PoolStats::hanging, "openings that nobody waits for any more");
        FunctionTimer.builder(
                        PREFIX + "acquire",
                        pool,
                        p -> p.stats().acquired(),
                        p -> p.stats().waited().toNanos(),
                        TimeUnit.NANOSECONDS)
                .tag("pool", pool.name())
                .description("the wait for a turn")
                .register(meters);
        FunctionTimer.builder(
                        PREFIX + "usage",
                        pool,
                        p -> Math.max(0, p.stats().acquired() - p.stats().held()),
                        p -> p.stats().heldFor().toNanos(),
                        TimeUnit.NANOSECONDS)
                .tag("pool", pool.name())
                .description("from acquisition to return")
                .register(meters);
        FunctionCounter.builder(PREFIX + "timeout", pool, p -> p.stats().timeouts())
                .tag("pool", pool.name())
                .description("acquisitions whose time was up")
                .register(meters);
    }

    private static void gauge(
            Pool pool, MeterRegistry meters, String name, ToDoubleFunction<PoolStats> figure, String what) {
        Gauge.builder(PREFIX + name, pool, p -> figure.applyAsDouble(p.stats()))
                .tag("pool", pool.name())
                .description(what)
                .strongReference(true)
                .register(meters);
    }

    private static void bind(ConnectionRegistry<?, ?> registry, MeterRegistry meters) {
        gauge(registry, meters, "registered", RegistryStats::total, "registered connections");
        gauge(registry, meters, "closing", RegistryStats::closing, "connections whose close action runs");
        counter(registry, meters, "rejected", RegistryStats::rejected);
        counter(registry, meters, "close.failed", RegistryStats::failedCloses);
        counter(registry, meters, "send.failed", RegistryStats::failedSends);
        counter(registry, meters, "send.dropped", RegistryStats::droppedMessages);
        for (CloseReason reason : CloseReason.values()) {
            FunctionCounter.builder(
                            PREFIX + "closed", registry, r -> r.stats().closed().getOrDefault(reason, 0L))
                    .tag("registry", registry.name())
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
    }

    private static void gauge(
            ConnectionRegistry<?, ?> registry,
            MeterRegistry meters,
            String name,
            ToDoubleFunction<RegistryStats<?>> figure,
            String what) {
        Gauge.builder(PREFIX + name, registry, r -> figure.applyAsDouble(r.stats()))
                .tag("registry", registry.name())
                .description(what)
                .strongReference(true)
                .register(meters);
    }

    private static void counter(
            ConnectionRegistry<?, ?> registry,
            MeterRegistry meters,
            String name,
            ToDoubleFunction<RegistryStats<?>> figure) {
        FunctionCounter.builder(PREFIX + name, registry, r -> figure.applyAsDouble(r.stats()))
                .tag("registry", registry.name())
                .register(meters);
    }
}
