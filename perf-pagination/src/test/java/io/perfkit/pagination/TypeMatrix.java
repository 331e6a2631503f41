package io.perfkit.pagination;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.List;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/**
 * For each type of column: duplicates, nulls and awkward values, paged both ways and around rows through the text of the
 * cursors, against the order that the database itself gives without paging. What comes out is "pages" or the message that
 * says why not, of ours or of the database.
 */
final class TypeMatrix {

    private static final Field<Long> ID = field(name("typed", "id"), SQLDataType.BIGINT.notNull());

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

    /** Every type, with nulls and duplicates before a key that decides, and alone where its values do. */
    static Tally run(DSLContext dsl, List<Type> types) {
        Tally tally = new Tally("types on " + dsl.dialect());
        for (Type type : types) {
            create(dsl, type);
            Field<?> v = field(name("typed", "v"), type.declared);
            if (!type.outcome.equals("pages")) {
                tally.refuse(
                        type.label(),
                        type.outcome,
                        () -> paginator(dsl, List.of(v.asc(), ID.asc())).stream(
                                        dsl.select(v, ID).from(table(name("typed"))), 1)
                                .forEach(row -> {}));
                continue;
            }
            for (List<SortField<?>> order : List.<List<SortField<?>>>of(
                    List.of(v.asc(), ID.asc()),
                    List.of(v.desc().nullsFirst(), ID.asc()),
                    List.of(v.asc().nullsLast(), ID.desc()))) {
                compare(tally, type, dsl, order, "");
            }
            String distinct = " t where v is not null and not exists "
                    + "(select 1 from typed p where p.v = t.v and p.id < t.id)";
            compare(tally, type, dsl, List.of(v.asc()), distinct);
            compare(tally, type, dsl, List.of(v.desc()), distinct);
        }
        return tally;
    }

    private static void compare(Tally tally, Type type, DSLContext dsl, List<SortField<?>> order, String where) {
        String what = type.label() + " by " + order;
        PagedSelect[] pages = new PagedSelect[1];
        tally.compare(what, () -> {
            pages[0] = pages(dsl, order, where);
            pages[0].forwards(1, false);
        });
        if (pages[0] != null) {
            tally.compare(what + ", by two", () -> pages[0].forwards(2, true));
            tally.compare(what + ", backwards", () -> pages[0].backwards(3));
            tally.compare(what + ", around", () -> pages[0].around(3, 4));
        }
    }

    private static PagedSelect pages(DSLContext dsl, List<SortField<?>> order, String where) {
        Table<Record> from = where.isEmpty()
                ? table(name("typed"))
                : table("(select * from typed" + where + ")").as("typed");
        List<Long> expected = dsl.select(ID).from(from).orderBy(order).fetch(row -> row.get(ID));
        // Drivers read some types in several ways, so of the rows only which they are is looked at.
        return new PagedSelect(dsl.select(ID).from(from), paginator(dsl, order), expected);
    }

    private static CursorPaginator<Record> paginator(DSLContext dsl, List<SortField<?>> order) {
        return CursorPaginator.over(
                        dsl,
                        Keyset.by(order.toArray(new SortField<?>[0]))
                                .uniqueBy(order.get(order.size() - 1).$field()))
                .cursors(Cursors.codec())
                .maximumSize(1_000)
                .build();
    }

    static void create(DSLContext dsl, Type type) {
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
    }
}
