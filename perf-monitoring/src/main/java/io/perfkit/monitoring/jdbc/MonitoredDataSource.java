package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.PerformanceMonitor;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKeyBuilder;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A {@link DataSource} whose statements are timed and counted.
 *
 * <p>Every statement that goes to the database through it is recorded in {@code jdbc.query}, under its fingerprint in
 * {@link PerformanceMonitor#queries()}, and in the {@link io.perfkit.monitoring.RequestScope} of the calling thread. A
 * batch counts as one. The time is that of the executing call; rows that a driver fetches later are counted, the time
 * for fetching them is not. Rows are counted when the result set is exhausted or closed, or its statement is closed or
 * executed again; changed rows when the caller is handed their number.
 *
 * <p>It is a citizen of JDBC: every method reaches the driver as it was called, and nothing is called that the caller
 * did not call. {@code unwrap} leads to the driver's own objects; connections, statements and result sets refer to each
 * other through the wrappers. Exceptions pass unchanged. Values are never read, kept or logged.
 *
 * <p>Thread-safe as the wrapped one. Closing the wrapped data source stays with the caller.
 */
public final class MonitoredDataSource implements DataSource {
    private final DataSource delegate;
    private final PerformanceMonitor monitor;

    private MonitoredDataSource(DataSource delegate, PerformanceMonitor monitor) {
        this.delegate = delegate;
        this.monitor = monitor;
    }

    /**
     * Wraps a data source. Wrapping one twice with the same monitor gives the first wrapper, so that nothing is counted
     * twice. Where a pool is used, wrap the pool.
     *
     * @param dataSource the data source to measure
     * @param monitor where to report
     * @return the wrapper
     */
    public static DataSource wrap(DataSource dataSource, PerformanceMonitor monitor) {
        Objects.requireNonNull(dataSource, "dataSource");
        Objects.requireNonNull(monitor, "monitor");
        if (dataSource instanceof MonitoredDataSource wrapped && wrapped.monitor == monitor) {
            return wrapped;
        }
        return new MonitoredDataSource(dataSource, monitor);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return new MonitoredConnection(delegate.getConnection(), monitor.queryRecorder());
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return new MonitoredConnection(delegate.getConnection(username, password), monitor.queryRecorder());
    }

    @Override
    public ConnectionBuilder createConnectionBuilder() throws SQLException {
        return new MonitoredConnectionBuilder(delegate.createConnectionBuilder(), monitor.queryRecorder());
    }

    @Override
    public ShardingKeyBuilder createShardingKeyBuilder() throws SQLException {
        return delegate.createShardingKeyBuilder();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return delegate.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        delegate.setLogWriter(out);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return delegate.getLoginTimeout();
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        delegate.setLoginTimeout(seconds);
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return delegate.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, delegate, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, delegate, type);
    }

    @Override
    public String toString() {
        return "MonitoredDataSource(" + delegate + ")";
    }
}
