package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jooq.Asterisk;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.QualifiedAsterisk;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.TableRecord;
import org.jooq.impl.DSL;
import org.jooq.impl.QOM;
import org.jspecify.annotations.Nullable;

/**
 * Where a select has the columns of a keyset.
 *
 * <p>A key's value is taken from its position, and a position counts only if what is there is the key itself: the
 * identical field, or an alias of it. Another column that happens to bear its name has other values ({@code upper(name)
 * as name}, the name of a joined table), and pages that began at those would lose rows. What the select does not have is
 * appended at its end under a name of our own, and taken off each row again; so is everything where the columns of the
 * select are not known before it has run, as with an asterisk. Immutable.
 */
final class SelectedKeys<R extends Record> {

    private static final String NAME = "perfkit_key_";

    /** What a shadowed key is sorted by, where something else is read in its place. */
    private static final String ORDER = "perfkit_order_";

    /** Takes the place of a row among the columns, which is no key. */
    private static final Field<?> NESTED = DSL.field(DSL.name("perfkit", "nested"));

    private final Select<R> select;
    private final Select<R> wide;
    private final List<KeyColumn> columns;
    /** From the first column, or, if negative, from behind the last one. */
    private final int[] positions;

    /** Where a key is that something else is read in place of; negative if it is appended. */
    private final int[] selected;

    private final boolean[] shadowed;
    private final int appended;

    private SelectedKeys(
            Select<R> select,
            Select<R> wide,
            List<KeyColumn> columns,
            int[] positions,
            int[] selected,
            boolean[] shadowed,
            int appended) {
        this.select = select;
        this.wide = wide;
        this.columns = columns;
        this.positions = positions;
        this.selected = selected;
        this.shadowed = shadowed;
        this.appended = appended;
    }

    static <R extends Record> SelectedKeys<R> of(Select<R> select, List<KeyColumn> columns) {
        List<? extends SelectFieldOrAsterisk> listed = select.$select();
        Field<?>[] known = known(select, listed);
        int[] positions = new int[columns.size()];
        boolean[] shadowed = new boolean[columns.size()];
        int[] selected = new int[columns.size()];
        List<SelectFieldOrAsterisk> extra = new ArrayList<>();
        List<SelectFieldOrAsterisk> ordered = new ArrayList<>();
        for (int i = 0; i < positions.length; i++) {
            Field<Object> field = columns.get(i).field();
            shadowed[i] = isShadowed(field, listed);
            Field<Object> raw = columns.get(i).type().raw();
            positions[i] = known == null || shadowed[i] || raw != null ? -1 : indexOf(field, known);
            if (positions[i] < 0) {
                extra.add((raw == null ? field : raw).as(NAME + i));
            }
            if (raw != null) {
                selected[i] = known == null || shadowed[i] ? -1 : indexOf(field, known);
                if (selected[i] < 0) {
                    ordered.add(field.as(ORDER + i));
                }
            }
        }
        // Counted from the end, so that it does not matter how many columns turn out to be before them.
        int fromEnd = extra.size();
        for (int i = 0; i < positions.length; i++) {
            positions[i] = positions[i] < 0 ? -fromEnd-- : positions[i];
        }
        extra.addAll(0, ordered);
        Select<R> wide = extra.isEmpty() ? select : widened(select, listed, known, extra);
        return new SelectedKeys<>(select, wide, columns, positions, selected, shadowed, extra.size());
    }

    @SuppressWarnings("unchecked")
    private static <R extends Record> Select<R> widened(
            Select<R> select,
            List<? extends SelectFieldOrAsterisk> listed,
            Field<?> @Nullable [] known,
            List<SelectFieldOrAsterisk> extra) {
        List<SelectFieldOrAsterisk> all = new ArrayList<>(listed);
        if (all.isEmpty()) {
            all.addAll(known == null ? List.of(DSL.asterisk()) : List.of(known));
        }
        all.addAll(extra);
        // Its rows are longer than those of R until they have been narrowed; nobody takes them for an R before.
        return (Select<R>) select.$select(all);
    }

    /** The columns of the select, if they are known before it has run; a list of them is at hand, else jOOQ finds them. */
    private static Field<?> @Nullable [] known(Select<?> select, List<? extends SelectFieldOrAsterisk> listed) {
        if (!listed.isEmpty()) {
            return isNumbered(listed)
                    ? listed.stream()
                            .map(column -> column instanceof Field<?> field ? field : NESTED)
                            .toArray(Field<?>[]::new)
                    : null;
        }
        List<Field<?>> fields = new ArrayList<>();
        for (Table<?> table : select.$from()) {
            if (!collect(table, fields)) {
                return null;
            }
        }
        return fields.toArray(Field<?>[]::new);
    }

    /** The columns of a table or a join; false if they are not known, as where USING or NATURAL make one of two. */
    private static boolean collect(Table<?> table, List<Field<?>> fields) {
        if (table instanceof QOM.JoinTable<?, ?> join) {
            return !(join instanceof QOM.NaturalJoin
                            || join instanceof QOM.NaturalLeftJoin
                            || join instanceof QOM.NaturalRightJoin
                            || join instanceof QOM.NaturalFullJoin
                            || (join instanceof QOM.QualifiedJoin<?, ?> qualified
                                    && !qualified.$using().isEmpty()))
                    && collect(join.$table1(), fields)
                    && (join instanceof QOM.LeftSemiJoin
                            || join instanceof QOM.LeftAntiJoin
                            || collect(join.$table2(), fields));
        }
        fields.addAll(List.of(table.fields()));
        return table.fields().length > 0;
    }

    /**
     * Whether ORDER BY may take a name in the field for that of another column of the select: it prefers the aliases of
     * the select to the columns of the tables, unless the name says which table it means.
     */
    private static boolean isShadowed(Field<?> field, List<? extends SelectFieldOrAsterisk> listed) {
        if ((field instanceof TableField<?, ?> column && column.getTable() != null)
                || field.getQualifiedName().qualified()) {
            return false;
        }
        String text = null;
        for (SelectFieldOrAsterisk column : listed) {
            if (column instanceof QOM.FieldAlias<?> alias && !alias.$field().equals(field)) {
                text = text == null ? field.toString().toLowerCase(Locale.ROOT) : text;
                if (text.contains(((Field<?>) column).getName().toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The position of the very field, or of an alias of it; never of another that bears its name. -1 if there is none. */
    static int indexOf(Field<?> wanted, Field<?>[] all) {
        // Nearly always the very same object is there, and to compare expressions is to render them.
        for (int i = 0; i < all.length; i++) {
            if (all[i] == wanted) {
                return i;
            }
        }
        for (int i = 0; i < all.length; i++) {
            Field<?> field = all[i] instanceof QOM.FieldAlias<?> alias ? alias.$field() : all[i];
            if (field.equals(wanted)) {
                return i;
            }
        }
        return -1;
    }

    /** The select with the columns that it lacked. */
    Select<R> select() {
        return wide;
    }

    /**
     * Whether the order of a union of copies can be stated: by the numbers of columns, or by the names of those that were
     * appended, as the only ones that are never ambiguous.
     */
    boolean canUnite() {
        List<? extends SelectFieldOrAsterisk> listed = select.$select();
        return listed.isEmpty()
                ? select.$from().stream()
                        .allMatch(table -> !(table instanceof QOM.JoinTable) && table.fields().length > 0)
                : isNumbered(listed);
    }

    private static boolean isNumbered(List<? extends SelectFieldOrAsterisk> listed) {
        return listed.stream()
                .noneMatch(column ->
                        column instanceof Asterisk || column instanceof QualifiedAsterisk || column instanceof Table);
    }

    /** The order of the select's own rows, in the direction of {@code travel}. */
    List<? extends SortField<?>> order(Travel travel) {
        List<SortField<?>> order = null;
        for (int i = 0; i < shadowed.length; i++) {
            if (shadowed[i]) {
                order = order == null ? new ArrayList<>(travel.order()) : order;
                String name = (columns.get(i).type().raw() == null ? NAME : ORDER) + i;
                order.set(i, travel.columns().get(i).sortField(appended(name, i)));
            }
        }
        return order == null ? travel.order() : order;
    }

    /** The order of a union of copies of the select. */
    List<? extends SortField<?>> orderOfUnion(Travel travel) {
        List<SortField<?>> order = new ArrayList<>(positions.length);
        for (int i = 0; i < positions.length; i++) {
            KeyColumn column = travel.columns().get(i);
            if (columns.get(i).type().raw() != null) {
                order.add(
                        selected[i] < 0
                                ? column.sortField(appended(ORDER + i, i))
                                : column.sortField(DSL.inline(selected[i] + 1)));
                continue;
            }
            order.add(
                    positions[i] < 0
                            ? column.sortField(appended(NAME + i, i))
                            : column.sortField(DSL.inline(positions[i] + 1)));
        }
        return order;
    }

    private Field<Object> appended(String name, int i) {
        return DSL.field(DSL.name(name), columns.get(i).field().getDataType());
    }

    /** From the first column of {@link #select()}, or, if negative, from behind the last one. */
    int[] positions() {
        return positions.clone();
    }

    /** Of a key among the columns of {@link #select()}; from behind the last one where it is negative. */
    int position(int key) {
        return positions[key];
    }

    /** Rows that {@link #select()} has given. */
    RowSource.Slice<R> slice(DSLContext dsl, List<R> rows) {
        if (rows.isEmpty()) {
            return new RowSource.Slice<>(rows, columns, positions, row -> row);
        }
        Field<?>[] fields = rows.get(0).fields();
        int[] indexes = new int[positions.length];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = positions[i] < 0 ? fields.length + positions[i] : positions[i];
        }
        return new RowSource.Slice<>(rows, columns, indexes, appended == 0 ? row -> row : narrowing(dsl, fields));
    }

    private UnaryOperator<R> narrowing(DSLContext dsl, Field<?>[] fields) {
        Class<? extends R> type = select.getRecordType();
        for (Table<?> table : select.$from()) {
            // The record of a join or a derived table is one of several classes of jOOQ, by the number of its columns.
            boolean isOwn = TableRecord.class.isAssignableFrom(type) && type.equals(table.getRecordType());
            if (isOwn && table.fields().length > 0) {
                return row -> type.cast(row.into(table));
            }
        }
        Field<?>[] own = Arrays.copyOf(fields, fields.length - appended);
        return row -> narrowed(dsl.newRecord(own), row);
    }

    @SuppressWarnings("unchecked")
    private R narrowed(Record narrow, Record row) {
        narrow.fromArray(Arrays.copyOf(row.intoArray(), narrow.size()));
        narrow.changed(false);
        for (int i = 0; i < narrow.size(); i++) {
            if (narrow.get(i) instanceof Record nested) {
                nested.changed(false);
            }
        }
        return (R) narrow;
    }
}
