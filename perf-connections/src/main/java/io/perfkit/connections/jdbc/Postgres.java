package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has to be known of PostgreSQL to set a session back to what it was when it was opened. */
final class Postgres {
    private static final String SET_BY_THE_SESSION =
            "select name, current_setting(name) from pg_settings where source = 'session' and context = 'user'"
                    + " or source = 'session' and name = 'application_name'";

    private Postgres() {}

    /** The value of {@code search_path}, and the schema in it that counts. */
    record SearchPath(String text, @Nullable String schema) {}

    static boolean is(Connection connection) throws SQLException {
        var data = connection.getMetaData();
        return data != null && "PostgreSQL".equals(data.getDatabaseProductName());
    }

    static SearchPath searchPath(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select current_setting('search_path'), current_schema()")) {
            result.next();
            return new SearchPath(result.getString(1), result.getString(2));
        }
    }

    static void searchPath(Connection connection, SearchPath path) throws SQLException {
        String schema = path.schema();
        if (schema != null && !connection.getClass().getName().startsWith("org.postgresql.")) {
            // A pool below keeps in mind what was set through it, and would set its own schema again in a transaction.
            connection.setSchema(schema);
        }
        set(connection, Map.of("search_path", path.text()));
    }

    /** What was set since the session began, by the driver or whoever prepared the connection. */
    static Map<String, String> settings(Connection connection) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(SET_BY_THE_SESSION)) {
            while (result.next()) {
                settings.put(result.getString(1), result.getString(2));
            }
        }
        return settings;
    }

    /** Ends all that a session may have piled up, and applies what was set at its beginning. */
    static void reset(Connection connection, Map<String, String> settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DISCARD ALL");
        }
        set(connection, settings);
    }

    private static void set(Connection connection, Map<String, String> settings) throws SQLException {
        if (settings.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("select set_config(?, ?, false)")) {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                statement.setString(1, setting.getKey());
                statement.setString(2, setting.getValue());
                statement.execute();
            }
        }
    }
}
