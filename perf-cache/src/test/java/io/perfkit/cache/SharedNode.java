package io.perfkit.cache;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.SharedTier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/** One node's shared side of a region of strings, without the local side above it. */
final class SharedNode implements AutoCloseable {

    static final Duration LEASE = Duration.ofSeconds(30);

    final Counters counters = new Counters("user", null);
    final SharedRegion<String> region;
    private final CoarseClock clock;
    private final SharedSession session;
    private final AutoCloseable client;

    SharedNode(String cache, RedisClient client, int schemaVersion) {
        this(cache, RedisTier.of(client), () -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)), schemaVersion);
    }

    SharedNode(String cache, SharedTier tier, AutoCloseable client, int schemaVersion) {
        this.client = client;
        clock = CoarseClock.system(cache);
        FailureLog failures = new FailureLog(cache, clock);
        session = new SharedSession(cache, tier, Duration.ofSeconds(5), Duration.ofSeconds(5), clock, failures, null);
        session.start();
        LocalTier<String> local =
                new LocalTier<>("user", new LocalOptions(), true, clock, ForkJoinPool.commonPool(), counters);
        SharedSettings settings =
                new SharedSettings(Duration.ofSeconds(5).toNanos(), 1_000, schemaVersion, 1_024, Compression.gzip());
        region = new SharedRegion<>("user", Codec.strings(), local, counters, session, settings);
        session.add(region);
        await().atMost(Duration.ofSeconds(20)).until(region::isFollowing);
    }

    static Life life(long seconds, String... tags) {
        return new Life(TimeUnit.SECONDS.toNanos(seconds), TimeUnit.SECONDS.toNanos(7), 0, 99, List.of(tags));
    }

    Found<String> find(String key) {
        return java.util.Objects.requireNonNull(region.find(key, LEASE), "the shared tier cannot be used");
    }

    /** The value, or null if there is none. */
    String value(String key) {
        return value(find(key));
    }

    static String value(Found<String> found) {
        return found instanceof Found.Present<String> present ? present.value() : null;
    }

    Found.Present<String> present(String key) {
        return (Found.Present<String>) find(key);
    }

    Encoded encoded(String value) {
        return java.util.Objects.requireNonNull(region.encode(value));
    }

    void store(String key, Found<String> found, String value, Life life) {
        region.store(key, found, encoded(value), life);
    }

    /** Loads a key as a node does, and waits until the value is there. */
    void load(String key, String value, Life life) {
        store(key, find(key), value, life);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> find(key).present());
    }

    void invalidate(PendingInvalidations.Item item) {
        if (!region.invalidateAll(List.of(item), List.of(() -> {})).await(Duration.ofSeconds(20))) {
            throw new IllegalStateException("not acknowledged");
        }
    }

    @Override
    public void close() {
        session.close();
        clock.close();
        try {
            client.close();
        } catch (Exception e) {
            throw new IllegalStateException("The client did not close", e);
        }
    }
}
