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
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Pages of joins of two and three tables, ordered by columns of one table and of several, at any depth.
 *
 * <p>PostgreSQL is asked in buffers: a statement reads at most a few times what the first page reads, as it sorts only the
 * rows of one value of the leading table at a time.
 *
 * <p>MariaDB, asked in rows, has no such sort. An order that goes on in a second table makes it read and sort all that is
 * beyond the cursor, from the first page on, whatever the condition and whichever table STRAIGHT_JOIN puts first; what the
 * seek predicate can do is that nothing before the cursor is read. Where the order is of one table, a page is a constant
 * there too, if STRAIGHT_JOIN says which table that is: the optimizer does not look at the limit when it chooses.
 */
class JoinPlanIT {

    private static final Table<?> REGION = table(name("region"));
    private static final Table<?> CUSTOMER = table(name("customer"));
    private static final Table<?> TASK = table(name("task"));
    private static final Field<Integer> REGION_ID = field(name("region", "id"), SQLDataType.INTEGER.notNull());
    private static final Field<String> REGION_NAME =
            field(name("region", "name"), SQLDataType.VARCHAR(30).notNull());
    private static final Field<Integer> CUSTOMER_ID = field(name("customer", "id"), SQLDataType.INTEGER.notNull());
    private static final Field<String> CUSTOMER_NAME =
            field(name("customer", "name"), SQLDataType.VARCHAR(30).notNull());
    private static final Field<Integer> CUSTOMER_REGION =
            field(name("customer", "region_id"), SQLDataType.INTEGER.notNull());
    private static final Field<Integer> TASK_CUSTOMER =
            field(name("task", "customer_id"), SQLDataType.INTEGER.notNull());
    private static final Field<Integer> TASK_ID = field(name("task", "id"), SQLDataType.INTEGER.notNull());

    private static final List<Field<?>> ALL = List.of(REGION_ID, REGION_NAME, CUSTOMER_ID, CUSTOMER_NAME, TASK_ID);

    /** Fifty rows, each with a row of two other tables, the steps of the index to them, and the probe. */
    private static final long ROWS_OF_A_PAGE = 400;

    private static final int TASKS_OF_A_CUSTOMER = 20;
    private static final int CUSTOMERS_OF_A_REGION = 20;

    private final PlanReads plans = new PlanReads();

    @Test
    void everyPageOfAJoin_of60ThousandRowsOnPostgres_readsASmallConstant() throws SQLException {
        postgres(60_000);
    }

    @Test
    @Tag("full")
    void everyPageOfAJoin_of2MillionRowsOnPostgres_readsASmallConstant() throws SQLException {
        postgres(2_000_000);
    }

    @Test
    void everyPageOfAJoin_of60ThousandRowsOnMariaDb_readsNothingTwice() throws SQLException {
        mariaDb(60_000);
    }

    @Test
    @Tag("full")
    void everyPageOfAJoin_of2MillionRowsOnMariaDb_readsNothingTwice() throws SQLException {
        mariaDb(2_000_000);
    }

    private void postgres(int rows) throws SQLException {
        PostgresServer server = PostgresServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = plans.listening(connection, SQLDialect.POSTGRES);
            create(dsl);
            int customers = rows / TASKS_OF_A_CUSTOMER;
            int regions = customers / CUSTOMERS_OF_A_REGION;
            dsl.execute("insert into region select g, 'Region ' || lpad(g::text, 6, '0') from generate_series(1, "
                    + regions + ") g");
            dsl.execute("insert into customer select g, g % " + regions + " + 1, 'Customer ' || lpad(g::text, 6, '0') "
                    + "from generate_series(1, " + customers + ") g");
            dsl.execute("insert into task select g, g % " + customers + " + 1 from generate_series(1, " + rows + ") g");
            dsl.execute("vacuum analyze");
            verify(dsl, rows, plans::buffers);
        }
    }

    private void mariaDb(int rows) throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = plans.listening(connection, SQLDialect.MARIADB);
            create(dsl);
            int customers = rows / TASKS_OF_A_CUSTOMER;
            int regions = customers / CUSTOMERS_OF_A_REGION;
            dsl.execute("insert into region select seq, concat('Region ', lpad(seq, 6, '0')) from seq_1_to_" + regions);
            dsl.execute("insert into customer select seq, seq % " + regions + " + 1, "
                    + "concat('Customer ', lpad(seq, 6, '0')) from seq_1_to_" + customers);
            dsl.execute("insert into task select seq, seq % " + customers + " + 1 from seq_1_to_" + rows);
            dsl.execute("analyze table region, customer, task");
            verify(dsl, rows, PlanReads::engineReads);
        }
    }

    private static void create(DSLContext dsl) {
        dsl.execute("create table region (id int primary key, name varchar(30) not null)");
        dsl.execute("create table customer (id int primary key, region_id int not null, name varchar(30) not null)");
        dsl.execute("create table task (id int primary key, customer_id int not null)");
        dsl.execute("create index region_name on region (name, id)");
        dsl.execute("create index customer_name on customer (name, id)");
        dsl.execute("create index customer_region on customer (region_id, name, id)");
        dsl.execute("create index task_customer on task (customer_id, id)");
    }

    private void verify(DSLContext dsl, int rows, PlanReads.Way way) {
        Select<Record> two = dsl.select(List.of(CUSTOMER_ID, CUSTOMER_NAME, TASK_ID))
                .from(TASK)
                .join(CUSTOMER)
                .on(CUSTOMER_ID.eq(TASK_CUSTOMER));
        Select<Record> three = dsl.select(ALL)
                .from(TASK)
                .join(CUSTOMER)
                .on(CUSTOMER_ID.eq(TASK_CUSTOMER))
                .join(REGION)
                .on(REGION_ID.eq(CUSTOMER_REGION));
        Select<Record> straight = dsl.select(List.of(CUSTOMER_ID, CUSTOMER_NAME, TASK_ID))
                .from(TASK)
                .straightJoin(CUSTOMER)
                .on(CUSTOMER_ID.eq(TASK_CUSTOMER));
        boolean chooses = dsl.dialect() == SQLDialect.POSTGRES;
        for (Select<Record> ofOneTable : chooses ? List.of(two, three) : List.of(straight)) {
            verify(dsl, rows, ofOneTable, way, List.of(TASK_ID.asc()));
            verify(dsl, rows, ofOneTable, way, List.of(TASK_ID.desc()));
        }
        for (Select<Record> select : List.of(two, three)) {
            verify(dsl, rows, select, way, List.of(CUSTOMER_NAME.asc(), TASK_ID.asc()));
            verify(dsl, rows, select, way, List.of(CUSTOMER_NAME.desc(), TASK_ID.desc()));
            verify(dsl, rows, select, way, List.of(CUSTOMER_NAME.asc(), TASK_ID.desc()));
            verify(dsl, rows, select, way, List.of(CUSTOMER_NAME.asc(), CUSTOMER_ID.asc(), TASK_ID.asc()));
        }
        verify(dsl, rows, three, way, List.of(REGION_NAME.asc(), CUSTOMER_NAME.asc(), TASK_ID.asc()));
        verify(dsl, rows, three, way, List.of(REGION_NAME.desc(), CUSTOMER_NAME.desc(), TASK_ID.desc()));
    }

    private void verify(
            DSLContext dsl, int rows, Select<Record> select, PlanReads.Way way, List<SortField<?>> ordering) {
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(ordering.toArray(new SortField<?>[0])).uniqueBy(TASK_ID))
                .cursors(Cursors.codec())
                .build();
        long first = plans.reads(dsl, paginator, select, CursorRequest.first(50), way)
                .get(0);
        long most = most(dsl, ordering, first);
        for (int eighths : new int[] {1, 4, 7}) {
            Record row = dsl.fetchSingle(
                    select.$orderBy(ordering).$limit(DSL.val(1)).$offset(DSL.val(rows / 8 * eighths + 7)));
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
                        .allMatch(one -> one <= most);
            }
        }
    }

    private static long most(DSLContext dsl, List<SortField<?>> ordering, long first) {
        if (dsl.dialect() == SQLDialect.POSTGRES) {
            return 3 * first + 50;
        }
        // Of two tables: what is beyond the cursor for the page, and what is before it for the probe, nothing twice.
        return ordering.size() == 1 ? ROWS_OF_A_PAGE : first + first / 10;
    }
}
