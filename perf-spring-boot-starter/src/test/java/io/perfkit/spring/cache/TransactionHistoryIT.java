package io.perfkit.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** Histories of Spring's transactions on two nodes, each read checked: see {@link TransactionHistory}. */
class TransactionHistoryIT {

    private static final long SEED = Long.getLong("transactions.seed", 1);

    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class,
        DataRedisAutoConfiguration.class,
        CacheAutoConfiguration.class
    })
    static class Node {}

    @Test
    @Timeout(90)
    void transactionsOfSpring_onTwoNodes_keepEveryRule() throws Exception {
        run(SEED, Duration.ofSeconds(1));
    }

    @Test
    @Tag("full")
    void transactionsOfSpring_onTwoNodesForLong_keepEveryRule() throws Exception {
        for (int i = 1; i <= 12; i++) {
            run(SEED + i, Duration.ofSeconds(10));
        }
    }

    private static void run(long seed, Duration time) throws Exception {
        PostgresServer postgres = PostgresServer.shared();
        String url = postgres.jdbcUrl(postgres.createDatabase());
        String name = "history-" + System.nanoTime();
        TransactionHistory history = new TransactionHistory(seed);
        List<ConfigurableApplicationContext> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                ConfigurableApplicationContext node = start(url, name);
                nodes.add(node);
                JdbcTemplate jdbc = node.getBean(JdbcTemplate.class);
                if (i == 0) {
                    history.prepare(jdbc);
                }
                history.add(
                        node.getBean(PerfCache.class)
                                .region("place", String.class, CachePolicy.of(Duration.ofHours(1))),
                        jdbc,
                        node.getBean(PlatformTransactionManager.class));
            }
            history.run(time, 3);
            assertThat(history.violations).isEmpty();
            // What the last invalidations reach is asked for until it is so.
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(history.differences()).isEmpty());
        } finally {
            nodes.forEach(ConfigurableApplicationContext::close);
        }
        assertThat(history.reads.get()).isGreaterThan(200);
        assertThat(history.commits.get()).isGreaterThan(20);
        assertThat(history.rollbacks.get()).isGreaterThan(20);
    }

    private static ConfigurableApplicationContext start(String url, String name) {
        return new SpringApplicationBuilder(Node.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.datasource.url=" + url,
                        // A transaction within one whose row it wants waits for itself.
                        "--spring.datasource.hikari.connection-init-sql=set lock_timeout = '60ms'",
                        "--spring.datasource.hikari.maximum-pool-size=12",
                        "--spring.datasource.hikari.minimum-idle=0",
                        "--spring.data.redis.url=" + RedisServer.shared().uri(),
                        "--perfkit.cache.name=" + name,
                        "--spring.main.banner-mode=off");
    }
}
