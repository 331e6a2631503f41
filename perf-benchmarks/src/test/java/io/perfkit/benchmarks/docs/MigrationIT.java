package io.perfkit.benchmarks.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.perfkit.benchmarks.docs.MigrationTest.Jdbc;
import io.perfkit.benchmarks.docs.MigrationTest.Product;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The example of docs/cache-migration.md that needs Redis: both sides run, and do the same. */
@ExtendWith(ServersExtension.class)
class MigrationIT {

    @Test
    void springDataRedis_andTheSameHere_loadOnceAndForgetOnDelete(RedisServer server) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(server.host(), server.port());
        factory.afterPropertiesSet();
        factory.start();
        StringRedisTemplate redis = new StringRedisTemplate(factory);
        JsonMapper mapper = JsonMapper.shared();
        Jdbc jdbc = new Jdbc();
        {
            String json = redis.opsForValue().get("product:7");
            if (json == null) {
                json = mapper.writeValueAsString(jdbc.findById(7L));
                redis.opsForValue().set("product:7", json, Duration.ofMinutes(10));
            }
            Product tea = mapper.readValue(json, Product.class);
            redis.delete("product:7");
            assertThat(tea.name()).isEqualTo("tea");
        }
        try (PerfCache cache = PerfCache.builder("shop")
                .shared(RedisTier.of((RedisClient) factory.getRequiredNativeClient()))
                .build()) {
            CacheRegion<Product> products =
                    cache.region("product", Product.class, CachePolicy.of(Duration.ofMinutes(10)));
            Product tea = products.getOrSet("7", () -> jdbc.findById(7L));
            products.invalidate("7");
            assertThat(tea.name()).isEqualTo("tea");
            assertThat(products.getIfPresent("7")).isNull();
        }
        factory.destroy();
    }
}
