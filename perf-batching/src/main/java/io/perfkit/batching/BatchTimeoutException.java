package io.perfkit.batching;

import org.jspecify.annotations.Nullable;

/** A call reached its deadline, its own or that of the batcher's {@code timeout}, before its value was there. */
public final class BatchTimeoutException extends BatchingException {
    private static final long serialVersionUID = 1L;

    BatchTimeoutException(String message) {
        super(message);
    }

    BatchTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    BatchTimeoutException again() {
        return new BatchTimeoutException(text(), getCause());
    }
}
