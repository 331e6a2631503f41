package io.perfkit.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.perfkit.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the event of a key does to what another node wrote between the change of the entry and the event. */
class ScriptIT {

    private final String name = "{" + UUID.randomUUID() + "}";
    private final byte[] entry = bytes(name + "entry");
    private RedisClient client;
    private StatefulRedisConnection<byte[], byte[]> connection;
    private RedisCommands<byte[], byte[]> commands;

    @BeforeEach
    void connect() {
        client = RedisClient.create(RedisServer.shared().uri());
        connection = client.connect(ByteArrayCodec.INSTANCE);
        commands = connection.sync();
    }

    @AfterEach
    void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void event(String left) {
        byte[][] keys = {bytes(name + "head"), bytes(name + "log"), bytes(name + "dead"), entry};
        Script.EVENT
                .run(
                        connection.async(),
                        keys,
                        bytes("0123456789abcdef"),
                        bytes("knode"),
                        bytes("entry"),
                        bytes("100"),
                        bytes("100"),
                        bytes(""),
                        bytes(left))
                .toCompletableFuture()
                .join();
    }

    @Test
    void eventOfAnInvalidation_takesAFenceAndAValueWithIt() {
        for (String written : new String[] {"fence of another node", "value"}) {
            commands.set(entry, bytes(written));
            event("");
            assertThat(commands.get(entry)).as(written).isNull();
        }
    }

    @Test
    void eventOfAPut_keepsItsOwnFenceAndNoOther() {
        commands.set(entry, bytes("mine, and more"));
        event("mine");
        assertThat(commands.get(entry)).isEqualTo(bytes("mine, and more"));

        commands.set(entry, bytes("of another node"));
        event("mine");
        assertThat(commands.get(entry)).isNull();

        commands.lpush(entry, bytes("no entry at all"));
        event("mine");
        assertThat(commands.exists(entry)).isZero();
    }
}
