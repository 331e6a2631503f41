package io.perfkit.batching.http;

import io.perfkit.batching.BatchingException;

/**
 * A request was answered by a status that is no success: a single one within a batch, or the batch as a whole. A function
 * behind a {@link BatchEndpoint} throws it to answer its request with that status.
 */
public final class HttpStatusException extends BatchingException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * An answer that is no success.
     *
     * @param status of HTTP, 400 to 599
     * @param message for the one who asked
     */
    public HttpStatusException(int status, String message) {
        super(message);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status must be 400 to 599, but was " + status);
        }
        this.status = status;
    }

    /**
     * The status.
     *
     * @return of HTTP
     */
    public int status() {
        return status;
    }
}
