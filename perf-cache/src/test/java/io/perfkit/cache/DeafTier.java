package io.perfkit.cache;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Redis whose log never calls: what a node learns, it learns because it asked. Made mute, it does not answer to
 * invalidations either, which never reach it, while it can still be read.
 */
final class DeafTier implements SharedTier, AutoCloseable {

    private final RedisClient client;
    private final RedisTier tier;
    private volatile boolean mute;

    DeafTier(RedisServer redis) {
        client = RedisClient.create(redis.uri());
        tier = RedisTier.of(client);
    }

    void mute() {
        mute = true;
    }

    @Override
    public Link connect(String cache) {
        Link link = tier.connect(cache);
        return new Link() {
            @Override
            public Region region(String name) {
                return new DeafRegion(link.region(name), () -> mute);
            }

            @Override
            public void close() {
                link.close();
            }
        };
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }

    private record DeafRegion(Region region, BooleanSupplier mute) implements Region {

        @Override
        public CompletionStage<List<Event>> follow(long after, Duration wait) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Reading> read(String key, byte[] lease, Duration leaseLife, int largest) {
            return region.read(key, lease, leaseLife, largest);
        }

        @Override
        public CompletionStage<Boolean> store(String key, byte[] fence, byte[] entry, Duration life) {
            return region.store(key, fence, entry, life);
        }

        @Override
        public CompletionStage<Head> invalidate(String key, String origin) {
            return mute.getAsBoolean() ? new CompletableFuture<>() : region.invalidate(key, origin);
        }

        @Override
        public CompletionStage<Head> plant(String key, byte[] fence, Duration life, String origin) {
            return mute.getAsBoolean() ? new CompletableFuture<>() : region.plant(key, fence, life, origin);
        }

        @Override
        public CompletionStage<Head> invalidateMatching(String pattern, String origin) {
            return mute.getAsBoolean() ? new CompletableFuture<>() : region.invalidateMatching(pattern, origin);
        }

        @Override
        public CompletionStage<Head> clear(String origin) {
            return mute.getAsBoolean() ? new CompletableFuture<>() : region.clear(origin);
        }

        @Override
        public CompletionStage<@Nullable Head> head() {
            return region.head();
        }

        @Override
        public CompletionStage<Snapshot> snapshot() {
            return region.snapshot();
        }

        @Override
        public CompletionStage<List<Event>> events(long after, int most) {
            return region.events(after, most);
        }

        @Override
        public void close() {
            region.close();
        }
    }
}
