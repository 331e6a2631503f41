package io.perfkit.benchmarks.cache;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** As {@link LocalHitOneThread}, with two threads on one cache. */
@Line("cache.local_hit.2t")
@BenchmarkMode(Mode.AverageTime)
@Threads(2)
public class LocalHitTwoThreads {

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
    @Side("cache2k")
    public Object cache2k(Caches.Cache2k cache2k, Keys keys) {
        return cache2k.cache.computeIfAbsent(keys.next(), Keys::load);
    }
}
