package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Asks PostgreSQL what each statement of a page reads: the page itself and the probe of its other end. However deep the
 * page, that is at most four times what the first page reads.
 */
class PlanIT {

    private static final Field<LocalDateTime> CREATED_AT =
            field(name("tx", "created_at"), SQLDataType.LOCALDATETIME(6).notNull());
    private static final Field<Integer> AMOUNT = field(name("tx", "amount"), SQLDataType.INTEGER.notNull());
    private static final Field<Long> ID = field(name("tx", "id"), SQLDataType.BIGINT.notNull());
    private static final Pattern HIT = Pattern.compile("\"Shared Hit Blocks\": (\\d+)");
    private static final Pattern READ = Pattern.compile("\"Shared Read Blocks\": (\\d+)");

    /** Not a multiple of the ten rows that share a time. */
    private static final int STRIDE = 25_001;

    private final List<Query> queries = new ArrayList<>();

    @Test
    void everyPage_of200ThousandRows_readsAtMostFourTimesTheFirst() throws SQLException {
        verify(200_000);
    }

    @Test
    @Tag("full")
    void everyPage_of2MillionRows_readsAtMostFourTimesTheFirst() throws SQLException {
        verify(2_000_000);
    }

    private void verify(int rows) throws SQLException {
        PostgresServer server = PostgresServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = DSL.using(connection, SQLDialect.POSTGRES)
                    .configuration()
                    .deriveAppending(
                            ExecuteListener.onExecuteStart((ExecuteContext context) -> queries.add(context.query())))
                    .dsl();
            create(dsl, rows);
            verify(dsl, rows, "uniform descending", CREATED_AT.desc(), ID.desc());
            verify(dsl, rows, "uniform ascending", CREATED_AT.asc(), ID.asc());
            verify(dsl, rows, "uniform, few leading values", AMOUNT.desc(), CREATED_AT.desc(), ID.desc());
            verify(dsl, rows, "one column", ID.asc());
            verify(dsl, rows, "mixed", CREATED_AT.desc(), ID.asc());
            verify(dsl, rows, "mixed after a uniform prefix", AMOUNT.desc(), CREATED_AT.desc(), ID.asc());
        }
    }

    /** Ten rows share each time, and four amounts share the rows. */
    private static void create(DSLContext dsl, int rows) {
        dsl.execute("create table tx (id bigint primary key, created_at timestamp not null, amount int not null)");
        dsl.execute("insert into tx select g, timestamp '2026-01-01' + (g / 10) * interval '1 second', g % 4 "
                + "from generate_series(1, " + rows + ") g");
        dsl.execute("create index uniform on tx (created_at, id)");
        dsl.execute("create index mixed on tx (created_at desc, id asc)");
        dsl.execute("create index few on tx (amount, created_at, id)");
        dsl.execute("create index prefixed on tx (amount desc, created_at desc, id asc)");
        dsl.execute("vacuum analyze tx");
    }

    private void verify(DSLContext dsl, int rows, String ordering, SortField<?>... sortFields) {
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(sortFields).uniqueBy(ID))
                .cursors(Cursors.codec())
                .maximumSize(STRIDE)
                .build();
        Select<Record> select = dsl.select(List.of(CREATED_AT, AMOUNT, ID)).from(table(name("tx")));
        // In the midst of the rows that share an amount, and of those that share a time.
        int depth = rows / 8 * 5;
        String forwards = deep(paginator, select, true, depth);
        String backwards = deep(paginator, select, false, depth);

        List<Integer> first = buffers(dsl, paginator, select, CursorRequest.first(50));
        assertThat(first).hasSize(1);
        int bound = 4 * first.get(0);
        for (CursorRequest deep : List.of(
                CursorRequest.first(50).after(forwards),
                CursorRequest.last(50).before(backwards),
                CursorRequest.last(50))) {
            assertThat(buffers(dsl, paginator, select, deep))
                    .as("buffers of page and probe, %s, %s, where the first page reads %s", ordering, deep, first)
                    .isNotEmpty()
                    .allMatch(buffers -> buffers <= bound);
        }
    }

    /** A cursor at least that many rows from one end. */
    private static String deep(CursorPaginator<Record> paginator, Select<Record> select, boolean forwards, int depth) {
        String token = null;
        for (int rows = 0; rows < depth; rows += STRIDE) {
            CursorPage<Record> page = forwards
                    ? paginator.fetch(select, CursorRequest.first(STRIDE).after(token))
                    : paginator.fetch(select, CursorRequest.last(STRIDE).before(token));
            token = (forwards ? page.next() : page.previous()).orElseThrow();
        }
        return token;
    }

    private List<Integer> buffers(
            DSLContext dsl, CursorPaginator<Record> paginator, Select<Record> select, CursorRequest request) {
        queries.clear();
        assertThat(paginator.fetch(select, request).items()).hasSize(50);
        List<Integer> buffers = new ArrayList<>();
        for (Query query : List.copyOf(queries)) {
            String plan = dsl.fetchValue("explain (analyze, buffers, format json) " + dsl.renderInlined(query))
                    .toString();
            buffers.add(first(HIT, plan) + first(READ, plan));
        }
        return buffers;
    }

    /** The outermost node comes first and counts what its children read. */
    private static int first(Pattern pattern, String plan) {
        Matcher matcher = pattern.matcher(plan);
        assertThat(matcher.find()).as("%s in %s", pattern, plan).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
