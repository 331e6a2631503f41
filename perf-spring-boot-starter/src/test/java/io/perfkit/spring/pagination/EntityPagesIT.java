package io.perfkit.spring.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.Keyset;
import io.perfkit.spring.app.Owner;
import io.perfkit.spring.app.OwnerView;
import io.perfkit.spring.app.RunningApplication;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Pages of entities on a real database. */
class EntityPagesIT {

    private static final Field<Long> ID = DSL.field(DSL.name("id"), SQLDataType.BIGINT.notNull());
    private static final Field<String> CITY = DSL.field(DSL.name("city"), SQLDataType.VARCHAR.notNull());

    private static ConfigurableApplicationContext context;
    private static EntityPages pages;
    private static EntityManager entities;
    private static TransactionTemplate transaction;
    private static CursorPaginator<Record2<Long, String>> paginator;
    private static Select<Record2<Long, String>> rows;

    @BeforeAll
    static void start() {
        context = RunningApplication.shared();
        pages = context.getBean(EntityPages.class);
        entities = SharedEntityManagerCreator.createSharedEntityManager(context.getBean(EntityManagerFactory.class));
        transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        DSLContext dsl = context.getBean(DSLContext.class);
        paginator = CursorPaginator.over(dsl, Keyset.by(CITY.asc(), ID.desc()).uniqueBy(ID))
                .cursors(context.getBean(CursorCodec.class))
                .build();
        rows = dsl.select(ID, CITY).from(DSL.table(DSL.name("owner"))).where(ID.between(5_000L, 5_999L));
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        for (long id = 5_000; id < 5_005; id++) {
            jdbc.update("insert into owner (id, city) values (?, ?)", id, id % 2 == 0 ? "A" : "B");
        }
    }

    private static List<Long> ids(CursorPage<Owner> page) {
        return page.map(Owner::getId).items();
    }

    @Test
    void page_ofEntities_hasTheOrderOfTheKeysetAndItsCursors() {
        CursorPage<Owner> first = pages.fetch(paginator, rows, CursorRequest.first(3), ID, Owner.class);
        assertThat(ids(first)).containsExactly(5_004L, 5_002L, 5_000L);
        CursorPage<Owner> second = pages.fetch(
                paginator, rows, CursorRequest.first(3).after(first.next().orElseThrow()), ID, Owner.class);
        assertThat(ids(second)).containsExactly(5_003L, 5_001L);
        assertThat(second.hasNext().isYes()).isFalse();
    }

    @Test
    void page_inATransaction_hasItsUnwrittenChangesAndItsOwnEntities() {
        transaction.executeWithoutResult(status -> {
            Owner owner = entities.find(Owner.class, 5_001L);
            owner.setCity("0");
            entities.persist(new Owner(5_900, "1"));
            CursorPage<Owner> page = pages.fetch(paginator, rows, CursorRequest.first(2), ID, Owner.class);
            assertThat(ids(page)).containsExactly(5_001L, 5_900L);
            assertThat(page.items().get(0)).isSameAs(owner);
            status.setRollbackOnly();
        });
    }

    @Test
    void page_withoutRows_isEmpty() {
        Select<Record2<Long, String>> none = context.getBean(DSLContext.class)
                .select(ID, CITY)
                .from(DSL.table(DSL.name("owner")))
                .where(ID.eq(-1L));
        assertThat(pages.fetch(paginator, none, CursorRequest.first(2), ID, Owner.class)
                        .items())
                .isEmpty();
    }

    @Test
    void mistakes_areTold() {
        assertThatThrownBy(() -> pages.fetch(paginator, rows, CursorRequest.first(1), CITY, Owner.class))
                .hasMessageContaining("city");
        assertThatThrownBy(() -> pages.fetch(paginator, rows, CursorRequest.first(1), ID, OwnerView.class))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
