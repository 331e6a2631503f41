package io.perfkit.batching;

import org.jspecify.annotations.Nullable;

/** The root of the exceptions that this artifact itself throws. A loader's own unchecked exceptions reach the callers as
 * they are. */
public class BatchingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BatchingException(String message) {
        super(message);
    }

    BatchingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
