package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One page, in display order, with the cursors of its neighbours. Immutable, as far as the items are.
 *
 * <p>{@link #next()} is present exactly when {@link #hasNext()} is not {@link Tristate#NO}, and likewise for {@link
 * #previous()}. Where the answer is {@link Tristate#UNKNOWN}, following the cursor may give an empty page.
 *
 * @param <R> the type of an item
 */
public final class CursorPage<R> {

    private final List<R> items;
    private final Tristate hasNext;
    private final Tristate hasPrevious;
    private final @Nullable String next;
    private final @Nullable String previous;
    private final Total total;
    private final IntFunction<String> cursors;

    CursorPage(
            List<R> items,
            Tristate hasNext,
            @Nullable String next,
            Tristate hasPrevious,
            @Nullable String previous,
            Total total,
            IntFunction<String> cursors) {
        this.items = Collections.unmodifiableList(items);
        this.total = total;
        this.cursors = cursors;
        this.hasNext = hasNext;
        this.next = next;
        this.hasPrevious = hasPrevious;
        this.previous = previous;
    }

    /**
     * The rows of this page.
     *
     * @return an unmodifiable list in display order
     */
    public List<R> items() {
        return items;
    }

    /**
     * The cursor of the page after this one, for {@link CursorRequest#after(String)}.
     *
     * @return the cursor, or empty if there is no such page
     */
    public Optional<String> next() {
        return Optional.ofNullable(next);
    }

    /**
     * The cursor of the page before this one, for {@link CursorRequest#before(String)}.
     *
     * @return the cursor, or empty if there is no such page
     */
    public Optional<String> previous() {
        return Optional.ofNullable(previous);
    }

    /**
     * Whether there were rows after this page when it was fetched.
     *
     * @return always known for a page reached with {@code first} or {@code around}
     */
    public Tristate hasNext() {
        return hasNext;
    }

    /**
     * Whether there were rows before this page when it was fetched.
     *
     * @return always known for a page reached with {@code last} or {@code around}, and for the very first page
     */
    public Tristate hasPrevious() {
        return hasPrevious;
    }

    /**
     * How many rows there are over all pages.
     *
     * @return of the kind that the paginator's {@link CursorPaginator.Builder#totals} asks for; nothing is known unless
     *     it says otherwise
     */
    public Total total() {
        return total;
    }

    /**
     * The cursor of one item, for {@link CursorRequest#after}, {@link CursorRequest#before} and {@link
     * CursorRequest#around} alike. It is made when it is asked for, so a page holds on to the rows it was made from.
     *
     * @param index the place of the item on this page, from 0
     * @return the cursor
     * @throws IndexOutOfBoundsException if there is no such item
     */
    public String cursor(int index) {
        return cursors.apply(Objects.checkIndex(index, items.size()));
    }

    /**
     * The same page with every item converted; cursors and ends stay.
     *
     * @param <T> the type of a converted item
     * @param mapper called once per item, in order
     * @return the converted page
     */
    public <T> CursorPage<T> map(Function<? super R, ? extends T> mapper) {
        List<T> mapped = new ArrayList<>(items.size());
        for (R item : items) {
            mapped.add(mapper.apply(item));
        }
        return withItems(mapped);
    }

    <T> CursorPage<T> withItems(List<T> others) {
        return new CursorPage<>(others, hasNext, next, hasPrevious, previous, total, cursors);
    }
}
