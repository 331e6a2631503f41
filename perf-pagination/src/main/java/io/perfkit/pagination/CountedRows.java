package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.SelectQuery;
import org.jooq.impl.DSL;

/** A select made ready to have its rows counted from outside. */
final class CountedRows {

    private static final List<Field<Integer>> ONE = List.of(DSL.one());

    private CountedRows() {}

    /** The same without FOR UPDATE: nobody counts in order to lock, and PostgreSQL refuses it. */
    static <R extends Record> Select<R> unlocked(Select<R> select) {
        // An accessor that changes something copies, and the copy is this method's to change.
        SelectQuery<R> copy = (SelectQuery<R>) select.$distinct(!select.$distinct());
        copy.setDistinct(select.$distinct());
        copy.setForUpdate(false);
        return copy;
    }

    /** {@code count(*)} of a select that may have groups, DISTINCT or branches. */
    static Select<Record1<Integer>> countOf(DSLContext dsl, Select<?> rows) {
        return dsl.selectCount().from(rows.asTable("counted"));
    }

    /**
     * The same number of rows as a derived table: without order and locks, and no two columns of one name, which
     * MariaDB, H2 and others refuse in a derived table.
     */
    static Select<?> derivable(Select<?> select) {
        List<? extends SelectFieldOrAsterisk> listed = select.$select();
        if (isListOfFields(listed)) {
            return unlocked(select.$orderBy(List.of()).$select(distinctNames(listed)));
        }
        // With columns that are not listed there is no aggregate, so the columns do not matter to the number of rows;
        // except where rows are compared by them.
        boolean comparesRows = select.$distinct()
                || !select.$distinctOn().isEmpty()
                || !select.$groupBy().isEmpty()
                || select.$having() != null
                || select.$qualify() != null;
        if (!comparesRows) {
            return unlocked(select.$orderBy(List.of()).$select(ONE));
        }
        Field<?>[] known = select.fields();
        return known.length == 0
                ? select.$orderBy(List.of())
                : unlocked(select.$orderBy(List.of()).$select(distinctNames(List.of(known))));
    }

    /** The same of a union, whose columns have the names of its first branch, which may have an order and size of its own. */
    static Select<?> derivableUnion(Select<?> select) {
        List<? extends SelectFieldOrAsterisk> listed = select.$select();
        return isListOfFields(listed) ? select.$select(distinctNames(listed)) : select;
    }

    private static boolean isListOfFields(List<? extends SelectFieldOrAsterisk> listed) {
        return !listed.isEmpty() && listed.stream().allMatch(Field.class::isInstance);
    }

    private static List<SelectFieldOrAsterisk> distinctNames(List<? extends SelectFieldOrAsterisk> listed) {
        Set<String> names = new HashSet<>();
        listed.forEach(column -> names.add(nameOf(column)));
        Set<String> taken = new HashSet<>();
        List<SelectFieldOrAsterisk> columns = new ArrayList<>();
        int number = 0;
        for (SelectFieldOrAsterisk column : listed) {
            // The first one keeps its name, which GROUP BY or HAVING may use; that of another would be ambiguous there.
            if (taken.add(nameOf(column))) {
                columns.add(column);
                continue;
            }
            String name;
            do {
                name = "perfkit_column_" + number++;
            } while (names.contains(name));
            columns.add(((Field<?>) column).as(name));
        }
        return columns;
    }

    private static String nameOf(SelectFieldOrAsterisk column) {
        return ((Field<?>) column).getName().toLowerCase(Locale.ROOT);
    }
}
