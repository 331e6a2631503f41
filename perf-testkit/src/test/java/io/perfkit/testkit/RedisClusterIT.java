package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
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
    void nodeOf_noSuchSlot_isRejected() {
        assertThatThrownBy(() -> cluster.nodeOf(16_384))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slot must be between 0 and 16383, but was 16384");
    }
}
