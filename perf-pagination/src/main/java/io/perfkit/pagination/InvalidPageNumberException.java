package io.perfkit.pagination;

/** The number of the page that the client asked for cannot be served. The message is fit for the client. */
public final class InvalidPageNumberException extends PaginationException {

    private static final long serialVersionUID = 1L;

    InvalidPageNumberException(String message) {
        super(message, null, false);
    }

    /**
     * The HTTP status that fits the answer to the client.
     *
     * @return 400
     */
    public int httpStatus() {
        return 400;
    }
}
