package io.perfkit.batching;

/** A call reached its deadline, which the batcher's {@code timeout} sets, before its value was there. */
public final class BatchTimeoutException extends BatchingException {
    private static final long serialVersionUID = 1L;

    BatchTimeoutException(String message) {
        super(message);
    }
}
