package io.perfkit.batching.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections that are kept, and that a test can look into. */
final class TestSource implements DataSource {
    interface Commit {
        void commit(Connection connection) throws SQLException;
    }

    final AtomicInteger commits = new AtomicInteger();
    final AtomicInteger savepoints = new AtomicInteger();
    volatile Commit commit = Connection::commit;
    volatile Commit rollback = Connection::rollback;

    private final Callable<Connection> opener;
    private final ConcurrentLinkedQueue<Connection> idle = new ConcurrentLinkedQueue<>();

    TestSource(Callable<Connection> opener) {
        this.opener = opener;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection kept = idle.poll();
        Connection real;
        try {
            real = kept == null ? opener.call() : kept;
        } catch (SQLException e) {
            throw e;
        } catch (Exception e) {
            throw new SQLException(e);
        }
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "commit":
                            commits.incrementAndGet();
                            commit.commit(real);
                            return null;
                        case "rollback":
                            if (arguments == null) {
                                rollback.commit(real);
                            } else {
                                real.rollback((Savepoint) arguments[0]);
                            }
                            return null;
                        case "setSavepoint":
                            savepoints.incrementAndGet();
                            return real.setSavepoint();
                        case "close":
                            if (isUsable(real)) {
                                idle.add(real);
                            } else {
                                real.close();
                            }
                            return null;
                        default:
                            try {
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                    }
                });
    }

    private static boolean isUsable(Connection connection) {
        try {
            return connection.isValid(2) && connection.getAutoCommit();
        } catch (SQLException e) {
            return false;
        }
    }

    void close() throws SQLException {
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.close();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
