package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.perfkit.cache.Acknowledgement;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.Nodes;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.json.JsonCodec;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.core.type.TypeReference;

/** Proxies on two nodes that share a Redis. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class CachingProxyIT {

    record Product(long id, String name) {}

    interface Products {

        @Cached(region = "product", key = "{id}")
        Optional<Product> findById(long id);

        @Cached(region = "product", key = "{id}")
        CompletableFuture<Product> findLater(long id);

        @Cached(region = "product", key = "{ids}")
        Map<Long, Product> findAllById(@BulkKey Collection<Long> ids);

        @Cached(region = "list")
        List<Product> search(String text);

        @Invalidates(region = "product", key = "{product.id}")
        @Invalidates(region = "list", all = true)
        void save(Product product);
    }

    private final Nodes nodes = new Nodes();
    private final Map<Long, Product> rows =
            new HashMap<>(Map.of(1L, new Product(1, "tea"), 2L, new Product(2, "milk")));
    private final List<String> queries = new ArrayList<>();

    private final Products store = new Products() {
        @Override
        public Optional<Product> findById(long id) {
            queries.add("find" + id);
            return Optional.ofNullable(rows.get(id));
        }

        @Override
        public CompletableFuture<Product> findLater(long id) {
            queries.add("later" + id);
            return CompletableFuture.completedFuture(rows.get(id));
        }

        @Override
        public Map<Long, Product> findAllById(Collection<Long> ids) {
            queries.add("all" + ids);
            Map<Long, Product> found = new HashMap<>(rows);
            found.keySet().retainAll(Set.copyOf(ids));
            return found;
        }

        @Override
        public List<Product> search(String text) {
            queries.add("search");
            return List.copyOf(rows.values());
        }

        @Override
        public void save(Product product) {
            rows.put(product.id(), product);
        }
    };

    @AfterEach
    void close() {
        nodes.close();
    }

    private PerfCache node(RedisServer redis) {
        PerfCache cache = nodes.node(redis.host(), redis.port());
        CachePolicy policy = CachePolicy.of(Duration.ofMinutes(10));
        Nodes.ready(cache.region(
                "product",
                Product.class,
                policy.toBuilder().nullTtl(Duration.ofMinutes(10)).build()));
        Nodes.ready(cache.region("list", JsonCodec.of(new TypeReference<List<Product>>() {}), policy));
        return cache;
    }

    @Test
    void twoNodes_shareWhatOneLoaded_andSeeWhatOneChanged(RedisServer redis) {
        Products here = CachingProxy.of(Products.class, store, node(redis));
        PerfCache otherCache = node(redis);
        Products there = CachingProxy.of(Products.class, store, otherCache);
        assertThat(here.findById(1)).contains(new Product(1, "tea"));
        assertThat(here.findById(9)).isEmpty();
        assertThat(here.search("t")).hasSize(2);
        awaitShared(otherCache, "product", "1");
        assertThat(there.findLater(1).join()).isEqualTo(new Product(1, "tea"));
        assertThat(there.findAllById(List.of(2L, 1L))).containsOnlyKeys(2L, 1L);
        assertThat(queries).containsExactly("find1", "find9", "search", "all[2]");

        here.save(new Product(1, "green tea"));
        assertThat(here.findById(1)).contains(new Product(1, "green tea"));
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> there.findById(1).orElseThrow().name().equals("green tea"));
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> there.search("t").contains(new Product(1, "green tea")));
    }

    /** A loaded value is stored without waiting. */
    private static void awaitShared(PerfCache cache, String region, String key) {
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> cache.findRegion(region).getIfPresent(key) != null);
    }

    @Test
    void deferred_reachesOtherNodesAfterTheBody(RedisServer redis) {
        PerfCache cache = node(redis);
        PerfCache otherCache = node(redis);
        Products here = CachingProxy.of(Products.class, store, cache);
        Products there = CachingProxy.of(Products.class, store, otherCache);
        here.findById(1);
        awaitShared(otherCache, "product", "1");
        CacheRegion<?> region = cache.findRegion("product");
        Acknowledgement issued = cache.defer(() -> {
            here.save(new Product(1, "green tea"));
            Acknowledgement invalidation = region.invalidate("2");
            assertThat(invalidation.isAcknowledged()).isFalse();
            assertThat(there.findById(1)).contains(new Product(1, "tea"));
            return invalidation;
        });
        assertThat(issued.await(Duration.ofSeconds(10))).isTrue();
        Nodes.awaitApplied(otherCache.findRegion("product"), issued);
        assertThat(there.findById(1)).contains(new Product(1, "green tea"));
    }

    @Test
    void pattern_withRandomArguments_findsInRedisTheirTextAndNothingElse(RedisServer redis) {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            // A database of its own: other tests share the server.
            connection.sync().select(8);
            connection.sync().flushdb();
            Random random = new Random(3);
            Set<String> texts = new java.util.LinkedHashSet<>();
            while (texts.size() < 400) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(5); i >= 0; i--) {
                    text.append("ab*?[]^-\\é".charAt(random.nextInt(10)));
                }
                texts.add(text.toString());
            }
            texts.forEach(text -> connection.sync().set("cat:" + text, "x"));
            for (String text : texts) {
                assertThat(connection.sync().keys("cat:" + CacheRegion.escape(text)))
                        .containsExactly("cat:" + text);
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}
