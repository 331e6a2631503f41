package io.perfkit.cache.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisFigures;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.proxy.FaultProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The meters over a real Redis, and over one that is gone. */
@Timeout(60)
class CacheMetricsIT {

    private static final String[] FIGURES = {"hit.ratio", "memory.used", "memory.max", "evicted.keys", "slowlog.length"
    };

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double gauge(String name) {
        return registry.get(name).tag("cache", "metrics").gauge().value();
    }

    @Test
    void figuresOfTheServer_areThereAndNeverHoldUpAScrape() {
        RedisServer server = RedisServer.shared();
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
            RedisClient client = RedisClient.create(RedisURI.create(proxy.host(), proxy.port()));
            try (PerfCache cache = PerfCache.builder("metrics")
                            .shared(RedisTier.of(client))
                            .commandTimeout(Duration.ofMillis(250))
                            .build();
                    RedisFigures figures = RedisFigures.of(client, Duration.ofMillis(250))) {
                CacheRegion<String> region = cache.region("r", String.class, CachePolicy.of(Duration.ofMinutes(1)));
                region.getOrSet("a", key -> "1");
                CacheMetrics.of(cache).withServer(figures).bindTo(registry);

                await().untilAsserted(() -> {
                    assertThat(gauge("perfkit.cache.server.hit.ratio")).isBetween(0.0, 1.0);
                    assertThat(gauge("perfkit.cache.server.memory.used")).isGreaterThan(100_000);
                    assertThat(gauge("perfkit.cache.server.memory.max")).isNotNegative();
                    assertThat(gauge("perfkit.cache.server.evicted.keys")).isNotNegative();
                    assertThat(gauge("perfkit.cache.server.slowlog.length")).isNotNegative();
                    assertThat(gauge("perfkit.cache.shared.up")).isEqualTo(1);
                });

                proxy.halfOpen();
                await().untilAsserted(() -> {
                    long start = System.nanoTime();
                    for (String figure : FIGURES) {
                        double value = gauge("perfkit.cache.server." + figure);
                        assertThat(value).as(figure).isNaN();
                    }
                    assertThat(Duration.ofNanos(System.nanoTime() - start))
                            .as("five gauges, one timeout of 250 ms")
                            .isLessThan(Duration.ofMillis(800));
                });
                await().untilAsserted(() -> {
                    region.getOrSet("b" + System.nanoTime(), key -> "1");
                    assertThat(gauge("perfkit.cache.shared.up")).isZero();
                });
                assertThat(registry.get("perfkit.cache.shared.failures")
                                .functionCounter()
                                .count())
                        .isPositive();

                proxy.heal();
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    assertThat(gauge("perfkit.cache.shared.up")).isEqualTo(1);
                    assertThat(gauge("perfkit.cache.server.memory.used")).isGreaterThan(100_000);
                });
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            }
        }
    }
}
