package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.Select;
import org.jooq.SortField;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pages of a select by keyset: each page is one index range scan that begins where the last one ended, so page
 * 40,000 costs what page 1 costs.
 *
 * <pre>{@code
 * CursorPaginator<TxRecord> paginator = CursorPaginator.over(dsl, Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc()))
 *         .cursors(CursorCodec.signed(KeyRing.of("2026-11", secret)))
 *         .build();
 * CursorPage<TxRecord> page = paginator.fetch(
 *         dsl.selectFrom(TX).where(TX.STATUS.eq("PAID")), CursorRequest.first(50).after(token));
 * }</pre>
 *
 * <p><b>Guarantees.</b> The pages of an unchanging table, joined, are the unpaged result: no row is lost or repeated,
 * with nulls, duplicates and mixed directions, forwards and backwards. Rows inserted or deleted between two pages do
 * not shift the others: a row that is there throughout is seen exactly once. A row whose sort values change while
 * somebody pages may be seen twice or not at all, as it moves past the reader.
 *
 * <p><b>Cost.</b> A page reads one row more than asked for, to know whether there is another page on that side. The
 * other side is looked at by a second query of one row, unless the request has no cursor; {@link
 * Builder#probeOtherEnd} switches it off. The two are separate statements: outside a transaction with a snapshot they
 * may see different states. An index on the keyset's columns, in its directions, is needed; see the documentation.
 *
 * <p>Immutable and thread-safe, as far as the {@link DSLContext} is. The select passed to {@link #fetch} is not changed.
 *
 * @param <R> the type of a row
 */
public final class CursorPaginator<R extends Record> {

    private final DSLContext dsl;
    private final CursorCodec cursors;
    private final int defaultSize;
    private final int maximumSize;
    private final OversizePolicy oversize;
    private final boolean probeOtherEnd;
    private final CursorBinding.Order order;
    private final Travel forwards;
    private final Travel backwards;

    private CursorPaginator(Builder builder, CursorCodec cursors) {
        this.dsl = builder.dsl;
        this.cursors = cursors;
        this.maximumSize = builder.maximumSize;
        this.defaultSize =
                builder.defaultSize == null ? Math.min(Builder.DEFAULT_SIZE, maximumSize) : builder.defaultSize;
        this.oversize = builder.oversize;
        this.probeOtherEnd = builder.probeOtherEnd;
        DialectRules rules = DialectRules.of(dsl.dialect());
        List<KeyColumn> columns = builder.keyset.resolve(rules);
        this.order = new CursorBinding.Order(columns, describe(columns), cursors.keys());
        this.forwards = new Travel(columns, rules);
        this.backwards = new Travel(columns.stream().map(KeyColumn::reversed).toList(), rules);
    }

    /**
     * Begins a paginator.
     *
     * @param dsl runs the queries; its dialect decides how they look
     * @param keyset the order of the rows
     * @return a builder
     */
    public static Builder over(DSLContext dsl, Keyset keyset) {
        return new Builder(Objects.requireNonNull(dsl, "dsl"), Objects.requireNonNull(keyset, "keyset"));
    }

    /**
     * Fetches one page.
     *
     * @param select any select without ORDER BY, LIMIT, OFFSET, DISTINCT, GROUP BY or set operator, whose columns
     *     include the keyset's; it may have joins, common table expressions and conditions of any kind. Its values are
     *     part of what a cursor is bound to: a condition such as "newer than 30 days before now" should therefore be
     *     rounded, or the next request will not match
     * @param request which page
     * @return the page, in display order
     * @throws InvalidCursorException if the cursor cannot be used; the database has not been touched
     * @throws InvalidPageSizeException if the size is above the maximum under {@link OversizePolicy#REFUSE}; the
     *     database has not been touched
     * @throws PaginationException if the select cannot be paged by this keyset
     */
    public CursorPage<R> fetch(Select<? extends R> select, CursorRequest request) {
        return fetchPage(select, request);
    }

    private <T extends R> CursorPage<R> fetchPage(Select<T> select, CursorRequest request) {
        int size = size(request.size());
        PageQuery<T> query = new PageQuery<>(dsl, select);
        CursorBinding binding = binding(query, request.scope());
        String token = request.token();
        Cursor from = token == null ? null : cursors.decode(token, request.forward(), binding);

        Travel travel = request.forward() ? forwards : backwards;
        Result<T> rows = dsl.fetch(query.page(travel.after(from), travel.order, size + 1));
        int[] indexes = indexes(rows);
        boolean more = rows.size() > size;
        List<R> items = new ArrayList<>(more ? rows.subList(0, size) : rows);

        Cursor ahead = more ? position(items.get(size - 1), indexes, request.forward()) : null;
        Cursor behind = behind(from, items, indexes, !request.forward());
        Tristate hasBehind = behind == null ? Tristate.NO : probe(query, behind);

        if (!request.forward()) {
            Collections.reverse(items);
        }
        String aheadToken = ahead == null ? null : cursors.encode(ahead, binding);
        String behindToken = behind == null || hasBehind.isNo() ? null : cursors.encode(behind, binding);
        return request.forward()
                ? new CursorPage<>(items, Tristate.of(more), aheadToken, hasBehind, behindToken)
                : new CursorPage<>(items, hasBehind, behindToken, Tristate.of(more), aheadToken);
    }

    CursorBinding binding(PageQuery<?> query, String scope) {
        return new CursorBinding(order, query.filter() + '\u0000' + scope);
    }

    private int size(@Nullable Integer requested) {
        if (requested == null) {
            return defaultSize;
        }
        if (requested > maximumSize && oversize == OversizePolicy.REFUSE) {
            throw new InvalidPageSizeException("page size must be at most " + maximumSize + ", but was " + requested);
        }
        return Math.min(requested, maximumSize);
    }

    /** Where a page on the other side of this one would begin; null if this one began at the very end of that side. */
    private @Nullable Cursor behind(@Nullable Cursor from, List<R> items, int[] indexes, boolean forward) {
        if (from == null) {
            return null;
        }
        // The rows on the other side of an empty page are those that the cursor left out.
        return items.isEmpty()
                ? new Cursor(forward, !from.inclusive(), from.values())
                : position(items.get(0), indexes, forward);
    }

    private Cursor position(Record row, int[] indexes, boolean forward) {
        List<@Nullable Object> values = new ArrayList<>(indexes.length);
        for (int i = 0; i < indexes.length; i++) {
            values.add(order.columns().get(i).valueOf(row, indexes[i]));
        }
        return new Cursor(forward, false, values);
    }

    private Tristate probe(PageQuery<?> query, Cursor cursor) {
        if (!probeOtherEnd) {
            return Tristate.UNKNOWN;
        }
        Travel travel = cursor.forward() ? forwards : backwards;
        Condition beyond = travel.seek.after(cursor.values(), cursor.inclusive());
        return Tristate.of(!dsl.fetch(query.probe(beyond, travel.order)).isEmpty());
    }

    private int[] indexes(Result<?> rows) {
        int[] indexes = new int[order.columns().size()];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = rows.indexOf(order.columns().get(i).field());
            if (indexes[i] < 0) {
                throw new PaginationException("the select does not have the keyset column "
                        + order.columns().get(i).field() + " among its columns: add it");
            }
        }
        return indexes;
    }

    private String describe(List<KeyColumn> columns) {
        return columns.stream()
                .map(column -> dsl.renderInlined(column.field())
                        + (column.ascending() ? " asc" : " desc")
                        + (!column.nullable() ? " not null " : column.nullsFirst() ? " nulls first " : " nulls last ")
                        + column.type().describe())
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return "CursorPaginator[" + order + "]";
    }

    /** One direction of travel, with what it needs in every query. */
    private static final class Travel {

        private final List<SortField<Object>> order;
        private final SeekPredicate seek;

        Travel(List<KeyColumn> columns, DialectRules rules) {
            this.order = columns.stream().map(KeyColumn::sortField).toList();
            this.seek = new SeekPredicate(columns, rules);
        }

        @Nullable
        Condition after(@Nullable Cursor cursor) {
            return cursor == null ? null : seek.after(cursor.values(), cursor.inclusive());
        }
    }

    /** Options of a {@link CursorPaginator}. Every setter rejects a bad value at once. Not thread-safe. */
    public static final class Builder {

        private static final int DEFAULT_SIZE = 50;
        private static final int LARGEST_SIZE = 1_000_000;

        private final DSLContext dsl;
        private final Keyset keyset;
        private @Nullable CursorCodec cursors;
        private @Nullable Integer defaultSize;
        private int maximumSize = 500;
        private OversizePolicy oversize = OversizePolicy.CLAMP;
        private boolean probeOtherEnd = true;

        private Builder(DSLContext dsl, Keyset keyset) {
            this.dsl = dsl;
            this.keyset = keyset;
        }

        /**
         * How positions become texts. There is no default, because there is no default secret.
         *
         * @param cursors the codec
         * @return this
         */
        public Builder cursors(CursorCodec cursors) {
            this.cursors = Objects.requireNonNull(cursors, "cursors");
            return this;
        }

        /**
         * The size of a page whose request names none.
         *
         * @param defaultSize between 1 and 1,000,000; the default is 50, or the maximum if that is smaller
         * @return this
         */
        public Builder defaultSize(int defaultSize) {
            this.defaultSize = checked("defaultSize", defaultSize);
            return this;
        }

        /**
         * The largest page that is served.
         *
         * @param maximumSize between 1 and 1,000,000; the default is 500
         * @return this
         */
        public Builder maximumSize(int maximumSize) {
            this.maximumSize = checked("maximumSize", maximumSize);
            return this;
        }

        /**
         * What happens to a request for more.
         *
         * @param oversize the default is {@link OversizePolicy#CLAMP}
         * @return this
         */
        public Builder oversize(OversizePolicy oversize) {
            this.oversize = Objects.requireNonNull(oversize, "oversize");
            return this;
        }

        /**
         * Whether a page reached by a cursor looks, with a query of one row, if there are rows on the side it came from.
         * If not, that side answers {@link Tristate#UNKNOWN}.
         *
         * @param probeOtherEnd the default is true
         * @return this
         */
        public Builder probeOtherEnd(boolean probeOtherEnd) {
            this.probeOtherEnd = probeOtherEnd;
            return this;
        }

        /**
         * The paginator with these options. Touches no database.
         *
         * @param <R> the type of a row, usually inferred from what the result is assigned to
         * @return a new paginator
         * @throws IllegalStateException if no codec was given, or the default size is above the maximum
         * @throws PaginationException if the keyset does not identify a row, as far as jOOQ's metadata and {@link
         *     Keyset#uniqueBy} tell, or has a column of a type that a cursor cannot carry
         */
        public <R extends Record> CursorPaginator<R> build() {
            if (cursors == null) {
                throw new IllegalStateException(
                        "cursors must be set: cursors(CursorCodec.signed(KeyRing.of(id, secret)))");
            }
            if (defaultSize != null && defaultSize > maximumSize) {
                throw new IllegalStateException("defaultSize must be at most maximumSize, but defaultSize was "
                        + defaultSize + " and maximumSize was " + maximumSize);
            }
            return new CursorPaginator<>(this, cursors);
        }

        private static int checked(String name, int size) {
            if (size < 1 || size > LARGEST_SIZE) {
                throw new IllegalArgumentException(
                        name + " must be between 1 and " + LARGEST_SIZE + ", but was " + size);
            }
            return size;
        }
    }
}
