package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A setting of a connection that a caller may change and that has to be set back for the next. */
enum Setting {
    AUTO_COMMIT(Connection::getAutoCommit, (c, value) -> c.setAutoCommit(Boolean.TRUE.equals(value))),
    READ_ONLY(Connection::isReadOnly, (c, value) -> c.setReadOnly(Boolean.TRUE.equals(value))),
    ISOLATION(Connection::getTransactionIsolation, Setting::setIsolation),
    HOLDABILITY(Connection::getHoldability, Setting::setHoldability),
    NETWORK_TIMEOUT(Connection::getNetworkTimeout, Setting::setNetworkTimeout),
    CATALOG(Connection::getCatalog, (c, value) -> c.setCatalog((String) value)),
    SCHEMA(Setting::schema, Setting::setSchema),
    CLIENT_INFO(Setting::clientInfo, Setting::setClientInfo),
    TYPE_MAP(Setting::typeMap, Setting::setTypeMap);

    @SuppressWarnings("ImmutableEnumChecker") // references to methods, without state
    private final Reader reader;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Writer writer;

    Setting(Reader reader, Writer writer) {
        this.reader = reader;
        this.writer = writer;
    }

    @Nullable
    Object read(Connection connection) throws SQLException {
        return reader.read(connection);
    }

    void write(Connection connection, @Nullable Object value) throws SQLException {
        writer.write(connection, value);
    }

    /** Whether SQL text may change it too. */
    boolean isInTheSession() {
        return this != NETWORK_TIMEOUT && this != HOLDABILITY && this != TYPE_MAP;
    }

    private static void setIsolation(Connection connection, @Nullable Object value) throws SQLException {
        if (value instanceof Integer level) {
            connection.setTransactionIsolation(level);
        }
    }

    private static void setHoldability(Connection connection, @Nullable Object value) throws SQLException {
        if (value instanceof Integer holdability) {
            connection.setHoldability(holdability);
        }
    }

    private static void setNetworkTimeout(Connection connection, @Nullable Object value) throws SQLException {
        if (value instanceof Integer millis) {
            connection.setNetworkTimeout(Runnable::run, millis);
        }
    }

    /** In PostgreSQL a schema is the first of a search path that exists, so the whole path has to be kept. */
    private static @Nullable Object schema(Connection connection) throws SQLException {
        return Postgres.is(connection) ? Postgres.searchPath(connection) : connection.getSchema();
    }

    private static void setSchema(Connection connection, @Nullable Object value) throws SQLException {
        if (value instanceof Postgres.SearchPath path) {
            Postgres.searchPath(connection, path);
        } else {
            connection.setSchema((String) value);
        }
    }

    private static @Nullable Object clientInfo(Connection connection) throws SQLException {
        Properties info = connection.getClientInfo();
        if (info == null) {
            return null;
        }
        Properties copy = new Properties();
        info.stringPropertyNames().forEach(key -> copy.setProperty(key, info.getProperty(key)));
        return copy;
    }

    private static void setClientInfo(Connection connection, @Nullable Object value) throws SQLException {
        Properties original = value instanceof Properties info ? info : new Properties();
        Properties present = connection.getClientInfo();
        if (present != null) {
            for (String key : present.stringPropertyNames()) {
                if (original.getProperty(key) == null) {
                    connection.setClientInfo(key, null);
                }
            }
        }
        for (String key : original.stringPropertyNames()) {
            connection.setClientInfo(key, original.getProperty(key));
        }
    }

    private static @Nullable Object typeMap(Connection connection) throws SQLException {
        Map<String, Class<?>> map = connection.getTypeMap();
        return map == null ? null : new HashMap<>(map);
    }

    @SuppressWarnings("unchecked") // it was read by getTypeMap
    private static void setTypeMap(Connection connection, @Nullable Object value) throws SQLException {
        connection.setTypeMap(value == null ? new HashMap<>() : new HashMap<>((Map<String, Class<?>>) value));
    }

    private interface Reader {
        @Nullable
        Object read(Connection connection) throws SQLException;
    }

    private interface Writer {
        void write(Connection connection, @Nullable Object value) throws SQLException;
    }
}
