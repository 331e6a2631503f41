package io.perfkit.cache.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.perfkit.cache.SharedTier;
import java.util.function.Supplier;

/**
 * The tier that nodes share, in Redis 6.2 or later or in Valkey, on a single node or a cluster.
 *
 * <p>For a cache {@code shop} with a region {@code user}, the keys are {@code perfkit:cache:{shop:user}:head} and
 * {@code perfkit:cache:{shop:user}:log} for the order of invalidations, and {@code perfkit:cache:shop:user:{:KEY}} for
 * the entry of {@code KEY}. The braces decide the hash slot: the entries of a region are spread over a cluster, its head
 * and log lie together. Commands used: {@code EVALSHA}, {@code EVAL}, {@code GET}, {@code GETRANGE}, {@code STRLEN},
 * {@code SET}, {@code DEL}, {@code PTTL}, {@code HGET}, {@code HMGET}, {@code HGETALL}, {@code HSET}, {@code HDEL},
 * {@code HEXISTS}, {@code HLEN}, {@code HINCRBY}, {@code XADD}, {@code XRANGE}, {@code XREAD}.
 *
 * <p>Each cache opens one connection, and one more per region for following the region's log. The client stays the
 * caller's to close, after the cache. Immutable.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection closes in its own time
public final class RedisTier implements SharedTier {

    private final Supplier<Connection> connector;

    private RedisTier(Supplier<Connection> connector) {
        this.connector = connector;
    }

    /** A connection of either kind with its commands, which have one type for both. */
    record Connection(
            StatefulConnection<byte[], byte[]> connection, RedisClusterAsyncCommands<byte[], byte[]> commands) {}

    /**
     * A tier in a single Redis.
     *
     * @param client a client that was created with the address of the server
     * @return the tier
     */
    public static RedisTier of(RedisClient client) {
        return new RedisTier(() -> {
            StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            return new Connection(connection, connection.async());
        });
    }

    /**
     * A tier in a Redis Cluster.
     *
     * @param client a client that was created with the addresses of one or more nodes
     * @return the tier
     */
    public static RedisTier of(RedisClusterClient client) {
        return new RedisTier(() -> {
            // Reads go to masters unless one asks for something else, and nothing here does: a replica may lag.
            StatefulRedisClusterConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            return new Connection(connection, connection.async());
        });
    }

    @Override
    public Link connect(String cache) {
        Connection connection = connector.get();
        return new Link() {
            @Override
            public Region region(String name) {
                return new RedisRegion(cache, name, connection.commands(), connector);
            }

            @Override
            public void close() {
                connection.connection().closeAsync();
            }
        };
    }
}
