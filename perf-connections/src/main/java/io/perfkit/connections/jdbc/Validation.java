package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** When a connection is tested before it is handed out. */
enum Validation {
    /** Unless it was in use a moment ago. */
    WHEN_RESTED,
    ALWAYS,
    NEVER;

    private static final int TIMEOUT_SECONDS = 5;

    boolean isDue(boolean trusted) {
        return this == ALWAYS || (this == WHEN_RESTED && !trusted);
    }

    static boolean passes(Connection connection) {
        try {
            return connection.isValid(TIMEOUT_SECONDS);
        } catch (SQLException | RuntimeException e) {
            return false;
        }
    }
}
