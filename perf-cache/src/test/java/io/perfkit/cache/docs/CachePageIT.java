package io.perfkit.cache.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The snippets of docs/cache.md that need Redis, run. */
@ExtendWith(ServersExtension.class)
class CachePageIT {

    @Test
    void sharedTier(RedisServer redis) {
        String address = redis.uri();

        RedisClient redisClient = RedisClient.create(address);
        PerfCache cache = PerfCache.builder("shop")
                .local(l -> l.maximumWeight(64 << 20))
                .shared(RedisTier.of(redisClient))
                .commandTimeout(Duration.ofMillis(250))
                .maxStaleness(Duration.ofSeconds(5))
                .build();

        CacheRegion<String> region = cache.region("greeting", String.class, CachePolicy.of(Duration.ofMinutes(1)));
        assertThat(region.put("k", "hello").await(Duration.ofSeconds(10))).isTrue();
        assertThat(region.getIfPresent("k")).isEqualTo("hello");

        cache.close();
        redisClient.shutdown();
    }
}
