package io.perfkit.batching;

/** The loader returned no value for the key of a call, and the batcher's {@code whenMissing} is {@link Missing#FAIL}. */
public final class MissingValueException extends BatchingException {
    private static final long serialVersionUID = 1L;

    MissingValueException(String message) {
        super(message);
    }

    @Override
    MissingValueException again() {
        return new MissingValueException(text());
    }
}
