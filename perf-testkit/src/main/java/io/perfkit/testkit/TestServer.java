package io.perfkit.testkit;

/**
 * A real server process on the loopback address, which a test may stop, kill, pause and start again.
 *
 * <p>It ends with the JVM at the latest, however the JVM ends: a watching process kills it and removes its directory
 * even after a {@code kill -9} of the JVM.
 *
 * <p>All methods are safe for use by several threads; those that change the state exclude each other and return when
 * the change is complete: after {@link #kill()} the process is gone, after {@link #start()} the server answers. A
 * change that fails throws a {@link TestServerException}.
 */
public interface TestServer extends AutoCloseable {
    /** The address that the server listens on, always {@code 127.0.0.1}. */
    String host();

    /** The port, the same for the life of this object. */
    int port();

    /**
     * The number of the running server process. It changes with each start.
     *
     * @throws TestServerException if the server is not running
     */
    long pid();

    /** Whether the process exists. A paused server is running. */
    boolean isRunning();

    /** Kills the server and all its child processes with SIGKILL. Does nothing if it is not running. */
    void kill();

    /**
     * Stops the server and all its child processes in their tracks (SIGSTOP): connections stay open and are accepted
     * by the system, but nothing is answered until {@link #resume()}.
     */
    void pause();

    /** Lets a paused server go on (SIGCONT). Does nothing if it is not paused. */
    void resume();

    /**
     * Stops the server in order, as an administrator would, without waiting for its clients. Does nothing if it is not
     * running.
     */
    void stop();

    /**
     * Starts the server again after {@link #kill()} or {@link #stop()}, on the same port and with the data that it had
     * stored.
     */
    void start();

    /** Starts the server again after {@link #kill()} or {@link #stop()}, on the same port and without any data. */
    void startEmpty();

    /** Ends the server and deletes its data. Calling it again does nothing. */
    @Override
    void close();
}
