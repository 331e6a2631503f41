package io.perfkit.cache;

import static io.perfkit.cache.Nodes.awaitApplied;
import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.testkit.RedisCluster;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two nodes on a cluster of three masters, with the entries of one region spread over all of them. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class RedisClusterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Nodes nodes = new Nodes();
    private RedisCluster cluster;
    private CacheRegion<String> a;
    private CacheRegion<String> b;

    @BeforeEach
    void start(RedisCluster cluster) {
        this.cluster = cluster;
        a = region();
        b = region();
    }

    private CacheRegion<String> region() {
        return region(cluster);
    }

    private CacheRegion<String> region(RedisCluster cluster) {
        RedisClusterClient client = RedisClusterClient.create(
                cluster.uris().stream().map(RedisURI::create).toList());
        client.setOptions(ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Duration.ofSeconds(1))
                        .build())
                .build());
        nodes.alsoClose(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
        PerfCache cache = PerfCache.builder(nodes.name())
                .shared(RedisTier.of(client))
                .commandTimeout(Duration.ofSeconds(2))
                .build();
        nodes.alsoClose(cache);
        return ready(cache.region("user", String.class, CachePolicy.of(Duration.ofMinutes(10))));
    }

    @AfterEach
    void stop() throws Exception {
        nodes.close();
    }

    @Test
    void entries_ofOneRegion_areSpreadAndSharedAndInvalidated() {
        for (int i = 0; i < 60; i++) {
            assertThat(a.put(i + ":x", "v" + i).await(PATIENCE)).isTrue();
        }
        for (int i = 0; i < 60; i++) {
            assertThat(b.getIfPresent(i + ":x")).isEqualTo("v" + i);
        }
        for (RedisServer node : cluster.nodes()) {
            assertThat((Long) node.command("DBSIZE")).isGreaterThan(5);
        }
        Acknowledgement pattern = a.invalidatePattern("1?:*");
        Acknowledgement key = a.invalidate("2:x");
        assertThat(pattern.await(PATIENCE) && key.await(PATIENCE)).isTrue();
        awaitApplied(b, key);
        for (int i = 0; i < 60; i++) {
            boolean gone = i == 2 || i >= 10 && i < 20;
            assertThat(b.getIfPresent(i + ":x")).isEqualTo(gone ? null : "v" + i);
        }
        Acknowledgement clear = b.clear();
        assertThat(clear.await(PATIENCE)).isTrue();
        awaitApplied(a, clear);
        assertThat(a.getIfPresent("50:x")).isNull();
        assertThat(region().getIfPresent("50:x")).isNull();
    }

    @Test
    void remoteInvalidation_duringLoad_theValueComesBackNowhere() throws Exception {
        for (boolean byPattern : new boolean[] {false, true}) {
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<String> loaded = new CompletableFuture<>();
            CompletableFuture<String> call = CompletableFuture.supplyAsync(() -> b.getOrSet("42:x", () -> {
                begun.countDown();
                return loaded.get();
            }));
            begun.await();
            Acknowledgement invalidation = byPattern ? a.invalidatePattern("42:*") : a.invalidate("42:x");
            assertThat(invalidation.await(PATIENCE)).isTrue();
            awaitApplied(b, invalidation);
            loaded.complete("old");
            call.join();
            assertThat(a.getIfPresent("42:x")).isNull();
            assertThat(b.getIfPresent("42:x")).isNull();
            assertThat(region().getIfPresent("42:x")).isNull();
        }
    }

    @Test
    void put_thenReadOnTheOtherNode_findsTheNewestValue() {
        for (int i = 0; i < 20; i++) {
            CacheRegion<String> writer = i % 2 == 0 ? a : b;
            CacheRegion<String> reader = i % 2 == 0 ? b : a;
            String value = "v" + i;
            Acknowledgement put = writer.put("k", value);
            assertThat(put.await(PATIENCE)).isTrue();
            awaitApplied(reader, put);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(reader.getIfPresent("k")).isEqualTo(value));
        }
    }

    private String entry(String key) {
        return "perfkit:cache:" + nodes.name() + ":user:{:" + key + "}";
    }

    /** Under load, a store may be given up. */
    private void putShared(RedisServer master, String key, String value) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
            assertThat(a.put(key, value).await(PATIENCE)).isTrue();
            return (Long) master.command("STRLEN", entry(key)) > EntryLayout.FIXED_LENGTH;
        });
    }

    @Test
    void entriesServerWithAnotherHistory_lostDeletionDoesNotComeBack() {
        RedisServer master = cluster.nodeOf(cluster.slotOf(entry("k")));
        putShared(master, "k", "old");
        putShared(cluster.nodeOf(cluster.slotOf(entry("other"))), "other", "old");
        assertThat(master.command("COPY", entry("k"), "{:k}" + nodes.name())).isEqualTo(1L);
        assertThat(a.invalidate("k").await(PATIENCE)).isTrue();
        // What a replica is that was promoted without having seen the deletion.
        master.command("COPY", "{:k}" + nodes.name(), entry("k"));
        master.command("DEBUG", "CHANGE-REPL-ID");
        assertThat(a.getIfPresent("k")).isNull();
        assertThat(b.getIfPresent("k")).isNull();
        assertThat(region().getIfPresent("k")).isNull();
        await().atMost(PATIENCE).until(() -> {
            a.put("k", "new").await(PATIENCE);
            return "new".equals(b.getIfPresent("k"));
        });
    }

    @Test
    void entriesServerFailsOver_lostDeletionDoesNotComeBack() {
        String timeout = "cluster-node-timeout 2000";
        RedisCluster own = RedisCluster.start(timeout, "cluster-require-full-coverage no");
        nodes.alsoClose(own);
        RedisServer replica = RedisServer.startNew("cluster-enabled yes", timeout);
        nodes.alsoClose(replica);
        RedisServer master = own.nodeOf(own.slotOf(entry("k")));
        String id = (String) master.command("CLUSTER", "MYID");
        // The testkit has cluster nodes talk to each other 5,000 ports below.
        replica.command(
                "CLUSTER",
                "MEET",
                master.host(),
                Integer.toString(master.port()),
                Integer.toString(master.port() - 5_000));
        await().atMost(PATIENCE)
                .until(() -> String.valueOf(replica.command("CLUSTER", "NODES")).contains(id)
                        && own.nodes().stream()
                                .allMatch(node -> String.valueOf(node.command("CLUSTER", "INFO"))
                                        .contains("cluster_known_nodes:4")));
        replica.command("CLUSTER", "REPLICATE", id);
        await().atMost(PATIENCE)
                .until(() ->
                        String.valueOf(replica.command("INFO", "replication")).contains("master_link_status:up"));
        a = region(own);
        b = region(own);
        putShared(master, "k", "old");
        assertThat(master.command("COPY", entry("k"), "{:k}saved")).isEqualTo(1L);
        assertThat(a.invalidate("k").await(PATIENCE)).isTrue();
        assertThat(master.command("WAIT", "1", "5000")).isEqualTo(1L);
        master.kill();
        replica.command("CLUSTER", "FAILOVER", "TAKEOVER");
        await().atMost(PATIENCE)
                .until(() ->
                        String.valueOf(replica.command("INFO", "replication")).contains("role:master"));
        replica.command("COPY", "{:k}saved", entry("k"));
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    assertThat(a.getIfPresent("k")).isNull();
                    assertThat(b.getIfPresent("k")).isNull();
                    // Until the old value gives way to a lease, nobody has reached the promoted server.
                    return (Long) replica.command("STRLEN", entry("k")) == EntryLayout.FENCE_LENGTH;
                });
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            a.put("k", "new").await(PATIENCE);
            return "new".equals(b.getIfPresent("k"));
        });
    }

    @Test
    void slotHalfMoved_scriptsAreTriedAgain() {
        String head = "perfkit:cache:{" + nodes.name() + ":user}:head";
        int slot = cluster.slotOf(head);
        RedisServer from = cluster.nodeOf(slot);
        RedisServer to =
                cluster.nodes().stream().filter(n -> n != from).findFirst().orElseThrow();
        assertThat(a.invalidatePattern("x*").await(PATIENCE)).isTrue();
        String number = Integer.toString(slot);
        to.command("CLUSTER", "SETSLOT", number, "IMPORTING", (String) from.command("CLUSTER", "MYID"));
        from.command("CLUSTER", "SETSLOT", number, "MIGRATING", (String) to.command("CLUSTER", "MYID"));
        from.command("MIGRATE", to.host(), Integer.toString(to.port()), head, "0", "5000");
        long failures = a.stats().sharedFailures();
        Acknowledgement invalidation = a.invalidatePattern("y*");
        cluster.moveSlot(slot, from, to);
        assertThat(invalidation.await(PATIENCE)).isTrue();
        assertThat(a.stats().sharedFailures()).isEqualTo(failures);
    }

    @Test
    void slotsMoved_duringTraffic_nothingOldIsReadAndTheRegionGoesOn() throws Exception {
        AtomicLong acknowledged = new AtomicLong();
        AtomicLong reads = new AtomicLong();
        AtomicBoolean running = new AtomicBoolean(true);
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        Thread writer = new Thread(() -> {
            for (long n = 1; running.get(); n++) {
                Acknowledgement put = n % 5 == 0 ? a.invalidatePattern("k*") : a.put("k", Long.toString(n));
                if (put.await(PATIENCE)) {
                    acknowledged.set(n);
                }
            }
        });
        Thread reader = new Thread(() -> {
            while (running.get()) {
                long atLeast = acknowledged.get();
                Found<String> found = b.shared().find("k", Duration.ofMillis(20));
                if (found instanceof Found.Present<String> present && present.value() != null) {
                    reads.incrementAndGet();
                    if (Long.parseLong(present.value()) < atLeast) {
                        wrong.add(present.value() + " after " + atLeast);
                    }
                }
            }
        });
        writer.start();
        reader.start();
        int entrySlot = cluster.slotOf(entry("k"));
        int headSlot = cluster.slotOf("perfkit:cache:{" + nodes.name() + ":user}:head");
        for (int slot : new int[] {entrySlot, headSlot, entrySlot, headSlot}) {
            RedisServer from = cluster.nodeOf(slot);
            RedisServer to =
                    cluster.nodes().stream().filter(n -> n != from).findFirst().orElseThrow();
            long acknowledgedBefore = acknowledged.get();
            long readsBefore = reads.get();
            cluster.moveSlot(slot, from, to);
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .until(() -> acknowledged.get() > acknowledgedBefore + 10 && reads.get() > readsBefore + 10);
        }
        running.set(false);
        writer.join();
        reader.join();
        assertThat(wrong).isEmpty();
    }
}
