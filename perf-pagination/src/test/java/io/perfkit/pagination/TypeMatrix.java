package io.perfkit.pagination;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.SQLDataType;

/**
 * For each type of column: duplicates, nulls and awkward values, paged both ways by pages of one to three rows through the
 * text of the cursors, against the order that the database itself gives without paging. What comes out is "pages" or the
 * message that says why not.
 */
final class TypeMatrix {

    private static final Field<Long> ID = field(name("typed", "id"), SQLDataType.BIGINT.notNull());

    /** Pages of one row, each row once, and one page that says there is no more. */
    private static final int MOST_PAGES = 40;

    private TypeMatrix() {}

    /**
     * A column and what a page by it is expected to be.
     *
     * @param sql the type as the database spells it
     * @param declared the type as the application does
     * @param outcome "pages", or a part of the message
     * @param values SQL of the values
     */
    record Type(String sql, DataType<?> declared, String outcome, List<String> values) {

        String label() {
            return sql + " as " + declared.getName() + " of "
                    + declared.getType().getSimpleName();
        }
    }

    static Type pages(String sql, DataType<?> declared, String... values) {
        return new Type(sql, declared, "pages", List.of(values));
    }

    static Type refused(String sql, DataType<?> declared, String message, String... values) {
        return new Type(sql, declared, message, List.of(values));
    }

    /** What was otherwise than expected. */
    static List<String> failures(DSLContext dsl, List<Type> types) {
        List<String> failures = new ArrayList<>();
        for (Type type : types) {
            String outcome = outcome(dsl, type);
            if (!(type.outcome.equals("pages") ? outcome.equals("pages") : outcome.contains(type.outcome))) {
                failures.add(type.label() + ": expected " + type.outcome + ", but: " + outcome);
            }
        }
        return failures;
    }

    private static String outcome(DSLContext dsl, Type type) {
        dsl.execute("drop table if exists typed");
        dsl.execute("create table typed (id bigint primary key, v " + type.sql + ")");
        long id = 0;
        for (int copy = 0; copy < 2; copy++) {
            for (String value : type.values) {
                id++;
                dsl.execute("insert into typed values (" + id * 7 % 41 + ", " + value + ")");
            }
        }
        dsl.execute("insert into typed values (100, null), (-100, null)");
        try {
            Field<?> v = field(name("typed", "v"), type.declared);
            for (SortField<?> order : List.of(v.asc(), v.desc())) {
                String wrong = wrong(dsl, v, order);
                if (wrong != null) {
                    return "wrong by " + order + ": " + wrong;
                }
            }
            return "pages";
        } catch (PaginationException e) {
            return "refused: " + e.getMessage();
        } catch (DataAccessException e) {
            return "refused by the database: " + e.getMessage();
        }
    }

    private static String wrong(DSLContext dsl, Field<?> v, SortField<?> order) {
        Select<? extends Record> select = dsl.select(ID, v).from(table(name("typed")));
        List<SortField<?>> by = List.of(order, ID.asc());
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(by.toArray(new SortField<?>[0])).uniqueBy(ID))
                .cursors(Cursors.codec())
                .build();
        List<Long> expected =
                dsl.select(ID).from(table(name("typed"))).orderBy(by).fetch(row -> row.get(ID));
        for (int size = 1; size <= 3; size++) {
            for (CursorRequest first : List.of(CursorRequest.first(size), CursorRequest.last(size))) {
                List<Long> all = walk(paginator, select, first);
                if (!all.equals(expected)) {
                    return first + ": " + all + " instead of " + expected;
                }
            }
        }
        return null;
    }

    private static List<Long> walk(
            CursorPaginator<Record> paginator, Select<? extends Record> select, CursorRequest first) {
        List<Long> ids = new ArrayList<>();
        boolean forward = first.use() == Cursor.Use.FORWARD;
        CursorRequest request = first;
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            CursorPage<Record> page = paginator.fetch(select, request);
            ids.addAll(
                    forward ? ids.size() : 0,
                    page.items().stream().map(row -> row.get(ID)).toList());
            String token = (forward ? page.next() : page.previous()).orElse(null);
            if (token == null) {
                return ids;
            }
            request = forward ? request.after(token) : request.before(token);
        }
        return ids;
    }
}
