package io.perfkit.pagination;

import io.perfkit.pagination.Cursor.Use;
import io.perfkit.pagination.RowSource.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one page and finds out what is on either side of them. */
final class PageReader {

    private PageReader() {}

    /** A page on the far side of a cursor, or from one end: one row more than asked for tells whether there are more. */
    static <R extends Record> Read<R> beyond(
            RowSource<R> source, Use use, @Nullable Cursor from, int size, boolean probe) {
        boolean forward = use == Use.FORWARD;
        Slice<R> slice = source.read(forward, from, size + 1);
        boolean more = slice.rows().size() > size;
        List<R> items = new ArrayList<>(more ? slice.rows().subList(0, size) : slice.rows());

        Cursor ahead = more ? cursor(use, slice, items.get(size - 1)) : null;
        Cursor behind = behind(from, Use.of(!forward), slice, items);
        Tristate hasBehind = Tristate.NO;
        if (behind != null) {
            hasBehind = probe ? Tristate.of(source.exists(!forward, behind)) : Tristate.UNKNOWN;
            behind = hasBehind.isNo() ? null : behind;
        }
        if (forward) {
            return new Read<>(slice.with(items), Tristate.of(more), ahead, hasBehind, behind);
        }
        Collections.reverse(items);
        return new Read<>(slice.with(items), hasBehind, behind, Tristate.of(more), ahead);
    }

    /** The row at the cursor with half of a page on either side, by one statement for each side. */
    static <R extends Record> Read<R> around(RowSource<R> source, Cursor from, int size) {
        int before = (size - 1) / 2;
        int after = size - before;
        Slice<R> earlier = source.read(false, from.withInclusive(false), before + 1);
        Slice<R> later = source.read(true, from.withInclusive(true), after + 1);
        boolean hasEarlier = earlier.rows().size() > before;
        boolean hasLater = later.rows().size() > after;

        List<R> items = new ArrayList<>(hasEarlier ? earlier.rows().subList(0, before) : earlier.rows());
        Collections.reverse(items);
        items.addAll(hasLater ? later.rows().subList(0, after) : later.rows());
        Slice<R> slice = (later.rows().isEmpty() ? earlier : later).with(items);
        Cursor next = hasLater ? cursor(Use.FORWARD, slice, items.get(items.size() - 1)) : null;
        Cursor previous = null;
        if (hasEarlier) {
            previous = items.isEmpty()
                    ? new Cursor(Use.BACKWARD, false, from.values())
                    : cursor(Use.BACKWARD, slice, items.get(0));
        }
        return new Read<>(slice.with(items), Tristate.of(hasLater), next, Tristate.of(hasEarlier), previous);
    }

    /** Where a page on the other side of this one would begin; null if this one began at the very end of that side. */
    private static <R extends Record> @Nullable Cursor behind(
            @Nullable Cursor from, Use back, Slice<R> slice, List<R> items) {
        if (from == null) {
            return null;
        }
        // The rows on the other side of an empty page are those that the cursor left out.
        return items.isEmpty() ? new Cursor(back, !from.inclusive(), from.values()) : cursor(back, slice, items.get(0));
    }

    private static <R extends Record> Cursor cursor(Use use, Slice<R> slice, R row) {
        return new Cursor(use, false, slice.position(row));
    }

    /** Rows in display order, and the positions on either side of them. */
    record Read<R extends Record>(
            Slice<R> slice,
            Tristate hasNext,
            @Nullable Cursor next,
            Tristate hasPrevious,
            @Nullable Cursor previous) {

        Cursor cursor(int index) {
            return PageReader.cursor(Use.ITEM, slice, slice.rows().get(index));
        }
    }
}
