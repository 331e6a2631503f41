package io.perfkit.connections.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.connections.BoundedPool;
import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Lease;
import io.perfkit.connections.PoolTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionMetricsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void pool_bound_showsItsFigures() {
        AtomicLong now = new AtomicLong();
        BoundedPool<StringBuilder> pool = BoundedPool.builder("texts", StringBuilder::new)
                .size(1)
                .ticker(now::get)
                .build();
        ConnectionMetrics.of(pool).bindTo(meters);
        Lease<StringBuilder> lease = pool.acquire(Duration.ZERO);
        assertThatThrownBy(() -> pool.acquire(Duration.ZERO)).isInstanceOf(PoolTimeoutException.class);
        assertThat(gauge("active")).isEqualTo(1);
        assertThat(gauge("idle")).isZero();
        assertThat(gauge("max")).isEqualTo(1);
        assertThat(gauge("pending")).isZero();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
        lease.close();
        assertThat(gauge("idle")).isEqualTo(1);
        var usage = meters.get("perfkit.connections.usage").tag("pool", "texts").functionTimer();
        assertThat(usage.count()).isEqualTo(1);
        assertThat(usage.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(250);
        assertThat(meters.get("perfkit.connections.acquire").functionTimer().count())
                .isEqualTo(1);
        assertThat(meters.get("perfkit.connections.timeout").functionCounter().count())
                .isEqualTo(1);
    }

    private double gauge(String name) {
        return meters.get("perfkit.connections." + name)
                .tag("pool", "texts")
                .gauge()
                .value();
    }

    @Test
    void registry_bound_showsItsFiguresByReason() {
        try (ConnectionRegistry<String, Integer> registry = ConnectionRegistry.<String, Integer>builder("sockets")
                .maximumTotal(1)
                .onClose((connection, reason) -> {})
                .build()) {
            ConnectionMetrics.of(registry).bindTo(meters);
            var registration = registry.register("ann", 1);
            assertThatThrownBy(() -> registry.register("bob", 2)).isInstanceOf(ConnectionLimitException.class);
            assertThat(meters.get("perfkit.connections.registered").gauge().value())
                    .isEqualTo(1);
            registration.close();
            assertThat(meters.get("perfkit.connections.rejected")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("perfkit.connections.closed")
                            .tag("reason", "client")
                            .tag("registry", "sockets")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("perfkit.connections.closed")
                            .tag("reason", "slow")
                            .functionCounter()
                            .count())
                    .isZero();
        }
    }
}
