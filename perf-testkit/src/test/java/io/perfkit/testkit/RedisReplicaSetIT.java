package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ServersExtension.class)
class RedisReplicaSetIT {
    @Test
    void start_writeToPrimary_reachesTheReplica(RedisReplicaSet set) {
        set.primary().command("SET", "k", "v");
        set.awaitReplication();

        assertThat(set.replica().command("GET", "k")).isEqualTo("v");
        assertThatThrownBy(() -> set.replica().command("SET", "k", "w"))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("READONLY");
    }

    @Test
    void replicationLink_stalled_makesTheReplicaLagUntilHealed(RedisReplicaSet set) {
        set.primary().command("SET", "k", "old");
        set.awaitReplication();
        set.replicationLink().stall();

        set.primary().command("SET", "k", "new");

        assertThat(set.replica().command("GET", "k")).isEqualTo("old");
        set.replicationLink().heal();
        set.awaitReplication();
        assertThat(set.replica().command("GET", "k")).isEqualTo("new");
    }

    @Test
    void replicationLink_delayed_makesTheReplicaLagThatLong(RedisReplicaSet set) {
        set.replicationLink().delay(Duration.ofMillis(300));
        long start = System.nanoTime();
        set.primary().command("SET", "k", "v");
        assertThat(set.replica().command("GET", "k")).isNull();

        await().until(() -> "v".equals(set.replica().command("GET", "k")));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void promoteReplica_primaryDead_takesWritesAlsoAfterARestart(RedisReplicaSet set) {
        set.primary().command("SET", "k", "v");
        set.awaitReplication();
        set.primary().kill();

        set.promoteReplica();

        assertThat(set.replica().command("GET", "k")).isEqualTo("v");
        assertThat(set.replica().command("SET", "k", "w")).isEqualTo("OK");
        set.replica().stop();
        set.replica().start();
        assertThat(set.replica().command("INFO", "replication").toString()).contains("role:master");
    }

    @Test
    void close_afterwards_bothServersAreGone() {
        RedisReplicaSet set = RedisReplicaSet.start();
        int link = set.replicationLink().port();

        set.close();
        set.close();

        assertThat(set.primary().isRunning()).isFalse();
        assertThat(set.replica().isRunning()).isFalse();
        assertThat(Ports.isFree(link)).isTrue();
    }
}
