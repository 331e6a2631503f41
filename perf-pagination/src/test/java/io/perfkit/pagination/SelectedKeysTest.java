package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.asterisk;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.lower;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.upper;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A key's value is that of the key, not of another column that bears its name; and no row has more than its select. */
class SelectedKeysTest {

    private static final Table<Record> O = table(name("o"));
    private static final Table<Record> C = table(name("c"));
    private static final Field<Long> ID = field(name("o", "id"), SQLDataType.BIGINT.notNull());
    private static final Field<String> NAME =
            field(name("o", "name"), SQLDataType.VARCHAR(20).notNull());
    private static final Field<String> PARTNER =
            field(name("c", "name"), SQLDataType.VARCHAR(20).notNull());
    private static final Field<String> BARE = field(name("name"), SQLDataType.VARCHAR(20));

    private Connection h2;
    private Connection sqlite;

    @BeforeEach
    void create() throws SQLException {
        h2 = DriverManager.getConnection("jdbc:h2:mem:");
        sqlite = DriverManager.getConnection("jdbc:sqlite::memory:");
        for (DSLContext dsl : databases()) {
            dsl.execute("create table \"o\" (\"id\" bigint primary key, \"name\" varchar(20) not null)");
            dsl.execute("create table \"c\" (\"id\" bigint primary key, \"name\" varchar(20) not null)");
            String[] names = {"Bob", "alice", "Zoe", "carol", "Dan", "eve", "Bob"};
            for (int i = 0; i < names.length; i++) {
                dsl.execute("insert into \"o\" values (?, ?)", i, names[i]);
                dsl.execute("insert into \"c\" values (?, ?)", i, "c" + (names.length - i) / 2);
            }
        }
    }

    @AfterEach
    void close() throws SQLException {
        h2.close();
        sqlite.close();
    }

    private List<DSLContext> databases() {
        return List.of(DSL.using(h2, SQLDialect.H2), DSL.using(sqlite, SQLDialect.SQLITE));
    }

    /** Pages of two, both ways and streamed, with all that is in the rows; the page around each of them too. */
    private static void assertPaged(DSLContext dsl, Select<? extends Record> select, SortField<?>... order) {
        List<String> expected = dsl.fetch(select.$orderBy(List.of(order))).map(SelectedKeysTest::text);
        assertPaged(dsl, select, expected, order);
    }

    private static void assertPaged(
            DSLContext dsl, Select<? extends Record> select, List<String> expected, SortField<?>... order) {
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(order).uniqueBy(order[order.length - 1].$field()))
                .cursors(Cursors.codec())
                .build();
        for (CursorRequest request : List.of(CursorRequest.first(2), CursorRequest.last(2))) {
            List<String> rows = new java.util.ArrayList<>();
            paginator.forEachPage(select, request, page -> {
                rows.addAll(
                        request.use() == Cursor.Use.FORWARD ? rows.size() : 0,
                        page.items().stream().map(SelectedKeysTest::text).toList());
                assertThat(rows).as("pages for ever").hasSizeLessThanOrEqualTo(expected.size());
            });
            assertThat(rows).as("%s %s %s", dsl.dialect(), request, select).isEqualTo(expected);
        }
        assertThat(paginator.stream(select, 2)
                        .limit(expected.size() + 1L)
                        .map(SelectedKeysTest::text)
                        .toList())
                .isEqualTo(expected);
        CursorPage<Record> all = paginator.fetch(select, CursorRequest.first(50));
        for (int i = 1; i < expected.size() - 1; i++) {
            assertThat(paginator.fetch(select, CursorRequest.around(3, all.cursor(i))).items().stream()
                            .map(SelectedKeysTest::text))
                    .as("around row %s of %s", i, select)
                    .isEqualTo(expected.subList(i - 1, i + 2));
        }
    }

    private static String text(Record row) {
        assertThat(row.changed()).isFalse();
        // Where a database has no rows as values, jOOQ itself names the columns of a nested one in two ways.
        return List.of(row.fields())
                + " "
                + row.intoList().stream()
                        .map(value -> value instanceof Record nested ? nested.intoList() : value)
                        .toList();
    }

    @Test
    void fetch_whenTheKeyIsNotSelectedButANamesakeOfAnotherTableIs_pagesByTheKey() {
        for (DSLContext dsl : databases()) {
            Field<Long> partnerId = field(name("c", "id"), SQLDataType.BIGINT.notNull());
            var select = dsl.select(ID, NAME).from(O).join(C).on(partnerId.eq(ID));
            assertPaged(dsl, select, PARTNER.asc(), ID.asc());
            assertPaged(dsl, select, PARTNER.desc(), ID.asc());
            assertPaged(dsl, dsl.select(PARTNER, NAME, ID).from(O).join(C).on(partnerId.eq(ID)), NAME.asc(), ID.desc());
        }
    }

    @Test
    void fetch_whenAnotherExpressionBearsTheNameOfTheKey_pagesByTheKey() {
        for (DSLContext dsl : databases()) {
            for (SortField<?> order : List.of(NAME.asc(), NAME.desc())) {
                assertPaged(dsl, dsl.select(ID, upper(NAME).as("name")).from(O), order, ID.asc());
                assertPaged(dsl, dsl.select(upper(NAME).as("name"), NAME, ID).from(O), order, ID.asc());
            }
        }
    }

    /** Without a table's name before it, ORDER BY means the alias and WHERE the column. */
    @Test
    void fetch_whenAnAliasShadowsAKeyWithoutItsTable_pagesByTheColumn() {
        for (DSLContext dsl : databases()) {
            for (Field<String> key : List.of(BARE, lower(BARE))) {
                var select = dsl.select(ID, upper(NAME).as("name")).from(O);
                List<String> expected = dsl.fetch(select.$orderBy(
                                List.of(key == BARE ? NAME.desc() : lower(NAME).desc(), ID.asc())))
                        .map(SelectedKeysTest::text);
                assertPaged(dsl, select, expected, key.desc(), ID.asc());
            }
        }
    }

    @Test
    void fetch_ofASelectThatLacksTheKeys_addsThemToNoRow() {
        for (DSLContext dsl : databases()) {
            assertPaged(
                    dsl,
                    dsl.select(NAME.as("n"), upper(NAME).as("N")).from(O),
                    lower(NAME).asc(),
                    ID.desc());
            assertPaged(dsl, dsl.select(NAME, NAME).from(O), NAME.asc(), ID.desc());
            assertPaged(dsl, dsl.select(row(NAME, NAME), NAME, ID).from(O), NAME.desc(), ID.asc());
        }
    }

    @Test
    void fetch_ofAnAsteriskOverTablesWithNamesakes_pagesByTheKey() {
        for (DSLContext dsl : databases()) {
            Field<Long> partnerId = field(name("c", "id"), SQLDataType.BIGINT.notNull());
            assertPaged(dsl, dsl.select().from(O.join(C).on(partnerId.eq(ID))), PARTNER.asc(), ID.desc());
            assertPaged(dsl, dsl.select(asterisk()).from(C.join(O).on(partnerId.eq(ID))), NAME.asc(), ID.desc());
            assertPaged(dsl, dsl.select(C.asterisk()).from(C.join(O).on(partnerId.eq(ID))), NAME.asc(), ID.asc());
            assertPaged(dsl, dsl.select(asterisk(), upper(NAME).as("name")).from(O), NAME.asc(), ID.asc());
            assertPaged(dsl, dsl.select().from("\"o\""), NAME.asc(), ID.asc());
        }
    }

    @Test
    void fetch_ofASelfJoinADerivedTableOrACommonTableExpression_pagesByTheKey() {
        for (DSLContext dsl : databases()) {
            Table<Record> a = O.as("a");
            Table<Record> b = O.as("b");
            Field<Long> aId = field(name("a", "id"), SQLDataType.BIGINT.notNull());
            Field<Long> bId = field(name("b", "id"), SQLDataType.BIGINT.notNull());
            Field<String> bName = field(name("b", "name"), SQLDataType.VARCHAR.notNull());
            Field<String> aName = field(name("a", "name"), SQLDataType.VARCHAR.notNull());
            assertPaged(
                    dsl, dsl.select(aName, aId).from(a).join(b).on(aId.add(bId).eq(6L)), bName.desc(), aId.asc());
            var derived = select(ID, upper(NAME).as("name")).from(O).asTable("d");
            Field<Long> id = field(name("d", "id"), SQLDataType.BIGINT.notNull());
            Field<String> upper = field(name("d", "name"), SQLDataType.VARCHAR);
            assertPaged(dsl, dsl.select(lower(upper).as("name")).from(derived), upper.asc(), id.desc());
            var common = name("d")
                    .as(select(ID, NAME)
                            .from(O)
                            .unionAll(select(ID.add(100L), NAME).from(O)));
            assertPaged(dsl, dsl.with(common).select(lower(upper).as("name")).from(common), upper.asc(), id.desc());
        }
    }

    @Test
    void fetch_ofATableByAnExpressionOfIt_givesItsOwnRecords() throws SQLException {
        try (TxDatabase database = TxDatabase.of(7)) {
            CursorPaginator<TxRecord> paginator = CursorPaginator.over(
                            database.dsl(),
                            Keyset.by(TX.ID.mod(3L).asc(), TX.ID.asc()).uniqueBy(TX.ID))
                    .cursors(Cursors.codec())
                    .build();
            CursorPage<TxRecord> page = paginator.fetch(database.dsl().selectFrom(TX), CursorRequest.first(3));
            assertThat(page.map(TxRecord::id).items()).containsExactly(3L, 6L, 1L);
            TxRecord first = page.items().get(0);
            assertThat(first.changed()).isFalse();
            assertThat(first.original(TX.ID)).isEqualTo(3L);
            assertThat(first.configuration()).isNotNull();
            record Line(long id, String reference) {}
            CursorPaginator<Record> any = CursorPaginator.over(
                            database.dsl(), Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc()))
                    .cursors(Cursors.codec())
                    .build();
            assertThat(any.fetchInto(
                                    database.dsl().select(TX.ID, TX.REFERENCE).from(TX),
                                    CursorRequest.first(2),
                                    Line.class)
                            .items())
                    .containsExactly(new Line(1, "r1"), new Line(2, "r2"));
        }
    }

    @Test
    void comparator_ofRowsWithANamesake_saysSoInsteadOfSortingByIt() {
        DSLContext dsl = databases().get(0);
        var byName = Keyset.by(NAME.asc()).uniqueBy(NAME).comparator();
        List<Record> shadowed =
                List.copyOf(dsl.select(ID, upper(NAME).as("name")).from(O).fetch());
        assertThatThrownBy(() -> byName.compare(shadowed.get(0), shadowed.get(1)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("\"o\".\"name\"")
                .hasMessageContaining("another column under that name");
        List<Record> ofPartner = List.copyOf(dsl.select(PARTNER).from(C).fetch());
        assertThatThrownBy(() -> byName.compare(ofPartner.get(0), ofPartner.get(1)))
                .isExactlyInstanceOf(PaginationException.class);
        List<Record> unknown = List.copyOf(dsl.select().from("\"o\"").fetch());
        assertThat(byName.compare(unknown.get(0), unknown.get(1))).isNegative();
    }
}
