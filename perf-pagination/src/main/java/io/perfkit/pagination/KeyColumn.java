package io.perfkit.pagination;

import org.jooq.EnumType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SortField;
import org.jooq.SortOrder;
import org.jooq.impl.QOM;
import org.jooq.impl.QOM.NullOrdering;
import org.jspecify.annotations.Nullable;

/**
 * One column of a keyset, resolved for a database: nothing is left to a default.
 *
 * @param nullsFirst where null comes in this direction, whether or not the column can be null
 * @param nullsRendered whether ORDER BY has to say so
 * @param renderedIfNullable the same, should a select make the column nullable
 * @param statedNotNull whether the caller has said that it is not null, in whatever select
 */
record KeyColumn(
        Field<Object> field,
        ColumnType type,
        boolean ascending,
        boolean nullable,
        boolean nullsFirst,
        boolean nullsRendered,
        boolean renderedIfNullable,
        boolean statedNotNull) {

    @SuppressWarnings("unchecked")
    static KeyColumn of(SortField<?> sortField, boolean nullable, boolean statedNotNull, DialectRules rules) {
        Field<Object> field = (Field<Object>) underlying(sortField);
        KeyExpression.verify(field);
        if (!rules.nullsClause() && EnumType.class.isAssignableFrom(field.getType())) {
            throw new PaginationException(
                    "keyset column " + field + " is an enum, which MySQL and MariaDB sort by number "
                            + "and compare by text, so that pages would lose rows. Sort by its number, "
                            + "DSL.field(\"{0} + 0\", SQLDataType.BIGINT, column), or by its text, column.cast(SQLDataType.VARCHAR(…))");
        }
        boolean ascending = sortField.$sortOrder() != SortOrder.DESC;
        NullOrdering explicit = sortField.$nullOrdering();
        boolean firstByDefault = ascending != rules.nullsLargest();
        boolean nullsFirst = explicit == null ? firstByDefault : explicit == NullOrdering.NULLS_FIRST;
        return new KeyColumn(
                field,
                new ColumnType(field, rules.rawKey()),
                ascending,
                nullable,
                nullsFirst,
                rendered(explicit != null, nullable, nullsFirst == firstByDefault, rules),
                rendered(explicit != null, true, nullsFirst == firstByDefault, rules),
                statedNotNull);
    }

    /** An alias of the select's is not known in its WHERE, so a condition needs what the alias stands for. */
    static Field<?> underlying(SortField<?> sortField) {
        Field<?> sorted = sortField.$field();
        return sorted instanceof QOM.FieldAlias<?> alias ? alias.$field() : sorted;
    }

    /** An index serves an ORDER BY only if the two agree about nulls, so the clause appears where the caller wrote it. */
    private static boolean rendered(boolean explicit, boolean nullable, boolean asDefault, DialectRules rules) {
        if (!rules.nullsClause()) {
            return nullable && !asDefault;
        }
        return explicit || (nullable && !rules.defaultFixed());
    }

    /** The same column as seen by somebody who reads the rows backwards. */
    KeyColumn reversed() {
        return new KeyColumn(
                field, type, !ascending, nullable, !nullsFirst, nullsRendered, renderedIfNullable, statedNotNull);
    }

    /** The same column in a select whose outer join leaves it empty. */
    KeyColumn madeNullable() {
        return new KeyColumn(
                field, type, ascending, true, nullsFirst, renderedIfNullable, renderedIfNullable, statedNotNull);
    }

    /** The same column where rows are compared in memory, by their own values. */
    KeyColumn inMemory() {
        return new KeyColumn(
                field,
                type.inMemory(),
                ascending,
                nullable,
                nullsFirst,
                nullsRendered,
                renderedIfNullable,
                statedNotNull);
    }

    SortField<Object> sortField() {
        return sortField(field);
    }

    /** The same order of another expression that stands for this column. */
    <T> SortField<T> sortField(Field<T> standIn) {
        SortField<T> sorted = ascending ? standIn.asc() : standIn.desc();
        if (!nullsRendered) {
            return sorted;
        }
        return nullsFirst ? sorted.nullsFirst() : sorted.nullsLast();
    }

    /** The key value of a row, in the column's own type, or as the database has it where that is read in its place. */
    @Nullable
    Object valueOf(Record row, int index) {
        Object read = row.get(index);
        Object value = read == null ? null : type.read(read);
        if (value == null && !nullable) {
            throw new PaginationException("keyset column " + field + " is taken as NOT NULL, but a row has null in "
                    + "it, so rows may be missing from the pages. State it with Keyset.by(…).nullable(…), or do "
                    + "not say notNull() or uniqueBy() of it");
        }
        return value == null || type.raw() != null || field.getType().isInstance(value)
                ? value
                : field.getDataType().convert(value);
    }
}
