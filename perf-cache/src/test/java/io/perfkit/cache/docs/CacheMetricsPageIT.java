package io.perfkit.cache.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.micrometer.CacheMetrics;
import io.perfkit.cache.redis.RedisFigures;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The snippet of docs/cache-metrics.md that needs a Redis, run. */
class CacheMetricsPageIT {

    @Test
    void figuresOfTheServer() {
        MeterRegistry registry = new SimpleMeterRegistry();
        RedisClient redisClient = RedisClient.create(RedisServer.shared().uri());
        try (PerfCache cache =
                PerfCache.builder("shop").shared(RedisTier.of(redisClient)).build()) {
            RedisFigures figures = RedisFigures.of(redisClient, Duration.ofMillis(250));
            CacheMetrics.of(cache).withServer(figures).bindTo(registry);

            await().untilAsserted(() -> assertThat(registry.get("perfkit.cache.server.memory.used")
                            .gauge()
                            .value())
                    .isPositive());
            figures.close();
        } finally {
            redisClient.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }
}
