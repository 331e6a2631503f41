package io.perfkit.pagination;

/**
 * The cursor that the client sent cannot be used for this request.
 *
 * <p>It is thrown before the database is touched, and never replaced by a silent first page. The message is fit for the
 * client: it holds nothing about keys, SQL, columns or the contents of the cursor. It has no stack trace, because a
 * flood of forged cursors should cost as little as possible.
 */
public final class InvalidCursorException extends InvalidRequestException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    InvalidCursorException(Reason reason) {
        super(reason.message);
        this.reason = reason;
    }

    /**
     * Why the cursor was refused.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * The HTTP status that fits the answer to the client.
     *
     * @return 410 for an expired cursor, else 400
     */
    @Override
    public int httpStatus() {
        return reason.httpStatus;
    }

    /** Why a cursor was refused. */
    public enum Reason {
        /** Not the text of a cursor at all, or too long, or of a version that this code does not read. */
        MALFORMED(400, "The cursor is malformed."),
        /** Changed by somebody, or signed with a key that is not or no longer accepted. */
        FORGED(400, "The cursor is not one that this service issued."),
        /** Genuine, but past its expiry. */
        EXPIRED(410, "The cursor has expired. Start again without a cursor."),
        /** Genuine, but issued for another sort order. */
        OTHER_ORDER(400, "The cursor belongs to another sort order. Start again without a cursor."),
        /** Genuine, but issued for another table, filter or scope. */
        OTHER_FILTER(400, "The cursor belongs to another filter. Start again without a cursor."),
        /** Genuine, but issued as the next page and sent as the previous one, or the reverse. */
        OTHER_DIRECTION(400, "The cursor belongs to the other direction of travel.");

        private final int httpStatus;
        private final String message;

        Reason(int httpStatus, String message) {
            this.httpStatus = httpStatus;
            this.message = message;
        }
    }
}
