package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.Query;
import io.perfkit.monitoring.QueryRecorder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A prepared statement: its text is looked up once, when it is prepared. */
class MonitoredPreparedStatement<S extends PreparedStatement> extends PreparedStatementParameters<S> {
    private final String sql;
    private final Query query;

    MonitoredPreparedStatement(S delegate, Connection connection, QueryRecorder recorder, String sql) {
        super(delegate, connection, recorder);
        this.sql = sql;
        this.query = recorder.query(sql);
    }

    @Override
    public final ResultSet executeQuery() throws SQLException {
        long start = begin(query);
        boolean failed = true;
        ResultSet results;
        try {
            results = delegate.executeQuery();
            failed = false;
        } finally {
            recorder.executed(query, start, failed);
        }
        return results(results, query);
    }

    @Override
    public final int executeUpdate() throws SQLException {
        long start = begin(query);
        boolean failed = true;
        int rows;
        try {
            rows = delegate.executeUpdate();
            failed = false;
        } finally {
            recorder.executed(query, start, failed);
        }
        return updated(rows);
    }

    @Override
    public final long executeLargeUpdate() throws SQLException {
        long start = begin(query);
        boolean failed = true;
        long rows;
        try {
            rows = delegate.executeLargeUpdate();
            failed = false;
        } finally {
            recorder.executed(query, start, failed);
        }
        return updated(rows);
    }

    @Override
    public final boolean execute() throws SQLException {
        long start = begin(query);
        boolean failed = true;
        boolean hasResultSet;
        try {
            hasResultSet = delegate.execute();
            failed = false;
        } finally {
            recorder.executed(query, start, failed);
        }
        return executed(hasResultSet);
    }

    @Override
    public final void addBatch() throws SQLException {
        delegate.addBatch();
        batched(sql);
    }
}
