package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Freshness rule 7 over several nodes: one loads, the others wait for its value, but never longer than the lease. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class CrossNodeLoadsIT {

    private static final int NODES = 4;
    private static final int THREADS_PER_NODE = 250;
    /** Long, so that whoever waits for a lease instead of a value fails the test. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final Nodes nodes = new Nodes();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RedisServer redis;

    @BeforeEach
    void start(RedisServer redis) {
        this.redis = redis;
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        nodes.close();
    }

    private CacheRegion<String> node(Duration lease) {
        return ready(nodes.node(redis.host(), redis.port()).region("r", String.class, policy(lease)));
    }

    private static CachePolicy policy(Duration lease) {
        return CachePolicy.builder()
                .ttl(Duration.ofMinutes(10))
                .crossNodeLoads(lease)
                .build();
    }

    @Test
    void getOrSet_fourNodesOfManyThreadsOnAColdKey_loadsOnceInAll() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            CacheRegion<String> region = node(LEASE);
            for (int j = 0; j < THREADS_PER_NODE; j++) {
                answers.add(threads.submit(() -> {
                    begin.await();
                    return region.getOrSet("k", () -> {
                        loads.incrementAndGet();
                        // Long enough for every thread of every node to have asked.
                        TimeUnit.MILLISECONDS.sleep(500);
                        return "value";
                    });
                }));
            }
        }
        begin.countDown();
        for (Future<String> answer : answers) {
            assertThat(answer.get()).isEqualTo("value");
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void getOrSet_loaderFailsOnOneNode_theOthersDoNotWaitForTheLease() {
        CacheRegion<String> one = node(LEASE);
        CacheRegion<String> other = node(LEASE);
        assertThatThrownBy(() -> one.getOrSet("k", () -> {
                    throw new IllegalStateException("no database");
                }))
                .hasMessage("no database");
        long start = System.nanoTime();
        assertThat(other.getOrSet("k", () -> "value")).isEqualTo("value");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEASE.dividedBy(3));
    }

    /** Found by the history of seed 1, which came to a standstill. */
    @Test
    void getIfPresent_ofAMiss_holdsNoLoaderUp() {
        CacheRegion<String> one = node(LEASE);
        CacheRegion<String> other = node(LEASE);
        assertThat(one.getIfPresent("k")).isNull();
        long start = System.nanoTime();
        assertThat(other.getOrSet("k", () -> "value")).isEqualTo("value");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEASE.dividedBy(3));
    }

    @Test
    void getOrSet_leaderKilledInMidLoad_theOthersGoOnWhenTheLeaseIsOver() throws Exception {
        Duration lease = Duration.ofSeconds(2);
        CacheRegion<String> survivor = node(lease);
        Process leader = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Leader.class.getName(),
                        nodes.name(),
                        redis.uri(),
                        lease.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(leader.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            while (line != null && !line.equals(Leader.LOADING)) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo(Leader.LOADING);
            Future<String> waiting = threads.submit(() -> survivor.getOrSet("k", () -> "of the survivor"));
            assertThatThrownBy(() -> waiting.get(100, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            leader.destroyForcibly().waitFor();
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("of the survivor");
        } finally {
            leader.destroyForcibly();
        }
        assertThat(node(lease).getIfPresent("k")).isEqualTo("of the survivor");
    }

    /** A node in a JVM of its own that begins to load a key and never ends. */
    static final class Leader {

        static final String LOADING = "loading";

        private Leader() {}

        public static void main(String[] args) throws Exception {
            io.lettuce.core.RedisClient client = io.lettuce.core.RedisClient.create(args[1]);
            PerfCache cache = PerfCache.builder(args[0])
                    .shared(io.perfkit.cache.redis.RedisTier.of(client))
                    .commandTimeout(Duration.ofSeconds(5))
                    .build();
            CacheRegion<String> region = ready(cache.region("r", String.class, policy(Duration.parse(args[2]))));
            region.getOrSet("k", () -> {
                System.out.println(LOADING);
                new CountDownLatch(1).await();
                return "never";
            });
        }
    }
}
