package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.Select;

/**
 * Fetches the classic numbered page, for those who must be able to jump to page 7: {@code ORDER BY … LIMIT … OFFSET …}.
 *
 * <p>The database reads and throws away all rows before the page, so its cost grows with its number; and a row that is
 * inserted or deleted in between shifts all pages behind it, so that a reader sees rows twice or not at all. Where
 * readers go from page to page, use {@link CursorPaginator}. {@link Builder#maximumOffset} bounds the cost.
 *
 * <p>The select must have an ORDER BY, which should end in a unique column: without it pages overlap. A page reads one
 * row more than asked for, which tells without a count whether there is a next page. Immutable and thread-safe, as far
 * as the {@link DSLContext} is. The select passed in is not changed.
 */
public final class OffsetPaginator {

    private final DSLContext dsl;
    private final int maximumSize;
    private final long maximumOffset;

    private OffsetPaginator(Builder builder) {
        dsl = builder.dsl;
        maximumSize = builder.maximumSize;
        maximumOffset = builder.maximumOffset;
    }

    /**
     * A paginator of pages of at most 500 rows, which begin at most 100,000 rows deep.
     *
     * @param dsl runs the queries whose select is attached to no connection; one that is, such as a select of the context
     *     of {@code dsl.transaction(tx -> …)}, runs there
     * @return the paginator
     */
    public static OffsetPaginator of(DSLContext dsl) {
        return builder(dsl).build();
    }

    /**
     * Begins a paginator.
     *
     * @param dsl as for {@link #of}
     * @return a builder with the options of {@link #of}
     */
    public static Builder builder(DSLContext dsl) {
        return new Builder(Objects.requireNonNull(dsl, "dsl"));
    }

    /**
     * Fetches one page.
     *
     * @param <R> the type of a row
     * @param select any select with an ORDER BY and without LIMIT and OFFSET; it may be a union whose own order is stated at its end
     * @param page the number of the page, from 1
     * @param size how many rows, at least 1
     * @param totals how to know the number of all rows
     * @return the page, which is empty behind the last one
     * @throws InvalidPageNumberException if {@code page} is below 1 or begins beyond the maximum offset; the database has
     *     not been touched
     * @throws InvalidPageSizeException if {@code size} is below 1; the database has not been touched
     * @throws PaginationException if the select cannot be paged
     */
    public <R extends Record> OffsetPage<R> fetch(Select<R> select, long page, int size, Totals totals) {
        Objects.requireNonNull(totals, "totals");
        if (size < 1) {
            throw new InvalidPageSizeException("page size must be at least 1, but was " + size);
        }
        if (page < 1) {
            throw new InvalidPageNumberException("page must be at least 1, but was " + page);
        }
        int rows = Math.min(size, maximumSize);
        // By division, because the product may be too large for a long.
        if (page - 1 > maximumOffset / rows) {
            throw new InvalidPageNumberException("page " + page + " of " + rows + " rows begins too deep: at most "
                    + maximumOffset + " rows can be skipped");
        }
        OffsetQuery<R> query = OffsetQuery.of(dsl, select);
        DSLContext runsOn = Execution.of(select, dsl);
        Result<R> found = runsOn.fetch(query.page((page - 1) * rows, rows + 1));
        boolean more = found.size() > rows;
        List<R> items = new ArrayList<>(more ? found.subList(0, rows) : found);
        return new OffsetPage<>(items, page, rows, more, totals.of(query.counts(runsOn)));
    }

    /**
     * Fetches one page and makes an object of every row, as jOOQ's {@code fetchInto} does.
     *
     * @param <E> the type of an item
     * @param select as for {@link #fetch}
     * @param page the number of the page, from 1
     * @param size how many rows, at least 1
     * @param totals how to know the number of all rows
     * @param type the class of an item
     * @return the page; {@link #fetch} says what can be thrown
     */
    public <E> OffsetPage<E> fetchInto(Select<?> select, long page, int size, Totals totals, Class<E> type) {
        OffsetPage<? extends Record> found = fetch(select, page, size, totals);
        return found.withItems(Projection.into(Execution.of(select, dsl), found.items(), type));
    }

    /** Options of an {@link OffsetPaginator}. Every setter rejects a bad value at once. Not thread-safe. */
    public static final class Builder {

        private static final int LARGEST_SIZE = 1_000_000;

        private final DSLContext dsl;
        private int maximumSize = 500;
        private long maximumOffset = 100_000;

        private Builder(DSLContext dsl) {
            this.dsl = dsl;
        }

        /**
         * The largest page that is served; a request for more is clamped to it.
         *
         * @param maximumSize between 1 and 1,000,000; the default is 500
         * @return this
         */
        public Builder maximumSize(int maximumSize) {
            if (maximumSize < 1 || maximumSize > LARGEST_SIZE) {
                throw new IllegalArgumentException(
                        "maximumSize must be between 1 and " + LARGEST_SIZE + ", but was " + maximumSize);
            }
            this.maximumSize = maximumSize;
            return this;
        }

        /**
         * How many rows may be skipped; a page that begins deeper is refused with {@link InvalidPageNumberException}.
         *
         * @param maximumOffset at least 0; the default is 100,000
         * @return this
         */
        public Builder maximumOffset(long maximumOffset) {
            if (maximumOffset < 0) {
                throw new IllegalArgumentException("maximumOffset must be at least 0, but was " + maximumOffset);
            }
            this.maximumOffset = maximumOffset;
            return this;
        }

        /**
         * The paginator with these options. Touches no database.
         *
         * @return a new paginator
         */
        public OffsetPaginator build() {
            return new OffsetPaginator(this);
        }
    }
}
