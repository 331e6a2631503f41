package io.perfkit.testkit;

/**
 * A server of the test kit could not be started or controlled. The message is one line and says what failed, where,
 * and what to do.
 */
public class TestServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception with a message of one line. */
    public TestServerException(String message) {
        super(message);
    }

    /** An exception with a message of one line and what lay behind it. */
    public TestServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
