package io.perfkit.benchmarks.cache;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.redisson.api.RedissonClient;

/**
 * The 100 keys of one customer invalidated in a Redis of 1,000,000 keys: {@code invalidatePattern}, acknowledged, against
 * what others do with such a pattern. Before each of their operations, and outside the measurement, the 100 keys are put
 * back.
 *
 * <p>What Redis itself took for each command of a trial of ours is printed at its end, see {@link ServerTimes}. {@code
 * MSET} is the putting back.
 */
@Line("cache.invalidate_pattern.1m_keys")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class InvalidatePatternShared {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Somebody whose keys are to go, and a connection by which they come back. */
    @State(Scope.Thread)
    public static class Customer {

        private final Random random = new Random(42);
        private RedisClient client;
        StatefulRedisConnection<String, String> connection;
        RedisCommands<String, String> commands;
        String pattern = "";

        @Setup
        public void connect() {
            client = RedisClient.create(MillionKeys.uri(MillionKeys.FULL));
            connection = client.connect();
            commands = connection.sync();
        }

        @Setup(Level.Invocation)
        public void putBack() {
            int customer = random.nextInt(MillionKeys.CUSTOMERS);
            pattern = MillionKeys.patternOf(customer);
            commands.mset(MillionKeys.keysOf(customer));
        }

        @TearDown
        public void close() {
            client.shutdown();
        }
    }

    /** A region with both tiers, in the same database as the million keys. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        private RedisClient client;
        private PerfCache cache;
        private ServerTimes times;
        CacheRegion<Order> region;

        @Setup
        public void open() {
            client = RedisClient.create(MillionKeys.uri(MillionKeys.FULL));
            cache = PerfCache.builder("benchmark").shared(RedisTier.of(client)).build();
            region = cache.region("order", Order.CODEC, CachePolicy.of(Duration.ofHours(1)));
            String key = "customer:1:order:1";
            region.getOrSet(key, Order::load);
            region.invalidatePattern("customer:1:*").await(PATIENCE);
            if (region.getIfPresent(key) != null) {
                throw new IllegalStateException(key + " was invalidated, but is there");
            }
            times = ServerTimes.begin(client.connect().sync());
        }

        @TearDown
        public void close() {
            times.print();
            cache.close();
            client.shutdown();
        }
    }

    /** Redisson. */
    @State(Scope.Benchmark)
    public static class RedissonKeys {

        RedissonClient client;

        @Setup
        public void open() {
            client = SharedCaches.redisson(MillionKeys.FULL);
        }

        @TearDown
        public void close() {
            client.shutdown();
        }
    }

    @Benchmark
    @Side(Side.OURS)
    public void ours(Perfkit perfkit, Customer customer) {
        if (!perfkit.region.invalidatePattern(customer.pattern).await(PATIENCE)) {
            throw new IllegalStateException("Redis does not answer");
        }
    }

    @Benchmark
    @Side("scan-unlink")
    public void scanUnlink(Customer customer) {
        long gone = 0;
        ScanArgs arguments = ScanArgs.Builder.matches(customer.pattern).limit(1_000);
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            KeyScanCursor<String> found = customer.commands.scan(cursor, arguments);
            if (!found.getKeys().isEmpty()) {
                gone += customer.commands.unlink(found.getKeys().toArray(String[]::new));
            }
            cursor = found;
        } while (!cursor.isFinished());
        check(gone);
    }

    @Benchmark
    @Side("keys-del")
    public void keysDel(Customer customer) {
        List<String> found = customer.commands.keys(customer.pattern);
        check(customer.commands.del(found.toArray(String[]::new)));
    }

    @Benchmark
    @Side("redisson")
    public void redisson(RedissonKeys redisson, Customer customer) {
        check(redisson.client.getKeys().deleteByPattern(customer.pattern));
    }

    private static void check(long gone) {
        if (gone != MillionKeys.MATCHING) {
            throw new IllegalStateException(MillionKeys.MATCHING + " keys were there, but " + gone + " are gone");
        }
    }
}
