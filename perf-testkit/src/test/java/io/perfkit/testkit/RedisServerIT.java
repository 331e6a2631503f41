package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedisServerIT {
    @Test
    void command_everyKindOfReply_isRead() {
        RedisServer server = RedisServer.shared();
        server.command("FLUSHALL");

        assertThat(server.command("SET", "k", "ä\r\n$5")).isEqualTo("OK");
        assertThat(server.command("GET", "k")).isEqualTo("ä\r\n$5");
        assertThat(server.command("GET", "none")).isNull();
        assertThat(server.command("STRLEN", "k")).isEqualTo(6L);
        assertThat(server.command("MGET", "k", "none")).isEqualTo(java.util.Arrays.asList("ä\r\n$5", null));
        assertThat(server.command("KEYS", "x*")).isEqualTo(List.of());
        assertThatThrownBy(() -> server.command("INCR", "k"))
                .isInstanceOf(TestServerException.class)
                .hasMessage(server + " did not do INCR: ERR value is not an integer or out of range");
    }

    @Test
    void shared_twice_isTheSameAndVersion7() {
        RedisServer server = RedisServer.shared();

        assertThat(RedisServer.shared()).isSameAs(server);
        assertThat(server.command("INFO", "server").toString()).contains("redis_version:7.");
        assertThat(server.uri()).isEqualTo("redis://127.0.0.1:" + server.port());
    }

    @Test
    void shared_afterATestLeftItDead_serves() {
        RedisServer server = RedisServer.shared();
        server.kill();
        assertThat(RedisServer.shared().command("PING")).isEqualTo("PONG");
        server.pause();
        assertThat(RedisServer.shared().command("PING")).isEqualTo("PONG");
        server.close();
        assertThat(RedisServer.shared().command("PING")).isEqualTo("PONG");
        assertThat(RedisServer.shared()).isNotSameAs(server);
    }

    @Test
    void kill_withoutPersistence_losesTheData() {
        try (RedisServer server = RedisServer.startNew()) {
            int port = server.port();
            server.command("SET", "k", "v");
            server.kill();
            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(server::pid).hasMessage("Redis on port " + port + " is not running; start it first");
            server.kill();
            server.stop();

            server.start();

            assertThat(server.port()).isEqualTo(port);
            assertThat(server.command("GET", "k")).isNull();
        }
    }

    @Test
    void kill_withAppendOnlyFile_keepsWhatWasAcknowledged() {
        try (RedisServer server = RedisServer.startNew("appendonly yes")) {
            server.command("SET", "k", "v");
            server.kill();
            server.start();
            assertThat(server.command("GET", "k")).isEqualTo("v");
            server.stop();
            server.start();
            assertThat(server.command("GET", "k")).isEqualTo("v");
            server.stop();

            server.startEmpty();

            assertThat(server.command("GET", "k")).isNull();
        }
    }

    @Test
    void pause_openConnection_isAnsweredAfterResume() throws IOException {
        try (RedisServer server = RedisServer.startNew();
                RespConnection connection = new RespConnection(server.host(), server.port(), Duration.ofMillis(200))) {
            connection.send("PING");
            server.pause();
            assertThatThrownBy(() -> connection.send("PING")).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.isRunning()).isTrue();

            server.resume();

            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void kill_whilePaused_kills() {
        try (RedisServer server = RedisServer.startNew()) {
            server.pause();
            server.kill();
            assertThat(server.isRunning()).isFalse();
            server.start();
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void close_paused_leavesNothing() {
        RedisServer server = RedisServer.startNew("appendonly yes");
        Path directory = server.serverDirectory();
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
        server.pause();

        server.close();

        assertThat(directory).doesNotExist();
        assertThat(Processes.runs(process)).isFalse();
    }

    @Test
    void startNew_wrongConfiguration_saysWhatRedisSays() {
        assertThatThrownBy(() -> RedisServer.startNew("maxmemory lots"))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("ended with exit code 1 before it was ready")
                .hasMessageContaining("maxmemory lots")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void startNew_manyAtOnce_getPortsOfTheirOwn() {
        List<CompletableFuture<RedisServer>> starting = IntStream.range(0, 12)
                .mapToObj(i -> CompletableFuture.supplyAsync(RedisServer::startNew))
                .toList();
        List<RedisServer> servers =
                starting.stream().map(CompletableFuture::join).toList();

        assertThat(servers.stream().map(RedisServer::port).distinct()).hasSize(12);
        servers.forEach(RedisServer::close);
    }

    @Test
    void isReady_portServedByAnother_isFalse() {
        try (RedisServer one = RedisServer.startNew();
                RedisServer other = RedisServer.startNew()) {
            long stranger = other.pid();

            // As if a process had been started for the port of "one" after "one" had taken it.
            assertThat(one.answersAs(one.pid())).isTrue();
            assertThat(one.answersAs(stranger)).isFalse();
        }
    }
}
