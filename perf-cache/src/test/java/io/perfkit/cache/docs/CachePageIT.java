package io.perfkit.cache.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.CacheListener;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The snippets of docs/cache.md and docs/cache-outages.md that need Redis, run. */
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
        // What is put before the region is connected may be forgotten when it is.
        await().untilAsserted(() -> {
            assertThat(region.put("k", "hello").await(Duration.ofSeconds(10))).isTrue();
            assertThat(region.getIfPresent("k")).isEqualTo("hello");
        });

        cache.close();
        redisClient.shutdown();
    }

    /** The application's own. */
    private static final class Alarms {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        void raise(String what, @Nullable Throwable cause) {
            told.add("raised: " + what);
        }

        void clear(String what) {
            told.add("cleared: " + what);
        }
    }

    @Test
    void listener(RedisServer redis) {
        RedisClient redisClient = RedisClient.create(redis.uri());
        Alarms alarms = new Alarms();

        PerfCache cache = PerfCache.builder("shop")
                .shared(RedisTier.of(redisClient))
                .listener(new CacheListener() {
                    @Override
                    public void onSharedTierDown(@Nullable Throwable cause) {
                        alarms.raise("the cache works without Redis", cause);
                    }

                    @Override
                    public void onSharedTierUp() {
                        alarms.clear("the cache works without Redis");
                    }
                })
                .build();

        cache.region("greeting", String.class, CachePolicy.of(Duration.ofMinutes(1)));
        await().until(cache::isSharedTierUp);
        cache.close();
        redisClient.shutdown();
    }
}
