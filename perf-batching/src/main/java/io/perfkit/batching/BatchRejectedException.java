package io.perfkit.batching;

import org.jspecify.annotations.Nullable;

/** A call was not accepted: too many calls wait already, the batcher is closed, or its executor refused the work. */
public final class BatchRejectedException extends BatchingException {
    private static final long serialVersionUID = 1L;

    BatchRejectedException(String message) {
        super(message);
    }

    BatchRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    BatchRejectedException again() {
        return new BatchRejectedException(text(), getCause());
    }
}
