package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Record;
import org.jooq.Select;

/**
 * A select, read in pages in every way there is, against its rows in the order in which the database gives them at once.
 * The last column of the select is the mark of a row, which no other has; the other columns are compared by it.
 */
final class PagedSelect {

    private final Select<? extends Record> select;
    private final CursorPaginator<Record> paginator;
    private final List<Long> expected;
    private final Map<Long, String> contents = new HashMap<>();

    /** The rows of {@code select} that have these marks, in this order, read by this paginator. */
    PagedSelect(Select<? extends Record> select, CursorPaginator<Record> paginator, List<Long> expected) {
        this.select = select;
        this.paginator = paginator;
        this.expected = expected;
        select.fetch().forEach(row -> contents.put(mark(row), contents(row)));
        assertThat(contents.keySet()).as("the oracle's own rows").containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Long mark(Record row) {
        return row.get(row.size() - 1, Long.class);
    }

    private static String contents(Record row) {
        return Arrays.deepToString(row.intoArray());
    }

    private List<Long> marks(CursorPage<Record> page) {
        List<Long> marks = new ArrayList<>();
        for (Record row : page.items()) {
            Long mark = mark(row);
            assertThat(contents(row)).as("the row %s", mark).isEqualTo(contents.get(mark));
            marks.add(mark);
        }
        return marks;
    }

    /** {@code first} and {@code after} to the end; from every page but the first {@code last} and {@code before} lead back. */
    void forwards(int size, boolean wayBack) {
        List<Long> all = new ArrayList<>();
        List<Long> before = List.of();
        CursorRequest request = CursorRequest.first(size);
        for (int pages = 0; pages <= expected.size(); pages++) {
            CursorPage<Record> page = paginator.fetch(select, request);
            List<Long> here = marks(page);
            all.addAll(here);
            assertThat(page.hasNext()).as("hasNext after %s", all).isEqualTo(Tristate.of(all.size() < expected.size()));
            assertThat(page.hasPrevious()).as("hasPrevious at %s", here).isEqualTo(Tristate.of(pages > 0));
            if (wayBack && pages > 0) {
                String previous = page.previous().orElseThrow();
                assertThat(marks(
                                paginator.fetch(select, CursorRequest.last(size).before(previous))))
                        .as("the way back from %s", here)
                        .isEqualTo(before);
            }
            if (page.next().isEmpty()) {
                assertThat(all).isEqualTo(expected);
                return;
            }
            before = here;
            request = CursorRequest.first(size).after(page.next().get());
        }
        throw new AssertionError("endless: " + all + " instead of " + expected);
    }

    /** {@code last} and {@code before} to the beginning. */
    void backwards(int size) {
        List<Long> all = new ArrayList<>();
        CursorRequest request = CursorRequest.last(size);
        for (int pages = 0; pages <= expected.size(); pages++) {
            CursorPage<Record> page = paginator.fetch(select, request);
            all.addAll(0, marks(page));
            assertThat(page.hasNext())
                    .as("hasNext, %s pages from the end", pages)
                    .isEqualTo(Tristate.of(pages > 0));
            assertThat(page.hasPrevious())
                    .as("hasPrevious before %s", all)
                    .isEqualTo(Tristate.of(all.size() < expected.size()));
            if (page.previous().isEmpty()) {
                assertThat(all).isEqualTo(expected);
                return;
            }
            request = CursorRequest.last(size).before(page.previous().get());
        }
        throw new AssertionError("endless: " + all + " instead of " + expected);
    }

    /** Around every so many rows, and by the cursors of those rows after and before them. */
    void around(int size, int step) {
        CursorPage<Record> whole = paginator.fetch(select, CursorRequest.first(1_000));
        assertThat(marks(whole)).isEqualTo(expected);
        int before = (size - 1) / 2;
        for (int i = 0; i < expected.size(); i += step) {
            String cursor = whole.cursor(i);
            assertThat(marks(paginator.fetch(select, CursorRequest.around(size, cursor))))
                    .as("around %s", expected.get(i))
                    .isEqualTo(part(i - before, i - before + size));
            assertThat(marks(paginator.fetch(select, CursorRequest.first(size).after(cursor))))
                    .as("after %s", expected.get(i))
                    .isEqualTo(part(i + 1, i + 1 + size));
            assertThat(marks(paginator.fetch(select, CursorRequest.last(size).before(cursor))))
                    .as("before %s", expected.get(i))
                    .isEqualTo(part(i - size, i));
        }
    }

    private List<Long> part(int from, int to) {
        return from >= expected.size()
                ? Collections.emptyList()
                : expected.subList(Math.max(0, from), Math.min(expected.size(), to));
    }
}
