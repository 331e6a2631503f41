package io.perfkit.benchmarks.cache;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * A get-or-load that finds the value in Redis, by one thread: {@code getOrSet} of a region without a local tier, against
 * a {@code GET} through Lettuce of the same bytes with the same decoding, and the same call of other caches in Redis.
 * Only the region looks in the same round trip whether the value was invalidated.
 */
@Line("cache.shared_hit.1t")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class SharedHitOneThread {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(SharedCaches.Perfkit perfkit, Keys keys) {
        return perfkit.region.getOrSet(keys.next(), Order::missed);
    }

    @Benchmark
    @Side("lettuce")
    public Object lettuce(SharedCaches.Lettuce lettuce, Keys keys) {
        return Order.decode(lettuce.commands.get(keys.next()));
    }

    @Benchmark
    @Side("jetcache")
    public Object jetcache(SharedCaches.JetCache jetcache, Keys keys) {
        return jetcache.cache.computeIfAbsent(keys.next(), Order::missed);
    }

    @Benchmark
    @Side("spring-data-redis")
    public Object springDataRedis(SharedCaches.SpringDataRedis spring, Keys keys) {
        String key = keys.next();
        return Objects.requireNonNull(spring.cache.get(key, () -> Order.missed(key)));
    }

    @Benchmark
    @Side("redisson")
    public Object redisson(SharedCaches.RedissonBucket redisson, Keys keys) {
        return redisson.get(keys.next());
    }
}
