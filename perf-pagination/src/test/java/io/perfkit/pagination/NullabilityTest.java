package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lower;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.nullif;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.when;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** What jOOQ calls NOT NULL and is not: expressions, and columns that an outer join leaves empty. */
class NullabilityTest {

    private static final Tx OTHER = TX.as("other");

    private static void onEach(ThrowingConsumer test) throws SQLException {
        for (SQLDialect dialect : List.of(SQLDialect.H2, SQLDialect.SQLITE)) {
            String url = dialect == SQLDialect.H2 ? "jdbc:h2:mem:" : "jdbc:sqlite::memory:";
            try (Connection connection = DriverManager.getConnection(url)) {
                DSLContext dsl = DSL.using(connection, dialect);
                create(dsl);
                test.accept(dsl);
            }
        }
    }

    static void create(DSLContext dsl) {
        dsl.createTable(TX).columns(TX.fields()).primaryKey(TX.ID).execute();
        for (long id = 1; id <= 9; id++) {
            dsl.insertInto(TX, TX.ID, TX.CREATED_AT, TX.REFERENCE)
                    .values(id, java.time.LocalDateTime.of(2026, 1, 1, 0, 0).plusDays(id % 3), "r" + id)
                    .execute();
        }
    }

    private interface ThrowingConsumer {
        void accept(DSLContext dsl) throws SQLException;
    }

    private static void assertPaged(DSLContext dsl, Select<? extends Record> select, Field<?> key) {
        assertPaged(dsl, select, key, TX.ID);
    }

    private static void assertPaged(DSLContext dsl, Select<? extends Record> select, Field<?> key, Field<Long> id) {
        for (SortField<?> first : List.of(
                key.asc(),
                key.desc(),
                key.asc().nullsFirst(),
                key.desc().nullsFirst(),
                key.asc().nullsLast())) {
            List<SortField<?>> order = List.of(first, id.asc());
            List<Object> expected = dsl.fetch(select.$orderBy(order)).map(row -> row.get(id));
            CursorPaginator<Record> paginator = CursorPaginator.over(
                            dsl, Keyset.by(first, id.asc()).uniqueBy(id))
                    .cursors(Cursors.codec())
                    .build();
            List<Object> forwards = new ArrayList<>();
            List<Object> backwards = new ArrayList<>();
            paginator.forEachPage(select, CursorRequest.first(2), page -> {
                page.items().forEach(row -> forwards.add(row.get(id)));
                assertThat(forwards).as("pages for ever").hasSizeLessThanOrEqualTo(expected.size());
            });
            paginator.forEachPage(select, CursorRequest.last(2), page -> {
                backwards.addAll(
                        0, page.items().stream().map(row -> row.get(id)).toList());
                assertThat(backwards).as("pages for ever").hasSizeLessThanOrEqualTo(expected.size());
            });
            assertThat(forwards).as("%s %s", dsl.dialect(), first).isEqualTo(expected);
            assertThat(backwards).as("%s %s", dsl.dialect(), first).isEqualTo(expected);
            assertThat(expected).hasSize(9);
        }
    }

    @Test
    void fetch_byAnExpressionThatJooqCallsNotNull_losesNoRow() throws SQLException {
        Field<Long> id = TX.ID;
        Map<String, Field<?>> expressions = Map.of(
                "case without else", when(id.gt(4L), id.mod(3L)),
                "scalar subquery", field(select(OTHER.ID).from(OTHER).where(OTHER.ID.eq(id.sub(4L)))),
                "nullif", nullif(id.mod(3L), 1L),
                "of a nullif", lower(nullif(TX.REFERENCE, "r2")),
                "coalesce of nullables", coalesce(nullif(id.mod(3L), 1L), nullif(id.mod(3L), 1L)),
                "arithmetic", id.add(nullif(id.mod(3L), 0L)),
                "decode", DSL.decode(id, inline(3L), inline("three")));
        onEach(dsl -> expressions.forEach(
                (what, key) -> assertPaged(dsl, dsl.select(id, key).from(TX), key)));
    }

    @Test
    void fetch_byAColumnBehindAnOuterJoin_losesNoRow() throws SQLException {
        onEach(NullabilityTest::assertOuterJoinsPaged);
    }

    static void assertOuterJoinsPaged(DSLContext dsl) {
        var on = OTHER.ID.eq(TX.ID.sub(3L));
        for (Field<?> key : List.of(OTHER.CREATED_AT, lower(OTHER.REFERENCE))) {
            assertPaged(dsl, dsl.select(TX.ID, key).from(TX).leftJoin(OTHER).on(on), key);
            assertPaged(dsl, dsl.select(TX.ID, key).from(OTHER).rightJoin(TX).on(on), key);
            assertPaged(dsl, dsl.select(TX.ID, key).from(TX.leftJoin(OTHER).on(on)), key);
        }
        Field<String> stated = field(name("other", "reference"), SQLDataType.VARCHAR.notNull());
        assertPaged(dsl, dsl.select(TX.ID, stated).from(TX).leftJoin(OTHER).on(on), stated);
        // Within a derived table, where the join is no longer seen.
        var derived = select(TX.ID, OTHER.CREATED_AT.as("at"))
                .from(TX)
                .leftJoin(OTHER)
                .on(on)
                .asTable("tx");
        assertPaged(
                dsl,
                dsl.select(TX.ID, derived.field("at")).from(derived),
                derived.field("at", SQLDataType.LOCALDATETIME(6)));
    }

    /** jOOQ gives them the types that the columns have inside, where a join has left them empty. */
    @Test
    void fetch_byAColumnOfAQueryWithAnOuterJoinInside_losesNoRow() throws SQLException {
        onEach(NullabilityTest::assertQueriesInFromPaged);
    }

    static void assertQueriesInFromPaged(DSLContext dsl) {
        var inside = select(TX.ID, OTHER.CREATED_AT.as("at"), OTHER.REFERENCE)
                .from(TX)
                .leftJoin(OTHER)
                .on(OTHER.ID.eq(TX.ID.sub(3L)));
        Field<Long> id = field(name("q", "id"), SQLDataType.BIGINT.notNull());
        var common = name("q").as(inside);
        var named = name("q").fields("id", "at", "reference").as(inside);
        var other = name("c").as(inside);
        var alias = other.as("q");
        var derived = inside.asTable("q", "id", "at", "reference");
        for (String key : List.of("at", "reference")) {
            assertPaged(dsl, dsl.with(common).select(id, common.field(key)).from(common), common.field(key), id);
            assertPaged(dsl, dsl.with(named).select(id, named.field(key)).from(named), named.field(key), id);
            assertPaged(dsl, dsl.with(other).select(id, alias.field(key)).from(alias), alias.field(key), id);
            assertPaged(dsl, dsl.select(id, derived.field(key)).from(derived), derived.field(key), id);
        }
        Field<String> lowered = lower(common.field("reference", String.class));
        assertPaged(dsl, dsl.with(common).select(id, lowered).from(common), lowered, id);
    }

    @Test
    void canBeNull_ofWhatIsCertain_isNo() {
        assertThat(Nullability.canBeNull(TX.CREATED_AT)).isFalse();
        assertThat(Nullability.canBeNull(lower(TX.REFERENCE))).isFalse();
        assertThat(Nullability.canBeNull(coalesce(TX.STATUS, inline("?")))).isFalse();
        assertThat(Nullability.canBeNull(coalesce(TX.STATUS, TX.EXTERNAL_ID))).isTrue();
        assertThat(Nullability.canBeNull(lower(TX.STATUS))).isTrue();
    }

    /** An inner join leaves nothing empty, and what was stated is believed: neither may cost a range more. */
    @Test
    void behindOuterJoins_ofInnerJoinsAndStatements_isEmpty() {
        List<KeyColumn> columns = Keyset.by(OTHER.CREATED_AT.asc(), TX.ID.asc())
                .uniqueBy(TX.ID)
                .resolve(DialectRules.of(SQLDialect.POSTGRES));
        var on = OTHER.ID.eq(TX.ID);
        assertThat(Nullability.behindOuterJoins(select().from(TX).join(OTHER).on(on), columns))
                .isEqualTo(new java.util.BitSet());
        assertThat(Nullability.behindOuterJoins(
                                select().from(TX).leftJoin(OTHER).on(on), columns)
                        .cardinality())
                .isOne();
        assertThat(Nullability.behindOuterJoins(
                                select().from(OTHER).leftJoin(TX).on(on), columns)
                        .cardinality())
                .isZero();
        assertThat(Nullability.behindOuterJoins(
                                select().from(OTHER).fullJoin(TX).on(on), columns)
                        .cardinality())
                .isOne();
        assertThat(Nullability.behindOuterJoins(select().from("tx left join tx other on true"), columns)
                        .cardinality())
                .isOne();
    }

    @Test
    void notNull_besideNullable_isRefused() {
        assertThatThrownBy(() -> Keyset.by(TX.STATUS.asc(), TX.ID.asc())
                        .nullable(TX.STATUS)
                        .notNull(TX.STATUS))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("notNull and nullable");
    }

    /** Sorted by number and compared by text: refused, as no page of it would be right. */
    @Test
    void resolve_ofAnEnumOnMariaDb_isRefusedWithTheRemedy() {
        Field<?> mood = field(name("t", "mood"), SQLDataType.VARCHAR.asEnumDataType(PostgresTypesIT.Mood.class));
        Keyset keyset = Keyset.by(mood.asc()).uniqueBy(mood);
        assertThatThrownBy(() -> keyset.resolve(DialectRules.of(SQLDialect.MARIADB)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("mood")
                .hasMessageContaining("{0} + 0");
        assertThat(keyset.resolve(DialectRules.of(SQLDialect.POSTGRES))).hasSize(1);
    }
}
