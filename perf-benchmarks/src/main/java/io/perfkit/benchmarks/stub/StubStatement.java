package io.perfkit.benchmarks.stub;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;

/** A statement whose result is always the same row: once, or as often as {@link #setMaxRows} says. */
abstract class StubStatement implements PreparedStatement {

    private final StubResultSet result = Stub.complete(StubResultSet.class);

    @Nullable
    Connection connection;

    boolean closed;
    private long parameter;
    private int rows = 1;

    StubStatement() {
        result.statement = this;
    }

    @Override
    public void setLong(int index, long value) {
        parameter = value;
    }

    @Override
    public void setMaxRows(int maximum) {
        rows = maximum;
    }

    @Override
    public ResultSet executeQuery() {
        result.open(parameter, rows);
        return result;
    }

    @Override
    public boolean execute() {
        result.open(parameter, rows);
        return true;
    }

    @Override
    public ResultSet getResultSet() {
        return result;
    }

    @Override
    public @Nullable Connection getConnection() {
        return connection;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public @Nullable SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {
        // There are none.
    }
}
