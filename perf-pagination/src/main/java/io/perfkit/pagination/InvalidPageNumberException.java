package io.perfkit.pagination;

/** The number of the page that the client asked for cannot be served. The message is fit for the client. */
public final class InvalidPageNumberException extends InvalidRequestException {

    private static final long serialVersionUID = 1L;

    InvalidPageNumberException(String message) {
        super(message);
    }
}
