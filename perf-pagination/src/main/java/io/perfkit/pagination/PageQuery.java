package io.perfkit.pagination;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.SelectQuery;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The caller's select, to which a page adds a condition, an order and a limit. Never changes the select itself: jOOQ's
 * accessors with a dollar sign return copies, and what changes here is such a copy.
 */
final class PageQuery<R extends Record> {

    private static final String DERIVED_TABLE =
            "make it a derived table, select.asTable(\"t\"), and page a select from that by its columns";
    private static final Pattern LOCK = Pattern.compile(" for (update|share|no key|key share)|lock in share");
    private static final List<Field<Integer>> ONE = List.of(DSL.one());

    private final DSLContext dsl;
    private final Select<R> select;
    private final String filter;
    private final boolean locks;
    private @Nullable SelectedKeys<R> keys;

    PageQuery(DSLContext dsl, Select<R> select) {
        this.dsl = dsl;
        this.select = select;
        require(select.$orderBy(), "ORDER BY", "the order of the rows is the keyset's");
        require(select.$limit(), "LIMIT", "the size of the page is the request's");
        require(select.$offset(), "OFFSET", "the position of the page is the cursor's");
        if (select.$distinct()) {
            throw refused("DISTINCT", DERIVED_TABLE);
        }
        require(select.$distinctOn(), "DISTINCT ON", DERIVED_TABLE);
        require(select.$groupBy(), "GROUP BY", DERIVED_TABLE);
        require(select.$having(), "HAVING", DERIVED_TABLE);
        require(select.$qualify(), "QUALIFY", DERIVED_TABLE);
        // All of the query but its columns, with its values: what a cursor is bound to.
        String text = dsl.renderInlined(select.$select(ONE));
        this.filter = FilterText.canonical(text);
        String lower = text.toLowerCase(Locale.ROOT);
        if (mentionsSetOperator(lower) && hasSetOperator()) {
            throw refused("UNION, INTERSECT or EXCEPT", DERIVED_TABLE);
        }
        requireNoPlainClause(text);
        this.locks = LOCK.matcher(lower).find();
    }

    String filter() {
        return filter;
    }

    /** Where this select has the columns of the keyset: the same for both directions. */
    SelectedKeys<R> keys(Travel travel) {
        SelectedKeys<R> known = keys;
        if (known == null) {
            known = SelectedKeys.of(select, travel.columns());
            keys = known;
        }
        return known;
    }

    /**
     * Whether pages of this select can be written as a UNION ALL of copies of it. Databases lock no rows through a union;
     * and a common table expression would be evaluated once in each copy.
     */
    boolean canUnite(Travel travel) {
        return !locks && select.$with() == null && keys(travel).canUnite();
    }

    /** The rows that meet any of the conditions, no row two of them, in the order of travel; no condition is all rows. */
    Select<R> page(@Nullable List<Condition> after, Travel travel, int limit) {
        SelectedKeys<R> keys = keys(travel);
        List<? extends SortField<?>> order = keys.order(travel);
        if (after == null) {
            return branch(keys.select(), null, order, limit);
        }
        Select<R> united = branch(keys.select(), after.get(0), order, limit);
        if (after.size() == 1) {
            return united;
        }
        for (Condition range : after.subList(1, after.size())) {
            united = united.unionAll(branch(keys.select(), range, order, limit));
        }
        // jOOQ adds to a select with branches what belongs to the union of them.
        SelectQuery<R> query = (SelectQuery<R>) united;
        query.addOrderBy(keys.orderOfUnion(travel));
        query.addLimit(DSL.val(limit));
        return query;
    }

    /** One row if any row meets one of the conditions. */
    Select<?> probe(List<Condition> beyond, Travel travel) {
        Select<?> one = select.$select(ONE);
        Select<?> united = branch(one, beyond.get(0), travel.order(), 1);
        for (Condition range : beyond.subList(1, beyond.size())) {
            united = unite(united, branch(one, range, travel.order(), 1));
        }
        return united;
    }

    @SuppressWarnings("unchecked")
    private static Select<?> unite(Select<?> left, Select<?> right) {
        return ((Select<Record>) left).unionAll((Select<Record>) right);
    }

    @SuppressWarnings("unchecked")
    Totals.RowCounts counts(DSLContext runsOn) {
        Select<?> rows = locks ? CountedRows.unlocked(select) : select;
        return new Totals.RowCounts(
                runsOn, rows.$select(ONE), (Select<Record1<Integer>>) rows.$select(List.of(DSL.count())));
    }

    private static <T extends Record> Select<T> branch(
            Select<T> select, @Nullable Condition seek, List<? extends SortField<?>> order, int limit) {
        Condition where = select.$where();
        // An accessor that changes nothing returns the select itself, so a copy is one that was given something new.
        SelectQuery<T> query = (SelectQuery<T>)
                (seek == null ? select.$limit(DSL.val(limit)) : select.$where(where == null ? seek : where.and(seek)));
        query.addOrderBy(order);
        query.addLimit(DSL.val(limit));
        return query;
    }

    /** jOOQ does not say whether a select has a set operator; its words in the text may also stand in a literal. */
    private static boolean mentionsSetOperator(String lower) {
        return lower.contains("union") || lower.contains("intersect") || lower.contains("except");
    }

    private boolean hasSetOperator() {
        return mentionsSetOperator(
                dsl.render(select.$select(ONE).$with(null).$from(List.of()).$where(null))
                        .toLowerCase(Locale.ROOT));
    }

    /** A FROM in plain SQL can have clauses that jOOQ does not know of, and after which a page adds its own. */
    private void requireNoPlainClause(String text) {
        switch (PlainClause.in(text, select.$where() != null)) {
            case NONE -> {}
            case WHERE -> throw refused("WHERE in the plain SQL of its FROM", "write the condition with where(…)");
            case ORDER -> throw refused("ORDER BY in plain SQL", "the order of the rows is the keyset's");
            case SIZE -> throw refused("LIMIT, OFFSET or FETCH in plain SQL", "which rows a page has is the request's");
            case ROWS -> throw refused("GROUP BY, HAVING or set operator in plain SQL", DERIVED_TABLE);
        }
    }

    private static void require(@Nullable Object clause, String name, String remedy) {
        if (clause != null && !(clause instanceof Collection<?> parts && parts.isEmpty())) {
            throw refused(name, remedy);
        }
    }

    private static PaginationException refused(String clause, String remedy) {
        return new PaginationException("the select has a " + clause + " of its own, which cannot be paged: " + remedy);
    }
}
