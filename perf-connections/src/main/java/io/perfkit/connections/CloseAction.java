package io.perfkit.connections;

/**
 * Closes one connection that has left its {@link ConnectionRegistry}.
 *
 * @param <C> the type of connection
 */
@FunctionalInterface
public interface CloseAction<C> {
    /**
     * Closes the connection. It is called exactly once for each registered connection, and no lock is held meanwhile.
     *
     * @param connection the connection, which the registry has already forgotten
     * @param reason why it has to go
     * @throws Exception which is logged and counted, and goes no further
     */
    void close(C connection, CloseReason reason) throws Exception;
}
