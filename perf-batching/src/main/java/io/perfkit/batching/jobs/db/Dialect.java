package io.perfkit.batching.jobs.db;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MariaDBJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import io.perfkit.batching.jobs.JobException;
import java.sql.Connection;
import java.sql.SQLException;

/** What the databases do not have in common. */
enum Dialect {
    POSTGRESQL("PostgreSQL", "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)", "", true) {
        @Override
        JdbcCustomization customization() {
            return new PostgreSqlJdbcCustomization(false, false);
        }
    },
    /**
     * Its local time comes twice in the night in which summer ends, so only UTC will do. Its repeatable reads do not show
     * what another transaction has committed since; a locking read does.
     */
    MARIADB(
            "MariaDB",
            "select timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000",
            " lock in share mode",
            false) {
        @Override
        JdbcCustomization customization() {
            return new MariaDBJdbcCustomization(true);
        }
    },
    /** Its datediff goes by what the two clocks on the wall show, and takes no notice of their zones. */
    H2("H2", "select cast(extract(epoch from current_timestamp) * 1000 as bigint)", "", false) {
        @Override
        JdbcCustomization customization() {
            return new DefaultJdbcCustomization(false);
        }
    };

    private final String product;
    /** Milliseconds since 1970 by the clock of the database. */
    final String nowQuery;
    /** Makes a query see what is committed, whatever the transaction has seen before. */
    final String currentRead;

    final boolean picksInOneStatement;

    Dialect(String product, String nowQuery, String currentRead, boolean picksInOneStatement) {
        this.product = product;
        this.nowQuery = nowQuery;
        this.currentRead = currentRead;
        this.picksInOneStatement = picksInOneStatement;
    }

    abstract JdbcCustomization customization();

    String resource() {
        return name().toLowerCase(java.util.Locale.ROOT) + ".sql";
    }

    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        for (Dialect dialect : values()) {
            if (dialect.product.equals(product)) {
                return dialect;
            }
        }
        throw new JobException("Jobs can be kept in PostgreSQL, MariaDB and H2, but this database is a " + product);
    }

    /** Whether a row with this key is there already. */
    static boolean isDuplicate(SQLException e) {
        String state = e.getSQLState();
        return "23505".equals(state) || ("23000".equals(state) && e.getErrorCode() == 1062);
    }

    /** Whether the transaction was only in the way of another one. */
    static boolean isCollision(Throwable e) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (each instanceof SQLException failure) {
                String state = String.valueOf(failure.getSQLState());
                int code = failure.getErrorCode();
                // Serialization failure, deadlock (PostgreSQL); deadlock, lock timeout (MariaDB, H2).
                if (state.equals("40001") || state.equals("40P01") || code == 1213 || code == 1205 || code == 50200) {
                    return true;
                }
            }
        }
        return false;
    }
}
