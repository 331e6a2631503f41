package io.perfkit.connections.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.function.Predicate;

/** After which errors a connection must not be handed out again. */
final class Evictions {
    private static final int DEEPEST = 16;
    private static final int MARIADB_IS_READ_ONLY = 1290;

    private final Predicate<? super SQLException> more;

    Evictions(Predicate<? super SQLException> more) {
        this.more = more;
    }

    /** Looks through the exceptions that are chained to it too, as those of a batch are. */
    boolean concern(SQLException failure) {
        SQLException e = failure;
        for (int i = 0; e != null && i < DEEPEST; i++) {
            if (isOne(e)) {
                return true;
            }
            e = e.getNextException();
        }
        return false;
    }

    private boolean isOne(SQLException e) {
        String state = e.getSQLState();
        return e instanceof SQLNonTransientConnectionException
                || e instanceof SQLRecoverableException
                || e.getErrorCode() == MARIADB_IS_READ_ONLY
                || (state != null && (state.startsWith("08") || state.startsWith("57P0") || state.equals("25006")))
                || more.test(e);
    }
}
