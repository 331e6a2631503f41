package io.perfkit.batching.jobs.db;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * As a pool that is small: who asks while all connections are out waits, ten seconds at most. Can be told to fail, or to hand
 * out connections that do not commit by themselves.
 */
final class NarrowDataSource implements DataSource {
    private final DataSource source;
    private final boolean autoCommit;
    private final Semaphore free;
    private final AtomicInteger inVain = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

    NarrowDataSource(DataSource source, int size) {
        this(source, size, true);
    }

    private NarrowDataSource(DataSource source, int size, boolean autoCommit) {
        this.source = source;
        this.autoCommit = autoCommit;
        this.free = new Semaphore(size, true);
    }

    /** What is not committed when a connection comes back is rolled back, as pools do. */
    static NarrowDataSource withoutAutoCommit(DataSource source) {
        return new NarrowDataSource(source, 100, false);
    }

    /** How often nobody gave a connection back in time. */
    int inVain() {
        return inVain.get();
    }

    /** Answers so many more connections, and then an error. */
    void failAfter(int connections) {
        left.set(connections);
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (left.getAndDecrement() <= 0) {
            throw new SQLException("the database is away", "08001");
        }
        try {
            if (!free.tryAcquire(10, TimeUnit.SECONDS)) {
                inVain.incrementAndGet();
                throw new SQLException("no connection within ten seconds", "08001");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", "08001", e);
        }
        try {
            return lent(source.getConnection());
        } catch (SQLException e) {
            free.release();
            throw e;
        }
    }

    private Connection lent(Connection connection) throws SQLException {
        connection.setAutoCommit(autoCommit);
        boolean[] isBack = new boolean[1];
        return (Connection) Proxy.newProxyInstance(
                NarrowDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("close") && !isBack[0]) {
                        isBack[0] = true;
                        free.release();
                        if (!connection.getAutoCommit()) {
                            connection.rollback();
                        }
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
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
    public Logger getParentLogger() {
        return Logger.getGlobal();
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
