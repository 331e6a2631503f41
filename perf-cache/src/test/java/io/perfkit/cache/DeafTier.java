package io.perfkit.cache;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Redis whose log never calls: what a node learns, it learns because it asked. Made mute, it does not answer to
 * invalidations either, which never reach it, while it can still be read. Made blind, it cannot read its log; made loose,
 * it stores entries elsewhere than their events, as a cluster does.
 */
final class DeafTier implements SharedTier, AutoCloseable {

    private final RedisClient client;
    private final RedisTier tier;
    private volatile boolean mute;
    private volatile boolean blind;
    private volatile boolean loose;

    DeafTier(RedisServer redis) {
        client = RedisClient.create(redis.uri());
        tier = RedisTier.of(client);
    }

    void mute() {
        mute = true;
    }

    void blind() {
        blind = true;
    }

    void loose() {
        loose = true;
    }

    @Override
    public Link connect(String cache, Runnable lost) {
        Link link = tier.connect(cache, lost);
        return new Link() {
            @Override
            public Region region(String name) {
                return new DeafRegion(link.region(name), DeafTier.this);
            }

            @Override
            public boolean isLost() {
                return link.isLost();
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

    private record DeafRegion(Region region, DeafTier tier) implements Region {

        private CompletionStage<Head> unlessMute(Supplier<CompletionStage<Head>> command) {
            return tier.mute ? new CompletableFuture<>() : command.get();
        }

        @Override
        public CompletionStage<List<Event>> follow(long after, Duration wait) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Head> invalidate(String key, String origin) {
            return unlessMute(() -> region.invalidate(key, origin));
        }

        @Override
        public CompletionStage<Head> makeDue(String key, byte[] generation, String origin) {
            return unlessMute(() -> region.makeDue(key, generation, origin));
        }

        @Override
        public CompletionStage<Head> plant(String key, byte[] fence, Duration life, String origin) {
            return unlessMute(() -> region.plant(key, fence, life, origin));
        }

        @Override
        public CompletionStage<Head> issue(Kind kind, String subject, String origin) {
            return unlessMute(() -> region.issue(kind, subject, origin));
        }

        @Override
        public boolean endsWithEvents() {
            return !tier.loose && region.endsWithEvents();
        }

        @Override
        public CompletionStage<List<String>> masters() {
            return region.masters();
        }

        @Override
        public CompletionStage<Head> adopt(String master) {
            return region.adopt(master);
        }

        @Override
        public CompletionStage<Reading> read(String key) {
            return region.read(key);
        }

        @Override
        public List<CompletionStage<List<Reading>>> readAll(List<String> keys) {
            return region.readAll(keys);
        }

        @Override
        public CompletionStage<Reading> lease(String key, byte[] lease, Duration life, byte[] over) {
            return region.lease(key, lease, life, over);
        }

        @Override
        public CompletionStage<Boolean> store(
                String key, byte[] fence, byte[] front, long freshMillis, byte[] rest, Duration life) {
            return region.store(key, fence, front, freshMillis, rest, life);
        }

        @Override
        public CompletionStage<Boolean> remove(String key, byte[] fence) {
            return region.remove(key, fence);
        }

        @Override
        public CompletionStage<Boolean> claim(String key, byte[] subject, Duration life) {
            return region.claim(key, subject, life);
        }

        @Override
        public CompletionStage<Boolean> unclaim(String key, byte[] subject) {
            return region.unclaim(key, subject);
        }

        @Override
        public CompletionStage<State> state() {
            return region.state();
        }

        @Override
        public CompletionStage<Snapshot> snapshot() {
            return region.snapshot();
        }

        @Override
        public CompletionStage<List<Event>> events(long after, int most) {
            return tier.blind
                    ? CompletableFuture.failedFuture(new IOException("the log cannot be read"))
                    : region.events(after, most);
        }

        @Override
        public CompletionStage<Page> scan(@Nullable Object from, String glob, int size) {
            return region.scan(from, glob, size);
        }

        @Override
        public CompletionStage<List<byte[]>> peek(List<String> keys, int length) {
            return region.peek(keys, length);
        }

        @Override
        public CompletionStage<Boolean> claimSweep(String origin, String mark, Duration life) {
            return region.claimSweep(origin, mark, life);
        }

        @Override
        public CompletionStage<Void> swept(String mark) {
            return region.swept(mark);
        }

        @Override
        public void close() {
            region.close();
        }
    }
}
