package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.DriverThreads;
import java.sql.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections, whatever their driver throws. */
final class Closing {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedDataSource.class);

    private Closing() {}

    /** Closes; a connection that cannot be closed in order is aborted. */
    static void quietly(Connection connection) {
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
                quietly(connection);
            });
        } catch (Throwable noThread) {
            abort(connection);
        }
    }
}
