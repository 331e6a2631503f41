package io.perfkit.pagination;

/**
 * The client asked for something that is not served: a cursor, a size or a number of a page. One handler for this type
 * answers all of them.
 *
 * <p>Nothing has been read from the database, and nothing is replaced by a silent first page. The message is fit for the
 * client: it holds nothing about keys, SQL, columns or the contents of a cursor. There is no stack trace, because a
 * flood of bad requests should cost as little as possible, and what they say is about the request, not about the code.
 */
public abstract sealed class InvalidRequestException extends PaginationException
        permits InvalidCursorException, InvalidPageNumberException, InvalidPageSizeException {

    private static final long serialVersionUID = 1L;

    InvalidRequestException(String message) {
        super(message, null, false);
    }

    /**
     * The HTTP status that fits the answer to the client.
     *
     * @return 400, or 410 for a cursor that has expired
     */
    public int httpStatus() {
        return 400;
    }
}
