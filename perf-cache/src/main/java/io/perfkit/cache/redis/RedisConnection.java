package io.perfkit.cache.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A connection to a single server or a cluster, with its commands, which have one type for both.
 *
 * <p>Lettuce reconnects by itself and sends what is waiting to the server that answers then: a server that was restarted empty,
 * or a promoted replica. To a single server, this connection is therefore good for one life only. The listener is called
 * by the thread that reads from the network when that life ends, before the same thread can read the first answer from
 * the next one. From then on every answer is a failure, and the cache opens another connection, on which it verifies
 * whom it talks to.
 *
 * <p>To a cluster there are several connections behind this one, which come and go; there each answer names its server.
 */
final class RedisConnection implements AutoCloseable {

    private static final long CLOSE_MILLIS = 500;

    private final StatefulConnection<byte[], byte[]> connection;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final boolean cluster;
    private volatile boolean lost;
    private volatile boolean closing;

    RedisConnection(
            StatefulConnection<byte[], byte[]> connection,
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            boolean cluster,
            Runnable onLost) {
        this.connection = connection;
        this.commands = commands;
        this.cluster = cluster;
        if (cluster) {
            return;
        }
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                lose(onLost);
            }

            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                lose(onLost);
            }
        });
        if (!connection.isOpen()) {
            lost = true;
        }
    }

    private void lose(Runnable onLost) {
        lost = true;
        if (!closing) {
            onLost.run();
        }
    }

    RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return commands;
    }

    boolean isCluster() {
        return cluster;
    }

    boolean isLost() {
        return lost;
    }

    /** The answer, or a failure if it may come from another server than the one we connected to. */
    <T> CompletionStage<T> guard(CompletionStage<T> answer) {
        return cluster ? answer : answer.thenApply(this::checked);
    }

    /** What is made of the answer, or a failure if that may come from another server than the one we connected to. */
    <T, R> CompletionStage<R> guard(CompletionStage<T> answer, Function<T, R> then) {
        return answer.thenApply(a -> then.apply(checked(a)));
    }

    private <T> T checked(T answer) {
        if (!cluster && lost) {
            throw new RedisException("The connection was interrupted, and the answer may be another server's");
        }
        return answer;
    }

    @Override
    public void close() {
        closing = true;
        try {
            connection.closeAsync().get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It closes in its own time, or never did.
        }
    }
}
