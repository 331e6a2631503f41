package io.perfkit.benchmarks.cache;

import com.alicp.jetcache.CacheValueHolder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.BaseCodec;
import org.redisson.client.protocol.Decoder;
import org.redisson.client.protocol.Encoder;
import org.redisson.config.Config;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Clients of one Redis, each with one connection for all threads where it lets one choose, with all values there and the
 * same codec for them. States of their own, so that a JVM builds only the one it measures.
 */
public final class SharedCaches {

    private static final Duration TTL = Duration.ofHours(1);

    private SharedCaches() {}

    /** A region without a local tier. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        private RedisClient client;
        private PerfCache cache;
        CacheRegion<Order> region;

        @Setup
        public void fill() {
            client = RedisClient.create(MillionKeys.uri(MillionKeys.HITS));
            cache = PerfCache.builder("benchmark").shared(RedisTier.of(client)).build();
            region = cache.region(
                    "order",
                    Order.CODEC,
                    CachePolicy.builder().ttl(TTL).sharedOnly().build());
            // A loaded value is on its way when the call returns, or stays behind where the region has not yet met its
            // server, which a cold JVM takes a moment for.
            Keys.all(key -> {
                while (region.getIfPresent(key) == null) {
                    region.getOrSet(key, Order::load);
                }
                return key;
            });
        }

        @TearDown
        public void close() {
            cache.close();
            client.shutdown();
        }
    }

    /** Lettuce by hand: what the cheapest possible hit costs. */
    @State(Scope.Benchmark)
    public static class Lettuce {

        private RedisClient client;
        RedisCommands<String, byte[]> commands;

        @Setup
        public void fill() {
            client = RedisClient.create(MillionKeys.uri(MillionKeys.HITS));
            StatefulRedisConnection<String, byte[]> connection =
                    client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
            commands = connection.sync();
            Keys.all(key -> commands.set(key, Order.load(key).encode(), SetArgs.Builder.px(TTL)));
        }

        @TearDown
        public void close() {
            client.shutdown();
        }
    }

    /** JetCache's remote cache over Lettuce. */
    @State(Scope.Benchmark)
    public static class JetCache {

        private RedisClient client;
        com.alicp.jetcache.Cache<String, Order> cache;

        @Setup
        public void fill() {
            client = RedisClient.create(MillionKeys.uri(MillionKeys.HITS));
            cache = RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                    .redisClient(client)
                    .keyPrefix("jetcache:")
                    .keyConvertor(key -> key)
                    .valueEncoder(SharedCaches::encodeHolder)
                    .valueDecoder(SharedCaches::decodeHolder)
                    .expireAfterWrite(TTL.toSeconds(), TimeUnit.SECONDS)
                    .buildCache();
            Keys.all(key -> cache.computeIfAbsent(key, Order::load));
        }

        @TearDown
        public void close() {
            cache.close();
            client.shutdown();
        }
    }

    /** JetCache adds two instants to each value. */
    private static byte[] encodeHolder(Object value) {
        CacheValueHolder<?> holder = (CacheValueHolder<?>) value;
        byte[] order = ((Order) holder.getValue()).encode();
        return ByteBuffer.allocate(2 * Long.BYTES + order.length)
                .putLong(holder.getExpireTime())
                .putLong(holder.getAccessTime())
                .put(order)
                .array();
    }

    private static Object decodeHolder(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        CacheValueHolder<Order> holder = new CacheValueHolder<>();
        holder.setExpireTime(buffer.getLong());
        holder.setAccessTime(buffer.getLong());
        holder.setValue(Order.decode(Arrays.copyOfRange(bytes, buffer.position(), bytes.length)));
        return holder;
    }

    /** Spring's cache abstraction over Spring Data Redis. */
    @State(Scope.Benchmark)
    public static class SpringDataRedis {

        private LettuceConnectionFactory factory;
        Cache cache;

        @Setup
        public void fill() {
            RedisURI uri = MillionKeys.uri(MillionKeys.HITS);
            RedisStandaloneConfiguration server = new RedisStandaloneConfiguration(uri.getHost(), uri.getPort());
            server.setDatabase(uri.getDatabase());
            factory = new LettuceConnectionFactory(server);
            factory.afterPropertiesSet();
            factory.start();
            RedisCacheManager caches = RedisCacheManager.builder(factory)
                    .cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
                            .entryTtl(TTL)
                            .disableCachingNullValues()
                            .serializeValuesWith(SerializationPair.fromSerializer(new OrderSerializer())))
                    .build();
            cache = Objects.requireNonNull(caches.getCache("spring"));
            Keys.all(key -> cache.get(key, () -> Order.load(key)));
        }

        @TearDown
        public void close() {
            factory.destroy();
        }
    }

    private static final class OrderSerializer implements RedisSerializer<Order> {

        @Override
        public byte[] serialize(@Nullable Order order) {
            return Objects.requireNonNull(order).encode();
        }

        @Override
        public Order deserialize(byte @Nullable [] bytes) {
            return Order.decode(Objects.requireNonNull(bytes));
        }
    }

    /** Redisson's bucket, its object for one value. */
    @State(Scope.Benchmark)
    public static class RedissonBucket {

        private RedissonClient client;
        private final OrderCodec codec = new OrderCodec();

        @Setup
        public void fill() {
            client = redisson(MillionKeys.HITS);
            Keys.all(key -> {
                client.getBucket("redisson:" + key, codec).set(Order.load(key), TTL);
                return key;
            });
        }

        Object get(String key) {
            return client.getBucket("redisson:" + key, codec).get();
        }

        @TearDown
        public void close() {
            client.shutdown();
        }
    }

    static RedissonClient redisson(int database) {
        RedisURI uri = MillionKeys.uri(database);
        Config config = new Config();
        config.useSingleServer()
                .setAddress("redis://" + uri.getHost() + ":" + uri.getPort())
                .setDatabase(database);
        return Redisson.create(config);
    }

    private static final class OrderCodec extends BaseCodec {

        private final Encoder encoder = value -> Unpooled.wrappedBuffer(((Order) value).encode());
        private final Decoder<Object> decoder =
                (ByteBuf bytes, org.redisson.client.handler.State state) -> Order.decode(ByteBufUtil.getBytes(bytes));

        @Override
        public Decoder<Object> getValueDecoder() {
            return decoder;
        }

        @Override
        public Encoder getValueEncoder() {
            return encoder;
        }
    }
}
