package io.perfkit.cache;

import static io.perfkit.cache.Nodes.awaitApplied;
import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisCluster;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two nodes on a cluster of three masters, with the entries of one region spread over all of them. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class RedisClusterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Nodes nodes = new Nodes();
    private RedisCluster cluster;
    private CacheRegion<String> a;
    private CacheRegion<String> b;

    @BeforeEach
    void start(RedisCluster cluster) {
        this.cluster = cluster;
        a = region();
        b = region();
    }

    private CacheRegion<String> region() {
        RedisClusterClient client = RedisClusterClient.create(
                cluster.uris().stream().map(RedisURI::create).toList());
        nodes.alsoClose(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
        PerfCache cache = PerfCache.builder(nodes.name())
                .shared(RedisTier.of(client))
                .commandTimeout(Duration.ofSeconds(2))
                .build();
        nodes.alsoClose(cache);
        return ready(cache.region("user", String.class, CachePolicy.of(Duration.ofMinutes(10))));
    }

    @AfterEach
    void stop() throws Exception {
        nodes.close();
    }

    @Test
    void entries_ofOneRegion_areSpreadAndSharedAndInvalidated() {
        for (int i = 0; i < 60; i++) {
            assertThat(a.put(i + ":x", "v" + i).await(PATIENCE)).isTrue();
        }
        for (int i = 0; i < 60; i++) {
            assertThat(b.getIfPresent(i + ":x")).isEqualTo("v" + i);
        }
        for (RedisServer node : cluster.nodes()) {
            assertThat((Long) node.command("DBSIZE")).isGreaterThan(5);
        }
        Invalidation pattern = a.invalidatePattern("1?:*");
        Invalidation key = a.invalidate("2:x");
        assertThat(pattern.await(PATIENCE) && key.await(PATIENCE)).isTrue();
        awaitApplied(b, key);
        for (int i = 0; i < 60; i++) {
            boolean gone = i == 2 || i >= 10 && i < 20;
            assertThat(b.getIfPresent(i + ":x")).isEqualTo(gone ? null : "v" + i);
        }
        Invalidation clear = b.clear();
        assertThat(clear.await(PATIENCE)).isTrue();
        awaitApplied(a, clear);
        assertThat(a.getIfPresent("50:x")).isNull();
        assertThat(region().getIfPresent("50:x")).isNull();
    }

    @Test
    void remoteInvalidation_duringLoad_theValueComesBackNowhere() throws Exception {
        for (boolean byPattern : new boolean[] {false, true}) {
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<String> loaded = new CompletableFuture<>();
            CompletableFuture<String> call = CompletableFuture.supplyAsync(() -> b.getOrSet("42:x", () -> {
                begun.countDown();
                return loaded.get();
            }));
            begun.await();
            Invalidation invalidation = byPattern ? a.invalidatePattern("42:*") : a.invalidate("42:x");
            assertThat(invalidation.await(PATIENCE)).isTrue();
            awaitApplied(b, invalidation);
            loaded.complete("old");
            call.join();
            assertThat(a.getIfPresent("42:x")).isNull();
            assertThat(b.getIfPresent("42:x")).isNull();
            assertThat(region().getIfPresent("42:x")).isNull();
        }
    }

    @Test
    void put_thenReadOnTheOtherNode_findsTheNewestValue() {
        for (int i = 0; i < 20; i++) {
            CacheRegion<String> writer = i % 2 == 0 ? a : b;
            CacheRegion<String> reader = i % 2 == 0 ? b : a;
            String value = "v" + i;
            Invalidation put = writer.put("k", value);
            assertThat(put.await(PATIENCE)).isTrue();
            awaitApplied(reader, put);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(reader.getIfPresent("k")).isEqualTo(value));
        }
    }
}
