package io.perfkit.pagination;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.TableField;

/** Which columns of a keyset come from the same table of the select. Immutable. */
final class KeyTables {

    /** What stands before a dot, in an expression: a table, or a schema before it. */
    private static final Pattern QUALIFIER =
            Pattern.compile("(?:\"((?:[^\"]|\"\")+)\"|(\\b[A-Za-z_]\\w*))\\.(?=[\"\\w])");

    private final List<Set<String>> tables;

    private KeyTables(List<Set<String>> tables) {
        this.tables = tables;
    }

    static KeyTables of(List<KeyColumn> columns) {
        return new KeyTables(
                columns.stream().map(column -> tables(column.field())).toList());
    }

    /** The tables that a field names; none if it names its columns without them. */
    private static Set<String> tables(Field<?> field) {
        if (field instanceof TableField<?, ?> column && column.getTable() != null) {
            return Set.of(column.getTable().getName());
        }
        Name qualifier = field.getQualifiedName().qualifier();
        if (qualifier != null && qualifier.last() != null) {
            return Set.of(qualifier.last());
        }
        Set<String> names = new TreeSet<>();
        Matcher matcher = QUALIFIER.matcher(field.toString());
        while (matcher.find()) {
            names.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return names;
    }

    /** Up to where, and at most to {@code end}, the columns from {@code i} on are of the table of the first of them. */
    int runFrom(int i, int end) {
        int next = i + 1;
        while (next < end && tables.get(next).equals(tables.get(i))) {
            next++;
        }
        return next;
    }
}
