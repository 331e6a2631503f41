package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedisClusterIT {
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start("appendonly yes");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @Test
    void start_everySlot_hasAnOwnerThatServesIt() {
        Set<RedisServer> used = new HashSet<>();
        for (int slot = 0; slot < RedisCluster.SLOTS; slot += 97) {
            used.add(cluster.nodeOf(slot));
        }
        used.add(cluster.nodeOf(RedisCluster.SLOTS - 1));

        assertThat(used).containsExactlyInAnyOrderElementsOf(cluster.nodes());
        assertThat(cluster.uris()).hasSize(3).allMatch(uri -> uri.startsWith("redis://127.0.0.1:"));
        for (int i = 0; i < 100; i++) {
            String key = "key" + i;
            assertThat(cluster.nodeOf(cluster.slotOf(key)).command("SET", key, "v"))
                    .isEqualTo("OK");
        }
        for (RedisServer node : cluster.nodes()) {
            assertThat(node.command("CLUSTER", "INFO").toString())
                    .contains("cluster_state:ok", "cluster_slots_assigned:16384", "cluster_size:3");
        }
    }

    @Test
    void moveSlot_withKeys_movesThemAndRedirectsClients() {
        String key = "{moving}";
        int slot = cluster.slotOf(key);
        RedisServer from = cluster.nodeOf(slot);
        RedisServer to = cluster.nodes().stream()
                .filter(node -> node != from)
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < 250; i++) {
            from.command("SET", key + i, "v" + i);
        }

        cluster.moveSlot(slot, from, to);

        assertThat(cluster.nodeOf(slot)).isSameAs(to);
        for (int i = 0; i < 250; i++) {
            assertThat(to.command("GET", key + i)).isEqualTo("v" + i);
        }
        assertThatThrownBy(() -> from.command("GET", key + "0"))
                .hasMessageContaining("MOVED " + slot + " 127.0.0.1:" + to.port());
        assertThatThrownBy(() -> cluster.moveSlot(slot, from, to)).isInstanceOf(TestServerException.class);
    }

    @Test
    void kill_nodeStartedAgain_comesBackWithItsSlotsAndData() {
        String key = "kept";
        int slot = cluster.slotOf(key);
        RedisServer node = cluster.nodeOf(slot);
        node.command("SET", key, "v");
        node.kill();
        assertThatThrownBy(() -> cluster.nodeOf(slot)).hasMessage("no running node of the cluster owns slot " + slot);

        node.start();

        assertThat(cluster.nodeOf(slot)).isSameAs(node);
        RedisReplicaSet.await(
                "the node was not served",
                () -> node.command("CLUSTER", "INFO").toString().contains("cluster_state:ok"));
        assertThat(node.command("GET", key)).isEqualTo("v");
    }

    @Test
    void failOver_replicaTakesOver_andGivesItBack() {
        try (RedisCluster own = RedisCluster.startWithReplicas("appendonly yes")) {
            assertThat(own.nodes()).hasSize(6);
            assertThat(own.masters()).isEqualTo(own.nodes().subList(0, 3));
            RedisServer old = own.nodeOf(own.slotOf("{k}"));
            old.command("SET", "{k}early", "v");
            assertThat(old.command("WAIT", "1", "5000")).isEqualTo(1L);
            RedisServer promoted = own.failOver(old, Duration.ofMillis(300));

            assertThat(own.nodeOf(own.slotOf("{k}"))).isSameAs(promoted);
            assertThat(own.masters()).hasSize(3).contains(promoted).doesNotContain(old);
            assertThat(promoted.command("GET", "{k}early")).isEqualTo("v");
            promoted.command("SET", "{k}after", "v");
            assertThat(promoted.command("WAIT", "1", "5000")).isEqualTo(1L);
            // And back again.
            assertThat(own.failOver(promoted, Duration.ZERO)).isSameAs(old);
            assertThat(old.command("GET", "{k}after")).isEqualTo("v");
        }
    }

    @Test
    void failOver_writesWhileTheReplicaIsCutOff_areLost() {
        try (RedisCluster own = RedisCluster.startWithReplicas("appendonly yes")) {
            RedisServer old = own.nodeOf(own.slotOf("{k}"));
            CompletableFuture<RedisServer> failover =
                    CompletableFuture.supplyAsync(() -> own.failOver(old, Duration.ofSeconds(1)));
            RedisReplicaSet.await(
                    "the replica was not cut off",
                    () -> RedisReplicaSet.field(old, "connected_slaves").equals("0"));
            old.command("SET", "{k}lost", "v");
            assertThat(failover.join().command("GET", "{k}lost")).isNull();
        }
    }

    @Test
    void failOver_masterWithoutAReplica_isAnError() {
        assertThatThrownBy(() -> cluster.failOver(cluster.nodes().get(0), Duration.ZERO))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("has no replica to fail over to");
    }

    @Test
    void nodeOf_noSuchSlot_isRejected() {
        assertThatThrownBy(() -> cluster.nodeOf(16_384))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slot must be between 0 and 16383, but was 16384");
    }
}
