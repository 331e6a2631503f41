package io.perfkit.examples.springboot;

import io.perfkit.testkit.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;

/** The same data for each side, in a database of its own, and what the database tells about it. */
final class ClinicData {

    /** Counts each side's statements in the database, where neither side can know of it. */
    static final Map<String, String> SETTINGS = Map.of(
            "shared_buffers", "256MB",
            "max_wal_size", "2GB",
            "shared_preload_libraries", "pg_stat_statements",
            "pg_stat_statements.track_utility", "off");

    private final PostgresServer postgres;

    private ClinicData(PostgresServer postgres) {
        this.postgres = postgres;
    }

    /**
     * Makes and fills both databases.
     *
     * @param postgres a server started with {@link #SETTINGS}
     * @param owners how many; each has two pets
     * @param visits how many
     * @return the data
     * @throws SQLException where the database fails
     */
    static ClinicData load(PostgresServer postgres, int owners, int visits) throws SQLException {
        ClinicData data = new ClinicData(postgres);
        data.execute("postgres", "create extension pg_stat_statements");
        data.execute("postgres", "create database " + database(Side.BEFORE));
        data.execute(
                database(Side.BEFORE),
                script().replace("%OWNERS%", String.valueOf(owners)).replace("%VISITS%", String.valueOf(visits)));
        data.execute(database(Side.BEFORE), "vacuum analyze");
        data.execute("postgres", "create database " + database(Side.AFTER) + " template " + database(Side.BEFORE));
        return data;
    }

    String jdbcUrl(Side side) {
        return postgres.jdbcUrl(database(side));
    }

    /** How many statements a side has run since the start. */
    long statements(Side side) throws SQLException {
        return number("select coalesce(sum(calls), 0) from pg_stat_statements s join pg_database d on d.oid = s.dbid"
                + " where d.datname = '" + database(side) + "'");
    }

    /** How many connections of a side are at work now. */
    long busy(Side side) throws SQLException {
        return number(
                "select count(*) from pg_stat_activity where state <> 'idle' and datname = '" + database(side) + "'");
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String database, String sql) throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String database(Side side) {
        return "clinic_" + side;
    }

    private static String script() {
        try (InputStream in = Objects.requireNonNull(ClinicData.class.getResourceAsStream("/clinic.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("clinic.sql cannot be read", e);
        }
    }
}
