package io.perfkit.connections.jdbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
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
    private final Thread thread;
    private final @Nullable String owner;
    private final long sinceNanos;
    private @Nullable PhysicalConnection physical;

    /** Null before it is open and after it has gone back. */
    private volatile @Nullable Connection connection;

    LeasedConnection(BoundedDataSource pool, Slot slot, @Nullable String owner, long sinceNanos) {
        this.pool = pool;
        this.slot = slot;
        this.owner = owner;
        this.sinceNanos = sinceNanos;
        this.thread = Thread.currentThread();
    }

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup().findVarHandle(LeasedConnection.class, "connection", Connection.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Called once, by the acquiring thread. */
    void opened(Connection opened, @Nullable PhysicalConnection itsPhysical) {
        physical = itsPhysical;
        CONNECTION.setRelease(this, opened);
    }

    Slot slot() {
        return slot;
    }

    Holder holder(long nowNanos) {
        return new Holder(thread.getName(), owner, Duration.ofNanos(nowNanos - sinceNanos), connection == null);
    }

    @Override
    Connection live() throws SQLException {
        Connection c = connection;
        if (c == null) {
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
        if (physical != null) {
            physical.changing(setting);
        }
        return c;
    }

    @Override
    <S extends Statement> S track(S statement) throws SQLException {
        if (physical != null) {
            physical.opened(statement);
        }
        return statement;
    }

    int trackedStatements() {
        return physical == null ? 0 : physical.trackedStatements();
    }

    @Override
    public void close() {
        Connection c = (Connection) CONNECTION.getAndSet(this, null);
        if (c != null) {
            pool.giveBack(slot, c, false);
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
            pool.giveBack(slot, c, true);
        }
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
