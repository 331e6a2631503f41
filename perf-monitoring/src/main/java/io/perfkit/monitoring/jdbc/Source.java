package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.Query;
import io.perfkit.monitoring.QueryRecorder;
import io.perfkit.monitoring.SqlDialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Where a monitored data source reports, under which name, and in which dialect its statements are written. */
final class Source {
    final QueryRecorder recorder;
    final String name;
    /** Made once, since each result set needs it. */
    final LongSupplier ticker;

    private volatile @Nullable SqlDialect dialect;

    Source(QueryRecorder recorder, String name, @Nullable SqlDialect dialect) {
        this.recorder = recorder;
        this.name = name;
        this.ticker = recorder::nanoTime;
        this.dialect = dialect;
    }

    /** JDBC leaves it to the driver what it says to a statement that is null. */
    Query query(@Nullable String sql) {
        SqlDialect known = dialect;
        return recorder.query(sql == null ? "" : sql, known == null ? SqlDialect.UNKNOWN : known);
    }

    /** Looks once at the classes of a connection, the pool's and what it unwraps to; the database is not asked. */
    Connection seen(Connection connection) {
        if (dialect == null) {
            SqlDialect found = ofClass(connection.getClass());
            if (found == SqlDialect.UNKNOWN) {
                found = ofUnwrapped(connection);
            }
            dialect = found;
        }
        return connection;
    }

    private static SqlDialect ofUnwrapped(Connection connection) {
        try {
            Connection inner = connection.unwrap(Connection.class);
            return inner == null ? SqlDialect.UNKNOWN : ofClass(inner.getClass());
        } catch (SQLException | RuntimeException | LinkageError cannot) {
            return SqlDialect.UNKNOWN;
        }
    }

    private static SqlDialect ofClass(Class<?> type) {
        String name = type.getName().toLowerCase(Locale.ROOT);
        if (name.startsWith("org.postgresql.") || name.startsWith("com.impossibl.")) {
            return SqlDialect.POSTGRESQL;
        } else if (name.startsWith("org.mariadb.") || name.startsWith("com.mysql.")) {
            return SqlDialect.MYSQL;
        } else if (name.startsWith("org.sqlite.")) {
            return SqlDialect.SQLITE;
        } else if (name.startsWith("org.h2.")) {
            return SqlDialect.H2;
        } else if (name.startsWith("oracle.")) {
            return SqlDialect.ORACLE;
        } else if (name.startsWith("com.microsoft.sqlserver.") || name.startsWith("net.sourceforge.jtds.")) {
            return SqlDialect.SQL_SERVER;
        }
        return SqlDialect.UNKNOWN;
    }
}
