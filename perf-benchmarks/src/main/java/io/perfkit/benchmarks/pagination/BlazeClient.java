package io.perfkit.benchmarks.pagination;

import com.blazebit.persistence.Criteria;
import com.blazebit.persistence.CriteriaBuilderFactory;
import io.perfkit.benchmarks.pagination.LedgerClient.Place;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Tuple;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Blaze-Persistence over Hibernate, at the same place of the same table. It reads the columns and no entities, which
 * is the least that it can do, and counts nothing.
 */
@State(Scope.Thread)
public class BlazeClient {

    private EntityManagerFactory entityManagers;
    private EntityManager entityManager;
    private CriteriaBuilderFactory queries;
    private final Place place = Place.of(LedgerFixture.UNIFORM);

    /** A row of the ledger. */
    @Entity(name = "Tx")
    @Table(name = "tx")
    static class TxEntity {

        @Id
        @Nullable
        Long id;

        @Column(name = "created_at", nullable = false)
        @Nullable
        LocalDateTime createdAt;

        @Column(nullable = false)
        @Nullable
        BigDecimal amount;

        @Column(nullable = false)
        @Nullable
        String status;
    }

    /** Connects. */
    @Setup
    public void open() {
        entityManagers = new HibernatePersistenceConfiguration("ledger")
                .managedClass(TxEntity.class)
                .jdbcUrl(LedgerClient.property(LedgerFixture.URL))
                // As the connections of the other sides.
                .property("hibernate.connection.autocommit", true)
                .createEntityManagerFactory();
        entityManager = entityManagers.createEntityManager();
        queries = Criteria.getDefault().createCriteriaBuilderFactory(entityManagers);
    }

    List<Tuple> page() {
        return queries.create(entityManager, Tuple.class)
                .from(TxEntity.class)
                .select("id")
                .select("createdAt")
                .select("amount")
                .select("status")
                .orderByDesc("createdAt")
                .orderByDesc("id")
                .afterKeyset(place.time(), place.id())
                .setMaxResults(Ledger.PAGE)
                .getResultList();
    }

    /** Disconnects. */
    @TearDown
    public void close() {
        entityManager.close();
        entityManagers.close();
    }
}
