package io.perfkit.pagination;

/**
 * The client asked for a page of a size that is not served: zero, negative or, under {@link OversizePolicy#REFUSE},
 * above the maximum. Nothing has been read from the database.
 */
public final class InvalidPageSizeException extends InvalidRequestException {

    private static final long serialVersionUID = 1L;

    InvalidPageSizeException(String message) {
        super(message);
    }
}
