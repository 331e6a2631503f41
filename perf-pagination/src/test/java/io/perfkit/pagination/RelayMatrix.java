package io.perfkit.pagination;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/**
 * Every combination of the four arguments with every position, compared with the pagination algorithm of the Relay
 * "GraphQL Cursor Connections Specification" on the unpaged list.
 */
final class RelayMatrix {
    static final Table<Record> RELAY = table(name("relay"));
    static final Field<Integer> ID = field(name("relay", "id"), SQLDataType.INTEGER.notNull());
    static final Field<Integer> RANK = field(name("relay", "position"), SQLDataType.INTEGER);
    static final List<Integer> SIZES = Arrays.asList(null, 0, 1, 2, 9);

    /** Ties, a null, and mixed directions. */
    private static final Integer[] RANKS = {7, null, 7, 3, 3};

    static final int COMBINATIONS = (RANKS.length + 1) * (RANKS.length + 1) * 5 * 5 * 2;

    private final List<String> failures = new ArrayList<>();
    private int combinations;

    static RelayMatrix run(DSLContext dsl) {
        RelayMatrix matrix = new RelayMatrix();
        create(dsl);
        matrix.verify(dsl, List.of(RANK.desc().nullsLast(), ID.asc()));
        matrix.verify(dsl, List.of(ID.asc()));
        return matrix;
    }

    List<String> failures() {
        return failures;
    }

    int count() {
        return combinations;
    }

    static void create(DSLContext dsl) {
        dsl.dropTableIfExists(RELAY).execute();
        dsl.createTable(RELAY)
                .column("id", SQLDataType.INTEGER.notNull())
                .column("position", SQLDataType.INTEGER.null_())
                .primaryKey("id")
                .execute();
        for (int id = 1; id <= RANKS.length; id++) {
            dsl.insertInto(RELAY, field(name("id"), Integer.class), field(name("position"), Integer.class))
                    .values(id, RANKS[id - 1])
                    .execute();
        }
    }

    static Select<Record> select(DSLContext dsl) {
        return dsl.select(List.of(ID, RANK)).from(RELAY);
    }

    static CursorPaginator.Builder paginator(DSLContext dsl, List<SortField<?>> order) {
        return CursorPaginator.over(
                        dsl, Keyset.by(order.toArray(new SortField<?>[0])).uniqueBy(ID))
                .cursors(Cursors.codec());
    }

    private void verify(DSLContext dsl, List<SortField<?>> order) {
        CursorPaginator<Record> paginator = paginator(dsl, order).build();
        List<Integer> all = dsl.select(ID).from(RELAY).orderBy(order).fetch(ID);
        List<String> tokens = paginator
                .fetchConnection(select(dsl), RelayRequest.builder().build())
                .edges()
                .stream()
                .map(RelayConnection.Edge::cursor)
                .toList();
        for (int after = -1; after < all.size(); after++) {
            for (int before = -1; before < all.size(); before++) {
                for (Integer first : SIZES) {
                    for (Integer last : SIZES) {
                        RelayRequest request = RelayRequest.builder()
                                .first(first)
                                .after(after < 0 ? null : tokens.get(after))
                                .last(last)
                                .before(before < 0 ? null : tokens.get(before))
                                .build();
                        String expected = expected(all, after, before, first, last);
                        String actual = describe(paginator.fetchConnection(select(dsl), request), tokens);
                        combinations++;
                        if (!actual.equals(expected)) {
                            failures.add(order + " after=" + after + " before=" + before + " first=" + first + " last="
                                    + last + ": expected " + expected + " but was " + actual);
                        }
                    }
                }
            }
        }
    }

    /** EdgesToReturn, HasPreviousPage and HasNextPage, step by step. */
    private static String expected(List<Integer> all, int after, int before, Integer first, Integer last) {
        List<Integer> window = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (i > after && (before < 0 || i < before)) {
                window.add(all.get(i));
            }
        }
        List<Integer> edges = window;
        if (first != null && edges.size() > first) {
            edges = edges.subList(0, first);
        }
        if (last != null && edges.size() > last) {
            edges = edges.subList(edges.size() - last, edges.size());
        }
        boolean hasPrevious = last != null ? window.size() > last : after >= 0;
        boolean hasNext = first != null ? window.size() > first : before >= 0;
        return edges + " previous=" + hasPrevious + " next=" + hasNext;
    }

    private static String describe(RelayConnection<Record> connection, List<String> tokens) {
        List<Integer> ids =
                connection.edges().stream().map(edge -> edge.node().get(ID)).toList();
        RelayConnection.PageInfo info = connection.pageInfo();
        boolean ends = ids.isEmpty()
                ? info.startCursor() == null && info.endCursor() == null
                : connection.edges().get(0).cursor().equals(info.startCursor())
                        && connection.edges().get(ids.size() - 1).cursor().equals(info.endCursor())
                        && tokens.contains(info.startCursor());
        return ids + " previous=" + info.hasPreviousPage() + " next=" + info.hasNextPage()
                + (ends ? "" : " with wrong ends " + info);
    }
}
