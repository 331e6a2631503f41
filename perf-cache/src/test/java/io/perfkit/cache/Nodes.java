package io.perfkit.cache;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.perfkit.cache.redis.RedisTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Several nodes of one application in this JVM, each with a Redis client of its own. */
public final class Nodes implements AutoCloseable {

    private final String name = "it-" + UUID.randomUUID();
    private final List<AutoCloseable> open = new ArrayList<>();

    public String name() {
        return name;
    }

    public PerfCache node(String host, int port) {
        return node(host, port, b -> b);
    }

    public PerfCache node(String host, int port, UnaryOperator<PerfCache.Builder> settings) {
        RedisClient client = RedisClient.create(RedisURI.create(host, port));
        PerfCache cache = settings.apply(
                        PerfCache.builder(name).shared(RedisTier.of(client)).commandTimeout(Duration.ofSeconds(2)))
                .build();
        open.add(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
        open.add(cache);
        return cache;
    }

    public void alsoClose(AutoCloseable closeable) {
        open.add(closeable);
    }

    /** Waits until a node reads and follows the shared tier. */
    public static <V> CacheRegion<V> ready(CacheRegion<V> region) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> region.shared().isFollowing());
        return region;
    }

    /** Waits until a node has applied everything up to the epoch of an invalidation. */
    public static void awaitApplied(CacheRegion<?> region, Acknowledgement invalidation) {
        long epoch = invalidation.epoch().join();
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    LogPosition.Position position = region.shared().position();
                    return position != null && position.epoch() >= epoch;
                });
    }

    @Override
    public void close() {
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException("A node did not close", e);
            }
        }
    }
}
