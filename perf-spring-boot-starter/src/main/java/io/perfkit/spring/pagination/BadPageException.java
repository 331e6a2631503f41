package io.perfkit.spring.pagination;

/** A client asked for a page in a way that cannot be meant. The message is fit for it. */
final class BadPageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadPageException(String message) {
        super(message, null, false, false);
    }
}
