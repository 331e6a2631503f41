package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.asterisk;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.rowNumber;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.CommonTableExpression;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SelectConditionStep;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** Numbered pages of every shape of select: joined they are the unpaged rows, and the totals are their number. */
class OffsetShapesIT {

    private static final Table<?> A = table(name("a"));
    private static final Table<?> B = table(name("b"));
    private static final Field<Long> A_ID = field(name("a", "id"), SQLDataType.BIGINT);
    private static final Field<String> A_NAME = field(name("a", "name"), SQLDataType.VARCHAR);
    private static final Field<Long> B_ID = field(name("b", "id"), SQLDataType.BIGINT);
    private static final Field<Long> B_AID = field(name("b", "a_id"), SQLDataType.BIGINT);

    @Test
    void everyShape_onEveryDatabase_isPagedAndCounted() throws SQLException {
        FourDatabases.each(dsl -> {
            create(dsl);
            shapes(dsl).forEach((shape, select) -> verify(dsl, shape, select));
        });
    }

    private static void create(DSLContext dsl) {
        dsl.execute("create table a (id bigint primary key, name varchar(9))");
        dsl.execute("create table b (id bigint primary key, a_id bigint)");
        for (int i = 1; i <= 5; i++) {
            dsl.execute("insert into a values (" + i + ", 'n" + i % 3 + "')");
            dsl.execute("insert into b values (" + (i + 3) + ", " + (i + 1) / 2 + ")");
        }
    }

    private static void verify(DSLContext dsl, String shape, Select<? extends Record> select) {
        OffsetPaginator paginator = OffsetPaginator.of(dsl);
        List<? extends Record> all = dsl.fetch(select);
        assertThat(all).as(shape).hasSizeGreaterThan(2);
        String text = dsl.renderInlined(select);
        for (Totals totals : List.of(Totals.exact(), Totals.bounded(100), Totals.bounded(2))) {
            for (int page = 1; page <= all.size() / 2 + 1; page++) {
                OffsetPage<? extends Record> found = paginator.fetch(select, page, 2, totals);
                assertThat(found.items().stream().map(Record::intoList))
                        .as("%s, page %s, %s", shape, page, dsl.dialect())
                        .isEqualTo(all.subList(2 * page - 2, Math.min(2 * page, all.size())).stream()
                                .map(Record::intoList)
                                .toList());
                assertThat(found.total())
                        .as("%s, %s, %s", shape, totals, dsl.dialect())
                        .isEqualTo(totals.toString().contains("(2)") ? Total.moreThan(2) : Total.exactly(all.size()));
            }
        }
        assertThat(dsl.renderInlined(select)).as("%s, unchanged", shape).isEqualTo(text);
    }

    private static Map<String, Select<? extends Record>> shapes(DSLContext dsl) {
        Map<String, Select<? extends Record>> shapes = new LinkedHashMap<>();
        shapes.put(
                "two columns of one name",
                dsl.select(A_ID, B_ID).from(A).join(B).on(B_AID.eq(A_ID)).orderBy(B_ID));
        shapes.put(
                "two columns of one name, differing in case, and one of ours",
                dsl.select(A_ID, B_ID.as("ID"), A_NAME.as("perfkit_column_1"))
                        .from(A)
                        .join(B)
                        .on(B_AID.eq(A_ID))
                        .orderBy(B_ID));
        shapes.put(
                "everything of a join",
                dsl.select(asterisk()).from(A).join(B).on(B_AID.eq(A_ID)).orderBy(B_ID));
        shapes.put(
                "a join without a list",
                dsl.select().from(A).join(B).on(B_AID.eq(A_ID)).orderBy(B_ID));
        shapes.put(
                "distinct, two columns of one name",
                dsl.selectDistinct(A_ID, B_AID.as("id"))
                        .from(A)
                        .join(B)
                        .on(B_AID.eq(A_ID))
                        .orderBy(A_ID));
        shapes.put(
                "groups by two columns of one name",
                dsl.select(A_ID, B_ID, count())
                        .from(A)
                        .join(B)
                        .on(B_AID.eq(A_ID))
                        .groupBy(A_ID, B_ID)
                        .having(count().gt(val(0)))
                        .orderBy(A_ID, B_ID));
        shapes.put(
                "a union, ordered at its end",
                ids(dsl, A, "id").union(ids(dsl, B, "id")).orderBy(inline(1).desc()));
        shapes.put(
                "a union all of unions",
                ids(dsl, A, "id")
                        .unionAll(ids(dsl, B, "id").unionAll(ids(dsl, B, "a_id")))
                        .orderBy(inline(1)));
        shapes.put(
                "a union with two columns of one name",
                dsl.select(A_ID, A_ID)
                        .from(A)
                        .union(dsl.select(B_ID, B_AID).from(B))
                        .orderBy(inline(1), inline(2)));
        shapes.put(
                "a union of parts with a size of their own",
                dsl.select(A_ID.as("id"))
                        .from(A)
                        .orderBy(A_ID)
                        .limit(2)
                        .union(dsl.select(B_ID).from(B).orderBy(B_ID.desc()).limit(2))
                        .orderBy(inline(1)));
        shapes.put(
                "a derived table with a size of its own",
                dsl.select(field(name("t", "id")))
                        .from(dsl.select(A_ID).from(A).orderBy(A_ID).limit(4).asTable("t"))
                        .orderBy(field(name("t", "id"))));
        CommonTableExpression<Record1<Long>> some =
                name("some").as(dsl.select(A_ID).from(A).where(A_ID.gt(val(1L))));
        Field<Long> someId = field(name("some", "id"), SQLDataType.BIGINT);
        shapes.put(
                "with, values before, in and behind",
                dsl.with(some)
                        .select(someId, B_ID.as("id"), val("x").as("x"))
                        .from(some)
                        .join(B)
                        .on(B_AID.eq(someId))
                        .where(B_ID.gt(val(2L)))
                        .orderBy(B_ID));
        shapes.put(
                "a window function",
                dsl.select(A_ID, rowNumber().over().orderBy(A_NAME, A_ID).as("place"))
                        .from(A)
                        .orderBy(field(name("place"))));
        if (dsl.dialect() != SQLDialect.SQLITE) {
            shapes.put(
                    "for update",
                    dsl.select(A_ID, A_NAME)
                            .from(A)
                            .where(A_ID.gt(val(1L)))
                            .orderBy(A_ID)
                            .forUpdate());
        }
        return shapes;
    }

    private static SelectConditionStep<Record1<Long>> ids(DSLContext dsl, Table<?> table, String column) {
        return dsl.select(field(name(column), SQLDataType.BIGINT))
                .from(table)
                .where(field(name(column), SQLDataType.BIGINT).gt(val(0L)));
    }

    /** Counting is not locking. */
    @Test
    void total_ofASelectForUpdate_locksNothing() throws SQLException {
        FourDatabases.each(dsl -> {
            if (dsl.dialect() == SQLDialect.SQLITE) {
                return;
            }
            create(dsl);
            for (Select<? extends Record> locking : List.<Select<? extends Record>>of(
                    dsl.select(A_ID).from(A).forUpdate(),
                    dsl.select(A_ID).from(A).forShare())) {
                if (dsl.dialect() == SQLDialect.H2 && dsl.renderInlined(locking).contains("share")) {
                    continue;
                }
                CursorPaginator<Record> paginator = CursorPaginator.over(
                                dsl, Keyset.by(A_ID.asc()).uniqueBy(A_ID))
                        .cursors(Cursors.codec())
                        .totals(Totals.exact())
                        .build();
                assertThat(paginator.fetch(locking, CursorRequest.first(2)).total())
                        .isEqualTo(Total.exactly(5));
            }
        });
    }

    @Test
    void fetch_ofAUnionWithoutAnOrderOrWithASize_saysWhatIsMissing() throws SQLException {
        FourDatabases.each(dsl -> {
            create(dsl);
            OffsetPaginator paginator = OffsetPaginator.of(dsl);
            Select<Record1<Long>> union = ids(dsl, A, "id").union(ids(dsl, B, "id"));
            assertThatThrownBy(() -> paginator.fetch(union, 1, 2, Totals.none()))
                    .isInstanceOf(PaginationException.class)
                    .hasMessageContaining("no ORDER BY");
            for (Select<Record1<Long>> sized : List.of(
                    ids(dsl, A, "id")
                            .union(ids(dsl, B, "id"))
                            .orderBy(inline(1))
                            .limit(3),
                    ids(dsl, A, "id")
                            .union(ids(dsl, B, "id"))
                            .orderBy(inline(1))
                            .limit(3)
                            .offset(1))) {
                assertThatThrownBy(() -> paginator.fetch(sized, 1, 2, Totals.none()))
                        .isInstanceOf(PaginationException.class)
                        .hasMessageContaining("a LIMIT or OFFSET of its own");
            }
        });
    }
}
