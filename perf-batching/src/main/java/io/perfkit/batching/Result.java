package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What became of one item among many: its value, or why it has none. Immutable, as far as the value is.
 *
 * @param <V> the values
 */
public sealed interface Result<V extends @Nullable Object> permits Result.Success, Result.Failure {

    /**
     * The item has a value.
     *
     * @param value the value
     * @param <V> the values
     */
    record Success<V extends @Nullable Object>(V value) implements Result<V> {
        @Override
        public boolean isSuccess() {
            return true;
        }

        @Override
        public @Nullable Throwable failure() {
            return null;
        }
    }

    /**
     * The item has no value.
     *
     * @param failure why
     * @param <V> the values
     */
    record Failure<V extends @Nullable Object>(Throwable failure) implements Result<V> {
        /** Checks the failure. */
        public Failure {
            requireNonNull(failure, "failure");
        }

        @Override
        public boolean isSuccess() {
            return false;
        }

        @Override
        public V value() {
            if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw new BatchingException("the item has no value: " + failure, failure);
        }
    }

    /**
     * A value.
     *
     * @param value the value
     * @param <V> the values
     * @return the result
     */
    static <V extends @Nullable Object> Result<V> success(V value) {
        return new Success<>(value);
    }

    /**
     * A failure.
     *
     * @param failure why there is no value
     * @param <V> the values
     * @return the result
     */
    static <V extends @Nullable Object> Result<V> failure(Throwable failure) {
        return new Failure<>(failure);
    }

    /**
     * Whether there is a value.
     *
     * @return whether there is
     */
    boolean isSuccess();

    /**
     * The value.
     *
     * @return the value
     * @throws RuntimeException the failure, in a {@link BatchingException} if it is checked
     */
    V value();

    /**
     * Why there is no value.
     *
     * @return {@code null} if there is one
     */
    @Nullable
    Throwable failure();
}
