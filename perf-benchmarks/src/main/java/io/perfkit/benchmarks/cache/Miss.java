package io.perfkit.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A get-or-load that finds nothing and loads a value that is there already, so that what remains is the cache's own
 * work: a region without a shared tier against Caffeine's {@code get(key, function)}. The caches are full, so each
 * value that comes in makes another one leave. 500,000 keys follow each other in turn in a cache for 10,000; what the
 * policy keeps long enough to be found again is one in fifty at most.
 */
@Line("cache.getOrSet_miss_overhead")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class Miss {

    private static final int CAPACITY = 10_000;
    private static final Duration TTL = Duration.ofHours(1);

    /** Keys, one after the other. */
    @State(Scope.Thread)
    public static class Turn {

        private static final UserProfile VALUE = new UserProfile(1, "somebody");
        private static final String[] KEYS =
                IntStream.range(0, 500_000).mapToObj(user -> user + ":profile").toArray(String[]::new);

        private int position;

        String next() {
            if (++position == KEYS.length) {
                position = 0;
            }
            return KEYS[position];
        }

        static UserProfile load(String key) {
            return VALUE;
        }
    }

    /** A region without a shared tier. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        private final PerfCache cache = PerfCache.builder("benchmark")
                .local(local -> local.maximumSize(CAPACITY))
                .build();
        final CacheRegion<UserProfile> region = cache.region("user", UserProfile.class, CachePolicy.of(TTL));

        /** Closes the cache. */
        @TearDown
        public void close() {
            cache.close();
        }
    }

    /** Caffeine without and with expiry. */
    @State(Scope.Benchmark)
    public static class Caffeines {

        final Cache<String, UserProfile> eternal =
                Caffeine.newBuilder().maximumSize(CAPACITY).build();
        final Cache<String, UserProfile> entryTtl = Caffeine.newBuilder()
                .maximumSize(CAPACITY)
                .expireAfter(Expiry.<String, UserProfile>writing((key, value) -> TTL))
                .build();
    }

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Perfkit perfkit, Turn turn) {
        return perfkit.region.getOrSet(turn.next(), Turn::load);
    }

    @Benchmark
    @Side("caffeine")
    public Object caffeine(Caffeines caffeine, Turn turn) {
        return caffeine.eternal.get(turn.next(), Turn::load);
    }

    @Benchmark
    @Side("caffeine-entry-ttl")
    public Object caffeineEntryTtl(Caffeines caffeine, Turn turn) {
        return caffeine.entryTtl.get(turn.next(), Turn::load);
    }
}
