package io.perfkit.spring.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.spring.app.Application;
import io.perfkit.spring.app.Http;
import io.perfkit.spring.app.OwnerView;
import io.perfkit.spring.app.RunningApplication;
import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.proxy.FaultProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;

/** SIGTERM in the middle of everything, sent to an application in a process of its own. */
class ShutdownIT {

    private static final int FEEDS = 500;

    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    @Test
    @Timeout(120)
    void sigterm_withFeedsABatchAJobAndInvalidations_endsWithTheLastRequestAndLosesNothing() throws Exception {
        PostgresServer postgres = PostgresServer.shared();
        String database = postgres.createDatabase();
        JdbcTemplate jdbc = new JdbcTemplate(postgres.dataSource(database));
        jdbc.execute("create table arrival (name text)");
        RedisServer redis = RedisServer.shared();
        String name = "shutdown-" + System.nanoTime();
        RedisClient client = RedisClient.create(redis.uri());
        try (FaultProxy proxy = FaultProxy.to(redis.host(), redis.port());
                PerfCache other =
                        PerfCache.builder(name).shared(RedisTier.of(client)).build()) {
            CacheRegion<OwnerView> region = other.region("owner", OwnerView.class, CachePolicy.of(Duration.ofHours(1)));
            Process process = start(
                    "--spring.datasource.url=" + postgres.jdbcUrl(database),
                    "--spring.data.redis.url=redis://" + proxy.host() + ":" + proxy.port(),
                    "--perfkit.cache.name=" + name,
                    // With it, the batch would run in its caller.
                    "--spring.jpa.open-in-view=false",
                    "--perfkit.feeds.maximum-total=1000",
                    "--perfkit.feeds.maximum-per-owner=1000");
            List<Socket> feeds = new ArrayList<>();
            try {
                Http http = new Http(port.get(90, TimeUnit.SECONDS));
                jdbc.update("insert into owner (id, city) values (1, 'old')");
                // Once the application's connection to Redis is there, the other node sees what it loads.
                await().atMost(Duration.ofSeconds(20)).until(() -> {
                    http.put("/owners/1/city?city=old");
                    http.get("/owners/1");
                    return region.getIfPresent("1") != null;
                });
                for (int i = 0; i < FEEDS; i++) {
                    feeds.add(open(http.port(), "/feed?user=u" + i % 10));
                }
                assertThat(http.put("/long/a").statusCode()).isEqualTo(200);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> jdbc.queryForObject("select state from perfkit_job", String.class)
                                .equals("RUNNING"));
                assertThat(http.put("/arrivals/anna").statusCode()).isEqualTo(200);
                // It ends with a change that is still on its way to Redis when the last answer has been given.
                CompletableFuture<Long> lastRequest = CompletableFuture.supplyAsync(() -> {
                    HttpResponse<String> slow = http.put("/slow/1");
                    assertThat(slow.statusCode()).as(slow.body()).isEqualTo(200);
                    return System.nanoTime();
                });
                proxy.delay(Duration.ofMillis(60));
                await().until(() -> jdbc.queryForObject(
                                "select count(*) from pg_stat_activity where query like '%pg_sleep(2)%' and state <> 'idle'"
                                        + " and pid <> pg_backend_pid() and datname = current_database()",
                                Integer.class)
                        > 0);

                process.destroy();
                long last = lastRequest.get(30, TimeUnit.SECONDS);
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended").isTrue();
                Duration after = Duration.ofNanos(System.nanoTime() - last);

                assertThat(after).as("from the last answer to the end").isLessThan(Duration.ofSeconds(2));
                assertThat(process.exitValue()).as("by SIGTERM").isEqualTo(128 + 15);
                for (Socket feed : feeds) {
                    assertThat(new String(feed.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                            .as("ended, not cut")
                            .endsWith("0\r\n\r\n");
                }
                assertThat(log).noneMatch(line -> line.contains(" ERROR ") || line.contains("has not acknowledged"));
                assertThat(jdbc.queryForList("select name from arrival", String.class))
                        .as("what the batch was about")
                        .containsExactly("anna");
                assertThat(jdbc.queryForMap("select state, attempts from perfkit_job"))
                        .as("handed back, and not counted")
                        .containsEntry("state", "QUEUED")
                        .containsEntry("attempts", 0);
                await().atMost(Duration.ofSeconds(10)).until(() -> region.getIfPresent("1") == null);
            } finally {
                process.destroyForcibly();
                for (Socket feed : feeds) {
                    feed.close();
                }
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    private Process start(String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName()));
        command.addAll(RunningApplication.arguments(settings));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(() -> read(process), "log");
        reader.setDaemon(true);
        reader.start();
        return process;
    }

    private void read(Process process) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
                if (line.startsWith("port ")) {
                    port.complete(Integer.valueOf(line.substring(5)));
                }
            }
        } catch (IOException ended) {
            log.add(ended.toString());
        } finally {
            port.completeExceptionally(new IllegalStateException("the application ended: " + log));
        }
    }

    /** A feed that has begun: its first event has been read. */
    private static Socket open(int port, String path) throws IOException {
        Socket socket = new Socket("localhost", port);
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder begun = new StringBuilder();
        while (begun.indexOf(":open") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("ended: " + begun);
            }
            begun.append((char) next);
        }
        return socket;
    }
}
