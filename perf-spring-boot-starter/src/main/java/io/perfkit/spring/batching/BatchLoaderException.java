package io.perfkit.spring.batching;

/** A method with {@link BatchLoader} cannot be the loader of a batcher. The message says why, and what to do. */
final class BatchLoaderException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    BatchLoaderException(String message) {
        super(message);
    }
}
