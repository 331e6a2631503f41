package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryRecorder;
import io.perfkit.monitoring.SqlDialect;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKeyBuilder;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DataSource} whose statements are timed and counted.
 *
 * <p>Every statement that goes to the database through it is recorded in {@code perfkit.queries}, under its fingerprint in
 * {@link PerformanceMonitor#queries()}, and in the {@link io.perfkit.monitoring.RequestScope} of the calling thread, with
 * the time for waiting for the connection, executing, stepping through the results, and ending the transaction. A batch
 * counts as one. A statement counts once, however many monitored data sources of one monitor stand above each other. Rows
 * are counted, each once, when the result set is exhausted or closed, or its statement or connection is; changed rows when
 * the caller is handed their number.
 *
 * <p>It is a citizen of JDBC: every method reaches the driver as it was called, and the server is asked nothing that
 * the caller did not ask. {@code unwrap} leads to the driver's own objects; connections, statements and result sets refer to each
 * other through the wrappers. Exceptions pass unchanged. Values are never kept or logged; a hash tells whether two
 * executions had the same.
 *
 * <p>Thread-safe as the wrapped one. Closing the wrapped data source stays with the caller.
 */
public final class MonitoredDataSource implements DataSource {
    private final DataSource delegate;
    private final Source source;

    private MonitoredDataSource(DataSource delegate, Source source) {
        this.delegate = delegate;
        this.source = source;
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
        return wrap(QueryRecorder.DEFAULT_DATA_SOURCE, dataSource, monitor);
    }

    /**
     * As {@link #wrap(DataSource, PerformanceMonitor)}, for an application that has several.
     *
     * @param name what to call it in meters and logs; one of at most 50
     * @param dataSource the data source to measure
     * @param monitor where to report
     * @return the wrapper
     */
    public static DataSource wrap(String name, DataSource dataSource, PerformanceMonitor monitor) {
        return wrapped(name, dataSource, monitor, null);
    }

    /**
     * As {@link #wrap(String, DataSource, PerformanceMonitor)}, for a driver whose dialect is not known by its classes, or
     * has a setting: MySQL and MariaDB with {@code ANSI_QUOTES}.
     *
     * @param name what to call it in meters and logs; one of at most 50
     * @param dataSource the data source to measure
     * @param monitor where to report
     * @param dialect what decides where a literal of its statements ends
     * @return the wrapper
     */
    public static DataSource wrap(String name, DataSource dataSource, PerformanceMonitor monitor, SqlDialect dialect) {
        return wrapped(name, dataSource, monitor, Objects.requireNonNull(dialect, "dialect"));
    }

    private static DataSource wrapped(
            String name, DataSource dataSource, PerformanceMonitor monitor, @Nullable SqlDialect dialect) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(dataSource, "dataSource");
        Objects.requireNonNull(monitor, "monitor");
        if (dataSource instanceof MonitoredDataSource wrapped && wrapped.source.recorder == monitor.queryRecorder()) {
            return wrapped;
        }
        return new MonitoredDataSource(dataSource, new Source(monitor.queryRecorder(), name, dialect));
    }

    @Override
    public Connection getConnection() throws SQLException {
        return acquire(source, delegate::getConnection);
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return acquire(source, () -> delegate.getConnection(username, password));
    }

    static Connection acquire(Source source, Acquiring acquiring) throws SQLException {
        Execution execution = source.recorder.beginAcquire(source.name);
        Throwable failure = null;
        Connection connection;
        try {
            connection = acquiring.connection();
        } catch (Throwable thrown) {
            failure = thrown;
            throw thrown;
        } finally {
            source.recorder.end(execution, 0, failure);
        }
        return new MonitoredConnection(source.seen(connection), source);
    }

    /** One call of the data source. */
    interface Acquiring {
        Connection connection() throws SQLException;
    }

    @Override
    public ConnectionBuilder createConnectionBuilder() throws SQLException {
        return new MonitoredConnectionBuilder(delegate.createConnectionBuilder(), source);
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
