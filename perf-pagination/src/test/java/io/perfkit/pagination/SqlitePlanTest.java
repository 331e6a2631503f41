package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/**
 * SQLite counts nothing that it reads, so its plan is asked: searches of the index, no scan of the table, and no
 * sort of what a search finds, only of the page that is left of it (its coroutine x).
 */
class SqlitePlanTest {

    @Test
    void everyStatement_ofADeepPage_searchesTheIndexInOrder() throws SQLException {
        List<Query> queries = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            DSLContext dsl = DSL.using(connection, SQLDialect.SQLITE)
                    .configuration()
                    .deriveAppending(
                            ExecuteListener.onExecuteStart((ExecuteContext context) -> queries.add(context.query())))
                    .dsl();
            dsl.createTable(TX).columns(TX.fields()).primaryKey(TX.ID).execute();
            for (long id = 1; id <= 30; id++) {
                dsl.insertInto(TX, TX.ID, TX.CREATED_AT, TX.STATUS, TX.REFERENCE)
                        .values(id, LocalDateTime.of(2026, 1, 1, 0, 0).plusDays(id % 5), id % 3 == 0 ? null : "x", "r")
                        .execute();
            }
            for (Keyset keyset : List.of(
                    Keyset.by(TX.CREATED_AT.desc(), TX.ID.desc()),
                    Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc()),
                    Keyset.by(TX.STATUS.asc(), TX.CREATED_AT.desc(), TX.ID.asc()))) {
                dsl.execute(keyset.suggestedIndex(SQLDialect.SQLITE));
                CursorPaginator<TxRecord> paginator = CursorPaginator.over(dsl, keyset)
                        .cursors(Cursors.codec())
                        .build();
                String cursor = paginator
                        .fetch(dsl.selectFrom(TX), CursorRequest.first(20))
                        .cursor(14);
                queries.clear();
                paginator.fetch(dsl.selectFrom(TX), CursorRequest.first(5).after(cursor));
                paginator.fetch(dsl.selectFrom(TX), CursorRequest.last(5).before(cursor));
                assertThat(queries).hasSize(4);
                for (Query query : List.copyOf(queries)) {
                    String plan = String.join(
                            "\n",
                            dsl.fetch("explain query plan " + dsl.renderInlined(query))
                                    .getValues(3, String.class));
                    assertThat(plan)
                            .as("%s", keyset)
                            .contains("SEARCH tx USING")
                            .doesNotContain("SCAN tx");
                    assertThat(plan).as("%s", keyset).doesNotContainPattern("SEARCH tx[^\n]*\\n\\W*USE TEMP B-TREE");
                }
            }
        }
    }

    /** Its common table expression would be evaluated once for each range. */
    @Test
    void statement_ofASelectWithACommonTableExpression_isNoUnion() throws SQLException {
        List<Query> queries = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            DSLContext dsl = DSL.using(connection, SQLDialect.SQLITE)
                    .configuration()
                    .deriveAppending(
                            ExecuteListener.onExecuteStart((ExecuteContext context) -> queries.add(context.query())))
                    .dsl();
            dsl.createTable(TX).columns(TX.fields()).primaryKey(TX.ID).execute();
            for (long id = 1; id <= 6; id++) {
                dsl.insertInto(TX, TX.ID, TX.CREATED_AT, TX.STATUS, TX.REFERENCE)
                        .values(id, LocalDateTime.of(2026, 1, 1, 0, 0).plusDays(id / 2), "x", "r")
                        .execute();
            }
            var paginator = CursorPaginator.over(dsl, Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc()))
                    .cursors(Cursors.codec())
                    .build();
            var some = DSL.name("some").as(DSL.select(DSL.inline(1).as("one")));
            for (boolean with : new boolean[] {false, true}) {
                var plain = dsl.select(TX.fields()).from(TX);
                var select = with ? dsl.with(some).select(TX.fields()).from(TX) : plain;
                String cursor = paginator.fetch(select, CursorRequest.first(3)).cursor(2);
                queries.clear();
                assertThat(paginator
                                .fetch(select, CursorRequest.first(3).after(cursor))
                                .items())
                        .hasSize(3);
                assertThat(dsl.renderInlined(queries.get(0)).contains("union all"))
                        .isNotEqualTo(with);
            }
        }
    }
}
