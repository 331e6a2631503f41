package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.DriverThreads;
import java.sql.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections, whatever their driver throws. */
final class Closing {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedDataSource.class);

    private static final long LONGEST_MILLIS = 1_000;

    private Closing() {}

    /** Closes on a thread of its own and waits a second for that: some drivers ask the server, which may not answer. */
    static void quietly(Connection connection) {
        Thread closing;
        try {
            closing = DriverThreads.start("perfkit-close", () -> here(connection));
        } catch (Throwable noThread) {
            here(connection);
            return;
        }
        try {
            closing.join(LONGEST_MILLIS);
            if (closing.isAlive()) {
                abort(connection);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes on this thread; a connection that cannot be closed in order is aborted. */
    static void here(Connection connection) {
        try {
            connection.close();
        } catch (Throwable e) {
            LOGGER.debug("A connection could not be closed in order and is aborted.", e);
            abort(connection);
        }
    }

    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (Throwable e) {
            LOGGER.debug("A connection could not be aborted either.", e);
        }
    }

    /** Does not wait for it: for a connection whose peer does not answer. */
    static void elsewhere(Connection connection) {
        try {
            DriverThreads.start("perfkit-close", () -> {
                abort(connection);
                here(connection);
            });
        } catch (Throwable noThread) {
            abort(connection);
        }
    }
}
