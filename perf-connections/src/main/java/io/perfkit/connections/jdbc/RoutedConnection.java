package io.perfkit.connections.jdbc;

import java.sql.CallableStatement;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection that keeps in mind what is set until its first statement, and goes to a server only then. Like any other
 * connection, it is for one thread at a time.
 */
final class RoutedConnection extends DelegatingConnection {
    private final ReplicaRouting routing;
    private final String caller;
    private final Map<Setting, @Nullable Object> settings = new EnumMap<>(Setting.class);

    private ReplicaRouting.@Nullable Routed routed;
    /** More was done with the server than to ask for its properties. */
    private boolean used;

    private boolean closed;

    RoutedConnection(ReplicaRouting routing, String caller) {
        this.routing = routing;
        this.caller = caller;
    }

    @Override
    Connection live() throws SQLException {
        checkOpen();
        if (!used) {
            used = true;
            if (!isReadOnly()) {
                routing.wrote(caller);
            }
        }
        return connect();
    }

    /** Tracing libraries ask for this at once; it decides nothing yet, since the connection may still become read-only. */
    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        checkOpen();
        return connect().getMetaData();
    }

    private Connection connect() throws SQLException {
        ReplicaRouting.Routed present = routed;
        if (present == null) {
            boolean readOnly = isReadOnly();
            present = routing.route(caller, readOnly);
            routed = present;
            for (Map.Entry<Setting, @Nullable Object> setting : settings.entrySet()) {
                setting.getKey().write(present.connection(), setting.getValue());
            }
        }
        return present.connection();
    }

    private void checkOpen() throws SQLException {
        if (closed) {
            throw new SQLNonTransientConnectionException(
                    "This connection was closed. Don't keep a connection beyond close().", "08003");
        }
    }

    @Override
    Connection changing(Setting setting) throws SQLException {
        return live();
    }

    @Override
    Statement track(Statement statement) {
        return statement;
    }

    @Override
    PreparedStatement track(PreparedStatement statement, String sql) {
        return statement;
    }

    @Override
    CallableStatement track(CallableStatement statement, String sql) {
        return statement;
    }

    /** True if it was kept in mind only. */
    private boolean keep(Setting setting, @Nullable Object value) throws SQLException {
        checkOpen();
        settings.put(setting, value);
        return routed == null;
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        if (!keep(Setting.AUTO_COMMIT, autoCommit)) {
            live().setAutoCommit(autoCommit);
        }
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        checkOpen();
        return routed == null ? !Boolean.FALSE.equals(settings.get(Setting.AUTO_COMMIT)) : live().getAutoCommit();
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        ReplicaRouting.Routed present = routed;
        if (keep(Setting.READ_ONLY, readOnly) || present == null) {
            return;
        }
        if (!used || (!readOnly && present.toReplica())) {
            used = false;
            routed = null;
            present.connection().close();
            return;
        }
        if (!readOnly) {
            routing.wrote(caller);
        }
        present.connection().setReadOnly(readOnly);
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        checkOpen();
        return Boolean.TRUE.equals(settings.get(Setting.READ_ONLY));
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        if (!keep(Setting.ISOLATION, level)) {
            live().setTransactionIsolation(level);
        }
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        if (!keep(Setting.HOLDABILITY, holdability)) {
            live().setHoldability(holdability);
        }
    }

    @Override
    public void setCatalog(String catalog) throws SQLException {
        if (!keep(Setting.CATALOG, catalog)) {
            live().setCatalog(catalog);
        }
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        // What PostgreSQL has to be told is a name and not a search path, so it is not kept as one.
        if (!keep(Setting.SCHEMA, schema)) {
            live().setSchema(schema);
        }
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        if (!keep(Setting.NETWORK_TIMEOUT, milliseconds)) {
            live().setNetworkTimeout(executor, milliseconds);
        }
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        if (!keep(Setting.TYPE_MAP, map)) {
            live().setTypeMap(map);
        }
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        liveForClientInfo().setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        liveForClientInfo().setClientInfo(properties);
    }

    private Connection liveForClientInfo() throws SQLClientInfoException {
        try {
            return live();
        } catch (SQLException e) {
            throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.<String, ClientInfoStatus>of(), e);
        }
    }

    @Override
    public void commit() throws SQLException {
        end(true);
    }

    @Override
    public void rollback() throws SQLException {
        end(false);
    }

    private void end(boolean commit) throws SQLException {
        checkOpen();
        ReplicaRouting.Routed present = routed;
        if (present == null) {
            return;
        }
        try {
            if (commit) {
                present.connection().commit();
            } else {
                present.connection().rollback();
            }
        } catch (SQLException e) {
            routing.suspect(present.node());
            throw e;
        } finally {
            wrote();
        }
    }

    private void wrote() {
        if (routed != null && used && !Boolean.TRUE.equals(settings.get(Setting.READ_ONLY))) {
            routing.wrote(caller);
        }
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        checkOpen();
        return routed == null ? null : live().getWarnings();
    }

    @Override
    public void clearWarnings() throws SQLException {
        checkOpen();
        if (routed != null) {
            live().clearWarnings();
        }
    }

    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        wrote();
        closed = true;
        ReplicaRouting.Routed present = routed;
        routed = null;
        if (present != null) {
            present.connection().close();
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        ReplicaRouting.Routed present = routed;
        closed = true;
        routed = null;
        if (present != null) {
            present.connection().abort(executor);
        }
    }

    @Override
    public boolean isClosed() throws SQLException {
        ReplicaRouting.Routed present = routed;
        return closed || (present != null && present.connection().isClosed());
    }

    @Override
    public boolean isValid(int timeout) throws SQLException {
        return !closed && live().isValid(timeout);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        Connection c = live();
        return type.isInstance(c) ? type.cast(c) : c.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        if (type.isInstance(this)) {
            return true;
        }
        Connection c = live();
        return type.isInstance(c) || c.isWrapperFor(type);
    }

    @Override
    public String toString() {
        ReplicaRouting.Routed present = routed;
        return "RoutedConnection[" + (closed ? "closed" : present == null ? "not routed yet" : present.node()) + "]";
    }
}
