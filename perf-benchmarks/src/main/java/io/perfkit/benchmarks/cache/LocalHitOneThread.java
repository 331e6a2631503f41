package io.perfkit.benchmarks.cache;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * A get-or-load that finds the value near the code, by one thread: {@code getOrSet(key, function)} of a region without a
 * shared tier, against the same call of caches that know only this tier. No side loads, evicts or expires meanwhile.
 */
@Line("cache.local_hit.1t")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class LocalHitOneThread {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Caches.Perfkit perfkit, Keys keys) {
        return perfkit.region.getOrSet(keys.next(), Keys::load);
    }

    @Benchmark
    @Side("caffeine-entry-ttl")
    public Object caffeineEntryTtl(Caches.CaffeineEntryTtl caffeine, Keys keys) {
        return caffeine.cache.get(keys.next(), Keys::load);
    }

    @Benchmark
    @Side("caffeine")
    public Object caffeine(Caches.CaffeineEternal caffeine, Keys keys) {
        return caffeine.cache.get(keys.next(), Keys::load);
    }

    @Benchmark
    @Side("cache2k")
    public Object cache2k(Caches.Cache2k cache2k, Keys keys) {
        return cache2k.cache.computeIfAbsent(keys.next(), Keys::load);
    }

    @Benchmark
    @Side("jetcache")
    public Object jetcache(Caches.JetCache jetcache, Keys keys) {
        return jetcache.cache.computeIfAbsent(keys.next(), Keys::load);
    }

    @Benchmark
    @Side("spring-caffeine")
    public Object spring(Caches.Spring spring, Keys keys) {
        String key = keys.next();
        return Objects.requireNonNull(spring.cache.get(key, () -> Keys.load(key)));
    }
}
