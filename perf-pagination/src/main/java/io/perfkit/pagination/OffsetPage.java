package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One numbered page. Immutable, as far as the items are.
 *
 * @param <R> the type of an item
 */
public final class OffsetPage<R> {

    private final List<R> items;
    private final long page;
    private final int size;
    private final boolean hasNext;
    private final Total total;

    OffsetPage(List<R> items, long page, int size, boolean hasNext, Total total) {
        this.items = Collections.unmodifiableList(items);
        this.page = page;
        this.size = size;
        this.hasNext = hasNext;
        this.total = total;
    }

    /**
     * The rows of this page.
     *
     * @return an unmodifiable list, empty behind the last page
     */
    public List<R> items() {
        return items;
    }

    /**
     * The number of this page.
     *
     * @return from 1
     */
    public long page() {
        return page;
    }

    /**
     * How many rows a full page has.
     *
     * @return at least 1
     */
    public int size() {
        return size;
    }

    /**
     * Whether there was a row after this page when it was fetched; known without a count.
     *
     * @return whether there is a next page
     */
    public boolean hasNext() {
        return hasNext;
    }

    /**
     * Whether there is a page before this one.
     *
     * @return false for page 1 only
     */
    public boolean hasPrevious() {
        return page > 1;
    }

    /**
     * How many rows there are over all pages.
     *
     * @return of the kind that was asked for
     */
    public Total total() {
        return total;
    }

    /**
     * How many pages there are.
     *
     * @return empty unless the total is exact
     */
    public OptionalLong pages() {
        OptionalLong exact = total.exact();
        return exact.isEmpty() ? exact : OptionalLong.of((exact.getAsLong() + size - 1) / size);
    }

    /**
     * The same page with every item converted.
     *
     * @param <T> the type of a converted item
     * @param mapper called once per item, in order
     * @return the converted page
     */
    public <T> OffsetPage<T> map(Function<? super R, ? extends T> mapper) {
        List<T> mapped = new ArrayList<>(items.size());
        for (R item : items) {
            mapped.add(mapper.apply(item));
        }
        return withItems(mapped);
    }

    <T> OffsetPage<T> withItems(List<T> others) {
        return new OffsetPage<>(others, page, size, hasNext, total);
    }

    /**
     * The page as many web clients expect it: {@code {data, pagination: {page, per_page, total, pages, has_next,
     * has_prev}}}. {@code total} and {@code pages} are null unless the total is exact: a number that is only a bound or
     * an estimate would be read as exact here.
     *
     * @return a new map of plain values, in that order
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> pagination = new LinkedHashMap<>();
        pagination.put("page", page);
        pagination.put("per_page", size);
        pagination.put("total", orNull(total.exact()));
        pagination.put("pages", orNull(pages()));
        pagination.put("has_next", hasNext);
        pagination.put("has_prev", hasPrevious());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("data", items);
        map.put("pagination", pagination);
        return map;
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? (Long) number.getAsLong() : null;
    }
}
