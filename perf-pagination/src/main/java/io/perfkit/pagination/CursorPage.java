package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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

    CursorPage(
            List<R> items, Tristate hasNext, @Nullable String next, Tristate hasPrevious, @Nullable String previous) {
        this.items = Collections.unmodifiableList(items);
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
     * @return always known for a page reached with {@code first}
     */
    public Tristate hasNext() {
        return hasNext;
    }

    /**
     * Whether there were rows before this page when it was fetched.
     *
     * @return always known for a page reached with {@code last}, and for the very first page
     */
    public Tristate hasPrevious() {
        return hasPrevious;
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
        return new CursorPage<>(mapped, hasNext, next, hasPrevious, previous);
    }
}
