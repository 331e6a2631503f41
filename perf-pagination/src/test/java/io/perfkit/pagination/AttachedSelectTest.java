package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A page runs where its select runs, so that inside a transaction it sees that transaction. */
class AttachedSelectTest {

    private static final Keyset KEYSET = Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc());

    private Connection open;
    private DSLContext dsl;
    private CursorPaginator<TxRecord> paginator;

    /** A connection of its own for each statement outside a transaction; two rows. */
    @BeforeEach
    void open() throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:attached;LOCK_TIMEOUT=200");
        open = source.getConnection();
        dsl = DSL.using(source, SQLDialect.H2);
        dsl.createTable(TX).columns(TX.fields()).primaryKey(TX.ID).execute();
        insert(dsl, 1);
        insert(dsl, 2);
        paginator = CursorPaginator.over(dsl, KEYSET)
                .cursors(Cursors.codec())
                .totals(Totals.exact())
                .build();
    }

    @AfterEach
    void close() throws SQLException {
        open.close();
    }

    private static void insert(DSLContext dsl, long id) {
        dsl.insertInto(TX, TX.ID, TX.CREATED_AT, TX.STATUS, TX.REFERENCE)
                .values(id, LocalDateTime.of(2026, 1, 1, 0, 0), "PAID", "r")
                .execute();
    }

    private static List<Long> ids(List<TxRecord> rows) {
        return rows.stream().map(TxRecord::id).toList();
    }

    @Test
    void fetch_insideATransaction_seesItsRowsInPagesProbesTotalsAndStreams() {
        dsl.transaction(tx -> {
            insert(tx.dsl(), 0);
            insert(tx.dsl(), 3);
            Select<TxRecord> select = tx.dsl().selectFrom(TX);
            CursorPage<TxRecord> page = paginator.fetch(select, CursorRequest.first(9));
            assertThat(ids(page.items())).containsExactly(0L, 1L, 2L, 3L);
            assertThat(page.total()).isEqualTo(Total.exactly(4));
            assertThat(paginator
                            .fetch(select, CursorRequest.first(1).after(page.cursor(0)))
                            .hasPrevious())
                    .isEqualTo(Tristate.YES);
            assertThat(ids(paginator.fetch(select, CursorRequest.last(1)).items()))
                    .containsExactly(3L);
            assertThat(ids(paginator
                            .fetch(select, CursorRequest.around(3, page.cursor(1)))
                            .items()))
                    .containsExactly(0L, 1L, 2L);
            assertThat(ids(paginator.stream(select, 1).toList())).containsExactly(0L, 1L, 2L, 3L);
            List<Long> seen = new ArrayList<>();
            paginator.forEachPage(select, CursorRequest.first(2), each -> seen.addAll(ids(each.items())));
            assertThat(seen).containsExactly(0L, 1L, 2L, 3L);
        });
    }

    /** The rows on the other side are seen in the transaction only, by the probe alone. */
    @Test
    void probe_insideATransaction_seesWhatTheTransactionDeleted() {
        String second =
                paginator.fetch(dsl.selectFrom(TX), CursorRequest.first(2)).cursor(0);
        dsl.transaction(tx -> {
            tx.dsl().deleteFrom(TX).where(TX.ID.eq(1L)).execute();
            CursorPage<TxRecord> page = paginator.fetch(
                    tx.dsl().selectFrom(TX), CursorRequest.first(1).after(second));
            assertThat(ids(page.items())).containsExactly(2L);
            assertThat(page.hasPrevious()).isEqualTo(Tristate.NO);
        });
    }

    @Test
    void offsetFetch_insideATransaction_seesItsRowsAndCountsThem() {
        dsl.transaction(tx -> {
            insert(tx.dsl(), 3);
            Select<TxRecord> select = tx.dsl().selectFrom(TX).orderBy(TX.ID);
            for (Totals totals : List.of(Totals.exact(), Totals.bounded(10))) {
                OffsetPage<TxRecord> page = OffsetPaginator.of(dsl).fetch(select, 2, 2, totals);
                assertThat(ids(page.items())).containsExactly(3L);
                assertThat(page.total()).isEqualTo(Total.exactly(3));
            }
        });
    }

    @Test
    void fetch_ofASelectThatIsAttachedToNothing_runsOnThePaginatorsOwn() {
        assertThat(ids(paginator
                        .fetch(DSL.selectFrom(TX), CursorRequest.first(9))
                        .items()))
                .containsExactly(1L, 2L);
        assertThat(ids(paginator
                        .fetch(DSL.using(SQLDialect.POSTGRES).selectFrom(TX), CursorRequest.first(9))
                        .items()))
                .containsExactly(1L, 2L);
        List<SortField<?>> order = List.of(TX.ID.asc());
        assertThat(ids(OffsetPaginator.of(dsl)
                        .fetch(DSL.selectFrom(TX).orderBy(order), 1, 9, Totals.none())
                        .items()))
                .containsExactly(1L, 2L);
    }

    @Test
    void fetch_ofASelectOfAnotherKindOfDatabase_isRefused() throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            Select<TxRecord> select = DSL.using(other, SQLDialect.SQLITE).selectFrom(TX);
            assertThatThrownBy(() -> paginator.fetch(select, CursorRequest.first(9)))
                    .isInstanceOf(PaginationException.class)
                    .hasMessageContaining("H2")
                    .hasMessageContaining("SQLITE");
        }
    }

    /** The same cursor serves both, as it is bound to the query and not to where it runs. */
    @Test
    void cursor_fromOutsideATransaction_isGoodInside() {
        String next = paginator
                .fetch(dsl.selectFrom(TX), CursorRequest.first(1))
                .next()
                .orElseThrow();
        dsl.transaction(tx -> assertThat(ids(paginator
                        .fetch(tx.dsl().selectFrom(TX), CursorRequest.first(1).after(next))
                        .items()))
                .containsExactly(2L));
    }
}
