package io.perfkit.pagination;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;

/** One direction in which an ordering is travelled, with what it needs in every query. Immutable. */
final class Travel {

    private final List<KeyColumn> columns;
    private final List<SortField<Object>> order;
    private final SeekPredicate seek;

    Travel(List<KeyColumn> columns, DialectRules rules) {
        this.columns = columns;
        this.order = columns.stream().map(KeyColumn::sortField).toList();
        this.seek = new SeekPredicate(columns, rules);
    }

    List<KeyColumn> columns() {
        return columns;
    }

    List<SortField<Object>> order() {
        return order;
    }

    List<Condition> after(Cursor cursor, BooleanSupplier canUnite) {
        return seek.after(cursor.values(), cursor.inclusive(), canUnite);
    }

    /** The select without the rows at the cursor and before it. */
    <R extends Record> Select<R> within(Select<R> select, Cursor cursor) {
        Condition beyond = DSL.or(after(cursor, () -> false));
        Condition where = select.$where();
        return select.$where(where == null ? beyond : where.and(beyond));
    }
}
