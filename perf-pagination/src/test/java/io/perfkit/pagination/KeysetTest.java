package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

class KeysetTest {

    private static final Field<Long> PLAIN_ID = field(name("id"), SQLDataType.BIGINT);
    private static final Field<Integer> PLAIN_RANK = field(name("rank"), SQLDataType.INTEGER.notNull());

    @Test
    void by_withoutColumns_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(Keyset::by).withMessage("a keyset needs at least one column");
    }

    @Test
    void by_withColumnTwice_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyset.by(TX.ID.asc(), TX.ID.desc()))
                .withMessageContaining("\"id\" occurs twice");
    }

    @Test
    void uniqueBy_withForeignColumn_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyset.by(TX.STATUS.asc()).uniqueBy(TX.ID))
                .withMessageContaining("uniqueBy names")
                .withMessageContaining("\"id\"");
    }

    @Test
    void uniqueBy_withoutColumns_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyset.by(TX.ID.asc()).uniqueBy())
                .withMessage("uniqueBy needs at least one column");
    }

    @Test
    void nullable_ofUniqueColumn_isRefusedNamingBoth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyset.by(PLAIN_ID.asc()).nullable(PLAIN_ID).uniqueBy(PLAIN_ID))
                .withMessageContaining("uniqueBy and nullable contradict each other")
                .withMessageContaining("\"id\"");
    }

    @Test
    void build_withoutTieBreaker_namesTheMissingColumns() {
        assertThatThrownBy(() -> build(Keyset.by(TX.CREATED_AT.desc(), TX.STATUS.asc())))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("\"created_at\"")
                .hasMessageContaining("does not identify a row")
                .hasMessageContaining("tx[id]")
                .hasMessageContaining("tx[reference]");
    }

    @Test
    void build_withPrimaryKey_isAccepted() {
        assertThatCode(() -> build(Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc())))
                .doesNotThrowAnyException();
    }

    @Test
    void build_withPrimaryKeyUnderAnAliasOfTheSelect_isAccepted() {
        assertThatCode(() -> build(
                        Keyset.by(TX.STATUS.as("s").asc(), TX.ID.as("number").asc())))
                .doesNotThrowAnyException();
    }

    @Test
    void build_withUniqueKeyThatIsNotNull_isAccepted() {
        assertThatCode(() -> build(Keyset.by(TX.REFERENCE.asc()))).doesNotThrowAnyException();
    }

    @Test
    void build_withUniqueKeyThatIsNullable_isRefused() {
        assertThatThrownBy(() -> build(Keyset.by(TX.EXTERNAL_ID.asc()))).isExactlyInstanceOf(PaginationException.class);
    }

    @Test
    void build_withKeyOfAliasedTable_isAccepted() {
        Tx t = TX.as("t");
        assertThatCode(() -> build(Keyset.by(t.CREATED_AT.desc(), t.ID.asc()))).doesNotThrowAnyException();
        assertThatThrownBy(() -> build(Keyset.by(t.CREATED_AT.desc()))).hasMessageContaining("id");
    }

    @Test
    void build_withKeyColumnsFromTwoAliases_isRefused() {
        Tx a = TX.as("a");
        Tx b = TX.as("b");
        assertThatThrownBy(() -> build(Keyset.by(a.CREATED_AT.desc(), b.STATUS.asc())))
                .isExactlyInstanceOf(PaginationException.class);
    }

    @Test
    void build_withoutMetadata_asksForAStatement() {
        assertThatThrownBy(() -> build(Keyset.by(PLAIN_RANK.asc(), PLAIN_ID.asc())))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("jOOQ knows no unique key")
                .hasMessageContaining("uniqueBy");
        assertThatCode(() -> build(Keyset.by(PLAIN_RANK.asc(), PLAIN_ID.asc()).uniqueBy(PLAIN_ID)))
                .doesNotThrowAnyException();
    }

    @Test
    void build_withUntypedColumn_saysHowToTypeIt() {
        Field<Object> untyped = field(name("id"));
        assertThatThrownBy(() -> build(Keyset.by(untyped.asc()).uniqueBy(untyped)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("java.lang.Object")
                .hasMessageContaining("SQLDataType");
    }

    /**
     * jOOQ 3.19 reads 02:30:00.000001 as 02:30: the cursor would point before its own row, and every page be the same. Where
     * such a time is not read a second time, as the database has it, it is refused.
     */
    @Test
    void build_withATimeOfDayOfWhichJooqLosesAPart_isRefused() {
        DSLContext other = DSL.using(SQLDialect.DERBY);
        for (Field<?> time : List.of(
                field(name("t"), SQLDataType.LOCALTIME),
                field(name("t"), SQLDataType.LOCALTIME(6)),
                field(name("t"), SQLDataType.TIME))) {
            assertThatThrownBy(() ->
                            build(other, Keyset.by(time.asc(), PLAIN_ID.asc()).uniqueBy(PLAIN_ID)))
                    .isExactlyInstanceOf(PaginationException.class)
                    .hasMessageContaining("fraction of a second");
            assertThatCode(() -> build(Keyset.by(time.asc(), PLAIN_ID.asc()).uniqueBy(PLAIN_ID)))
                    .doesNotThrowAnyException();
        }
        for (Field<?> time :
                List.of(field(name("t"), SQLDataType.OFFSETTIME), field(name("t"), SQLDataType.OFFSETTIME(0)))) {
            assertThatThrownBy(() -> build(Keyset.by(time.asc(), PLAIN_ID.asc()).uniqueBy(PLAIN_ID)))
                    .isExactlyInstanceOf(PaginationException.class)
                    .hasMessageContaining("fraction of a second or the offset");
        }
        Field<LocalTime> seconds = field(name("t"), SQLDataType.LOCALTIME(0));
        assertThatCode(() ->
                        build(other, Keyset.by(seconds.asc(), PLAIN_ID.asc()).uniqueBy(PLAIN_ID)))
                .doesNotThrowAnyException();
    }

    private static CursorPaginator<?> build(Keyset keyset) {
        return build(DSL.using(SQLDialect.POSTGRES), keyset);
    }

    private static CursorPaginator<?> build(DSLContext dsl, Keyset keyset) {
        return CursorPaginator.over(dsl, keyset).cursors(Cursors.codec()).build();
    }

    @Test
    void withPrimaryKey_appendsItInTheLastDirection() {
        assertThat(Keyset.by(TX.CREATED_AT.desc()).withPrimaryKey())
                .hasToString("Keyset[\"tx\".\"created_at\" desc, \"tx\".\"id\" desc]");
        assertThat(Keyset.by(TX.ID.desc(), TX.CREATED_AT.asc()).withPrimaryKey())
                .hasToString("Keyset[\"tx\".\"id\" desc, \"tx\".\"created_at\" asc]");
        Tx alias = TX.as("t");
        assertThat(Keyset.by(alias.STATUS.asc()).withPrimaryKey())
                .hasToString("Keyset[\"t\".\"status\" asc, \"t\".\"id\" asc]");
        assertThatCode(() -> build(Keyset.by(TX.CREATED_AT.desc()).withPrimaryKey()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Keyset.by(PLAIN_RANK.asc()).withPrimaryKey())
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("one table");
        assertThatThrownBy(() -> Keyset.by(TX.STATUS.asc(), alias.STATUS.asc()).withPrimaryKey())
                .isExactlyInstanceOf(PaginationException.class);
    }

    @Test
    void suggestedIndex_ofEveryDialect_isItsDdl() {
        Keyset mixed = Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc());
        assertThat(mixed.suggestedIndex(SQLDialect.POSTGRES))
                .isEqualTo("create index \"tx_created_at_desc_id_page\" on \"tx\" (\"created_at\" desc, \"id\")");
        assertThat(mixed.suggestedIndex(SQLDialect.MARIADB, TX.STATUS))
                .isEqualTo(
                        "create index `tx_status_created_at_desc_id_page` on `tx` (`status`, `created_at` desc, `id`)");
        assertThat(Keyset.by(TX.as("t").STATUS.asc().nullsFirst(), TX.as("t").ID.asc())
                        .suggestedIndex(SQLDialect.POSTGRES))
                .isEqualTo("create index \"tx_status_nulls_first_id_page\" on \"tx\" (\"status\" nulls first, \"id\")");
        assertThat(Keyset.by(DSL.lower(TX.STATUS).asc(), TX.ID.asc()).suggestedIndex(SQLDialect.SQLITE))
                .isEqualTo("create index tx_lower_status_id_page on tx ((lower(status)), id)");
        assertThatThrownBy(() ->
                        Keyset.by(TX.STATUS.asc().nullsLast(), TX.ID.asc()).suggestedIndex(SQLDialect.MARIADB))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("no index of MariaDB")
                .hasMessageContaining("status");
        assertThatThrownBy(() -> Keyset.by(PLAIN_RANK.asc(), PLAIN_ID.asc()).suggestedIndex(SQLDialect.POSTGRES))
                .hasMessageContaining("to which table");
        Field<Long> other = field(name("other", "id"), SQLDataType.BIGINT.notNull());
        assertThatThrownBy(() -> Keyset.by(TX.ID.asc(), other.asc()).suggestedIndex(SQLDialect.POSTGRES))
                .hasMessageContaining("an index belongs to one");
    }

    @Test
    void suggestedIndex_withALongName_isCutAndStillItsOwn() {
        Field<Long> one =
                field(name("a_table_with_a_long_name", "a_column_with_a_rather_long_name_1"), SQLDataType.BIGINT);
        Field<Long> two =
                field(name("a_table_with_a_long_name", "a_column_with_a_rather_long_name_2"), SQLDataType.BIGINT);
        String first = Keyset.by(one.asc()).suggestedIndex(SQLDialect.POSTGRES);
        String second = Keyset.by(two.asc()).suggestedIndex(SQLDialect.POSTGRES);
        String name = first.split("\"")[1];
        assertThat(name).hasSizeLessThanOrEqualTo(63).isNotEqualTo(second.split("\"")[1]);
    }

    @Test
    void comparator_ofANullableColumnWithoutAClause_isRefused() {
        assertThatThrownBy(() -> Keyset.by(TX.STATUS.asc(), TX.ID.asc()).comparator())
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("nullsFirst()");
    }

    @Test
    void comparator_ofEveryKindOfValue_ordersAsDatabasesDo() {
        assertThat(sorted(SQLDataType.UUID, new UUID(-1, 0), new UUID(1, -1), new UUID(1, 2)))
                .containsExactly(new UUID(1, 2), new UUID(1, -1), new UUID(-1, 0));
        assertThat(sorted(SQLDataType.VARCHAR, "\uFF5E", "\uD83D\uDE00", "a", "Z"))
                .containsExactly("Z", "a", "\uFF5E", "\uD83D\uDE00");
        assertThat(sorted(SQLDataType.VARBINARY, new byte[] {-1}, new byte[] {1, 0}, new byte[] {1}))
                .containsExactly(new byte[] {1}, new byte[] {1, 0}, new byte[] {-1});
        OffsetDateTime noon = OffsetDateTime.parse("2026-01-01T12:00:00Z");
        OffsetDateTime earlier = OffsetDateTime.parse("2026-01-01T12:30:00+02:00");
        assertThat(sorted(SQLDataType.OFFSETDATETIME, noon, earlier)).containsExactly(earlier, noon);
        assertThat(sorted(SQLDataType.INTEGER, 3, null, 1)).containsExactly(null, 1, 3);
    }

    @SafeVarargs
    private static <T> List<T> sorted(DataType<T> type, T... values) {
        Field<T> column = field(name("value"), type);
        List<Record> rows = new ArrayList<>();
        for (T value : values) {
            Record row = DSL.using(SQLDialect.DEFAULT).newRecord(column);
            row.set(column, value);
            rows.add(row);
        }
        rows.sort(Keyset.by(column.asc().nullsFirst()).comparator());
        return rows.stream().map(row -> row.get(column)).toList();
    }
}
