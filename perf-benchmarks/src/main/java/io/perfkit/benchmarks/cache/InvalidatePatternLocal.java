package io.perfkit.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.Random;
import java.util.function.BiConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * The 100 keys of one customer invalidated among 1,000,000 in the heap: {@code invalidatePattern} of a region without a
 * shared tier, against {@code keySet().removeIf} of a Caffeine cache. Before each operation, and outside the
 * measurement, the 100 keys of the last one are put back. The region's background sweep runs meanwhile, as it does in an
 * application that invalidates as fast as it can.
 */
@Line("cache.local_invalidate_pattern.1m_keys")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class InvalidatePatternLocal {

    private static final int CUSTOMERS = 10_000;
    private static final int MATCHING = 100;
    private static final int CAPACITY = 2 * CUSTOMERS * MATCHING;
    private static final UserProfile VALUE = new UserProfile(1, "somebody");

    private static void fill(int customer, BiConsumer<String, UserProfile> put) {
        for (int order = 0; order < MATCHING; order++) {
            put.accept(prefix(customer) + order, VALUE);
        }
    }

    private static String prefix(int customer) {
        return "customer:" + customer + ":";
    }

    /** Somebody whose keys are to go. */
    public abstract static class Customer {

        private final Random random = new Random(42);
        String prefix = "";
        int customer;

        /** Fills the cache. */
        @Setup
        public void fillAll() {
            for (int each = 0; each < CUSTOMERS; each++) {
                fill(each, this::put);
            }
        }

        /** Puts back the keys of the last one, and chooses another. */
        @Setup(Level.Invocation)
        public void next() {
            fill(customer, this::put);
            customer = random.nextInt(CUSTOMERS);
            prefix = prefix(customer);
        }

        abstract void put(String key, UserProfile value);
    }

    /** A region without a shared tier. */
    @State(Scope.Benchmark)
    public static class Perfkit extends Customer {

        private final PerfCache cache = PerfCache.builder("benchmark")
                .local(local -> local.maximumSize(CAPACITY))
                .build();
        final CacheRegion<UserProfile> region =
                cache.region("order", UserProfile.class, CachePolicy.of(Duration.ofHours(1)));

        @Override
        void put(String key, UserProfile value) {
            region.put(key, value);
        }

        /** Closes the cache. */
        @TearDown
        public void close() {
            cache.close();
        }
    }

    /** Caffeine. */
    @State(Scope.Benchmark)
    public static class CaffeineCache extends Customer {

        final Cache<String, UserProfile> cache = Caffeine.newBuilder()
                .maximumSize(CAPACITY)
                .expireAfterWrite(Duration.ofHours(1))
                .build();

        @Override
        void put(String key, UserProfile value) {
            cache.put(key, value);
        }
    }

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Perfkit perfkit) {
        return perfkit.region.invalidatePattern(perfkit.prefix + "*");
    }

    @Benchmark
    @Side("caffeine-remove-if")
    public void caffeine(CaffeineCache caffeine) {
        String prefix = caffeine.prefix;
        if (!caffeine.cache.asMap().keySet().removeIf(key -> key.startsWith(prefix))) {
            throw new IllegalStateException("The keys of " + prefix + " were there");
        }
    }
}
