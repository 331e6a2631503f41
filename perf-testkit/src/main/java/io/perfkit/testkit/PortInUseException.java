package io.perfkit.testkit;

/** The port of a server is held by another process, so that another port may be tried. */
final class PortInUseException extends TestServerException {
    private static final long serialVersionUID = 1L;

    PortInUseException(String message) {
        super(message);
    }
}
