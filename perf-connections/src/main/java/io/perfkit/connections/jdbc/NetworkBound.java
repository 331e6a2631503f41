package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the round trips of a return, so that a network that swallows everything does not keep a place for ever. It
 * is left in place by a failure: the connection is of no more use then.
 */
final class NetworkBound {
    private static final NetworkBound NONE = new NetworkBound(null, 0);

    private final @Nullable Connection connection;
    private final int before;

    private NetworkBound(@Nullable Connection connection, int before) {
        this.connection = connection;
        this.before = before;
    }

    /**
     * {@code original} is what to go back to if a caller has changed the timeout, or null.
     *
     * @throws SQLException if it was changed and cannot be set back
     */
    static NetworkBound on(Connection connection, ReturnPolicy policy, @Nullable Object original) throws SQLException {
        try {
            int bound = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(policy.returnNanos()));
            int now = connection.getNetworkTimeout();
            int before = original instanceof Integer millis ? millis : now;
            if (now == before && before > 0 && before <= bound) {
                return NONE;
            }
            connection.setNetworkTimeout(Runnable::run, bound);
            return new NetworkBound(connection, before);
        } catch (SQLException | RuntimeException | AbstractMethodError notSupported) {
            if (original != null) {
                throw new SQLException("The network timeout cannot be set back.", notSupported);
            }
            return NONE;
        }
    }

    void lift() throws SQLException {
        Connection bounded = connection;
        if (bounded != null) {
            bounded.setNetworkTimeout(Runnable::run, before);
        }
    }
}
