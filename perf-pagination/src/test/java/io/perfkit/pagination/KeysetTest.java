package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import java.time.LocalTime;
import java.util.List;
import org.jooq.Field;
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

    /** jOOQ 3.19 reads 02:30:00.000001 as 02:30: the cursor would point before its own row, and every page be the same. */
    @Test
    void build_withATimeOfDayWhoseFractionJooqLoses_isRefused() {
        for (Field<?> time : List.of(
                field(name("t"), SQLDataType.LOCALTIME),
                field(name("t"), SQLDataType.LOCALTIME(6)),
                field(name("t"), SQLDataType.TIME),
                field(name("t"), SQLDataType.OFFSETTIME),
                field(name("t"), SQLDataType.OFFSETTIME(0)))) {
            assertThatThrownBy(() -> build(Keyset.by(time.asc(), PLAIN_ID.asc()).uniqueBy(PLAIN_ID)))
                    .isExactlyInstanceOf(PaginationException.class)
                    .hasMessageContaining("fraction of a second");
        }
        Field<LocalTime> seconds = field(name("t"), SQLDataType.LOCALTIME(0));
        assertThatCode(() -> build(Keyset.by(seconds.asc(), PLAIN_ID.asc()).uniqueBy(PLAIN_ID)))
                .doesNotThrowAnyException();
    }

    private static CursorPaginator<?> build(Keyset keyset) {
        return CursorPaginator.over(DSL.using(SQLDialect.POSTGRES), keyset)
                .cursors(Cursors.codec())
                .build();
    }
}
