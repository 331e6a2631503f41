package io.perfkit.pagination;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The four arguments of a connection field of the Relay "GraphQL Cursor Connections Specification", in any combination,
 * for {@link CursorPaginator#fetchConnection}: the rows between {@code after} and {@code before}, of these the first
 * {@code first}, and of those the last {@code last}.
 *
 * <pre>{@code
 * RelayRequest.builder().first(first).after(after).last(last).before(before).build()
 * }</pre>
 *
 * <p>Each argument may be null, as an argument that is absent. With neither {@code first} nor {@code last} the page has
 * the paginator's default size, at the end if only {@code before} is given, because a connection without a bound could
 * be a whole table. Immutable.
 */
public final class RelayRequest {
    private final @Nullable Integer first;
    private final @Nullable String after;
    private final @Nullable Integer last;
    private final @Nullable String before;
    private final String scope;

    private RelayRequest(Builder builder) {
        this.first = builder.first;
        this.after = builder.after;
        this.last = builder.last;
        this.before = builder.before;
        this.scope = builder.scope;
    }

    /**
     * Begins a request for everything.
     *
     * @return a builder without arguments
     */
    public static Builder builder() {
        return new Builder();
    }

    @Nullable
    Integer first() {
        return first;
    }

    @Nullable
    String after() {
        return after;
    }

    @Nullable
    Integer last() {
        return last;
    }

    @Nullable
    String before() {
        return before;
    }

    String scope() {
        return scope;
    }

    @Override
    public String toString() {
        return "RelayRequest[first=" + first + ", after=" + (after == null ? "null" : "…") + ", last=" + last
                + ", before=" + (before == null ? "null" : "…") + "]";
    }

    /** The arguments. Not thread-safe. */
    public static final class Builder {
        private @Nullable Integer first;
        private @Nullable String after;
        private @Nullable Integer last;
        private @Nullable String before;
        private String scope = "";

        private Builder() {}

        /**
         * At most this many rows from the beginning of what is between the cursors.
         *
         * @param first 0 or more; above the paginator's maximum its {@link OversizePolicy} decides; null for no bound
         * @return this
         * @throws InvalidPageSizeException if it is negative
         */
        public Builder first(@Nullable Integer first) {
            this.first = checked("first", first);
            return this;
        }

        /**
         * Only rows after this cursor. If its row is gone, only those after the place where it was.
         *
         * @param token {@link RelayConnection.Edge#cursor()} or {@link CursorPage#next()}; null for no bound
         * @return this
         */
        public Builder after(@Nullable String token) {
            this.after = token;
            return this;
        }

        /**
         * At most this many rows from the end of what {@code first} has left, or of what is between the cursors.
         *
         * @param last 0 or more; above the paginator's maximum its {@link OversizePolicy} decides; null for no bound
         * @return this
         * @throws InvalidPageSizeException if it is negative
         */
        public Builder last(@Nullable Integer last) {
            this.last = checked("last", last);
            return this;
        }

        /**
         * Only rows before this cursor. If its row is gone, only those before the place where it was.
         *
         * @param token {@link RelayConnection.Edge#cursor()} or {@link CursorPage#previous()}; null for no bound
         * @return this
         */
        public Builder before(@Nullable String token) {
            this.before = token;
            return this;
        }

        /**
         * As {@link CursorRequest#scope}.
         *
         * @param scope any text; the default is the empty one
         * @return this
         */
        public Builder scope(String scope) {
            this.scope = Objects.requireNonNull(scope, "scope");
            return this;
        }

        /**
         * The request.
         *
         * @return an immutable copy of the arguments
         */
        public RelayRequest build() {
            return new RelayRequest(this);
        }

        private static @Nullable Integer checked(String argument, @Nullable Integer rows) {
            if (rows != null && rows < 0) {
                throw new InvalidPageSizeException(argument + " must not be negative, but was " + rows);
            }
            return rows;
        }
    }
}
