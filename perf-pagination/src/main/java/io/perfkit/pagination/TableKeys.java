package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.UniqueKey;

/** What jOOQ's metadata says about the keys of the tables that a keyset's columns come from. */
final class TableKeys {

    private TableKeys() {}

    /** Fails unless the columns contain all columns of some unique key of one of their tables. */
    static void requireUnique(List<Field<?>> columns) {
        List<UniqueKey<?>> candidates = new ArrayList<>();
        for (Table<?> table : tables(columns)) {
            for (UniqueKey<?> key : table.getKeys()) {
                if (identifies(key)) {
                    candidates.add(key);
                    if (names(columns, table).containsAll(names(key))) {
                        return;
                    }
                }
            }
        }
        if (candidates.isEmpty()) {
            throw new PaginationException(
                    "the keyset " + columns + " must identify a row, but jOOQ knows no unique key of "
                            + "the tables of these columns. End it with columns that are unique together and say so with "
                            + "Keyset.by(…).uniqueBy(…)");
        }
        throw new PaginationException("the keyset " + columns
                + " does not identify a row: rows that are equal in all of "
                + "these columns would be lost or repeated. Add the missing columns of one of these unique keys at its "
                + "end: " + describe(candidates) + ". Or, if the columns are unique for another reason, say so with "
                + "Keyset.by(…).uniqueBy(…)");
    }

    /** The primary key of the one table that the columns belong to, as columns of that table or of its alias. */
    static List<Field<?>> primaryKey(List<Field<?>> columns) {
        Set<Table<?>> tables = tables(columns);
        if (tables.size() != 1) {
            throw new PaginationException("withPrimaryKey needs columns of one table that jOOQ knows, but " + columns
                    + " belong to " + tables + ". Add the columns that make a row unique by hand");
        }
        Table<?> table = tables.iterator().next();
        UniqueKey<?> key = table.getPrimaryKey();
        if (key == null) {
            throw new PaginationException("jOOQ knows no primary key of " + table
                    + ". Add the columns that make a row unique, and say so with uniqueBy");
        }
        List<Field<?>> fields = new ArrayList<>();
        for (String name : names(key)) {
            Field<?> field = table.field(name);
            if (field != null) {
                fields.add(field);
            }
        }
        return fields;
    }

    static boolean inPrimaryKey(Field<?> field) {
        if (!(field instanceof TableField<?, ?> column) || column.getTable() == null) {
            return false;
        }
        UniqueKey<?> key = column.getTable().getPrimaryKey();
        return key != null && names(key).contains(field.getName());
    }

    /** SQL lets a unique key have any number of rows with null in it; only a primary key rules that out by itself. */
    private static boolean identifies(UniqueKey<?> key) {
        return key.isPrimary()
                || key.getFields().stream()
                        .noneMatch(field -> field.getDataType().nullable());
    }

    private static Set<Table<?>> tables(List<Field<?>> columns) {
        Set<Table<?>> tables = new LinkedHashSet<>();
        for (Field<?> column : columns) {
            if (column instanceof TableField<?, ?> tableField && tableField.getTable() != null) {
                tables.add(tableField.getTable());
            }
        }
        return tables;
    }

    /** By name, because the key of an aliased table has the columns of the table without its alias. */
    private static List<String> names(List<Field<?>> columns, Table<?> table) {
        return columns.stream()
                .filter(column -> column instanceof TableField<?, ?> tableField && table.equals(tableField.getTable()))
                .map(Field::getName)
                .toList();
    }

    private static List<String> names(UniqueKey<?> key) {
        return key.getFields().stream().map(field -> field.getName()).toList();
    }

    private static List<String> describe(List<UniqueKey<?>> keys) {
        return keys.stream()
                .map(key -> key.getTable().getName() + names(key))
                .distinct()
                .toList();
    }
}
