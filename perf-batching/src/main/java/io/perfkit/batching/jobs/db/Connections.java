package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The application's connections, as db-scheduler is given them: inside {@link #inTransaction} or {@link #with} its
 * statements run on the connection that is bound to the thread, so that what it changes and what we change are committed
 * together or not at all.
 */
final class Connections implements DataSource {
    private static final int TRIES = 8;

    /** Does something on a connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private final DataSource source;
    /** Of this object alone: another queue's statements go to another database. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Connection> bound = new ThreadLocal<>();

    Connections(DataSource source) {
        this.source = source;
    }

    /** On a connection of its own, in a transaction of its own. */
    <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            try {
                T result = with(connection, work);
                connection.commit();
                return result;
            } catch (Throwable e) {
                try {
                    connection.rollback();
                } catch (SQLException lost) {
                    e.addSuppressed(lost);
                }
                throw e;
            } finally {
                restore(connection, autoCommit);
            }
        }
    }

    private static void restore(Connection connection, boolean autoCommit) {
        if (autoCommit) {
            try {
                connection.setAutoCommit(true);
            } catch (SQLException lost) {
                // A pool finds out by itself; what happened before matters more.
            }
        }
    }

    /** As {@link #inTransaction}, and again if another transaction was in the way. */
    <T> T change(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return inTransaction(work);
            } catch (SQLException e) {
                if (!Dialect.isCollision(e) || attempt == TRIES) {
                    throw new JobException("The database of the jobs failed: " + e.getMessage(), e);
                }
            } catch (com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException e) {
                if (!Dialect.isCollision(e) || attempt == TRIES) {
                    throw new JobException("The database of the jobs failed: " + e.getMessage(), e);
                }
            }
            LockSupport.parkNanos(
                    TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(1, 10 * attempt)));
        }
    }

    /** On a connection of its own; one statement, or statements that need not belong together. */
    <T> T read(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            T result = work.on(connection);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
            return result;
        } catch (SQLException e) {
            throw new JobException("The database of the jobs failed: " + e.getMessage(), e);
        }
    }

    /** On this connection, which stays as it is: nothing commits it or closes it. */
    <T> T with(Connection connection, Work<T> work) throws SQLException {
        Connection before = bound.get();
        bound.set(connection);
        try {
            return work.on(connection);
        } finally {
            if (before == null) {
                bound.remove();
            } else {
                bound.set(before);
            }
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = bound.get();
        return connection == null ? source.getConnection() : borrowed(connection);
    }

    private static Connection borrowed(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connections.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "close", "commit", "rollback", "setAutoCommit" -> {
                            return null;
                        }
                        default -> {
                            try {
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getTargetException();
                            }
                        }
                    }
                });
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return source.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return source.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return source.isWrapperFor(type);
    }
}
