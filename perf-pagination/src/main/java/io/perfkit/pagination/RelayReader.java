package io.perfkit.pagination;

import io.perfkit.pagination.RowSource.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the algorithms of the Relay "GraphQL Cursor Connections Specification" would leave of all edges
 * (EdgesToReturn, HasPreviousPage, HasNextPage in its section "Pagination algorithm"), without reading all of them: the
 * rows in the window between the cursors from that end at which the page is, one row more than is needed, and a probe of
 * one row beyond the cursor at the other end.
 */
final class RelayReader {

    private RelayReader() {}

    /**
     * Reads a page.
     *
     * @param window the rows from one cursor on that are on this side of the other one
     * @param all the rows on both sides
     * @param first at most so many; null for no bound, and then {@code last} is one
     * @param last of these at most so many, from the end; null for no bound
     * @param isLastAsked whether that is the client's wish, or only this server's bound
     */
    static <R extends Record> Read<R> read(
            RowSource<R> window,
            RowSource<R> all,
            Ends ends,
            @Nullable Integer first,
            @Nullable Integer last,
            boolean isLastAsked,
            boolean probe) {
        if (first == null) {
            int most = last == null ? 0 : last;
            Slice<R> slice = window.read(false, ends.before, most + 1);
            List<R> rows = new ArrayList<>(
                    slice.rows().subList(0, Math.min(most, slice.rows().size())));
            Collections.reverse(rows);
            boolean hasPrevious =
                    slice.rows().size() > most || (!isLastAsked && probe && exists(all, false, ends.after));
            return new Read<>(slice.with(rows), hasPrevious, probe && exists(all, true, ends.before));
        }
        Slice<R> slice = window.read(true, ends.after, (last == null ? first : Math.max(first, last)) + 1);
        int found = slice.rows().size();
        int until = Math.min(first, found);
        int from = last == null ? 0 : Math.max(0, until - last);
        boolean hasPrevious = last == null ? probe && exists(all, false, ends.after) : found > last;
        return new Read<>(slice.with(new ArrayList<>(slice.rows().subList(from, until))), hasPrevious, found > first);
    }

    /** Whether there is a row on the far side of the cursor that the page began from, its own row among them. */
    private static boolean exists(RowSource<?> all, boolean forward, @Nullable Cursor from) {
        return from != null && all.exists(forward, from.withInclusive(!from.inclusive()));
    }

    /** The cursors between which the window is. */
    record Ends(@Nullable Cursor after, @Nullable Cursor before) {}

    /** The rows in display order, and what the page information says. */
    record Read<R extends Record>(Slice<R> slice, boolean hasPrevious, boolean hasNext) {}
}
