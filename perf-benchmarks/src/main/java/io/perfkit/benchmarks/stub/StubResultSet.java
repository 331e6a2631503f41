package io.perfkit.benchmarks.stub;

import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** One row, one column: the number that the statement was given. */
abstract class StubResultSet implements ResultSet {

    @Nullable
    Statement statement;

    private long value;
    private boolean read;
    private boolean closed;

    void open(long number) {
        value = number;
        read = false;
        closed = false;
    }

    @Override
    public boolean next() {
        boolean row = !read;
        read = true;
        return row;
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
