package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Asks the database what each statement of a page reads: the page itself and the probe of its other end. However deep the
 * page, that is at most four times what the first page reads: on PostgreSQL in buffers, on MariaDB in rows of the storage
 * engine. The indexes are those that {@link Keyset#suggestedIndex} proposes.
 *
 * <p>The rows lie scattered in the table of PostgreSQL, as they do for any order but that of insertion, so a page of 50
 * rows costs some 50 buffers. Each further range of the index costs its descent, three or four buffers, wherever the
 * rows lie.
 */
class PlanIT {

    private static final Field<LocalDateTime> CREATED_AT =
            field(name("tx", "created_at"), SQLDataType.LOCALDATETIME(6).notNull());
    private static final Field<Integer> STATUS = field(name("tx", "status"), SQLDataType.INTEGER.notNull());
    private static final Field<Integer> SCORE = field(name("tx", "score"), SQLDataType.INTEGER);
    private static final Field<Integer> GRADE = field(name("tx", "grade"), SQLDataType.INTEGER);
    private static final Field<Long> ID = field(name("tx", "id"), SQLDataType.BIGINT.notNull());

    private final PlanReads plans = new PlanReads();

    @Test
    void everyPage_of100ThousandRowsOnPostgres_readsAtMostFourTimesTheFirst() throws SQLException {
        postgres(100_000);
    }

    @Test
    @Tag("full")
    void everyPage_of2MillionRowsOnPostgres_readsAtMostFourTimesTheFirst() throws SQLException {
        postgres(2_000_000);
    }

    @Test
    void everyPage_of100ThousandRowsOnMariaDb_readsAtMostFourTimesTheFirst() throws SQLException {
        mariaDb(100_000);
    }

    @Test
    @Tag("full")
    void everyPage_of2MillionRowsOnMariaDb_readsAtMostFourTimesTheFirst() throws SQLException {
        mariaDb(2_000_000);
    }

    private void postgres(int rows) throws SQLException {
        PostgresServer server = PostgresServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = plans.listening(connection, SQLDialect.POSTGRES);
            dsl.execute("create table tx (id bigint primary key, created_at timestamp not null, status int not null, "
                    + "score int, grade int)");
            dsl.execute("insert into tx select g, timestamp '2026-01-01' + (g / 10) * interval '1 second', g % 3, "
                    + "case when g % 5 < 2 then g / 7 end, case when g % 3 = 0 then g % 4 end "
                    + "from generate_series(1, " + rows + ") g order by g * 7919::bigint % 1000003");
            List<List<SortField<?>>> orderings = new ArrayList<>(ordinary());
            orderings.add(List.of(SCORE.desc().nullsLast(), CREATED_AT.asc(), ID.desc()));
            index(dsl, orderings);
            dsl.execute("vacuum analyze tx");
            verify(dsl, rows, orderings, plans::buffers);
        }
    }

    private void mariaDb(int rows) throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = plans.listening(connection, SQLDialect.MARIADB);
            dsl.execute("create table tx (id bigint primary key, created_at datetime(6) not null, status int not null, "
                    + "score int, grade int)");
            dsl.execute("insert into tx select seq, timestamp'2026-01-01 00:00:00' + interval (seq div 10) second, "
                    + "seq % 3, if(seq % 5 < 2, seq div 7, null), if(seq % 3 = 0, seq % 4, null) from seq_1_to_"
                    + rows);
            index(dsl, ordinary());
            dsl.execute("analyze table tx");
            verify(dsl, rows, ordinary(), PlanReads::engineReads);
        }
    }

    private static List<List<SortField<?>>> ordinary() {
        return List.of(
                List.of(ID.asc()),
                List.of(CREATED_AT.desc(), ID.desc()),
                List.of(CREATED_AT.desc(), ID.asc()),
                List.of(STATUS.desc(), CREATED_AT.desc(), ID.desc()),
                List.of(STATUS.asc(), CREATED_AT.desc(), ID.asc()),
                List.of(SCORE.asc(), ID.asc()),
                List.of(SCORE.asc(), CREATED_AT.desc(), ID.asc()),
                List.of(GRADE.asc(), CREATED_AT.desc(), ID.desc()));
    }

    private static void index(DSLContext dsl, List<List<SortField<?>>> orderings) {
        for (List<SortField<?>> ordering : orderings) {
            if (ordering.size() > 1) {
                String ddl = keyset(ordering).suggestedIndex(dsl.dialect());
                dsl.execute(ddl.replaceFirst("create index \\S+", "create index i" + orderings.indexOf(ordering)));
            }
        }
    }

    private static Keyset keyset(List<SortField<?>> ordering) {
        return Keyset.by(ordering.toArray(new SortField<?>[0])).uniqueBy(ID);
    }

    private void verify(DSLContext dsl, int rows, List<List<SortField<?>>> orderings, PlanReads.Way way) {
        for (List<SortField<?>> ordering : orderings) {
            CursorPaginator<Record> paginator = CursorPaginator.over(dsl, keyset(ordering))
                    .cursors(Cursors.codec())
                    .build();
            Select<Record> select =
                    dsl.select(List.of(CREATED_AT, STATUS, SCORE, GRADE, ID)).from(table(name("tx")));
            List<Long> first = plans.reads(dsl, paginator, select, CursorRequest.first(50), way);
            assertThat(first).hasSize(1);
            // In the midst of values, on the edge between values and nulls and in the midst of nulls.
            for (int eighths : new int[] {1, 3, 5, 7}) {
                Record row = dsl.fetchSingle(
                        select.$orderBy(ordering).$limit(DSL.val(1)).$offset(DSL.val(rows / 8 * eighths)));
                String cursor = paginator.cursorOf(select, row, "");
                for (CursorRequest deep : List.of(
                        CursorRequest.first(50).after(cursor),
                        CursorRequest.last(50).before(cursor))) {
                    List<Long> read = plans.reads(dsl, paginator, select, deep, way);
                    assertThat(read)
                            .as(
                                    "reads of page and probe, %s, %s, %s eighths deep; the first page reads %s: %s",
                                    ordering, deep, eighths, first, plans.first(dsl))
                            .isNotEmpty()
                            .allMatch(one -> one <= 4 * first.get(0));
                }
            }
        }
    }
}
