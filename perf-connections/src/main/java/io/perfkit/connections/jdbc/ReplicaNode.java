package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One server behind a {@link ReplicaRouting}: whether it can be asked, how far it lags, and whether it is a primary. What
 * is known of it is asked anew at most once a second, on a connection that somebody needs anyway.
 */
final class ReplicaNode {
    static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LONGEST_BREAK_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FIRST_BREAK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int MARIADB_MUST_BE_MASTER = 1;

    private static final String POSTGRES_STATE = "select pg_is_in_recovery(), case when not pg_is_in_recovery() then 0"
            + " when exists (select 1 from pg_stat_wal_receiver where status = 'streaming')"
            + " and pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0"
            + " else coalesce(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 1e9) end";

    final DataSource dataSource;
    final String name;

    private volatile long brokenUntilNanos;
    private volatile boolean broken;
    private volatile int failures;
    private volatile long lookedNanos;
    private volatile boolean looked;
    private volatile boolean primary;
    private volatile double lagSeconds;

    ReplicaNode(DataSource dataSource, String name) {
        this.dataSource = dataSource;
        this.name = name;
    }

    /** Whether it may be asked: false for a while after a failure, longer after each. */
    boolean isClosedBreaker(long nowNanos) {
        return !broken || nowNanos - brokenUntilNanos >= 0;
    }

    void failed(long nowNanos) {
        int so = Math.min(8, failures);
        failures = so + 1;
        long pause = Math.min(LONGEST_BREAK_NANOS, FIRST_BREAK_NANOS << so);
        brokenUntilNanos = nowNanos + pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
        broken = true;
        looked = false;
    }

    void succeeded() {
        if (broken) {
            broken = false;
            failures = 0;
        }
    }

    boolean isPrimary() {
        return primary;
    }

    double lagSeconds() {
        return lagSeconds;
    }

    boolean isStale(long nowNanos) {
        return !looked || nowNanos - lookedNanos >= LOOK_EVERY_NANOS;
    }

    void forget() {
        looked = false;
    }

    /** Asks the server what it is. */
    void look(Connection connection, long nowNanos) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if ("PostgreSQL".equals(product)) {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(POSTGRES_STATE)) {
                result.next();
                primary = !result.getBoolean(1);
                lagSeconds = result.getDouble(2);
            }
        } else if ("MariaDB".equals(product) || "MySQL".equals(product)) {
            lookAtMariaDb(connection);
        } else {
            primary = !connection.isReadOnly();
            lagSeconds = 0;
        }
        lookedNanos = nowNanos;
        looked = true;
    }

    private void lookAtMariaDb(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet result = statement.executeQuery("select @@global.read_only")) {
                result.next();
                primary = result.getInt(1) != MARIADB_MUST_BE_MASTER;
            }
            lagSeconds = 0;
            if (!primary) {
                try (ResultSet result = statement.executeQuery("show replica status")) {
                    if (result.next()) {
                        String behind = result.getString("Seconds_Behind_Master");
                        lagSeconds = behind == null ? 1e9 : Double.parseDouble(behind);
                    }
                }
            }
        }
    }

    /** The place in the log up to which this server would show what was written, or null if it does not tell. */
    static @Nullable String position(Connection connection) throws SQLException {
        if (!Postgres.is(connection)) {
            return null;
        }
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select pg_current_wal_insert_lsn()::text")) {
            result.next();
            return result.getString(1);
        }
    }

    static boolean hasReplayed(Connection connection, String position) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() >= ?::pg_lsn else true end")) {
            statement.setString(1, position);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getBoolean(1);
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
