package io.perfkit.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Redis 7 server without a password.
 *
 * <p>It stores nothing on disk unless told to, so a restart loses everything. One started with
 * {@code startNew("appendonly yes")} keeps what it has acknowledged, even over {@link #kill()}.
 */
public final class RedisServer extends ProcessServer {
    private static final SharedServer<RedisServer> SHARED = SharedServer.of(RedisServer::startNew);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String program;
    private final List<String> configuration;

    private RedisServer(Path program, List<String> extraConfiguration) {
        super("Redis", "redis", null);
        this.program = program.toString();
        this.configuration = extraConfiguration;
    }

    /** The server that all tests of this JVM share. */
    public static RedisServer shared() {
        return SHARED.get();
    }

    /**
     * A server of the caller's own, on a free port.
     *
     * @param extraConfiguration lines as in {@code redis.conf}, for instance {@code "maxmemory 10mb"}; they win over
     *     the defaults
     */
    public static RedisServer startNew(String... extraConfiguration) {
        RedisServer server = new RedisServer(Binaries.redis(Platform.current()), List.of(extraConfiguration));
        server.startFirst(0);
        return server;
    }

    /** The address as clients want it: {@code redis://127.0.0.1:port}. */
    public String uri() {
        return "redis://" + host() + ":" + port();
    }

    /**
     * Sends one command over a connection of its own.
     *
     * @return the reply: a String, a Long, null, or a List of such
     * @throws TestServerException if the server does not answer within 10 s or answers with an error
     */
    public @Nullable Object command(String... words) {
        try (RespConnection connection = new RespConnection(host(), port(), PATIENCE)) {
            return connection.send(words);
        } catch (IOException e) {
            throw new TestServerException(this + " did not do " + words[0] + ": " + e.getMessage(), e);
        }
    }

    @Override
    void createData() throws IOException {
        Files.createDirectory(dataDirectory());
        List<String> lines = new ArrayList<>(List.of(
                "bind " + Ports.LOOPBACK,
                "daemonize no",
                "dir \"" + dataDirectory() + "\"",
                "save \"\"",
                "appendonly no",
                "enable-debug-command yes",
                // A replica is served at once, and a stopping primary does not wait for one that lags.
                "repl-diskless-sync-delay 0",
                "shutdown-timeout 0"));
        lines.addAll(configuration);
        Files.write(serverDirectory().resolve("redis.conf"), lines);
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                program, serverDirectory().resolve("redis.conf").toString(), "--port", Integer.toString(port())));
        if (configuration.contains("cluster-enabled yes")) {
            command.addAll(List.of("--cluster-port", Integer.toString(clusterPort())));
        }
        return command;
    }

    /**
     * Where cluster nodes talk to each other. Redis would add 10000 to the port, which leads into the range of outgoing
     * connections.
     */
    int clusterPort() {
        return port() - 5_000;
    }

    @Override
    boolean isReady(ServerProcess candidate) {
        return answersAs(candidate.pid());
    }

    /** Whether what listens on the port is that process: another server may have taken the port first. */
    boolean answersAs(long pid) {
        try (RespConnection connection = new RespConnection(host(), port(), Duration.ofSeconds(1))) {
            return "PONG".equals(connection.send("PING"))
                    && String.valueOf(connection.send("INFO", "server")).contains("process_id:" + pid + "\r\n");
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    String stopSignal() {
        return "TERM";
    }

    @Override
    String quitSignal() {
        return "KILL";
    }
}
