package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A setting of a connection that a caller may change and that has to be set back for the next. */
enum Setting {
    AUTO_COMMIT(Connection::getAutoCommit, (c, value) -> c.setAutoCommit((Boolean) value)),
    READ_ONLY(Connection::isReadOnly, (c, value) -> c.setReadOnly((Boolean) value)),
    ISOLATION(Connection::getTransactionIsolation, (c, value) -> c.setTransactionIsolation((Integer) value)),
    HOLDABILITY(Connection::getHoldability, (c, value) -> c.setHoldability((Integer) value)),
    NETWORK_TIMEOUT(Connection::getNetworkTimeout, (c, value) -> c.setNetworkTimeout(Runnable::run, (Integer) value)),
    CATALOG(Connection::getCatalog, (c, value) -> c.setCatalog((String) value)),
    SCHEMA(Connection::getSchema, (c, value) -> c.setSchema((String) value)),
    TYPE_MAP(Connection::getTypeMap, Setting::setTypeMap);

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

    void write(Connection connection, Object value) throws SQLException {
        writer.write(connection, value);
    }

    @SuppressWarnings("unchecked") // it was read by getTypeMap
    private static void setTypeMap(Connection connection, Object value) throws SQLException {
        connection.setTypeMap((Map<String, Class<?>>) value);
    }

    private interface Reader {
        @Nullable
        Object read(Connection connection) throws SQLException;
    }

    private interface Writer {
        void write(Connection connection, Object value) throws SQLException;
    }
}
