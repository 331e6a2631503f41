package io.perfkit.pagination;

import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.orderBy;
import static org.jooq.impl.DSL.rand;
import static org.jooq.impl.DSL.rowNumber;

import io.perfkit.pagination.OracleTables.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;

/** The selects and the keys that cannot be paged: each is refused in the words of the documentation. */
final class OracleRefusals {

    private OracleRefusals() {}

    static void run(DSLContext dsl, Tally tally, boolean generated) {
        Source t = OracleTables.source(generated, "task", "t");
        Field<Long> id = t.id();
        Field<Integer> grade = t.column("grade", Integer.class);
        Map<String, Select<? extends Record>> selects = new LinkedHashMap<>();
        selects.put("ORDER BY", dsl.select(id).from(t.table()).orderBy(id));
        selects.put("LIMIT", dsl.select(id).from(t.table()).limit(3));
        selects.put("OFFSET", dsl.select(id).from(t.table()).offset(3));
        selects.put("DISTINCT", dsl.selectDistinct(id).from(t.table()));
        selects.put("DISTINCT ON", dsl.select(id).distinctOn(id).from(t.table()));
        selects.put("GROUP BY", dsl.select(id).from(t.table()).groupBy(id));
        selects.put("HAVING", dsl.select(id).from(t.table()).having(count().gt(inline(0))));
        selects.put(
                "QUALIFY",
                dsl.select(id)
                        .from(t.table())
                        .qualify(rowNumber().over(orderBy(id)).gt(inline(1))));
        selects.put(
                "UNION, INTERSECT or EXCEPT",
                dsl.select(id).from(t.table()).union(dsl.select(id).from(t.table())));
        selects.put("ORDER BY in plain SQL", dsl.select(id).from("task t order by id"));
        selects.put("LIMIT, OFFSET or FETCH in plain SQL", dsl.select(id).from("task t limit 3"));
        selects.put(
                "GROUP BY, HAVING or set operator in plain SQL", dsl.select(id).from("task t group by id"));
        selects.put("WHERE in the plain SQL", dsl.select(id).from("task t where id > 2"));
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(id.asc()).uniqueBy(id))
                .cursors(Cursors.codec())
                .build();
        selects.forEach((clause, select) -> tally.refuse(
                clause, "the select has a " + clause, () -> paginator.fetch(select, CursorRequest.first(2))));
        Map<String, Field<?>> keys = new LinkedHashMap<>();
        keys.put("is a window function", rowNumber().over(orderBy(id)));
        keys.put("is an aggregate function", count(grade));
        keys.put("has another value each time it is asked", rand());
        keys.forEach((why, key) -> tally.refuse(
                key.toString(),
                why,
                () -> CursorPaginator.over(dsl, Keyset.by(key.asc(), id.asc()).uniqueBy(id))
                        .cursors(Cursors.codec())
                        .build()));
        tally.refuse(
                "a key that does not identify a row",
                generated ? "does not identify a row" : "must identify a row",
                () -> CursorPaginator.over(dsl, Keyset.by(grade.asc()))
                        .cursors(Cursors.codec())
                        .build());
    }
}
