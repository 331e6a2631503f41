package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.jooq.impl.DSL.asterisk;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/**
 * Every shape of select that can be paged, by orderings of mixed directions and nullable columns: its pages joined, both
 * ways, equal the unpaged result. Where a shape can be united with itself it is, on databases that do so; where it cannot
 * (a lock, a common table expression, an asterisk), it must come out right all the same.
 */
final class ShapeMatrix {

    private static final int ROWS = 24;

    private final DSLContext dsl;
    private final List<String> failures = new ArrayList<>();
    private int shapes;

    private ShapeMatrix(DSLContext dsl) {
        this.dsl = dsl;
    }

    private record Shape(Select<? extends Record> select, Keyset keyset, List<SortField<?>> order) {}

    static ShapeMatrix run(DSLContext dsl) {
        ShapeMatrix matrix = new ShapeMatrix(dsl);
        matrix.create();
        matrix.shapes().forEach((what, shape) -> {
            for (int size : new int[] {1, 2, 3, 7}) {
                try {
                    matrix.verify(what, shape, size);
                } catch (RuntimeException | AssertionError e) {
                    matrix.failures.add(what + " size " + size + ": " + e);
                }
            }
            matrix.shapes++;
        });
        return matrix;
    }

    List<String> failures() {
        return failures;
    }

    int count() {
        return shapes;
    }

    private void create() {
        dsl.dropTableIfExists(TX).execute();
        dsl.createTable(TX).columns(TX.fields()).primaryKey(TX.ID).execute();
        for (long id = 1; id <= ROWS; id++) {
            dsl.insertInto(TX, TX.ID, TX.CREATED_AT, TX.STATUS, TX.REFERENCE)
                    .values(
                            id,
                            LocalDateTime.of(2026, 1, 1, 0, 0).plusDays(id % 5),
                            id % 4 == 0 ? null : id % 3 == 0 ? "OPEN" : "PAID",
                            "r" + id)
                    .execute();
        }
    }

    private static Shape shape(Select<? extends Record> select, List<SortField<?>> order, Field<?>... unique) {
        Keyset keyset = Keyset.by(order.toArray(new SortField<?>[0]));
        return new Shape(select, unique.length == 0 ? keyset : keyset.uniqueBy(unique), order);
    }

    private Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        List<SortField<?>> mixed = List.of(TX.STATUS.asc(), TX.CREATED_AT.desc(), TX.ID.asc());
        shapes.put("generated table", shape(dsl.selectFrom(TX), mixed));
        shapes.put("filtered", shape(dsl.selectFrom(TX).where(TX.ID.gt(3L)).or(TX.STATUS.isNull()), mixed));
        shapes.put(
                "listed in another order",
                shape(dsl.select(TX.REFERENCE, TX.ID, TX.STATUS, TX.CREATED_AT).from(TX), mixed));

        // Where the database has no rows as values, jOOQ makes a nested one several columns.
        shapes.put(
                "nested row",
                shape(
                        dsl.select(row(TX.REFERENCE, TX.ID), TX.ID, TX.STATUS, TX.CREATED_AT)
                                .from(TX),
                        mixed));

        Tx alias = TX.as("t");
        shapes.put(
                "aliased table",
                shape(dsl.selectFrom(alias), List.of(alias.STATUS.desc(), alias.CREATED_AT.asc(), alias.ID.asc())));

        Tx next = TX.as("next");
        List<SortField<?>> joined = List.of(TX.STATUS.desc(), next.CREATED_AT.asc(), TX.ID.asc());
        shapes.put(
                "join with names that occur twice",
                shape(
                        dsl.select(next.ID, TX.ID, next.CREATED_AT, TX.STATUS, TX.CREATED_AT)
                                .from(TX)
                                .join(next)
                                .on(next.ID.eq(TX.ID.add(1L))),
                        joined));
        shapes.put(
                "outer join",
                new Shape(
                        dsl.select(TX.ID, TX.STATUS, next.CREATED_AT)
                                .from(TX)
                                .leftJoin(next)
                                .on(next.ID.eq(TX.ID.add(5L))),
                        Keyset.by(joined.toArray(new SortField<?>[0])).nullable(next.CREATED_AT),
                        joined));
        shapes.put(
                "join of all columns", shape(dsl.select().from(TX).join(next).on(next.ID.eq(TX.ID.add(1L))), joined));

        Field<String> known = coalesce(TX.STATUS, inline("?"));
        shapes.put(
                "expression",
                shape(
                        dsl.select(TX.ID, known, TX.CREATED_AT).from(TX),
                        List.of(known.asc(), TX.CREATED_AT.desc(), TX.ID.asc()),
                        TX.ID));
        Field<String> named = known.as("known");
        Field<Long> number = TX.ID.as("number");
        shapes.put(
                "aliased columns in the keyset",
                shape(
                        dsl.select(named, TX.CREATED_AT, number).from(TX),
                        List.of(named.asc(), TX.CREATED_AT.desc(), number.asc()),
                        number));
        shapes.put(
                "aliased columns in the select only",
                shape(
                        dsl.select(named, TX.CREATED_AT.as("at"), number).from(TX),
                        List.of(known.asc(), TX.CREATED_AT.desc(), TX.ID.asc()),
                        TX.ID));

        Table<?> derived =
                select(TX.STATUS, TX.CREATED_AT.as("day"), TX.ID).from(TX).asTable("d");
        Field<LocalDateTime> day = derived.field("day", SQLDataType.LOCALDATETIME(6));
        shapes.put(
                "derived table",
                shape(
                        dsl.select(derived.fields()).from(derived),
                        List.of(
                                derived.field(TX.STATUS).desc(),
                                day.asc(),
                                derived.field(TX.ID).desc()),
                        derived.field(TX.ID)));

        var common = name("c").as(select(TX.STATUS, TX.CREATED_AT, TX.ID).from(TX));
        Field<String> status = field(name("c", "status"), SQLDataType.VARCHAR);
        Field<LocalDateTime> created =
                field(name("c", "created_at"), SQLDataType.LOCALDATETIME(6).notNull());
        Field<Long> id = field(name("c", "id"), SQLDataType.BIGINT.notNull());
        shapes.put(
                "common table expression",
                shape(
                        dsl.with(common).select(status, created, id).from(common),
                        List.of(status.asc(), created.desc(), id.asc()),
                        id));

        Field<String> plainStatus = field(name("tx", "status"), SQLDataType.VARCHAR);
        Field<LocalDateTime> plainCreated =
                field(name("tx", "created_at"), SQLDataType.LOCALDATETIME(6).notNull());
        Field<Long> plainId = field(name("tx", "id"), SQLDataType.BIGINT.notNull());
        List<SortField<?>> plain = List.of(plainStatus.asc(), plainCreated.desc(), plainId.asc());
        shapes.put(
                "no generated code",
                shape(dsl.select(plainCreated, plainId, plainStatus).from(table(name("tx"))), plain, plainId));
        shapes.put(
                "asterisk of an unknown table", shape(dsl.select(asterisk()).from(table(name("tx"))), plain, plainId));
        shapes.put("unknown table", shape(dsl.selectFrom(table(name("tx"))), plain, plainId));
        if (dsl.dialect() != SQLDialect.SQLITE) {
            shapes.put("lock", shape(dsl.selectFrom(TX).forUpdate(), mixed));
        }
        return shapes;
    }

    private void verify(String what, Shape shape, int size) {
        CursorPaginator<Record> paginator =
                CursorPaginator.over(dsl, shape.keyset).cursors(Cursors.codec()).build();
        List<String> expected = new ArrayList<>();
        dsl.fetch(shape.select.$orderBy(shape.order)).forEach(row -> expected.add(text(row)));
        List<String> forwards = new ArrayList<>();
        paginator.forEachPage(shape.select, CursorRequest.first(size), page -> {
            page.items().forEach(row -> forwards.add(text(row)));
            bound(forwards, expected);
        });
        List<String> backwards = new ArrayList<>();
        paginator.forEachPage(shape.select, CursorRequest.last(size), page -> {
            backwards.addAll(0, page.items().stream().map(ShapeMatrix::text).toList());
            bound(backwards, expected);
        });
        check(what + " forwards", size, forwards, expected);
        check(what + " backwards", size, backwards, expected);
        check(
                what + " streamed",
                size,
                paginator.stream(shape.select, size)
                        .limit(expected.size() + 1L)
                        .map(ShapeMatrix::text)
                        .toList(),
                expected);
    }

    private static void bound(List<String> rows, List<String> expected) {
        if (rows.size() > expected.size()) {
            throw new AssertionError("pages for ever: " + rows);
        }
    }

    private static String text(Record row) {
        // Where a database has no rows as values, jOOQ itself names the columns of a nested one in two ways.
        return row.intoList().stream()
                .map(value -> value instanceof Record nested ? nested.intoList() : value)
                .toList()
                .toString();
    }

    private void check(String what, int size, List<String> actual, List<String> expected) {
        if (!actual.equals(expected) || expected.size() < ROWS / 2) {
            failures.add(what + " size " + size + ": " + actual + " instead of " + expected);
        }
    }
}
