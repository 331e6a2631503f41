package io.perfkit.batching;

import org.jspecify.annotations.Nullable;

/** The root of what perf-batching throws. */
public class BatchingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure of this artifact.
     *
     * @param message what, where, and what to do
     */
    protected BatchingException(String message) {
        super(message);
    }

    /**
     * A failure of this artifact.
     *
     * @param message what, where, and what to do
     * @param cause why
     */
    protected BatchingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The same for another caller: an exception can be changed (suppressed ones, the stack), so none is shared. */
    BatchingException again() {
        return new BatchingException(text(), getCause());
    }

    final String text() {
        return String.valueOf(getMessage());
    }

    /** Of an exception that always has a cause. */
    final Throwable cause() {
        Throwable cause = getCause();
        return cause == null ? this : cause;
    }
}
