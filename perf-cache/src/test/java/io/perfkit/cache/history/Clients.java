package io.perfkit.cache.history;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.internal.HostAndPort;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.MappingSocketAddressResolver;
import io.perfkit.cache.redis.RedisTier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** The Redis clients of the nodes, one for each, whose connections are led over the node's wires. */
final class Clients implements AutoCloseable {

    private final List<AutoCloseable> open = new ArrayList<>();

    /** A tier whose connections go where {@code lead} says at that moment, whatever server was asked for. */
    RedisTier toOne(String uri, IntUnaryOperator lead) {
        ClientResources resources = resources(lead);
        RedisClient client = RedisClient.create(resources, RedisURI.create(uri));
        opened(client, resources);
        return RedisTier.of(client);
    }

    /** Like {@link #toOne}, for a cluster. */
    RedisTier toCluster(List<String> uris, IntUnaryOperator lead) {
        ClientResources resources = resources(lead);
        RedisClusterClient client = RedisClusterClient.create(
                resources, uris.stream().map(RedisURI::create).toList());
        opened(client, resources);
        return RedisTier.of(client);
    }

    private static ClientResources resources(IntUnaryOperator lead) {
        Function<HostAndPort, HostAndPort> mapping =
                asked -> HostAndPort.of("127.0.0.1", lead.applyAsInt(asked.getPort()));
        return DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .socketAddressResolver(MappingSocketAddressResolver.create(mapping))
                .build();
    }

    private void opened(AbstractRedisClient client, ClientResources resources) {
        open.add(() -> {
            client.shutdown(0, 1, TimeUnit.SECONDS);
            resources.shutdown(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS);
        });
    }

    @Override
    public void close() {
        for (AutoCloseable client : open) {
            try {
                client.close();
            } catch (Exception e) {
                throw new IllegalStateException("A client did not close", e);
            }
        }
    }
}
