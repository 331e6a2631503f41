package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Select;
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
    private final Totals totals;
    private final CursorBinding.Order order;
    private final Travels travels;
    private final CursorBinding.Order orderInMemory;
    private final Travels travelsInMemory;

    private CursorPaginator(Builder builder, CursorCodec cursors) {
        this.dsl = builder.dsl;
        this.cursors = cursors;
        this.maximumSize = builder.maximumSize;
        this.defaultSize =
                builder.defaultSize == null ? Math.min(Builder.DEFAULT_SIZE, maximumSize) : builder.defaultSize;
        this.oversize = builder.oversize;
        this.probeOtherEnd = builder.probeOtherEnd;
        this.totals = builder.totals;
        DialectRules rules = DialectRules.of(dsl.dialect());
        List<KeyColumn> columns = builder.keyset.resolve(rules);
        this.order = new CursorBinding.Order(columns, describe(columns), cursors.keys());
        this.travels = new Travels(columns, rules);
        boolean same = columns.stream().allMatch(column -> column.type().raw() == null);
        List<KeyColumn> inMemory =
                same ? columns : columns.stream().map(KeyColumn::inMemory).toList();
        this.orderInMemory = same ? order : new CursorBinding.Order(inMemory, describe(inMemory), cursors.keys());
        this.travelsInMemory = same ? travels : new Travels(inMemory, rules);
    }

    /**
     * Begins a paginator.
     *
     * @param dsl its dialect decides how the queries look; runs those whose select is attached to no connection. One that
     *     is, such as a select of the context of {@code dsl.transaction(tx -> …)}, runs there, and so sees the transaction
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
        return page(() -> source(select), request, size(request.size()), probeOtherEnd, totals);
    }

    /**
     * Fetches one page and makes an object of every row, as jOOQ's {@code fetchInto} does: a record, a bean or a
     * generated POJO, its members matched by the names or the order of the columns.
     *
     * @param <E> the type of an item
     * @param select as for {@link #fetch}
     * @param request which page
     * @param type the class of an item
     * @return the page, in display order
     * @throws InvalidCursorException as {@link #fetch}, which also says what else can be thrown
     */
    public <E> CursorPage<E> fetchInto(Select<? extends R> select, CursorRequest request, Class<E> type) {
        CursorPage<R> page = fetch(select, request);
        return page.withItems(Projection.into(Execution.of(select, dsl), page.items(), type));
    }

    /**
     * One page of rows in memory, by the same rules and with the same kind of cursors: what a database with a binary
     * collation would answer. Sorts all of them for each page. The total is exact.
     *
     * @param rows in any order; each has the keyset's columns
     * @param request which page; its scope should name the rows, as a cursor is bound to nothing else
     * @return the page, in display order
     * @throws InvalidCursorException if the cursor cannot be used
     */
    public CursorPage<R> fetch(Collection<? extends R> rows, CursorRequest request) {
        return page(
                () -> new CheckedSource<>(new RowSource.OfRows<R>(rows, travelsInMemory)),
                request,
                size(request.size()),
                probeOtherEnd,
                totals);
    }

    /**
     * Fetches a page as the Relay "GraphQL Cursor Connections Specification" defines it for any combination of its four
     * arguments. Where the specification leaves it to the server to say whether there are rows beyond the cursor that
     * the page began from, they are looked for by a second query of one row, which {@link Builder#probeOtherEnd}
     * switches off; the row of that cursor counts as one of them.
     *
     * @param select as for {@link #fetch}
     * @param request which rows
     * @return the rows with a cursor for each, in display order
     * @throws InvalidRequestException as {@link #fetch}, which also says what else can be thrown
     */
    public RelayConnection<R> fetchConnection(Select<? extends R> select, RelayRequest request) {
        return connection(select, request);
    }

    private <T extends R> RelayConnection<R> connection(Select<T> select, RelayRequest request) {
        boolean isFromEnd = request.first() == null && (request.last() != null || request.before() != null);
        Integer first = isFromEnd ? null : size(request.first());
        Integer last = request.last() == null && !isFromEnd ? null : Integer.valueOf(size(request.last()));
        CursorCodec.Opened openedAfter = request.after() == null ? null : cursors.open(request.after());
        CursorCodec.Opened openedBefore = request.before() == null ? null : cursors.open(request.before());
        RowSource<T> all = source(select);
        CursorBinding binding = binding(all.filter(), request.scope());
        Cursor after = openedAfter == null ? null : cursors.read(openedAfter, Cursor.Use.FORWARD, binding);
        Cursor before = openedBefore == null ? null : cursors.read(openedBefore, Cursor.Use.BACKWARD, binding);
        RowSource<T> window = all;
        if (isFromEnd && after != null) {
            window = source(travels.of(select).forwards().within(select, after));
        } else if (!isFromEnd && before != null) {
            window = source(travels.of(select).backwards().within(select, before));
        }
        RelayReader.Read<T> read = RelayReader.read(
                window, all, new RelayReader.Ends(after, before), first, last, request.last() != null, probeOtherEnd);
        List<RelayConnection.Edge<R>> edges = new ArrayList<>();
        List<T> items = read.slice().items();
        for (int i = 0; i < items.size(); i++) {
            Cursor cursor = new Cursor(
                    Cursor.Use.ITEM,
                    false,
                    read.slice().position(read.slice().rows().get(i)));
            edges.add(new RelayConnection.Edge<>(items.get(i), cursors.encode(cursor, binding)));
        }
        return RelayConnection.of(edges, read.hasNext(), read.hasPrevious());
    }

    /**
     * The cursor of a row that is at hand, for {@link CursorRequest#around}, {@code after} and {@code before}: "show this
     * transaction in the list".
     *
     * @param select the list, as for {@link #fetch}
     * @param row has the keyset's columns
     * @param scope as {@link CursorRequest#scope}; the default there is the empty text
     * @return the cursor; whether the row is in the list is not looked at
     * @throws PaginationException if the row lacks a column, or a value does not tell what the database compares; {@link
     *     CursorPage#cursor} always knows
     */
    public String cursorOf(Select<? extends R> select, Record row, String scope) {
        RowSource.Slice<Record> slice = RowSource.Slice.of(List.of(row), orderInMemory.columns());
        List<@Nullable Object> position = slice.position(row);
        for (int i = 0; i < position.size(); i++) {
            position.set(i, order.columns().get(i).type().rawOf(position.get(i)));
        }
        Cursor cursor = new Cursor(Cursor.Use.ITEM, false, position);
        return cursors.encode(cursor, binding(new PageQuery<>(dsl, select).filter(), scope));
    }

    /**
     * All rows, in constant memory and without a long transaction: each chunk is a statement of its own, and rows that
     * come or go meanwhile neither repeat nor hide others. Nothing needs to be closed.
     *
     * @param select as for {@link #fetch}
     * @param chunkSize rows fetched at a time, 1 to 1,000,000; the paginator's maximum does not apply
     * @return a sequential stream in display order
     */
    public Stream<R> stream(Select<? extends R> select, int chunkSize) {
        return KeysetStream.of(source(select), Builder.checked("chunkSize", chunkSize));
    }

    /**
     * Goes through all pages from a cursor to the end, so that the work can be resumed after a crash: keep {@link
     * CursorPage#next()} together with what the page's work has changed, and start from it again. With {@code last} it
     * goes backwards, and {@link CursorPage#previous()} is the one to keep.
     *
     * @param select as for {@link #fetch}
     * @param request the size of a page, to which the paginator's maximum does not apply, and where to begin
     * @param action called for every page that has rows, in order, in this thread; what it throws ends the iteration
     * @throws InvalidCursorException if the cursor cannot be used
     * @throws IllegalArgumentException if the request was made with {@code around}
     */
    public void forEachPage(Select<? extends R> select, CursorRequest request, Consumer<? super CursorPage<R>> action) {
        if (request.use() == Cursor.Use.ITEM) {
            throw new IllegalArgumentException(
                    "forEachPage needs a request made with first or last, but was " + request);
        }
        int size = request.size() == null ? defaultSize : Builder.checked("page size", request.size());
        forEachPage(source(select), request, size, action);
    }

    private <T extends R> void forEachPage(
            RowSource<T> source, CursorRequest request, int size, Consumer<? super CursorPage<R>> action) {
        CursorRequest next = request;
        while (true) {
            CursorPage<R> page = page(() -> source, next, size, false, Totals.none());
            if (!page.items().isEmpty()) {
                action.accept(page);
            }
            boolean forward = request.use() == Cursor.Use.FORWARD;
            String token = (forward ? page.next() : page.previous()).orElse(null);
            if (token == null) {
                return;
            }
            next = forward ? request.after(token) : request.before(token);
        }
    }

    private <T extends R> RowSource<T> source(Select<T> select) {
        DSLContext runsOn = Execution.of(select, dsl);
        PageQuery<T> query = new PageQuery<>(dsl, select);
        return new CheckedSource<>(new RowSource.OfSelect<>(runsOn, query, travels.of(select)));
    }

    private <T extends R> CursorPage<R> page(
            Supplier<? extends RowSource<T>> rows, CursorRequest request, int size, boolean probe, Totals totals) {
        String token = request.token();
        CursorCodec.Opened opened = token == null ? null : cursors.open(token);
        RowSource<T> source = rows.get();
        CursorBinding bound = binding(source.filter(), request.scope());
        CursorBinding binding = source.isInMemory() ? bound.of(orderInMemory) : bound;
        Cursor from = opened == null ? null : cursors.read(opened, request.use(), binding);
        PageReader.Read<T> read = request.use() == Cursor.Use.ITEM
                ? PageReader.around(source, Objects.requireNonNull(from), size)
                : PageReader.beyond(source, request.use(), from, size, probe);
        List<R> items = new ArrayList<>(read.slice().items());
        return new CursorPage<>(
                items,
                read.hasNext(),
                read.next() == null ? null : cursors.encode(read.next(), binding),
                read.hasPrevious(),
                read.previous() == null ? null : cursors.encode(read.previous(), binding),
                source.total(totals),
                index -> cursors.encode(read.cursor(index), binding));
    }

    CursorBinding binding(String filter, String scope) {
        return new CursorBinding(order, filter + '\u0000' + scope);
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
        private Totals totals = Totals.none();

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
         * How each page gets to know how many rows there are in all.
         *
         * @param totals the default is {@link Totals#none}
         * @return this
         */
        public Builder totals(Totals totals) {
            this.totals = Objects.requireNonNull(totals, "totals");
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
