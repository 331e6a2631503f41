package io.perfkit.pagination;

import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * How a page gets to know how many rows there are in all. Counting is the expensive part of classic pagination: an exact
 * count reads every row of the result, however small the page. Immutable and thread-safe, as far as what it was given is.
 */
public final class Totals {

    private static final Totals NONE = new Totals("none", rows -> Total.none());
    private static final Totals EXACT = new Totals("exact", rows -> rows.exact());
    private static final Totals ESTIMATED = new Totals("estimated", RowCounts::estimate);

    private final String name;
    private final Way way;
    private final @Nullable UnaryOperator<Supplier<Total>> cache;

    private Totals(String name, Way way) {
        this(name, way, null);
    }

    private Totals(String name, Way way, @Nullable UnaryOperator<Supplier<Total>> cache) {
        this.name = name;
        this.way = way;
        this.cache = cache;
    }

    /**
     * No total: costs nothing.
     *
     * @return the way
     */
    public static Totals none() {
        return NONE;
    }

    /**
     * {@code count(*)} of the query: one statement more, which reads every row of the result or of an index.
     *
     * @return the way
     */
    public static Totals exact() {
        return EXACT;
    }

    /**
     * Counts to {@code limit} and then stops: "1 to 10,000, or more than 10,000". One statement more, which reads at most
     * {@code limit + 1} rows of the result.
     *
     * @param limit how far to count, at least 1
     * @return the way
     */
    public static Totals bounded(long limit) {
        if (limit < 1 || limit == Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "limit must be between 1 and " + (Long.MAX_VALUE - 1) + ", but was " + limit);
        }
        return new Totals("bounded(" + limit + ")", rows -> rows.bounded(limit));
    }

    /**
     * What the planner of the database expects: one {@code EXPLAIN} more, which reads no rows. It may be off by any
     * factor, more so with several conditions and old statistics, and is labelled as an estimate. PostgreSQL, MySQL and
     * MariaDB only; elsewhere the page fails with a {@link PaginationException}.
     *
     * @return the way
     */
    public static Totals estimated() {
        return ESTIMATED;
    }

    /**
     * A number that the application knows, such as a counter it keeps. It is taken as exact.
     *
     * @param total called once for every page; at least 0
     * @return the way
     */
    public static Totals supplied(LongSupplier total) {
        Objects.requireNonNull(total, "total");
        return new Totals("supplied", rows -> Total.exactly(total.getAsLong()));
    }

    /**
     * The same, through a cache of the caller: for every page the cache is given a supplier that counts, and answers with
     * one that may count or may remember. The cache must tell queries apart by itself, for example by a paginator, or a
     * {@code Totals}, for each:
     *
     * <pre>{@code
     * Totals paid = Totals.exact().cachedBy(count -> () -> cache.getOrSet("tx.paid.count", count));
     * }</pre>
     *
     * @param cache turns the counting supplier into the caching one
     * @return a way like this one
     */
    public Totals cachedBy(UnaryOperator<Supplier<Total>> cache) {
        return new Totals(name + ", cached", way, Objects.requireNonNull(cache, "cache"));
    }

    Total of(RowCounts rows) {
        return cache == null
                ? way.count(rows)
                : cache.apply(() -> way.count(rows)).get();
    }

    @Override
    public String toString() {
        return "Totals[" + name + "]";
    }

    private interface Way {
        Total count(RowCounts rows);
    }

    /** What can be asked about the number of rows of one query. */
    static final class RowCounts {

        private final DSLContext dsl;
        private final Select<?> rows;
        private final Select<Record1<Integer>> all;

        /** {@code rows} is the query without order and limit, {@code all} counts its rows. */
        RowCounts(DSLContext dsl, Select<?> rows, Select<Record1<Integer>> all) {
            this.dsl = dsl;
            this.rows = rows;
            this.all = all;
        }

        private Total exact() {
            return Total.exactly(number(all));
        }

        private Total bounded(long limit) {
            Select<?> some = rows.$limit(DSL.val(limit + 1));
            long counted = number(dsl.selectCount().from(some.asTable("counted")));
            return counted > limit ? Total.moreThan(limit) : Total.exactly(counted);
        }

        private Total estimate() {
            return Total.about(PlannerEstimate.rows(dsl, rows));
        }

        private long number(Select<Record1<Integer>> count) {
            Record1<Integer> row = dsl.fetchOne(count);
            return Objects.requireNonNull(row, "a count has a row").value1();
        }
    }
}
