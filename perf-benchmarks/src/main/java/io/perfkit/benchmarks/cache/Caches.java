package io.perfkit.benchmarks.cache;

import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.cache2k.Cache2kBuilder;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.cache.caffeine.CaffeineCacheManager;

/**
 * The caches that are compared: each holds at most 20,000 entries for one hour and is set up as its documentation says
 * for that. They are states of their own, so that a JVM builds only the one it measures.
 */
public final class Caches {

    private static final Duration TTL = Duration.ofHours(1);

    private Caches() {}

    /** A region of a cache with a local tier only. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        private PerfCache cache;
        CacheRegion<UserProfile> region;

        @Setup
        public void fill() {
            cache = PerfCache.builder("benchmark")
                    .local(local -> local.maximumSize(Keys.CAPACITY))
                    .build();
            region = cache.region(
                    "user", UserProfile.class, CachePolicy.builder().ttl(TTL).build());
            Keys.all(key -> region.getOrSet(key, Keys::load));
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }

    /** Caffeine where each entry has its own time to live, which is what a region offers. */
    @State(Scope.Benchmark)
    public static class CaffeineEntryTtl {

        Cache<String, UserProfile> cache;

        @Setup
        public void fill() {
            cache = Caffeine.newBuilder()
                    .maximumSize(Keys.CAPACITY)
                    .expireAfter(Expiry.<String, UserProfile>writing((key, value) -> TTL))
                    .build();
            Keys.all(key -> cache.get(key, Keys::load));
        }
    }

    /** Caffeine that never expires anything: what a hit costs without a clock. */
    @State(Scope.Benchmark)
    public static class CaffeineEternal {

        Cache<String, UserProfile> cache;

        @Setup
        public void fill() {
            cache = Caffeine.newBuilder().maximumSize(Keys.CAPACITY).build();
            Keys.all(key -> cache.get(key, Keys::load));
        }
    }

    /** Spring's cache abstraction over Caffeine. */
    @State(Scope.Benchmark)
    public static class Spring {

        org.springframework.cache.Cache cache;

        @Setup
        public void fill() {
            CaffeineCacheManager caches = new CaffeineCacheManager("user");
            caches.setCaffeine(Caffeine.newBuilder().maximumSize(Keys.CAPACITY).expireAfterWrite(TTL));
            cache = Objects.requireNonNull(caches.getCache("user"));
            Keys.all(key -> cache.get(key, () -> Keys.load(key)));
        }
    }

    /** JetCache's local cache over Caffeine. */
    @State(Scope.Benchmark)
    public static class JetCache {

        com.alicp.jetcache.Cache<String, UserProfile> cache;

        @Setup
        public void fill() {
            cache = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                    .limit(Keys.CAPACITY)
                    .expireAfterWrite(TTL.toSeconds(), TimeUnit.SECONDS)
                    .buildCache();
            Keys.all(key -> cache.computeIfAbsent(key, Keys::load));
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }

    /** cache2k. */
    @State(Scope.Benchmark)
    public static class Cache2k {

        org.cache2k.Cache<String, UserProfile> cache;

        @Setup
        public void fill() {
            cache = Cache2kBuilder.of(String.class, UserProfile.class)
                    .entryCapacity(Keys.CAPACITY)
                    .expireAfterWrite(TTL)
                    .build();
            Keys.all(key -> cache.computeIfAbsent(key, Keys::load));
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }
}
