package io.perfkit.batching;

/**
 * The loader failed for the key of this call; the cause is what it threw. Each caller has an exception of its own, the
 * cause is shared by all callers of the batch.
 */
public final class BatchLoadException extends BatchingException {
    private static final long serialVersionUID = 1L;

    BatchLoadException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    BatchLoadException again() {
        return new BatchLoadException(text(), cause());
    }
}
