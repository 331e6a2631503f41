package io.perfkit.benchmarks.stub;

import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** The same row again and again, of one column: the number that the statement was given. */
abstract class StubResultSet implements ResultSet {

    @Nullable
    Statement statement;

    private long value;
    private int left;
    private boolean closed;

    void open(long number, int rows) {
        value = number;
        left = rows;
        closed = false;
    }

    @Override
    public boolean next() {
        return left-- > 0;
    }

    @Override
    public long getLong(int column) {
        return value;
    }

    @Override
    public boolean wasNull() {
        return false;
    }

    @Override
    public @Nullable Statement getStatement() {
        return statement;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }
}
