package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Histories of transactions on three nodes, each read checked: see {@link TransactionHistory}. */
class TransactionHistoryIT {

    private static final long SEED = Long.getLong("transactions.seed", 1);

    @Test
    @Timeout(60)
    void transactions_onThreeNodes_keepEveryRule() throws Exception {
        // Seed 1 found puts that were stored over the newer value of a transaction that committed after theirs.
        run(SEED, Duration.ofSeconds(1));
    }

    @Test
    @Tag("full")
    void transactions_onThreeNodesForLong_keepEveryRule() throws Exception {
        for (int i = 0; i < 12; i++) {
            run(SEED + 1 + i, Duration.ofSeconds(10));
        }
    }

    private static void run(long seed, Duration time) throws Exception {
        PostgresServer postgres = PostgresServer.shared();
        TransactionHistory history = new TransactionHistory(postgres.dataSource(postgres.createDatabase()), seed);
        history.prepare();
        CachePolicy.Builder policy = CachePolicy.builder().ttl(Duration.ofHours(1));
        if (seed % 3 == 0) {
            policy.crossNodeLoads(Duration.ofSeconds(5));
        }
        try (Nodes nodes = new Nodes()) {
            List<CacheRegion<String>> regions = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                JdbcTransactions transactions = history.transactions();
                PerfCache cache = nodes.node(
                        "127.0.0.1", RedisServer.shared().port(), builder -> builder.transactions(transactions));
                CacheRegion<String> region = Nodes.ready(cache.region("place", String.class, policy.build()));
                regions.add(region);
                history.add(region, transactions);
            }
            history.run(time, 3);
        }
        assertThat(history.violations).isEmpty();
        assertThat(history.reads.get()).isGreaterThan(200);
        assertThat(history.commits.get()).isGreaterThan(20);
        assertThat(history.rollbacks.get()).isGreaterThan(20);
    }
}
