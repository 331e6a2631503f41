package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Freshness rule 3 for a process that is stopped and continued (SIGSTOP, SIGCONT) while another node invalidates: not
 * one local hit of an old value afterwards.
 *
 * <p>The stopped process shares a mapped file with this one. Here, the version that every call has to see is raised when
 * the invalidation is acknowledged and more than maxStaleness has passed; there, threads read it before each call. So a
 * call from before the stop owes nothing, and one that begins after it everything, without any clock in between.
 */
@ExtendWith(ServersExtension.class)
class FrozenProcessIT {

    /** Where in the mapped file: what a loader reads, what a call has to see, what went wrong, how many calls. */
    private static final int STORED = 0;

    private static final int REQUIRED = 8;
    private static final int OLD = 16;
    private static final int CALLS = 24;
    private static final int READERS = 3;

    private final Nodes nodes = new Nodes();
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
        nodes.close();
    }

    @Test
    @Timeout(60)
    void localHits_ofAProcessThatWasStopped_areNeverOld(RedisServer redis) throws Exception {
        freeze(redis, 1, 10, Duration.ofMillis(200), Duration.ofMillis(500));
    }

    @Test
    @Tag("full")
    @Timeout(900)
    void localHits_ofAProcessThatWasStopped200Times_areNeverOld(RedisServer redis) throws Exception {
        freeze(redis, 2, 100, Duration.ofSeconds(1), Duration.ofMillis(2_200));
    }

    private void freeze(RedisServer redis, int count, int times, Duration maxStaleness, Duration stopped)
            throws Exception {
        List<MappedByteBuffer> shared = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = directory.resolve("shared" + i);
            Files.write(file, new byte[64]);
            shared.add(map(file));
            processes.add(start(redis, file, maxStaleness));
        }
        CacheRegion<String> here = ready(
                nodes.node(redis.host(), redis.port()).region("r", String.class, CachePolicy.of(Duration.ofHours(1))));
        for (long version = 1; version <= times; version++) {
            for (MappedByteBuffer memory : shared) {
                long before = memory.getLong(CALLS);
                // They have read, and so has the local tier, since the last version.
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> memory.getLong(CALLS) > before + 200);
            }
            signal("-STOP");
            long since = System.nanoTime();
            for (MappedByteBuffer memory : shared) {
                memory.putLong(STORED, version);
            }
            assertThat(here.invalidatePattern("k*").await(Duration.ofSeconds(5)))
                    .isTrue();
            // The stop is what the test is about: its length is real time.
            var over = new CompletableFuture<Void>()
                    .completeOnTimeout(null, stopped.toNanos() - (System.nanoTime() - since), TimeUnit.NANOSECONDS);
            over.join();
            for (MappedByteBuffer memory : shared) {
                memory.putLong(REQUIRED, version);
            }
            signal("-CONT");
        }
        for (MappedByteBuffer memory : shared) {
            long before = memory.getLong(CALLS);
            await().atMost(Duration.ofSeconds(20)).until(() -> memory.getLong(CALLS) > before + 200);
            assertThat(memory.getLong(OLD)).as("old values served").isZero();
        }
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, 64);
            memory.order(ByteOrder.nativeOrder());
            return memory;
        }
    }

    private Process start(RedisServer redis, Path file, Duration maxStaleness) throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Stopped.class.getName(),
                        nodes.name(),
                        redis.uri(),
                        file.toString(),
                        maxStaleness.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.equals(Stopped.READY)) {
            line = output.readLine();
        }
        assertThat(line).isEqualTo(Stopped.READY);
        return process;
    }

    private void signal(String signal) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    /** The node that is stopped: threads that do nothing but read two keys, most of the time from the local tier. */
    static final class Stopped {

        static final String READY = "ready";

        private Stopped() {}

        public static void main(String[] args) throws Exception {
            MappedByteBuffer memory = map(Path.of(args[2]));
            RedisClient client = RedisClient.create(args[1]);
            PerfCache cache = PerfCache.builder(args[0])
                    .shared(RedisTier.of(client))
                    .commandTimeout(Duration.ofSeconds(5))
                    .maxStaleness(Duration.parse(args[3]))
                    .build();
            CacheRegion<String> region = ready(cache.region("r", String.class, CachePolicy.of(Duration.ofHours(1))));
            for (int i = 0; i < READERS; i++) {
                int form = i;
                Thread reader = new Thread(() -> read(region, memory, form), "reader-" + i);
                reader.start();
            }
            System.out.println(READY);
        }

        private static void read(CacheRegion<String> region, MappedByteBuffer memory, int form) {
            while (true) {
                long required = memory.getLong(REQUIRED);
                String value = switch (form) {
                    case 0 -> region.getOrSet("k0", key -> stored(memory));
                    case 1 -> region.getIfPresent("k0");
                    default ->
                        region.getOrSetAll(
                                        List.of("k0", "k1"),
                                        keys -> java.util.Map.of("k0", stored(memory), "k1", stored(memory)))
                                .get("k1");
                };
                if (value != null && Long.parseLong(value) < required) {
                    add(memory, OLD);
                }
                add(memory, CALLS);
            }
        }

        private static String stored(ByteBuffer memory) {
            return Long.toString(memory.getLong(STORED));
        }

        private static synchronized void add(ByteBuffer memory, int at) {
            memory.putLong(at, memory.getLong(at) + 1);
        }
    }
}
