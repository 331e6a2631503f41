package io.perfkit.pagination;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which page a client wants: a number of rows from one end, or after or before a cursor. Immutable.
 *
 * <ul>
 *   <li>{@code first(50)}: the first page;
 *   <li>{@code first(50).after(token)}: the page after the cursor, where {@code token} is {@link CursorPage#next()};
 *   <li>{@code last(50).before(token)}: the page before the cursor, where {@code token} is {@link
 *       CursorPage#previous()};
 *   <li>{@code last(50)}: the last page;
 *   <li>{@code around(50, token)}: the page in the middle of which is the row that the cursor points at, where {@code
 *       token} is {@link CursorPage#cursor(int)} or {@link CursorPaginator#cursorOf}.
 * </ul>
 *
 * Every page comes back in display order.
 */
public final class CursorRequest {

    private final Cursor.Use use;
    private final @Nullable Integer size;
    private final @Nullable String token;
    private final String scope;

    private CursorRequest(Cursor.Use use, @Nullable Integer size, @Nullable String token, String scope) {
        if (size != null && size < 1) {
            throw new InvalidPageSizeException("page size must be at least 1, but was " + size);
        }
        this.use = use;
        this.size = size;
        this.token = token;
        this.scope = scope;
    }

    /**
     * A page in display order, of the paginator's default size.
     *
     * @return the request
     */
    public static CursorRequest first() {
        return new CursorRequest(Cursor.Use.FORWARD, null, null, "");
    }

    /**
     * A page in display order.
     *
     * @param size how many rows at most; above the paginator's maximum its {@link OversizePolicy} decides
     * @return the request
     * @throws InvalidPageSizeException if {@code size} is zero or negative
     */
    public static CursorRequest first(int size) {
        return new CursorRequest(Cursor.Use.FORWARD, size, null, "");
    }

    /**
     * A page reached against display order, of the paginator's default size.
     *
     * @return the request
     */
    public static CursorRequest last() {
        return new CursorRequest(Cursor.Use.BACKWARD, null, null, "");
    }

    /**
     * A page reached against display order.
     *
     * @param size how many rows at most; above the paginator's maximum its {@link OversizePolicy} decides
     * @return the request
     * @throws InvalidPageSizeException if {@code size} is zero or negative
     */
    public static CursorRequest last(int size) {
        return new CursorRequest(Cursor.Use.BACKWARD, size, null, "");
    }

    /**
     * The page around a row: that row, half of the others before it and half after it. Near an end of the result the page
     * is shorter; it is not filled up from the other side. If the row is gone, the page is around the gap.
     *
     * @param size how many rows at most, that row among them; above the paginator's maximum its {@link OversizePolicy}
     *     decides
     * @param token the cursor of the row
     * @return the request
     * @throws InvalidPageSizeException if {@code size} is zero or negative
     */
    public static CursorRequest around(int size, String token) {
        return new CursorRequest(Cursor.Use.ITEM, size, Objects.requireNonNull(token, "token"), "");
    }

    /**
     * Only rows after this cursor.
     *
     * @param token a value of {@link CursorPage#next()} or {@link CursorPage#cursor(int)}, or null (a request parameter that is absent) to start at the
     *     beginning. An empty text is not an absent one: it is refused as malformed when the page is fetched.
     * @return a request like this one
     * @throws IllegalArgumentException if this request was not made with {@code first}
     */
    public CursorRequest after(@Nullable String token) {
        if (use != Cursor.Use.FORWARD) {
            throw new IllegalArgumentException("after belongs to first, but this request was made with " + verb() + ": "
                    + "use first(n).after(token) or last(n).before(token)");
        }
        return new CursorRequest(Cursor.Use.FORWARD, size, token, scope);
    }

    /**
     * Only rows before this cursor.
     *
     * @param token a value of {@link CursorPage#previous()} or {@link CursorPage#cursor(int)}, or null (a request parameter that is absent) to start at
     *     the end. An empty text is not an absent one: it is refused as malformed when the page is fetched.
     * @return a request like this one
     * @throws IllegalArgumentException if this request was not made with {@code last}
     */
    public CursorRequest before(@Nullable String token) {
        if (use != Cursor.Use.BACKWARD) {
            throw new IllegalArgumentException("before belongs to last, but this request was made with " + verb() + ": "
                    + "use first(n).after(token) or last(n).before(token)");
        }
        return new CursorRequest(Cursor.Use.BACKWARD, size, token, scope);
    }

    /**
     * Binds the cursors of this page to something that the SQL text does not show, such as the tenant under row-level
     * security. A cursor issued under one scope is refused under any other as {@link
     * InvalidCursorException.Reason#OTHER_FILTER}. The scope is not readable from the cursor.
     *
     * @param scope any text; the default is the empty one
     * @return a request like this one
     */
    public CursorRequest scope(String scope) {
        return new CursorRequest(use, size, token, Objects.requireNonNull(scope, "scope"));
    }

    Cursor.Use use() {
        return use;
    }

    private String verb() {
        return switch (use) {
            case FORWARD -> "first";
            case BACKWARD -> "last";
            case ITEM -> "around";
        };
    }

    @Nullable
    Integer size() {
        return size;
    }

    @Nullable
    String token() {
        return token;
    }

    String scope() {
        return scope;
    }

    @Override
    public String toString() {
        String partner = use == Cursor.Use.FORWARD ? ").after(…)" : ").before(…)";
        return verb() + "(" + (size == null ? "" : size) + (token == null || use == Cursor.Use.ITEM ? ")" : partner);
    }
}
