package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.Query;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A prepared statement: its text is looked up once, when it is prepared. */
class MonitoredPreparedStatement<S extends PreparedStatement> extends PreparedStatementParameters<S> {
    private final String sql;
    private final Query query;

    MonitoredPreparedStatement(S delegate, MonitoredConnection connection, String sql) {
        super(delegate, connection);
        this.sql = sql;
        this.query = connection.source().query(sql);
    }

    @Override
    public final ResultSet executeQuery() throws SQLException {
        Execution execution = begin(query, parameters());
        Throwable failure = null;
        ResultSet results;
        try {
            results = delegate.executeQuery();
        } catch (Throwable thrown) {
            failure = thrown;
            throw thrown;
        } finally {
            recorder.end(execution, 0, failure);
        }
        return results(results, execution);
    }

    @Override
    public final int executeUpdate() throws SQLException {
        Execution execution = begin(query, parameters());
        Throwable failure = null;
        int rows;
        try {
            rows = delegate.executeUpdate();
        } catch (Throwable thrown) {
            failure = thrown;
            throw thrown;
        } finally {
            recorder.end(execution, 0, failure);
        }
        return updated(rows);
    }

    @Override
    public final long executeLargeUpdate() throws SQLException {
        Execution execution = begin(query, parameters());
        Throwable failure = null;
        long rows;
        try {
            rows = delegate.executeLargeUpdate();
        } catch (Throwable thrown) {
            failure = thrown;
            throw thrown;
        } finally {
            recorder.end(execution, 0, failure);
        }
        return updated(rows);
    }

    @Override
    public final boolean execute() throws SQLException {
        Execution execution = begin(query, parameters());
        Throwable failure = null;
        boolean hasResultSet;
        try {
            hasResultSet = delegate.execute();
        } catch (Throwable thrown) {
            failure = thrown;
            throw thrown;
        } finally {
            recorder.end(execution, 0, failure);
        }
        return executed(hasResultSet);
    }

    @Override
    public final void addBatch() throws SQLException {
        delegate.addBatch();
        batched(sql);
    }
}
