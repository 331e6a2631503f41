package io.perfkit.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.spring.app.OwnerRepository;
import io.perfkit.spring.app.Owners;
import io.perfkit.spring.app.OwnersOnJdbc;
import io.perfkit.spring.app.OwnersOnJooq;
import io.perfkit.spring.app.OwnersOnJpa;
import io.perfkit.spring.app.RunningApplication;
import io.perfkit.testkit.PostgresServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What the cache does in transactions of JPA, JDBC and jOOQ, on a real PostgreSQL and Redis. */
class TransactionsIT {

    private static final AtomicLong IDS = new AtomicLong();
    private static ConfigurableApplicationContext context;

    private final long id = IDS.incrementAndGet();

    @BeforeAll
    static void start() {
        context = RunningApplication.shared();
    }

    private Owners owners(Class<? extends Owners> type) {
        jdbc().update("insert into owner (id, city) values (?, 'old')", id);
        return context.getBean(type);
    }

    private static JdbcTemplate jdbc() {
        return context.getBean(JdbcTemplate.class);
    }

    private static TransactionTemplate transaction(int propagation) {
        TransactionTemplate template = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        template.setPropagationBehavior(propagation);
        return template;
    }

    private static TransactionTemplate transaction() {
        return transaction(TransactionDefinition.PROPAGATION_REQUIRED);
    }

    private String elsewhere(Owners owners) {
        return CompletableFuture.supplyAsync(() -> owners.find(id).city()).join();
    }

    @ParameterizedTest
    @ValueSource(classes = {OwnersOnJpa.class, OwnersOnJdbc.class, OwnersOnJooq.class})
    void change_committed_isSeenAfterTheCommitOnly(Class<? extends Owners> type) {
        Owners owners = owners(type);
        assertThat(owners.find(id).city()).isEqualTo("old");
        transaction().executeWithoutResult(status -> {
            owners.move(id, "new");
            assertThat(owners.find(id).city()).as("its own row").isEqualTo("new");
            assertThat(elsewhere(owners)).as("another's").isEqualTo("old");
        });
        assertThat(owners.find(id).city()).isEqualTo("new");
        assertThat(elsewhere(owners)).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(classes = {OwnersOnJpa.class, OwnersOnJdbc.class, OwnersOnJooq.class})
    void change_rolledBack_leavesTheCacheAlone(Class<? extends Owners> type) {
        Owners owners = owners(type);
        assertThat(owners.find(id).city()).isEqualTo("old");
        jdbc().update("update owner set city = 'unseen' where id = ?", id);
        assertThatThrownBy(() -> transaction().executeWithoutResult(status -> {
                    owners.move(id, "new");
                    assertThat(owners.find(id).city()).isEqualTo("new");
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        assertThat(owners.find(id).city()).as("neither invalidated nor stored").isEqualTo("old");
    }

    @ParameterizedTest
    @ValueSource(classes = {OwnersOnJpa.class, OwnersOnJdbc.class, OwnersOnJooq.class})
    void requiresNew_committedWithinOneThatIsRolledBack_isInvalidatedAtItsOwnCommit(Class<? extends Owners> type) {
        Owners owners = owners(type);
        assertThat(owners.find(id).city()).isEqualTo("old");
        transaction().executeWithoutResult(outer -> {
            assertThat(owners.find(id).city())
                    .as("the cache knows the outer one")
                    .isEqualTo("old");
            transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                    .executeWithoutResult(inner -> owners.move(id, "new"));
            assertThat(elsewhere(owners)).as("committed by the inner one").isEqualTo("new");
            outer.setRollbackOnly();
        });
        assertThat(owners.find(id).city()).isEqualTo("new");
    }

    @Test
    void nested_rolledBackToItsSavepoint_leavesNothingThatWasLoadedInIt() {
        owners(OwnersOnJdbc.class);
        CacheRegion<String> cities =
                context.getBean(PerfCache.class).region("nested", String.class, CachePolicy.of(Duration.ofHours(1)));
        Supplier<String> city = () -> cities.getOrSet(
                "" + id, () -> jdbc().queryForObject("select city from owner where id = ?", String.class, id));
        PlatformTransactionManager manager = new JdbcTransactionManager(context.getBean(DataSource.class));
        TransactionTemplate nested = new TransactionTemplate(manager);
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        new TransactionTemplate(manager)
                .executeWithoutResult(outer -> nested.executeWithoutResult(inner -> {
                    jdbc().update("update owner set city = 'never' where id = ?", id);
                    assertThat(city.get()).isEqualTo("never");
                    inner.setRollbackOnly();
                }));
        assertThat(city.get()).isEqualTo("old");
    }

    @Test
    void readOnly_load_isStored() {
        Owners owners = owners(OwnersOnJdbc.class);
        TransactionTemplate reading = transaction();
        reading.setReadOnly(true);
        reading.executeWithoutResult(
                status -> assertThat(owners.find(id).city()).isEqualTo("old"));
        jdbc().update("update owner set city = 'unseen' where id = ?", id);
        assertThat(owners.find(id).city()).isEqualTo("old");
    }

    @Test
    void repositoryOfSpringData_cachedFinder_isCached() {
        owners(OwnersOnJdbc.class);
        OwnerRepository repository = context.getBean(OwnerRepository.class);
        assertThat(repository.view(id).orElseThrow().city()).isEqualTo("old");
        jdbc().update("update owner set city = 'unseen' where id = ?", id);
        assertThat(repository.view(id).orElseThrow().city()).isEqualTo("old");
    }

    @Test
    void anotherThread_startedInATransaction_isNotInIt() {
        Owners owners = owners(OwnersOnJdbc.class);
        assertThat(owners.find(id).city()).isEqualTo("old");
        AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
        transaction().executeWithoutResult(outer -> {
            assertThat(owners.find(id).city()).as("the cache knows this one").isEqualTo("old");
            executor.submitCompletable(() -> owners.move(id, "new")).join();
            assertThat(elsewhere(owners)).as("committed by the other thread").isEqualTo("new");
            outer.setRollbackOnly();
        });
        assertThat(owners.find(id).city()).isEqualTo("new");
    }

    @Test
    void twoDataSources_oneTransactionWithinTheOther_eachInvalidatesAtItsOwnEnd() {
        Owners owners = owners(OwnersOnJdbc.class);
        PostgresServer postgres = PostgresServer.shared();
        DriverManagerDataSource second = new DriverManagerDataSource(postgres.jdbcUrl(postgres.createDatabase()));
        JdbcTemplate other = new JdbcTemplate(second);
        other.execute("create table town (id bigint primary key, name text)");
        other.update("insert into town values (1, 'old')");
        CacheRegion<String> towns =
                context.getBean(PerfCache.class).region("town", String.class, CachePolicy.of(Duration.ofHours(1)));
        Supplier<String> town = () ->
                towns.getOrSet("" + id, () -> other.queryForObject("select name from town where id = 1", String.class));
        TransactionTemplate inner = new TransactionTemplate(new JdbcTransactionManager(second));
        assertThat(town.get()).isEqualTo("old");
        assertThat(owners.find(id).city()).isEqualTo("old");

        transaction().executeWithoutResult(status -> {
            owners.move(id, "never");
            inner.executeWithoutResult(within -> {
                other.update("update town set name = 'new' where id = 1");
                towns.invalidate("" + id);
                assertThat(town.get()).as("its own row").isEqualTo("new");
                assertThat(CompletableFuture.supplyAsync(town).join())
                        .as("not yet committed")
                        .isEqualTo("old");
            });
            assertThat(CompletableFuture.supplyAsync(town).join())
                    .as("committed by the inner one")
                    .isEqualTo("new");
            assertThat(owners.find(id).city()).as("its own row").isEqualTo("never");
            status.setRollbackOnly();
        });
        assertThat(town.get()).isEqualTo("new");
        assertThat(owners.find(id).city()).isEqualTo("old");

        transaction().executeWithoutResult(status -> {
            owners.move(id, "moved");
            inner.executeWithoutResult(within -> {
                other.update("update town set name = 'never' where id = 1");
                towns.invalidate("" + id);
                within.setRollbackOnly();
            });
            assertThat(town.get()).as("rolled back by the inner one").isEqualTo("new");
        });
        assertThat(town.get()).isEqualTo("new");
        assertThat(owners.find(id).city()).isEqualTo("moved");
    }
}
