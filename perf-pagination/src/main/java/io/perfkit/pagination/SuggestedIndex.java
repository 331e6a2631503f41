package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.SQLDialect;
import org.jooq.TableField;
import org.jooq.UniqueKey;
import org.jooq.conf.ParamType;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The DDL of the index from which a keyset's pages can be read in order. */
final class SuggestedIndex {

    /** PostgreSQL cuts longer names off; MySQL and MariaDB refuse more than 64. */
    private static final int LONGEST_NAME = 63;

    private static final long LONGEST_MYSQL_KEY_BYTES = 3_072;

    private final SQLDialect dialect;
    private final DialectRules rules;

    private SuggestedIndex(SQLDialect dialect) {
        this.dialect = dialect;
        this.rules = DialectRules.of(dialect);
    }

    static String of(SQLDialect dialect, List<Field<?>> equal, List<KeyColumn> columns) {
        return new SuggestedIndex(dialect).ddl(equal, columns);
    }

    private String ddl(List<Field<?>> equal, List<KeyColumn> columns) {
        List<Field<?>> fields = new ArrayList<>(equal);
        columns.forEach(column -> fields.add(column.field()));
        fields.forEach(this::requireIndexable);
        List<String> parts = new ArrayList<>();
        // Directions are in the name, because one table may want the same columns in several.
        List<String> names = new ArrayList<>();
        equal.forEach(field -> parts.add(sql(field)));
        equal.forEach(field -> names.add(field.getName()));
        for (KeyColumn column : columns) {
            // What is compared by = has one value, so its order is none, and databases refuse a column twice.
            if (equal.contains(column.field())) {
                continue;
            }
            // Written in full only where it is not the default, which is how people write it.
            String order = (column.ascending() ? "" : " desc") + nulls(column);
            parts.add(sql(column.field()) + order);
            names.add((isColumn(column.field()) ? column.field().getName() : sql(column.field())) + order);
        }
        Name table = table(fields);
        Name index = DSL.name(indexName(table, names));
        if (dialect.family() == SQLDialect.SQLITE && table.qualified()) {
            // There, the schema stands before the index, which belongs to it, and may not stand before the table.
            index = table.qualifier().append(index);
            table = table.unqualifiedName();
        }
        return "create index " + DSL.using(dialect).render(index) + " on "
                + DSL.using(dialect).render(table) + " (" + String.join(", ", parts) + ")";
    }

    private void requireIndexable(Field<?> field) {
        boolean mariaDb = dialect.family() == SQLDialect.MARIADB;
        boolean h2 = dialect.family() == SQLDialect.H2;
        boolean mySql = dialect.family() == SQLDialect.MYSQL;
        if (!isColumn(field)) {
            if (mariaDb || h2) {
                throw new PaginationException(dialect.getName() + " has no index of an expression, such as " + field
                        + ". Add a generated column of that expression to the table, and sort by that column");
            }
            return;
        }
        DataType<?> type = field.getDataType();
        boolean large = type.isLob() || type.isJSON();
        boolean text = type.isString() && type.lengthDefined() && 4L * type.length() > LONGEST_MYSQL_KEY_BYTES;
        if ((large && (mariaDb || h2 || mySql)) || (text && (mariaDb || mySql))) {
            throw new PaginationException(
                    "no index of " + dialect.getName() + " has the order of " + field
                            + ", whose type " + type
                            + " is too large for one; an index of its beginning has another order. Make "
                            + "it a shorter VARCHAR, or sort by a generated column with its beginning, and then by a unique key");
        }
    }

    private String nulls(KeyColumn column) {
        boolean firstByDefault = column.ascending() != rules.nullsLargest();
        if (!column.nullable() || column.nullsFirst() == firstByDefault) {
            return "";
        }
        if (dialect.family() != SQLDialect.POSTGRES && dialect.family() != SQLDialect.H2) {
            throw new PaginationException("no index of " + dialect.getName() + " has the nulls of " + column.field()
                    + (column.nullsFirst() ? " first" : " last") + " in this direction. Leave the NULLS clause out");
        }
        return column.nullsFirst() ? " nulls first" : " nulls last";
    }

    private String sql(Field<?> field) {
        // A column's own name; an expression needs parentheses in an index.
        return isColumn(field) ? DSL.using(dialect).render(field.getUnqualifiedName()) : "(" + unqualified(field) + ")";
    }

    /** SQLite refuses the table's name within an index of that table, and no database needs it. */
    @SuppressWarnings("removal")
    private String unqualified(Field<?> expression) {
        return DSL.using(dialect)
                .renderContext()
                .paramType(ParamType.INLINED)
                .qualify(false)
                .visit(expression)
                .render();
    }

    private static boolean isColumn(Field<?> field) {
        return field instanceof TableField || tableOf(field) != null;
    }

    private static Name table(List<Field<?>> fields) {
        Name table = null;
        for (Field<?> field : fields) {
            Name own = tableOf(field);
            if (own == null) {
                continue;
            }
            if (table != null && !table.equals(own)) {
                throw new PaginationException("the columns belong to the tables " + table + " and " + own
                        + ", but an index belongs to one: page a derived table, or sort by columns of one table first");
            }
            table = own;
        }
        if (table == null) {
            throw new PaginationException("none of the columns " + fields
                    + " says to which table it belongs. Use generated code or qualified names: "
                    + "DSL.field(DSL.name(\"tx\", \"created_at\"), …)");
        }
        return table;
    }

    /** The table below an alias; for a column without metadata, the qualifier of its name. */
    private static @Nullable Name tableOf(Field<?> field) {
        if (field instanceof TableField<?, ?> column && column.getTable() != null) {
            // The key of an aliased table is that of the table itself.
            UniqueKey<?> key = column.getTable().getPrimaryKey();
            return (key == null ? column.getTable() : key.getTable()).getQualifiedName();
        }
        Name qualifier = field.getQualifiedName().qualifier();
        return qualifier == null || qualifier.empty() ? null : qualifier;
    }

    private static String indexName(Name table, List<String> names) {
        StringBuilder name = new StringBuilder(table.last() == null ? "t" : table.last());
        names.forEach(part -> name.append('_').append(part));
        String text =
                name.append("_page").toString().replaceAll("[^A-Za-z0-9]+", "_").toLowerCase(Locale.ROOT);
        return text.length() <= LONGEST_NAME
                ? text
                : text.substring(0, LONGEST_NAME - 9) + "_" + String.format("%08x", text.hashCode());
    }
}
