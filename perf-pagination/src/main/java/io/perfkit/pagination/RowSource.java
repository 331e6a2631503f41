package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/** Where the rows of a page come from: a select, or rows in memory. */
interface RowSource<R extends Record> {

    /** What a cursor of these rows is bound to, besides their order. */
    String filter();

    /** Whether the rows are compared by their own values, and not by a database. */
    default boolean isInMemory() {
        return false;
    }

    /** The first rows beyond the cursor, or of all without one, in the order of travel; no more than {@code limit}. */
    Slice<R> read(boolean forward, @Nullable Cursor from, int limit);

    /** Whether there is a row beyond the cursor. */
    boolean exists(boolean forward, Cursor from);

    /** How many rows there are in all. */
    Total total(Totals totals);

    /**
     * Rows in the order of travel, and where in each of them the columns of the keyset are. Within this, a row may have
     * columns more than R has, which {@link #items} takes off.
     */
    final class Slice<R extends Record> {

        private final List<R> rows;
        private final List<KeyColumn> columns;
        private final int[] indexes;
        private final UnaryOperator<R> narrowing;

        Slice(List<R> rows, List<KeyColumn> columns, int[] indexes, UnaryOperator<R> narrowing) {
            this.rows = rows;
            this.columns = columns;
            this.indexes = indexes;
            this.narrowing = narrowing;
        }

        /** Rows at hand, of a select or not, whose columns have to be found by what they are. */
        static <R extends Record> Slice<R> of(List<R> rows, List<KeyColumn> columns) {
            int[] indexes = rows.isEmpty() ? new int[0] : RowKeys.indexes(rows.get(0), columns);
            return new Slice<>(rows, columns, indexes, UnaryOperator.identity());
        }

        List<R> rows() {
            return rows;
        }

        List<KeyColumn> columns() {
            return columns;
        }

        /** The rows as the caller's select has them. */
        List<R> items() {
            List<R> items = new ArrayList<>(rows);
            items.replaceAll(narrowing);
            return items;
        }

        /** Other rows of the same shape. */
        Slice<R> with(List<R> others) {
            return new Slice<>(others, columns, indexes, narrowing);
        }

        List<@Nullable Object> position(R row) {
            List<@Nullable Object> values = new ArrayList<>(indexes.length);
            for (int i = 0; i < indexes.length; i++) {
                values.add(columns.get(i).valueOf(row, indexes[i]));
            }
            return values;
        }
    }

    /** Rows of a select. */
    final class OfSelect<R extends Record> implements RowSource<R> {

        private final DSLContext dsl;
        private final PageQuery<R> query;
        private final Travels travels;

        OfSelect(DSLContext dsl, PageQuery<R> query, Travels travels) {
            this.dsl = dsl;
            this.query = query;
            this.travels = travels;
        }

        @Override
        public String filter() {
            return query.filter();
        }

        @Override
        public Slice<R> read(boolean forward, @Nullable Cursor from, int limit) {
            Travel travel = travels.towards(forward);
            List<Condition> after = from == null ? null : after(travel, from);
            if (after != null && after.isEmpty()) {
                return new Slice<>(List.of(), travel.columns(), new int[0], UnaryOperator.identity());
            }
            SelectedKeys<R> keys = query.keys(travel);
            return keys.slice(
                    dsl,
                    StoredTimes.fetch(
                            dsl,
                            runsOn -> travels.fetch(runsOn, query.page(after, travel, limit), keys.positions()),
                            travel.columns(),
                            keys::position));
        }

        @Override
        public boolean exists(boolean forward, Cursor from) {
            Travel travel = travels.towards(forward);
            List<Condition> beyond = after(travel, from);
            return !beyond.isEmpty() && !dsl.fetch(query.probe(beyond, travel)).isEmpty();
        }

        @Override
        public Total total(Totals totals) {
            return totals.of(query.counts(dsl));
        }

        private List<Condition> after(Travel travel, Cursor from) {
            return travel.after(from, () -> query.canUnite(travel));
        }
    }

    /** Rows in memory; sorted once for each page. */
    final class OfRows<R extends Record> implements RowSource<R> {

        private static final String FILTER = "rows in memory";

        private final List<R> rows;
        private final Travels travels;

        OfRows(Collection<? extends R> rows, Travels travels) {
            this.rows = List.copyOf(rows);
            this.travels = travels;
        }

        @Override
        public String filter() {
            return FILTER;
        }

        @Override
        public boolean isInMemory() {
            return true;
        }

        @Override
        public Slice<R> read(boolean forward, @Nullable Cursor from, int limit) {
            List<KeyColumn> columns = travels.towards(forward).columns();
            Slice<R> all = Slice.of(rows, columns);
            KeyComparator order = new KeyComparator(columns);
            List<R> beyond = rows.stream()
                    .filter(row -> from == null || isBeyond(order.compare(all.position(row), from.values()), from))
                    .sorted(Comparator.comparing(row -> all.position(row), order))
                    .limit(limit)
                    .toList();
            return all.with(beyond);
        }

        private static boolean isBeyond(int compared, Cursor from) {
            return compared > 0 || (compared == 0 && from.inclusive());
        }

        @Override
        public boolean exists(boolean forward, Cursor from) {
            return !read(forward, from, 1).rows().isEmpty();
        }

        @Override
        public Total total(Totals totals) {
            return Total.exactly(rows.size());
        }
    }
}
