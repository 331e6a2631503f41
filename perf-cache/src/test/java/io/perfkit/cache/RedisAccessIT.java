package io.perfkit.cache;

import static io.perfkit.cache.Nodes.awaitApplied;
import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that lets in nobody, or only those who may do what {@link RedisTier} says, or only over TLS. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class RedisAccessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PASSWORD = "a secret of thirty-two characters";

    /** As in the documentation of {@link RedisTier}. */
    private static final List<String> COMMANDS = List.of(
            "evalsha",
            "eval",
            "get",
            "mget",
            "getrange",
            "set",
            "setrange",
            "del",
            "unlink",
            "info",
            "time",
            "scan",
            "xadd",
            "xrange",
            "xread",
            "zadd",
            "zcard",
            "zscore",
            "zpopmin",
            "zrangebyscore",
            "hello",
            "auth",
            "ping");

    /** Everything that a region does with Redis, by two nodes of which each has a client of its own. */
    private static void exercise(String name, RedisClient first, RedisClient second) {
        try (PerfCache a = node(name, first);
                PerfCache b = node(name, second)) {
            CachePolicy policy = CachePolicy.of(Duration.ofMinutes(5)).toBuilder()
                    .staleWhileRevalidate(Duration.ofMinutes(1))
                    .nullTtl(Duration.ofMinutes(1))
                    .crossNodeLoads(Duration.ofSeconds(5))
                    .compressAbove(1)
                    .build();
            CacheRegion<String> here = ready(a.region("user", String.class, policy));
            CacheRegion<String> there = ready(b.region("user", String.class, policy));

            assertThat(here.getOrSet("1", key -> "loaded")).isEqualTo("loaded");
            await().atMost(PATIENCE).until(() -> "loaded".equals(there.getIfPresent("1")));
            assertThat(here.getOrSet("tagged", (key, context) -> {
                        context.tags("red");
                        return "loaded";
                    }))
                    .isEqualTo("loaded");
            done(here.put("2", "put"), there);
            done(here.putAll(Map.of("3", "put", "4", "put")), there);
            assertThat(there.getOrSetAll(List.of("2", "3", "4", "5"), keys -> Map.of("5", "loaded")))
                    .hasSize(4);
            assertThat(there.getOrSet("absent", key -> null)).isNull();
            done(here.expire("2"), there);
            done(here.expirePattern("3*"), there);
            // The refresh in the background has ended: it would leave a lease, or its value, behind the invalidation.
            await().atMost(PATIENCE).until(() -> "loaded".equals(there.getOrSet("2", key -> "loaded")));
            done(here.invalidate("2"), there);
            done(here.invalidateAll(Set.of("3", "4")), there);
            done(here.invalidateTag("red"), there);
            done(here.invalidatePattern("5*"), there);
            assertThat(there.getIfPresent("5")).isNull();
            assertThat(there.keys("*")).contains("1").doesNotContain("2", "5");
            done(here.clear(), there);
            assertThat(there.getIfPresent("1")).isNull();
            assertThat(a.isSharedTierUp() && b.isSharedTierUp()).isTrue();
            assertThat(List.of(here.stats(), there.stats())).allSatisfy(stats -> {
                assertThat(stats.sharedFailures()).isZero();
                assertThat(stats.unacknowledged()).isZero();
            });
        } finally {
            first.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            second.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    private static PerfCache node(String name, RedisClient client) {
        return PerfCache.builder(name)
                .shared(RedisTier.of(client))
                .commandTimeout(Duration.ofSeconds(2))
                .build();
    }

    private static void done(Acknowledgement invalidation, CacheRegion<?> elsewhere) {
        assertThat(invalidation.await(PATIENCE)).isTrue();
        awaitApplied(elsewhere, invalidation);
    }

    @Test
    void aclUser_withTheDocumentedCommands_needsNoOther(RedisServer redis) {
        List<String> user =
                new ArrayList<>(List.of("ACL", "SETUSER", "app", "reset", "on", ">" + PASSWORD, "~perfkit:cache:*"));
        COMMANDS.forEach(command -> user.add("+" + command));
        redis.command(user.toArray(new String[0]));
        redis.command("ACL", "LOG", "RESET");
        try {
            RedisURI uri = RedisURI.builder()
                    .withHost(redis.host())
                    .withPort(redis.port())
                    .withAuthentication("app", PASSWORD)
                    .build();
            exercise("acl", RedisClient.create(uri), RedisClient.create(uri));
            assertThat(redis.command("ACL", "LOG")).isEqualTo(List.of());
        } finally {
            redis.command("ACL", "DELUSER", "app");
        }
    }

    @Test
    void tls_withACertificateThatIsVerified_works(@TempDir Path folder) throws Exception {
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        makeCertificate(folder, certificate, key);
        int port = freePort();
        try (RedisServer redis = RedisServer.startNew(
                "tls-port " + port,
                "tls-cert-file \"" + certificate + "\"",
                "tls-key-file \"" + key + "\"",
                "tls-ca-cert-file \"" + certificate + "\"",
                "tls-auth-clients no")) {
            exercise("tls", overTls(redis, port, certificate), overTls(redis, port, certificate));
        }
    }

    private static RedisClient overTls(RedisServer redis, int port, Path certificate) {
        RedisClient client = RedisClient.create(RedisURI.builder()
                .withHost(redis.host())
                .withPort(port)
                .withSsl(true)
                .withVerifyPeer(SslVerifyMode.CA)
                .build());
        client.setOptions(ClientOptions.builder()
                .sslOptions(SslOptions.builder()
                        .jdkSslProvider()
                        .trustManager(certificate.toFile())
                        .build())
                .build());
        return client;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** By the JDK's own tool, as the JDK has no interface for it. */
    private static void makeCertificate(Path folder, Path certificate, Path key) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore pair = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            pair.load(in, PASSWORD.toCharArray());
        }
        write(certificate, "CERTIFICATE", pair.getCertificate("redis").getEncoded());
        write(key, "PRIVATE KEY", pair.getKey("redis", PASSWORD.toCharArray()).getEncoded());
    }

    private static void write(Path file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }
}
