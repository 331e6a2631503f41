package io.perfkit.pagination;

import org.jspecify.annotations.Nullable;

/**
 * The root of every exception that this artifact throws on its own account.
 *
 * <p>What is the client's fault is an {@link InvalidRequestException}: it carries an HTTP status and has no stack trace.
 * It has three subclasses, for a cursor, a size and a number of a page. Anything else of this type is a mistake in the
 * application, such as a keyset that is not unique; its message says what to change and may name columns, so it should
 * not be sent to a client. Exceptions of jOOQ pass through unchanged.
 */
public class PaginationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PaginationException(String message) {
        super(message);
    }

    PaginationException(String message, @Nullable Throwable cause, boolean writableStackTrace) {
        super(message, cause, true, writableStackTrace);
    }
}
