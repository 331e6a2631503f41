package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.Codec;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.proxy.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes of an application behind one Redis. */
@Timeout(60)
class ResponseCacheFilterIT {

    private final RedisServer redis = RedisServer.startNew();
    private final FaultProxy proxy = FaultProxy.to(redis.host(), redis.port());
    private final RedisClient client = RedisClient.create("redis://" + proxy.host() + ":" + proxy.port());
    private final AtomicInteger price = new AtomicInteger(1);

    private final WebServer one = node();
    private final WebServer two = node();

    private WebServer node() {
        return WebServer.of(PerfCache.builder("web").shared(RedisTier.of(client)), (request, response) -> {
            response.setContentType("application/json");
            response.getWriter().print(price.get());
        });
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        proxy.close();
        redis.close();
    }

    @Test
    void response_ofOneNode_isAnsweredByTheOther() {
        Reply first = one.get("/product/1");
        await().untilAsserted(() -> {
            Reply second = two.get("/product/1");
            assertThat(second.body()).isEqualTo("1");
            assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
            assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
            assertThat(two.region.stats().sharedHits()).isPositive();
        });
        assertThat(one.runs).hasValue(1);
    }

    @Test
    void invalidation_onOneNode_isSeenByTheOther() throws Exception {
        one.get("/product/1");
        two.get("/product/1");
        price.set(2);
        assertThat(one.region.invalidatePattern("/product/*").await(Duration.ofSeconds(5)))
                .isTrue();
        assertThat(one.get("/product/1").body()).isEqualTo("2");
        await().atMost(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(two.get("/product/1").body()).isEqualTo("2"));
    }

    @Test
    void change_onOneNode_isSeenByTheOther() {
        one.get("/product/1?a=1");
        two.get("/product/1?a=1");
        price.set(2);
        assertThat(one.send("POST", "/product/1").status()).isEqualTo(200);
        assertThat(one.get("/product/1?a=1").body()).isEqualTo("2");
        await().atMost(Duration.ofSeconds(1))
                .untilAsserted(
                        () -> assertThat(two.get("/product/1?a=1").body()).isEqualTo("2"));
    }

    @Test
    void foreignBytesInRedis_areAMiss() {
        String key = "/product/1 http://shop.example";
        try (PerfCache other =
                PerfCache.builder("web").shared(RedisTier.of(client)).build()) {
            other.region("pages", Codec.bytes(), CachePolicy.of(Duration.ofMinutes(5)))
                    .put(key, "HTTP/1.1 200 OK\r\nSet-Cookie: evil=1\r\n\r\nevil".getBytes(StandardCharsets.UTF_8))
                    .await(Duration.ofSeconds(5));
        }
        assertThat(one.get("/product/1").body()).isEqualTo("1");
        assertThat(one.region.stats().undecodable()).isPositive();
    }

    @Test
    void redisThatIsGone_costsNoRequest() {
        one.get("/product/1");
        proxy.refuse();
        proxy.cut();
        for (int i = 0; i < 50; i++) {
            assertThat(one.get("/product/" + i % 5).status()).isEqualTo(200);
        }
        proxy.heal();
        await().atMost(20, TimeUnit.SECONDS).until(one.cache::isSharedTierUp);
        assertThat(one.get("/product/1").status()).isEqualTo(200);
    }
}
