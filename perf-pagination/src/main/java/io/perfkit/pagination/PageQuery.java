package io.perfkit.pagination;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The caller's select, to which a page adds a condition, an order and a limit. Never changes the select itself: jOOQ's
 * accessors with a dollar sign return copies.
 */
final class PageQuery<R extends Record> {

    private static final String DERIVED_TABLE =
            "make it a derived table, select.asTable(\"t\"), and page a select from that by its columns";

    private final Select<R> select;
    private final String filter;

    PageQuery(DSLContext dsl, Select<R> select) {
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
        this.filter = dsl.renderInlined(select.$select(List.of(DSL.one())));
        if (mentionsSetOperator(filter) && hasSetOperator(dsl)) {
            throw refused("UNION, INTERSECT or EXCEPT", DERIVED_TABLE);
        }
    }

    String filter() {
        return filter;
    }

    Select<R> page(@Nullable Condition seek, List<SortField<Object>> order, int limit) {
        return paged(select, seek, order, limit);
    }

    Select<?> probe(Condition seek, List<SortField<Object>> order) {
        return paged(select.$select(List.of(DSL.one())), seek, order, 1);
    }

    private static <T extends Record> Select<T> paged(
            Select<T> select, @Nullable Condition seek, List<SortField<Object>> order, int limit) {
        Select<T> paged = select;
        if (seek != null) {
            Condition where = select.$where();
            paged = paged.$where(where == null ? seek : where.and(seek));
        }
        return paged.$orderBy(order).$limit(DSL.val(limit));
    }

    /** jOOQ does not say whether a select has a set operator; its words in the text may also stand in a literal. */
    private static boolean mentionsSetOperator(String sql) {
        String lower = sql.toLowerCase(Locale.ROOT);
        return lower.contains("union") || lower.contains("intersect") || lower.contains("except");
    }

    private boolean hasSetOperator(DSLContext dsl) {
        return mentionsSetOperator(dsl.render(
                select.$select(List.of(DSL.one())).$with(null).$from(List.of()).$where(null)));
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
