package io.perfkit.pagination;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SelectQuery;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The caller's ordered select, of which numbered pages are read. Never changes the select itself.
 *
 * <p>jOOQ's accessors tell of the first branch of a union only; what is said at the end of the union itself can be seen
 * in its text alone. So that is where this looks: at what stands around a column that was added to the order of a copy.
 */
final class OffsetQuery<R extends Record> {

    private static final String MARK = "perfkit_last_in_order";
    private static final Pattern TAIL = Pattern.compile("(order by )?" + MARK + "(.*)", Pattern.DOTALL);
    private static final Pattern SET_OPERATOR = Pattern.compile("\\b(union|intersect|except|minus)\\b");
    private static final Pattern SIZE = Pattern.compile("\\b(limit|fetch|offset)\\b");

    private final Select<R> select;
    private final boolean united;

    private OffsetQuery(Select<R> select, boolean united) {
        this.select = select;
        this.united = united;
    }

    static <R extends Record> OffsetQuery<R> of(DSLContext dsl, Select<R> select) {
        boolean ordered = !select.$orderBy().isEmpty();
        boolean sized = select.$limit() != null || select.$offset() != null;
        boolean united = false;
        if (!ordered || sized) {
            String end = endOfUnion(dsl, select);
            if (end != null) {
                united = true;
                Matcher tail = TAIL.matcher(end);
                boolean found = tail.find();
                ordered = found && tail.group(1) == null;
                sized = found && SIZE.matcher(tail.group(2)).find();
            }
        }
        if (!ordered) {
            throw new PaginationException(
                    "the select has no ORDER BY, so that its pages would overlap: add one that ends "
                            + "in a unique column");
        }
        if (sized) {
            throw new PaginationException(
                    "the select has a LIMIT or OFFSET of its own, which cannot be paged: the page brings its own");
        }
        return new OffsetQuery<>(select, united);
    }

    /** The text of the union with one column more in its order; null if this is no union. */
    private static @Nullable String endOfUnion(DSLContext dsl, Select<?> select) {
        String head = dsl.render(
                select.$select(List.of(DSL.one())).$with(null).$from(List.of()).$where(null));
        if (!SET_OPERATOR.matcher(head.toLowerCase(Locale.ROOT)).find()) {
            return null;
        }
        SelectQuery<?> copy = (SelectQuery<?>) select.$distinct(!select.$distinct());
        copy.addOrderBy(DSL.field(MARK));
        return dsl.render(copy).toLowerCase(Locale.ROOT);
    }

    /** The rows of one page. */
    Select<R> page(long offset, int limit) {
        // jOOQ's accessors with a dollar sign copy when something is new; the copy is this method's to change. What is
        // added to a copy with branches belongs to the union of them.
        SelectQuery<R> query = (SelectQuery<R>) select.$limit(DSL.val(limit));
        query.addOffset(offset);
        return query;
    }

    /** The select may have groups or DISTINCT, so its rows are counted from outside. */
    Totals.RowCounts counts(DSLContext dsl) {
        Select<?> rows = united ? CountedRows.derivableUnion(select) : CountedRows.derivable(select);
        return new Totals.RowCounts(dsl, rows, CountedRows.countOf(dsl, rows));
    }
}
