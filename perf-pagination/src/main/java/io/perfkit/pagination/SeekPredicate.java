package io.perfkit.pagination;

import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the condition "this row comes after the position" for one direction of travel. This is the only place that
 * knows how.
 *
 * <p><b>What is right.</b> Let the columns be a, b, c. A row comes after the position (x, y, z) if a comes after x; or
 * a equals x and b comes after y; or both are equal and c comes after z. "Comes after" for one column depends on its
 * direction and on where nulls go: after a value come the values beyond it and, if nulls go last, the nulls; after a
 * null come all values if nulls go first, and nothing if they go last. "Equals" is {@code IS NULL} for a null. Nested
 * and with nothing else this is {@link #expanded}, and it is right on every database.
 *
 * <p><b>What is fast.</b> The database should read a range of the index that begins at the position. What it can turn
 * into such a range differs:
 *
 * <ul>
 *   <li>PostgreSQL, all columns NOT NULL and in one direction: the row value {@code (a, b, c) > (?, ?, ?)} is exactly
 *       that range. It treats the expanded form as a filter and would read everything up to the position.
 *   <li>PostgreSQL, otherwise: the longest run of leading columns that are NOT NULL and in one direction, as a row value
 *       with {@code >=}: redundant, but a range. The expanded form then filters what shares the leading values.
 *   <li>Elsewhere: the same with a single leading column. MySQL's and MariaDB's range optimizer takes the expanded form
 *       apart into ranges by itself (and does not do so with row values); SQLite uses the leading bound.
 *   <li>A nullable leading column has such a bound where the rows to come are one range: a null position with nulls
 *       last, or a value with nulls first. With nulls last and a value they are two, and there is none.
 * </ul>
 *
 * Sources: PostgreSQL manual, "Row and Array Comparisons"; MySQL manual, "Range Optimization" and "Row Constructor
 * Expression Optimization"; M. Winand, "We need tool support for keyset pagination".
 */
final class SeekPredicate {

    private final List<KeyColumn> columns;
    private final int uniform;
    private final boolean rowValues;

    /** For columns as they are travelled; a paginator has one of these for each direction. */
    SeekPredicate(List<KeyColumn> columns, DialectRules rules) {
        this.columns = columns;
        this.rowValues = rules.rowValues();
        int run = 0;
        while (run < columns.size()
                && !columns.get(run).nullable()
                && columns.get(run).ascending() == columns.get(0).ascending()) {
            run++;
        }
        this.uniform = run;
    }

    Condition after(List<@Nullable Object> position, boolean inclusive) {
        int last = columns.size() - 1;
        if (uniform == columns.size() && (rowValues || last == 0)) {
            return leading(columns.size(), position, inclusive);
        }
        Condition exact = expanded(0, position, inclusive);
        if (exact == null) {
            return DSL.falseCondition();
        }
        if (last == 0) {
            return exact;
        }
        Condition bound = uniform > 0 ? leading(rowValues ? uniform : 1, position, true) : nullableBound(position);
        return bound == null ? exact : bound.and(exact);
    }

    /** Rows at or beyond the position in the first columns, all of which are NOT NULL and in one direction. */
    private Condition leading(int count, List<@Nullable Object> position, boolean inclusive) {
        if (count == 1) {
            return compare(0, position, inclusive);
        }
        var fields = DSL.row(columns.subList(0, count).stream()
                .map(KeyColumn::field)
                .toList()
                .toArray(new Field<?>[0]));
        Field<?>[] values = new Field<?>[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(i, position);
        }
        var bound = DSL.row(values);
        if (columns.get(0).ascending()) {
            return inclusive ? fields.greaterOrEqual(bound) : fields.greaterThan(bound);
        }
        return inclusive ? fields.lessOrEqual(bound) : fields.lessThan(bound);
    }

    private @Nullable Condition nullableBound(List<@Nullable Object> position) {
        KeyColumn first = columns.get(0);
        if (position.get(0) == null) {
            return first.nullsFirst() ? null : first.field().isNull();
        }
        return first.nullsFirst() ? compare(0, position, true) : null;
    }

    /** The right condition from column i on, or null where no row can meet it. */
    private @Nullable Condition expanded(int i, List<@Nullable Object> position, boolean inclusive) {
        Condition beyond = beyond(i, position);
        Condition equal = equal(i, position);
        if (i < columns.size() - 1) {
            Condition rest = expanded(i + 1, position, inclusive);
            equal = rest == null ? null : equal.and(rest);
        } else if (!inclusive) {
            equal = null;
        }
        if (beyond == null || equal == null) {
            return beyond == null ? equal : beyond;
        }
        return beyond.or(equal);
    }

    private @Nullable Condition beyond(int i, List<@Nullable Object> position) {
        KeyColumn column = columns.get(i);
        if (position.get(i) == null) {
            return column.nullsFirst() ? column.field().isNotNull() : null;
        }
        Condition values = compare(i, position, false);
        return column.nullable() && !column.nullsFirst()
                ? values.or(column.field().isNull())
                : values;
    }

    private Condition equal(int i, List<@Nullable Object> position) {
        Field<Object> field = columns.get(i).field();
        return position.get(i) == null ? field.isNull() : field.eq(value(i, position));
    }

    private Condition compare(int i, List<@Nullable Object> position, boolean inclusive) {
        KeyColumn column = columns.get(i);
        Field<Object> value = value(i, position);
        if (column.ascending()) {
            return inclusive ? column.field().ge(value) : column.field().gt(value);
        }
        return inclusive ? column.field().le(value) : column.field().lt(value);
    }

    private Field<Object> value(int i, List<@Nullable Object> position) {
        return DSL.val(position.get(i), columns.get(i).field());
    }
}
