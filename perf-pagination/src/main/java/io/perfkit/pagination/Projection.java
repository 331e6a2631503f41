package io.perfkit.pagination;

import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;

/** Objects of rows, by jOOQ's own mapper. */
final class Projection {

    private Projection() {}

    /** The mapper is looked up once for all rows, not for each. */
    static <E> List<E> into(DSLContext dsl, List<? extends Record> rows, Class<E> type) {
        if (rows.isEmpty()) {
            return List.of();
        }
        Result<Record> result = dsl.newResult(rows.get(0).fields());
        result.addAll(rows);
        return result.into(type);
    }
}
