package io.perfkit.benchmarks.cache;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * As {@link LocalHitOneThread}, in a region in which 1,000 invalidations by pattern are remembered and a thread adds
 * about 1,000 more each second, each by one of those patterns again. None matches a key that is asked for, but all share
 * its beginning. A hit on an entry that has not been asked for since the last of them has to find that out.
 *
 * <p>The region's sweep, which would forget the patterns after the first 512, is held back.
 */
@Line("cache.local_hit_with_1000_live_tombstones")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class LocalHitWithTombstones {

    private static final int PATTERNS = 1_000;

    /** The region. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        private PerfCache cache;
        private Thread invalidator;
        private volatile boolean running = true;
        CacheRegion<UserProfile> region;

        @Setup
        public void fill() {
            cache = PerfCache.builder("benchmark")
                    .local(local -> local.maximumSize(Keys.CAPACITY))
                    .executor(sweep -> {})
                    .build();
            region = cache.region("user", UserProfile.class, CachePolicy.of(Duration.ofHours(1)));
            Keys.all(key -> region.getOrSet(key, Keys::load));
            for (int i = 0; i < PATTERNS; i++) {
                region.invalidatePattern(pattern(i));
            }
            invalidator = new Thread(this::invalidate, "invalidator");
            invalidator.start();
        }

        private void invalidate() {
            for (int i = 0; running; i = (i + 1) % PATTERNS) {
                LockSupport.parkNanos(1_000_000);
                region.invalidatePattern(pattern(i));
            }
        }

        /** Matches orders of a user, of which there are none; there are profiles. */
        private static String pattern(int user) {
            return user + ":order:*";
        }

        @TearDown
        public void close() throws InterruptedException {
            running = false;
            invalidator.join();
            cache.close();
        }
    }

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Perfkit perfkit, Keys keys) {
        return perfkit.region.getOrSet(keys.next(), Keys::load);
    }

    @Benchmark
    @Side("caffeine-entry-ttl")
    public Object caffeineEntryTtl(Caches.CaffeineEntryTtl caffeine, Keys keys) {
        return caffeine.cache.get(keys.next(), Keys::load);
    }
}
