package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.Hold;
import io.perfkit.connections.internal.Slot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a caller holds: a connection that goes back to the pool exactly once, however often and by whatever threads it
 * is closed, and that fails from then on. It is written out by hand since a dynamic proxy would cost several times what
 * the pool does.
 */
final class LeasedConnection extends DelegatingConnection {
    private static final VarHandle CONNECTION = handle();

    private final BoundedDataSource pool;
    private final Slot slot;
    private final Hold hold;
    private final PhysicalConnection physical;

    /** Null after it has gone back. */
    private volatile @Nullable Connection connection;

    LeasedConnection(BoundedDataSource pool, Slot slot, Hold hold, PhysicalConnection physical) {
        this.pool = pool;
        this.slot = slot;
        this.hold = hold;
        this.physical = physical;
        CONNECTION.setRelease(this, physical.connection);
    }

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup().findVarHandle(LeasedConnection.class, "connection", Connection.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    Slot slot() {
        return slot;
    }

    /** Lets the pool judge a failure, and passes it on. */
    SQLException seen(SQLException e) {
        if (pool.breaks(e)) {
            physical.broke();
        }
        return e;
    }

    /** Called with each text that a caller executes. */
    void executing(String sql) {
        executing(SqlText.of(sql));
    }

    void executing(SqlText sql) {
        hold.usedBy(Thread.currentThread());
        if (!sql.isPlain()) {
            physical.executing(sql);
        }
    }

    @Override
    Connection live() throws SQLException {
        Connection c = connection;
        if (c != null) {
            hold.usedBy(Thread.currentThread());
        } else {
            throw new SQLNonTransientConnectionException(
                    "This connection of pool '" + pool.name() + "' was closed and belongs to someone else now."
                            + " Don't keep a connection beyond close().",
                    "08003");
        }
        return c;
    }

    @Override
    Connection changing(Setting setting) throws SQLException {
        Connection c = live();
        physical.changing(setting);
        return c;
    }

    @Override
    Statement track(Statement statement) throws SQLException {
        physical.opened(statement);
        return new LeasedStatement(this, statement);
    }

    @Override
    PreparedStatement track(PreparedStatement statement, String sql) throws SQLException {
        physical.opened(statement);
        return new LeasedPreparedStatement(this, statement, SqlText.of(sql));
    }

    @Override
    CallableStatement track(CallableStatement statement, String sql) throws SQLException {
        physical.opened(statement);
        SqlText text = SqlText.of(sql);
        return (CallableStatement) Proxy.newProxyInstance(
                LeasedConnection.class.getClassLoader(),
                new Class<?>[] {CallableStatement.class},
                (proxy, method, args) -> call(statement, text, method, args));
    }

    /** Calls are rare and cost a round trip and a procedure, so a proxy does for its hundreds of methods. */
    private @Nullable Object call(Statement statement, SqlText sql, Method method, Object @Nullable [] args)
            throws Throwable {
        if (method.getName().equals("getConnection")) {
            return this;
        }
        if (method.getName().startsWith("execute")) {
            executing(sql);
        }
        try {
            return method.invoke(statement, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException failure ? seen(failure) : e.getCause();
        }
    }

    int trackedStatements() {
        return physical.trackedStatements();
    }

    @Override
    public void close() {
        Connection c = (Connection) CONNECTION.getAndSet(this, null);
        if (c != null) {
            pool.giveBack(slot, physical, false);
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        Connection c = (Connection) CONNECTION.getAndSet(this, null);
        if (c == null) {
            return;
        }
        try {
            c.abort(executor);
        } finally {
            pool.giveBack(slot, physical, true);
        }
    }

    @Override
    public void commit() throws SQLException {
        try {
            super.commit();
        } catch (SQLException e) {
            throw seen(e);
        }
    }

    @Override
    public void rollback() throws SQLException {
        try {
            super.rollback();
        } catch (SQLException e) {
            throw seen(e);
        }
    }

    /** What the driver hands out may be its own map, which a caller can change in place. */
    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        return changing(Setting.TYPE_MAP).getTypeMap();
    }

    @Override
    public boolean isClosed() throws SQLException {
        Connection c = connection;
        return c == null || c.isClosed();
    }

    @Override
    public boolean isValid(int timeout) throws SQLException {
        Connection c = connection;
        return c != null && c.isValid(timeout);
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        changing(Setting.NETWORK_TIMEOUT).setNetworkTimeout(executor, milliseconds);
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        changing(Setting.TYPE_MAP).setTypeMap(map);
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        changingClientInfo().setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        changingClientInfo().setClientInfo(properties);
    }

    private Connection changingClientInfo() throws SQLClientInfoException {
        try {
            return changing(Setting.CLIENT_INFO);
        } catch (SQLException e) {
            throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.<String, ClientInfoStatus>of(), e);
        }
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        Connection c = live();
        return type.isInstance(c) ? type.cast(c) : c.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        Connection c = live();
        return type.isInstance(c) || c.isWrapperFor(type);
    }

    @Override
    public String toString() {
        Connection c = connection;
        return "LeasedConnection[pool=" + pool.name() + ", " + (c == null ? "closed" : c) + "]";
    }
}
