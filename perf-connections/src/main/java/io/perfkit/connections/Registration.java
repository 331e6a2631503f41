package io.perfkit.connections;

/**
 * One connection's place in a {@link ConnectionRegistry}. Safe for use by any number of threads.
 */
public interface Registration extends AutoCloseable {
    /**
     * Says that the connection was just used, which puts off its idle expiry. This reads no clock and takes no lock: it
     * sets a mark, and the next sweep gives the mark its time. Call it for each message. On a connection that has been
     * closed it does nothing.
     */
    void touch();

    /**
     * Whether the connection is still registered.
     *
     * @return false once it was closed for whatever reason
     */
    boolean isOpen();

    /**
     * Takes the connection out of the registry and closes it on the calling thread, for the reason
     * {@link CloseReason#CLIENT}. Does nothing if it was closed before. What the close action throws is logged, not
     * thrown.
     */
    @Override
    void close();
}
