package io.perfkit.cache.redis;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.perfkit.cache.CacheException;
import io.perfkit.cache.spi.SharedTier;
import java.util.function.Function;

/**
 * The tier that nodes share, in Redis 6.2 or later or in Valkey, on a single node or a cluster.
 *
 * <p>For a cache {@code shop} with a region {@code user}, the keys are
 *
 * <ul>
 *   <li>{@code perfkit:cache:shop:user:{:KEY}} for the entry of {@code KEY}, and the same with {@code :refresh} behind it
 *       while a node refreshes it;
 *   <li>{@code perfkit:cache:{shop:user}:head}, {@code …:log} and {@code …:dead} for the order of invalidations,
 *       {@code …:masters} on a cluster, {@code …:sweep} and {@code …:swept} while dead entries are swept.
 * </ul>
 *
 * <p>The braces decide the hash slot: the entries of a region are spread over a cluster, the rest lies together.
 *
 * <p>A user with an ACL needs {@code ~perfkit:cache:*} and these commands: {@code EVALSHA}, {@code EVAL}, {@code GET},
 * {@code MGET}, {@code GETRANGE}, {@code SET}, {@code SETRANGE}, {@code DEL}, {@code UNLINK}, {@code INFO},
 * {@code TIME}, {@code SCAN}, {@code XADD}, {@code XRANGE}, {@code XREAD}, {@code ZADD}, {@code ZCARD}, {@code ZSCORE},
 * {@code ZPOPMIN}, {@code ZRANGEBYSCORE}; and for the client itself {@code HELLO} or {@code AUTH}, {@code PING},
 * {@code CLIENT|SETINFO}, and on a cluster {@code CLUSTER|SLOTS} or what else Lettuce is set up to ask for the topology.
 *
 * <p>Each cache opens one connection, and one more per region for following the region's log. They go to the master, and
 * are not used on after an interruption. The client stays the caller's to close, after the cache. Immutable.
 */
public final class RedisTier implements SharedTier {

    private final Function<Runnable, RedisConnection> connector;

    private RedisTier(Function<Runnable, RedisConnection> connector) {
        this.connector = connector;
    }

    /**
     * A tier in a single Redis.
     *
     * @param client a client that was created with the address of the server
     * @return the tier
     */
    public static RedisTier of(RedisClient client) {
        return new RedisTier(lost -> {
            StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            return new RedisConnection(connection, connection.async(), false, lost);
        });
    }

    /**
     * A tier in a Redis Cluster.
     *
     * @param client a client that was created with the addresses of one or more nodes
     * @return the tier
     */
    public static RedisTier of(RedisClusterClient client) {
        return new RedisTier(lost -> {
            StatefulRedisClusterConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            if (connection.getReadFrom() != ReadFrom.UPSTREAM) {
                var unused = connection.closeAsync();
                throw new CacheException("The RedisClusterClient reads from " + connection.getReadFrom()
                        + ", but a replica may lag: perf-cache needs one that reads from ReadFrom.UPSTREAM");
            }
            return new RedisConnection(connection, connection.async(), true, lost);
        });
    }

    @Override
    public Link connect(String cache, Runnable lost) {
        RedisConnection main = connector.apply(lost);
        return new Link() {
            @Override
            public Region region(String name) {
                return new RedisRegion(cache, name, main, () -> connector.apply(() -> {}));
            }

            @Override
            public boolean isLost() {
                return main.isLost();
            }

            @Override
            public void close() {
                main.close();
            }
        };
    }
}
