package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooq.Converter;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A keyset that does not identify a row, and a null where none was said to be, show themselves in the rows that are read. */
class DuplicateKeyTest {

    private static final Field<Long> ID = field(name("parent", "id"), SQLDataType.BIGINT.notNull());
    private static final Field<Integer> AT = field(name("parent", "at"), SQLDataType.INTEGER.notNull());
    private static final Field<Long> CHILD = field(name("child", "id"), SQLDataType.BIGINT.notNull());
    private static final Field<Integer> RANK = field(name("child", "rank"), SQLDataType.INTEGER.notNull());
    private static final Field<BigDecimal> WEIGHT = field(name("child", "weight"), SQLDataType.NUMERIC(9, 2));

    private Connection connection;
    private DSLContext dsl;
    private Select<Record> children;

    /** Three parents with 1, 1 and 3 children, in this order; only the last has a multiplied row. */
    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:h2:mem:;DATABASE_TO_LOWER=TRUE");
        dsl = DSL.using(connection, SQLDialect.H2);
        dsl.execute("create table parent (id bigint primary key, at int not null)");
        dsl.execute("create table child (id bigint primary key, parent_id bigint not null, rank int, weight decfloat)");
        dsl.execute("insert into parent values (1, 1), (2, 2), (3, 3)");
        dsl.execute("insert into child values (1, 1, 1, 1.0), (2, 2, 2, 2.0), (3, 3, 3, 5.0), (4, 3, null, 5.00), "
                + "(5, 3, 5, 7)");
        children = dsl.select(List.of(ID, AT, CHILD, RANK, WEIGHT))
                .from(table(name("parent")))
                .join(table(name("child")))
                .on("child.parent_id = parent.id");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private CursorPaginator<Record> by(Keyset keyset) {
        return CursorPaginator.over(dsl, keyset).cursors(Cursors.codec()).build();
    }

    private CursorPaginator<Record> byParent() {
        return by(Keyset.by(AT.asc(), ID.asc()).uniqueBy(ID));
    }

    private static void assertRefused(ThrowingCallable call, String rows) {
        assertThatThrownBy(call)
                .isInstanceOf(PaginationException.class)
                .hasMessageContaining("the keyset [\"parent\".\"at\", \"parent\".\"id\"] does not identify a row")
                .hasMessageContaining(rows)
                .hasMessageContaining("add a unique key of the joined table to the end of the keyset");
    }

    @Test
    void fetch_ofAJoinThatMultipliesRows_isRefusedWhereTheRowsAreRead() {
        CursorPage<Record> first = byParent().fetch(children, CursorRequest.first(1));
        assertThat(first.items()).hasSize(1);
        String next = first.next().orElseThrow();
        assertRefused(() -> byParent().fetch(children, CursorRequest.first(4).after(next)), "rows 2 and 3 of those");
        assertRefused(() -> byParent().fetch(children, CursorRequest.last(2)), "rows 1 and 2 of those");
    }

    @Test
    void fetch_ofARowWhoseTwinIsBeyondThePage_isRefused() {
        assertThat(byParent().fetch(children, CursorRequest.first(2)).items()).hasSize(2);
        assertRefused(() -> byParent().fetch(children, CursorRequest.first(3)), "rows 3 and 4 of those");
    }

    @Test
    void around_aRowWithATwin_isRefused() {
        Record third = dsl.fetchSingle(children.$where(CHILD.eq(3L)));
        String cursor = byParent().cursorOf(children, third, "");
        assertRefused(() -> byParent().fetch(children, CursorRequest.around(1, cursor)), "rows 1 and 2 of those");
    }

    /** Chunks that end between, before and behind twins. */
    @Test
    void stream_ofAJoinThatMultipliesRows_isRefusedAtEveryChunkSize() {
        for (int chunk = 1; chunk <= 6; chunk++) {
            int size = chunk;
            assertRefused(() -> byParent().stream(children, size).toList(), "of those that were read");
        }
    }

    @Test
    void forEachPage_ofAJoinThatMultipliesRows_isRefusedAtEverySize() {
        for (int size = 1; size <= 6; size++) {
            for (CursorRequest request : List.of(CursorRequest.first(size), CursorRequest.last(size))) {
                assertRefused(() -> byParent().forEachPage(children, request, page -> {}), "of those that were read");
            }
        }
    }

    @Test
    void fetch_ofRowsInMemoryWithTwins_isRefused() {
        List<Record> rows = dsl.fetch(children);
        assertThat(byParent().fetch(rows, CursorRequest.first(2)).items()).hasSize(2);
        assertRefused(() -> byParent().fetch(rows, CursorRequest.first(3)), "rows 3 and 4 of those");
        assertRefused(() -> byParent().fetch(rows, CursorRequest.last(2)), "rows 1 and 2 of those");
    }

    @Test
    void fetch_byAFalseUniqueBy_isRefusedWithoutTheValues() {
        // Equal to the database, though not in their scale.
        CursorPaginator<Record> byWeight = by(Keyset.by(WEIGHT.asc()).uniqueBy(WEIGHT));
        assertThatThrownBy(() -> byWeight.fetch(children, CursorRequest.first(3)))
                .isInstanceOf(PaginationException.class)
                .hasMessageContaining("rows 3 and 4")
                .hasMessageContaining("uniqueBy")
                .hasMessageNotContaining("5.0");
    }

    @Test
    void fetch_byTheJoinedTablesKeyToo_givesEveryRow() {
        CursorPaginator<Record> paginator =
                by(Keyset.by(AT.asc(), ID.asc(), CHILD.asc()).uniqueBy(ID, CHILD));
        for (int size = 1; size <= 6; size++) {
            assertThat(paginator.stream(children, size).map(row -> row.get(CHILD)))
                    .containsExactly(1L, 2L, 3L, 4L, 5L);
        }
    }

    /** Row 4 has no rank; at which end of the page, or in the midst of it, makes no difference. */
    @Test
    void fetch_withANullInAColumnThatWasSaidToHaveNone_isRefusedOnEveryRowThatIsRead() {
        CursorPaginator<Record> byRank = by(Keyset.by(RANK.asc(), CHILD.asc()).uniqueBy(CHILD));
        List<Record> rows = dsl.fetch(children);
        for (int size = 1; size <= 5; size++) {
            int some = size;
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> byRank.fetch(children, CursorRequest.first(some)),
                    () -> byRank.stream(children, some).toList(),
                    () -> byRank.forEachPage(children, CursorRequest.first(some), page -> {}),
                    () -> byRank.fetch(rows, CursorRequest.first(some)))) {
                assertThatThrownBy(call)
                        .isInstanceOf(PaginationException.class)
                        .hasMessageContaining("\"child\".\"rank\"")
                        .hasMessageContaining("nullable(");
            }
        }
    }

    /** A converter that loses a digit: behind the row of the cursor comes, by the value that it carries, the same row. */
    @Test
    void fetch_whenTheRowOfTheCursorComesAgain_namesTheColumnAndTheRemedy() {
        DataType<Integer> tens = SQLDataType.INTEGER
                .notNull()
                .asConvertedDataType(
                        Converter.of(Integer.class, Integer.class, stored -> stored / 10 * 10, own -> own));
        Field<Integer> lossy = field(name("lossy", "n"), tens);
        dsl.execute("create table lossy (n int primary key)");
        dsl.execute("insert into lossy values (17), (25), (31)");
        Select<Record> select = dsl.select(List.of(lossy)).from(table(name("lossy")));
        CursorPaginator<Record> paginator = by(Keyset.by(lossy.asc()).uniqueBy(lossy));
        String next = paginator.fetch(select, CursorRequest.first(1)).next().orElseThrow();
        assertThatThrownBy(() -> paginator.fetch(select, CursorRequest.first(1).after(next)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("came again as its first one")
                .hasMessageContaining("\"lossy\".\"n\" of integer")
                .hasMessageContaining("Declare the column with the type that it has in the database");
        assertThat(paginator
                        .fetch(
                                select,
                                CursorRequest.around(
                                        1,
                                        paginator
                                                .fetch(select, CursorRequest.first(2))
                                                .cursor(0)))
                        .items())
                .as("the row itself, where the cursor includes it")
                .hasSize(1);
    }
}
