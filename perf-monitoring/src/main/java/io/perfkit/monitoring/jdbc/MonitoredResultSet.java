package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.Query;
import io.perfkit.monitoring.QueryRecorder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A result set that counts the rows that the caller steps to with {@code next}. The number is handed on in one piece,
 * when the rows are exhausted or the result set is closed.
 */
final class MonitoredResultSet extends ResultSetStreamUpdates {
    private final Statement statement;
    private final @Nullable Query query;
    private final QueryRecorder recorder;
    private long uncounted;

    MonitoredResultSet(ResultSet delegate, Statement statement, @Nullable Query query, QueryRecorder recorder) {
        super(delegate);
        this.statement = statement;
        this.query = query;
        this.recorder = recorder;
    }

    boolean isFor(ResultSet other) {
        return delegate == other;
    }

    void settle() {
        long rows = uncounted;
        if (rows > 0) {
            uncounted = 0;
            if (query != null) {
                recorder.fetched(query, rows);
            }
        }
    }

    @Override
    public boolean next() throws SQLException {
        if (delegate.next()) {
            uncounted++;
            return true;
        }
        settle();
        return false;
    }

    @Override
    public void close() throws SQLException {
        settle();
        delegate.close();
    }

    @Override
    public Statement getStatement() throws SQLException {
        return statement;
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, delegate, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, delegate, type);
    }
}
