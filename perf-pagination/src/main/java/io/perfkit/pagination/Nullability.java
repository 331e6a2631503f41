package io.perfkit.pagination;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Param;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.TableOptions.TableType;
import org.jooq.impl.QOM;
import org.jspecify.annotations.Nullable;

/**
 * Which keys can be null. To take one for nullable is always right and sometimes slower; to take it for NOT NULL wrongly
 * loses rows. jOOQ's own answer for an expression is made for its result types and says NOT NULL of a CASE without ELSE, a
 * scalar subquery and much else; so an expression counts as nullable here, but for the few of which it is certain.
 */
final class Nullability {

    private Nullability() {}

    /** Whether the field can be null in its own table, where jOOQ or the user says what that is. */
    static boolean canBeNull(Field<?> field) {
        if (field instanceof QOM.FieldAlias<?> alias) {
            return canBeNull(alias.$field());
        }
        if (field instanceof Param<?> parameter) {
            return parameter.getValue() == null;
        }
        if (field instanceof TableField<?, ?> column && column.getTable() != null) {
            return !isStored(column.getTable()) || (field.getDataType().nullable() && !TableKeys.inPrimaryKey(field));
        }
        if (RowKeys.isPlain(field)) {
            return field.getDataType().nullable();
        }
        return isNullableExpression(field);
    }

    /** The metadata of a derived table are those of what is in it, of which it may be the outer side of a join. */
    private static boolean isStored(Table<?> table) {
        TableType type = table.getOptions().type();
        return type != TableType.EXPRESSION && type != TableType.FUNCTION;
    }

    private static boolean isNullableExpression(Field<?> field) {
        if (field instanceof QOM.Lower lower) {
            return canBeNull(lower.$string());
        }
        if (field instanceof QOM.Upper upper) {
            return canBeNull(upper.$string());
        }
        if (field instanceof QOM.Coalesce<?> coalesce) {
            return coalesce.$arg1().stream().allMatch(Nullability::canBeNull);
        }
        return true;
    }

    /** The columns that are NOT NULL by themselves and null in rows of this select that have no partner. */
    static BitSet behindOuterJoins(Select<?> select, List<KeyColumn> columns) {
        BitSet behind = new BitSet();
        List<? extends Table<?>> from = select.$from();
        Set<String> common = common(select);
        for (int i = 0; i < columns.size(); i++) {
            KeyColumn column = columns.get(i);
            if (!column.nullable()
                    && !column.statedNotNull()
                    && (isBehindOuterJoin(column.field(), from) || isOfQuery(column.field(), common))) {
                behind.set(i);
            }
        }
        return behind;
    }

    /** The names of the common table expressions of the select, and of their aliases in its FROM. */
    private static Set<String> common(Select<?> select) {
        if (select.$with() == null) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        select.$with().$commonTableExpressions().forEach(table -> names.add(lower(table.getName())));
        select.$from().forEach(table -> collectAliases(table, names));
        return names;
    }

    private static void collectAliases(Table<?> in, Set<String> names) {
        if (in instanceof QOM.JoinTable<?, ?> join) {
            collectAliases(join.$table1(), names);
            collectAliases(join.$table2(), names);
        } else if (in instanceof QOM.TableAlias<?> alias
                && names.contains(lower(alias.$aliased().getName()))) {
            names.add(lower(in.getName()));
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the field is null where a column of a common table expression is. jOOQ's columns of one are its name and
     * theirs, with the type that they have inside, which tells nothing of an outer join that is inside as well.
     */
    private static boolean isOfQuery(Field<?> field, Set<String> common) {
        if (common.isEmpty()) {
            return false;
        }
        if (field instanceof QOM.Lower lower) {
            return isOfQuery(lower.$string(), common);
        }
        if (field instanceof QOM.Upper upper) {
            return isOfQuery(upper.$string(), common);
        }
        if (field instanceof QOM.Coalesce<?> coalesce) {
            return coalesce.$arg1().stream().allMatch(part -> canBeNull(part) || isOfQuery(part, common));
        }
        Name qualifier = RowKeys.isPlain(field) ? field.getQualifiedName().qualifier() : null;
        return qualifier != null && !qualifier.empty() && common.contains(lower(String.valueOf(qualifier.last())));
    }

    private static boolean isBehindOuterJoin(Field<?> field, List<? extends Table<?>> from) {
        if (from.size() == 1 && !(from.get(0) instanceof QOM.JoinTable) && !isPlainSqlJoin(from.get(0))) {
            return field instanceof TableField<?, ?> column && isElsewhere(column.getTable(), from.get(0));
        }
        return isNullIn(field, from);
    }

    /** For those expressions that {@link #canBeNull} knows: whether outer joins make them null. */
    private static boolean isNullIn(Field<?> field, List<? extends Table<?>> from) {
        if (field instanceof QOM.FieldAlias<?> alias) {
            return isNullIn(alias.$field(), from);
        }
        if (field instanceof QOM.Lower lower) {
            return isNullIn(lower.$string(), from);
        }
        if (field instanceof QOM.Upper upper) {
            return isNullIn(upper.$string(), from);
        }
        if (field instanceof QOM.Coalesce<?> coalesce) {
            return coalesce.$arg1().stream().allMatch(part -> canBeNull(part) || isNullIn(part, from));
        }
        return isColumnBehind(field, from);
    }

    private static boolean isColumnBehind(Field<?> field, List<? extends Table<?>> from) {
        Table<?> table = field instanceof TableField<?, ?> column ? column.getTable() : null;
        Name qualifier = table == null ? field.getQualifiedName().qualifier() : null;
        if (table == null && !RowKeys.isPlain(field)) {
            return false;
        }
        boolean present = false;
        for (Table<?> part : from) {
            Boolean outer = outer(part, false, table, qualifier);
            if (Boolean.TRUE.equals(outer)) {
                return true;
            }
            present |= outer != null;
        }
        // A table that is not in FROM is joined by jOOQ itself, by a path, and then perhaps by an outer join.
        return table != null && !present;
    }

    /** Whether the table, or the one named so, is on the outer side of a join within {@code in}; null if it is not there. */
    private static @Nullable Boolean outer(
            Table<?> in, boolean outside, @Nullable Table<?> table, @Nullable Name name) {
        if (in instanceof QOM.JoinTable<?, ?> join) {
            boolean both = join instanceof QOM.FullJoin || join instanceof QOM.NaturalFullJoin;
            boolean left = both || join instanceof QOM.RightJoin || join instanceof QOM.NaturalRightJoin;
            boolean right = both
                    || join instanceof QOM.LeftJoin
                    || join instanceof QOM.NaturalLeftJoin
                    || join instanceof QOM.OuterApply;
            Boolean found = outer(join.$table1(), outside || left, table, name);
            Boolean other = outer(join.$table2(), outside || right, table, name);
            return found == null ? other : other == null ? found : Boolean.valueOf(found || other);
        }
        if (isPlainSqlJoin(in)) {
            return true;
        }
        if (table != null) {
            return isElsewhere(table, in) ? null : Boolean.valueOf(outside);
        }
        // A column without its table's name may be of any of them.
        boolean here =
                name == null || name.empty() || String.valueOf(name.last()).equalsIgnoreCase(in.getName());
        return here ? Boolean.valueOf(outside) : null;
    }

    private static boolean isElsewhere(@Nullable Table<?> table, Table<?> from) {
        return table != null && !table.equals(from) && !table.getName().equalsIgnoreCase(from.getName());
    }

    /** A join in plain SQL shows itself in its text only. */
    private static boolean isPlainSqlJoin(Table<?> table) {
        if (table.fields().length > 0 || table.getQualifiedName().qualified()) {
            return false;
        }
        String text = table.toString().toLowerCase(Locale.ROOT);
        return text.contains("join") && (text.contains("left ") || text.contains("right ") || text.contains("full "));
    }
}
