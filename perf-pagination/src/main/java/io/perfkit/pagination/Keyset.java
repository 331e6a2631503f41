package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.SortField;
import org.jooq.SortOrder;

/**
 * The order in which rows are paged: any number of columns or expressions, ascending and descending in any mix, with or
 * without a {@code NULLS FIRST} or {@code NULLS LAST}. Without one, nulls sort as the database sorts them.
 *
 * <p>The columns must identify a row: some of them, usually the last, must form a unique key. Two rows with equal keys
 * would have no order between them, and a page that ended at the first would lose the second. Where jOOQ knows the keys
 * of a table (generated code does), {@link CursorPaginator} checks this; where it does not, say it with {@link
 * #uniqueBy}.
 *
 * <p>A column counts as nullable unless its {@link org.jooq.DataType} says otherwise or it belongs to a primary key or
 * to {@link #uniqueBy}, and on the outer side of an outer join even then. An expression counts as nullable, whatever jOOQ
 * says of its type, and so does a column of a derived table, unless {@link #notNull} says otherwise. Treating a column as
 * nullable is always right and sometimes slower. For a table without
 * generated code write {@code DSL.field(DSL.name("created_at"), SQLDataType.LOCALDATETIME.notNull())} where it is so.
 *
 * <p>Immutable and thread-safe.
 */
public final class Keyset {

    private final List<SortField<?>> sortFields;
    private final List<Field<?>> unique;
    private final List<Field<?>> nullable;
    private final List<Field<?>> notNull;

    private Keyset(
            List<SortField<?>> sortFields, List<Field<?>> unique, List<Field<?>> nullable, List<Field<?>> notNull) {
        this.sortFields = sortFields;
        this.unique = unique;
        this.nullable = nullable;
        this.notNull = notNull;
        for (Field<?> field : nullable) {
            if (unique.contains(field)) {
                throw new IllegalArgumentException("uniqueBy and nullable contradict each other: both name " + field
                        + ", but the columns of uniqueBy are never null");
            }
            if (notNull.contains(field)) {
                throw new IllegalArgumentException("notNull and nullable contradict each other: both name " + field);
            }
        }
    }

    /**
     * The order given by these columns, the first one first.
     *
     * @param sortFields for example {@code TX.CREATED_AT.desc(), TX.ID.asc()}
     * @return the keyset
     * @throws IllegalArgumentException if there is no column, or one occurs twice
     */
    public static Keyset by(SortField<?>... sortFields) {
        if (sortFields.length == 0) {
            throw new IllegalArgumentException("a keyset needs at least one column");
        }
        List<Field<?>> seen = new ArrayList<>();
        for (SortField<?> sortField : sortFields) {
            Field<?> field = sortField.$field();
            if (seen.contains(field)) {
                throw new IllegalArgumentException("column " + field + " occurs twice in the keyset");
            }
            seen.add(field);
        }
        return new Keyset(List.of(sortFields), List.of(), List.of(), List.of());
    }

    /**
     * States that these columns together identify a row of the select: no two rows have the same values in all of them,
     * and none of them is ever null, as in a primary key. Needed where jOOQ does not know the keys: tables without
     * generated code, expressions, unique indexes, and joins that multiply rows. It is believed, not checked.
     *
     * <p>It takes the columns, where a bare {@code unique()} would do for the check, because the statement can then be
     * read and verified by the next reader, and because it tells which columns need no handling of nulls.
     *
     * @param columns one or more columns of this keyset
     * @return a keyset like this one
     * @throws IllegalArgumentException if there is no column, or one is not in this keyset
     */
    public Keyset uniqueBy(Field<?>... columns) {
        return new Keyset(sortFields, known("uniqueBy", columns), nullable, notNull);
    }

    /**
     * States that these columns can be null in the select although their table says they cannot. An outer join that jOOQ
     * knows of needs no such statement; one that is hidden in plain SQL does.
     *
     * @param columns one or more columns of this keyset
     * @return a keyset like this one
     * @throws IllegalArgumentException if there is no column, one is not in this keyset, or one is in {@link #uniqueBy} or
     *     {@link #notNull}
     */
    public Keyset nullable(Field<?>... columns) {
        return new Keyset(sortFields, unique, known("nullable", columns), notNull);
    }

    /**
     * States that these columns or expressions are never null in the select, which makes their pages cheaper: an
     * expression, or a column of a derived table, counts as nullable otherwise. It is believed when the query is written,
     * and a null in one of them where a page begins or ends is an error.
     *
     * @param columns one or more columns of this keyset
     * @return a keyset like this one
     * @throws IllegalArgumentException if there is no column, one is not in this keyset, or one is in {@link #nullable}
     */
    public Keyset notNull(Field<?>... columns) {
        return new Keyset(sortFields, unique, nullable, known("notNull", columns));
    }

    /**
     * The same order, made unique: the columns of the primary key that it does not have yet come last, in the direction
     * of its last column, so that an order in one direction stays one.
     *
     * @return a keyset like this one
     * @throws PaginationException if jOOQ knows no primary key of the table of these columns, or they belong to several
     *     tables
     */
    public Keyset withPrimaryKey() {
        List<SortField<?>> longer = new ArrayList<>(sortFields);
        boolean ascending = sortFields.get(sortFields.size() - 1).$sortOrder() != SortOrder.DESC;
        for (Field<?> column : TableKeys.primaryKey(fields())) {
            if (fields().stream().noneMatch(column::equals)) {
                longer.add(ascending ? column.asc() : column.desc());
            }
        }
        return new Keyset(List.copyOf(longer), unique, nullable, notNull);
    }

    /**
     * The index that pages of this order are read from, as DDL to review and put into a migration.
     *
     * @param dialect the database
     * @param equal columns that the select compares by {@code =}, such as a tenant; they come first in the index
     * @return one {@code create index} statement without a semicolon
     * @throws PaginationException if no index of that database has this order, or the columns belong to no table that is
     *     known, or to several
     */
    public String suggestedIndex(SQLDialect dialect, Field<?>... equal) {
        return SuggestedIndex.of(dialect, List.of(equal), columns(DialectRules.of(dialect)));
    }

    /**
     * Orders records in memory as this keyset does: texts by code point, as a database with a binary collation does; UUIDs
     * and bytes as unsigned; enums by declaration. {@link CursorPaginator#fetch(java.util.Collection, CursorRequest)}
     * pages a list by the same rules.
     *
     * @return a comparator of records that have this keyset's columns
     * @throws PaginationException if a column can be null and does not say {@code NULLS FIRST} or {@code LAST}, as without
     *     a database there is no default
     */
    public Comparator<Record> comparator() {
        for (SortField<?> sortField : sortFields) {
            if (canBeNull(sortField.$field()) && sortField.$nullOrdering() == null) {
                throw new PaginationException("column " + sortField.$field() + " can be null, and databases differ in "
                        + "where nulls go: say nullsFirst() or nullsLast(), or use comparator(dialect)");
            }
        }
        return comparator(SQLDialect.DEFAULT);
    }

    /**
     * As {@link #comparator()}, with nulls where a database puts them by default.
     *
     * @param dialect the database
     * @return a comparator of records that have this keyset's columns
     */
    public Comparator<Record> comparator(SQLDialect dialect) {
        List<KeyColumn> columns = columns(DialectRules.of(dialect)).stream()
                .map(KeyColumn::inMemory)
                .toList();
        KeyComparator order = new KeyComparator(columns);
        return Comparator.comparing(
                record -> RowSource.Slice.of(List.of(record), columns).position(record), order);
    }

    private List<Field<?>> known(String setting, Field<?>... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException(setting + " needs at least one column");
        }
        for (Field<?> column : columns) {
            if (fields().stream().noneMatch(column::equals)) {
                throw new IllegalArgumentException(
                        setting + " names " + column + ", which is not a column of the keyset " + fields());
            }
        }
        return List.of(columns);
    }

    List<Field<?>> fields() {
        List<Field<?>> fields = new ArrayList<>();
        sortFields.forEach(sortField -> fields.add(sortField.$field()));
        return fields;
    }

    /** The columns as the database sorts them; fails if nothing says that they identify a row. */
    List<KeyColumn> resolve(DialectRules rules) {
        if (unique.isEmpty()) {
            TableKeys.requireUnique(
                    sortFields.stream().map(KeyColumn::underlying).toList());
        }
        return columns(rules);
    }

    private List<KeyColumn> columns(DialectRules rules) {
        List<KeyColumn> columns = new ArrayList<>();
        for (SortField<?> sortField : sortFields) {
            Field<?> field = sortField.$field();
            boolean stated = unique.contains(field) || notNull.contains(field);
            columns.add(KeyColumn.of(sortField, canBeNull(field), stated, rules));
        }
        return List.copyOf(columns);
    }

    private boolean canBeNull(Field<?> field) {
        return nullable.contains(field)
                || (!unique.contains(field) && !notNull.contains(field) && Nullability.canBeNull(field));
    }

    @Override
    public String toString() {
        return "Keyset" + sortFields;
    }
}
