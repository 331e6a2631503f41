package io.perfkit.pagination;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jooq.Condition;
import org.jooq.DataType;
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
 * <p><b>What is fast.</b> The database should read ranges of the index that begin at the position, and stop when it has
 * a page. What it can turn into such ranges differs:
 *
 * <ul>
 *   <li><b>PostgreSQL, SQLite.</b> One condition that contains OR is a filter to them: they read up to the position, or
 *       with a redundant bound on the leading column at least all rows that share its value, which may be a third of the
 *       table. But {@code (a, b, c) > (?, ?, ?)} is exactly one index range, so {@link #ranges} splits the rows to come
 *       into such ranges, and {@link PageQuery} unites them by {@code UNION ALL}, each with its own order and limit.
 *       PostgreSQL merges the branches lazily, so a page costs one descent of the index per range and its rows
 *       once; SQLite reads up to a page from each. A keyset in one direction without nulls is one range; each change of
 *       direction adds one, and so does each nullable column whose nulls are still to come.
 *       A row value over columns of two tables of a join is no index range of either, and PostgreSQL would read everything
 *       up to the position; so the columns of the first table that lead it are bounded once more, which changes no result.
 *   <li><b>MySQL, MariaDB.</b> Their range optimizer takes the expanded form apart into the same ranges by itself, for
 *       any mix of directions and nulls, and reads them in the order of the index. It does not do so with row values, and
 *       a UNION ALL it would first write to a temporary table. The redundant leading bound costs nothing and guards
 *       against the expression being too deep for the optimizer.
 *   <li><b>Elsewhere,</b> and where a select cannot be united with itself (see {@link PageQuery#canUnite}): the expanded
 *       form with a leading bound, which every database answers rightly and most with a range on the leading column.
 * </ul>
 *
 * <p><b>Nulls in a row value.</b> {@code (a, b) > (x, y)} is decided by the first pair that differs, and unknown if that
 * pair has a null; a row is then left out. So a row value over nullable columns holds exactly the rows whose deciding
 * column is a value, and for every nullable column with nulls last one range more, "equal before it, null in it", holds
 * the rest. A null in the position itself ends the row value before that column.
 *
 * <p>Sources: PostgreSQL manual, "Row and Array Comparisons"; SQLite manual, "Row Values"; MySQL manual, "Range
 * Optimization" and "Row Constructor Expression Optimization"; M. Winand, "We need tool support for keyset pagination".
 */
final class SeekPredicate {

    private final List<KeyColumn> columns;
    private final boolean unionOfRanges;
    private final boolean untypedText;
    private final int fractionDigits;
    private final KeyTables tables;

    /** For columns as they are travelled; a paginator has one of these for each direction. */
    SeekPredicate(List<KeyColumn> columns, DialectRules rules) {
        this.columns = columns;
        this.unionOfRanges = rules.unionOfRanges();
        this.untypedText = rules.nullsLargest();
        this.fractionDigits = rules.fractionDigits();
        this.tables = KeyTables.of(columns);
    }

    /** Conditions that no row meets two of; together they hold what comes after the position. Empty if nothing can. */
    List<Condition> after(List<@Nullable Object> position, boolean inclusive, BooleanSupplier canUnite) {
        if (unionOfRanges) {
            List<Condition> ranges = new ArrayList<>();
            ranges(0, null, position, inclusive, ranges);
            if (ranges.size() <= 1 || canUnite.getAsBoolean()) {
                return ranges;
            }
        }
        Condition exact = expanded(0, position, inclusive);
        if (exact == null) {
            return List.of();
        }
        Condition bound = columns.size() == 1 ? null : bound(position);
        return List.of(bound == null ? exact : bound.and(exact));
    }

    /** Adds the ranges of rows that are {@code equal} in the columns before {@code i} and come after the position. */
    private void ranges(
            int i,
            @Nullable Condition equal,
            List<@Nullable Object> position,
            boolean inclusive,
            List<Condition> ranges) {
        if (i == columns.size()) {
            // A row value takes the position itself in; after a null there was none.
            if (inclusive && position.get(i - 1) == null && equal != null) {
                ranges.add(equal);
            }
            return;
        }
        KeyColumn first = columns.get(i);
        if (position.get(i) == null) {
            ranges(i + 1, and(equal, first.field().isNull()), position, inclusive, ranges);
            if (first.nullsFirst()) {
                ranges.add(and(equal, first.field().isNotNull()));
            }
            return;
        }
        int end = i + 1;
        while (end < columns.size()
                && position.get(end) != null
                && columns.get(end).ascending() == first.ascending()) {
            end++;
        }
        boolean whole = inclusive && end == columns.size();
        Condition equalBefore = equal;
        List<Condition> nulls = new ArrayList<>();
        for (int k = i; k < end; k++) {
            KeyColumn column = columns.get(k);
            if (column.nullable() && !column.nullsFirst()) {
                nulls.add(and(equalBefore, column.field().isNull()));
            }
            equalBefore = and(equalBefore, equal(k, position));
        }
        ranges(end, equalBefore, position, inclusive, ranges);
        Condition range = rowValue(i, end, position, whole);
        int sameTable = tables.runFrom(i, end);
        if (sameTable < end) {
            range = rowValue(i, sameTable, position, true).and(range);
        }
        ranges.add(and(equal, range));
        ranges.addAll(nulls);
    }

    private static Condition and(@Nullable Condition left, Condition right) {
        return left == null ? right : left.and(right);
    }

    /** Rows beyond the position in the columns from {@code i} to {@code end}, all in one direction. */
    private Condition rowValue(int i, int end, List<@Nullable Object> position, boolean inclusive) {
        if (end - i == 1) {
            return compare(i, position, inclusive);
        }
        Field<?>[] fields = new Field<?>[end - i];
        Field<?>[] values = new Field<?>[end - i];
        for (int k = i; k < end; k++) {
            fields[k - i] = columns.get(k).field();
            values[k - i] = value(k, position);
        }
        var row = DSL.row(fields);
        var bound = DSL.row(values);
        if (columns.get(i).ascending()) {
            return inclusive ? row.greaterOrEqual(bound) : row.greaterThan(bound);
        }
        return inclusive ? row.lessOrEqual(bound) : row.lessThan(bound);
    }

    /** A redundant range on the first column; null where the rows to come are no single range of it. */
    private @Nullable Condition bound(List<@Nullable Object> position) {
        KeyColumn first = columns.get(0);
        if (position.get(0) == null) {
            return first.nullsFirst() ? null : first.field().isNull();
        }
        return first.nullable() && !first.nullsFirst() ? null : compare(0, position, true);
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
        Field<Object> field = columns.get(i).field();
        if (columns.get(i).type().raw() != null) {
            return DSL.val(position.get(i), DatabaseValue.TYPE);
        }
        if (position.get(i) instanceof BigDecimal number && number.scale() < 0) {
            // 1E+20 has one digit, and jOOQ says so to a database that then has no room for the others.
            return DSL.val(number.setScale(0), field);
        }
        // Beside a text with a type, PostgreSQL compares a citext with regard to case, which is not its order.
        return untypedText && field.getType() == (Class<?>) String.class
                ? DSL.val(position.get(i), DatabaseValue.TYPE)
                : DSL.val(position.get(i), roomy(field.getDataType()));
    }

    /**
     * The type with room for what the column holds, which may be more than it was declared with: jOOQ casts a bound value
     * to its type, and the database would round a time or cut a text off.
     */
    private <T> DataType<T> roomy(DataType<T> type) {
        if (type.isTemporal() && type.precisionDefined() && type.precision() < fractionDigits) {
            return type.precision(fractionDigits);
        }
        // The length of a CHAR says how it is padded.
        return type.getTypeName().equals("varchar") && type.lengthDefined() ? type.length(0) : type;
    }
}
