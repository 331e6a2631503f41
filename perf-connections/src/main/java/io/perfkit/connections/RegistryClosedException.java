package io.perfkit.connections;

/** A registration was refused because the registry is being closed or is closed: the client should connect elsewhere. */
public final class RegistryClosedException extends ConnectionException {
    private static final long serialVersionUID = 1L;

    RegistryClosedException(String registry) {
        super("Registry '" + registry + "' is being closed or is closed and takes no new connections."
                + " Let the client connect to another instance.");
    }
}
