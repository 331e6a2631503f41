package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page in the shape of the Relay "GraphQL Cursor Connections Specification": every item with a cursor of its own, which
 * serves {@code after} as well as {@code before}. Immutable, as far as the items are.
 *
 * @param <R> the type of an item
 * @param edges the items with their cursors, in display order
 * @param pageInfo what is on either side of them
 */
public record RelayConnection<R>(List<Edge<R>> edges, PageInfo pageInfo) {

    /**
     * A connection.
     */
    public RelayConnection {
        edges = List.copyOf(edges);
    }

    /**
     * One item.
     *
     * @param <R> the type of the item
     * @param node the item
     * @param cursor its cursor
     */
    public record Edge<R>(R node, String cursor) {}

    /**
     * What is on either side of a page.
     *
     * @param hasNextPage whether there is a row after the page; where nobody looked, false, as the specification has it
     * @param hasPreviousPage whether there is a row before the page; where nobody looked, false
     * @param startCursor the cursor of the first item, null if there is none
     * @param endCursor the cursor of the last item, null if there is none
     */
    public record PageInfo(
            boolean hasNextPage,
            boolean hasPreviousPage,
            @Nullable String startCursor,
            @Nullable String endCursor) {}

    /**
     * The connection of a page. Makes a cursor for every item, a few microseconds each.
     *
     * @param <R> the type of an item
     * @param page the page
     * @return the connection
     */
    public static <R> RelayConnection<R> of(CursorPage<R> page) {
        List<Edge<R>> edges = new ArrayList<>(page.items().size());
        for (int i = 0; i < page.items().size(); i++) {
            edges.add(new Edge<>(page.items().get(i), page.cursor(i)));
        }
        return of(edges, page.hasNext().orElse(false), page.hasPrevious().orElse(false));
    }

    static <R> RelayConnection<R> of(List<Edge<R>> edges, boolean hasNextPage, boolean hasPreviousPage) {
        boolean empty = edges.isEmpty();
        return new RelayConnection<>(
                edges,
                new PageInfo(
                        hasNextPage,
                        hasPreviousPage,
                        empty ? null : edges.get(0).cursor(),
                        empty ? null : edges.get(edges.size() - 1).cursor()));
    }

    /**
     * The same connection with every node converted; cursors and page information stay.
     *
     * @param <T> the type of a converted node
     * @param mapper called once per node, in order
     * @return the converted connection
     */
    public <T> RelayConnection<T> map(Function<? super R, ? extends T> mapper) {
        List<Edge<T>> mapped = new ArrayList<>(edges.size());
        for (Edge<R> edge : edges) {
            mapped.add(new Edge<>(mapper.apply(edge.node()), edge.cursor()));
        }
        return new RelayConnection<>(mapped, pageInfo);
    }
}
