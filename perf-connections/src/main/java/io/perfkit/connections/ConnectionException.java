package io.perfkit.connections;

/** The root of the unchecked exceptions of this artifact. */
public class ConnectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened, to which instance, and what to do
     */
    protected ConnectionException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what happened, to which instance, and what to do
     * @param cause what was behind it
     */
    protected ConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
