package io.perfkit.spring.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.batching.Batcher;
import io.perfkit.spring.app.CityLoader;
import io.perfkit.spring.app.RunningApplication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Batchers of annotated methods, on a real database. */
class BatchersIT {

    private static ConfigurableApplicationContext context;
    private static Batcher<Long, String> cities;

    @BeforeAll
    static void start() {
        context = RunningApplication.shared();
        ObjectProvider<Batcher<Long, String>> provider =
                context.getBeanProvider(ResolvableType.forClassWithGenerics(Batcher.class, Long.class, String.class));
        cities = provider.getObject();
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        for (long id = 2_000; id < 2_010; id++) {
            jdbc.update("insert into owner (id, city) values (?, ?)", id, "city " + id);
        }
    }

    @Test
    void getAll_ofManyKeys_isOneQuery() {
        int before = context.getBean(CityLoader.class).batches();
        assertThat(cities.getAll(List.of(2_000L, 2_001L, 2_002L))).hasSize(3).containsEntry(2_001L, "city 2001");
        assertThat(context.getBean(CityLoader.class).batches()).isEqualTo(before + 1);
    }

    @Test
    void transactionsAsManyAsConnections_askTheBatcher_goOn() throws Exception {
        TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        int pool = 4;
        CountDownLatch allHoldOne = new CountDownLatch(pool);
        ExecutorService threads = Executors.newFixedThreadPool(pool);
        try {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < pool; i++) {
                long id = 2_004L + i;
                answers.add(CompletableFuture.supplyAsync(
                        () -> transaction.execute(status -> {
                            jdbc.update("update owner set city = 'own' where id = ?", id);
                            allHoldOne.countDown();
                            try {
                                assertThat(allHoldOne.await(20, TimeUnit.SECONDS))
                                        .isTrue();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            return cities.get(id, Duration.ofSeconds(10));
                        }),
                        threads));
            }
            for (CompletableFuture<String> each : answers) {
                assertThat(each.get(20, TimeUnit.SECONDS))
                        .as("its own uncommitted row")
                        .isEqualTo("own");
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
