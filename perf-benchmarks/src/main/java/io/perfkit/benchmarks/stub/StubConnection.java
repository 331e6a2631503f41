package io.perfkit.benchmarks.stub;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLWarning;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection with one statement, which every {@code prepareStatement} hands out again. Not for two threads at a time. */
abstract class StubConnection implements Connection {

    private final StubStatement statement = Stub.complete(StubStatement.class);
    private boolean autoCommit = true;
    private boolean readOnly;
    private boolean closed;

    StubConnection() {
        statement.connection = this;
    }

    @Override
    public PreparedStatement prepareStatement(String sql) {
        statement.closed = false;
        return statement;
    }

    /** What a peer asks once for each connection. */
    @Override
    public DatabaseMetaData getMetaData() {
        return Stub.complete(StubMetadata.class);
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
    public boolean isValid(int timeoutSeconds) {
        return !closed;
    }

    @Override
    public boolean getAutoCommit() {
        return autoCommit;
    }

    @Override
    public void setAutoCommit(boolean autoCommit) {
        this.autoCommit = autoCommit;
    }

    @Override
    public void commit() {
        // Nothing is ever written.
    }

    @Override
    public void rollback() {
        // Nothing is ever written.
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public void setReadOnly(boolean readOnly) {
        this.readOnly = readOnly;
    }

    @Override
    public int getTransactionIsolation() {
        return TRANSACTION_READ_COMMITTED;
    }

    @Override
    public void setTransactionIsolation(int level) {
        // There are no transactions.
    }

    @Override
    public int getHoldability() {
        return ResultSet.CLOSE_CURSORS_AT_COMMIT;
    }

    @Override
    public @Nullable String getCatalog() {
        return null;
    }

    @Override
    public @Nullable String getSchema() {
        return null;
    }

    @Override
    public int getNetworkTimeout() {
        return 0;
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) {
        // There is no network.
    }

    @Override
    public @Nullable SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {
        // There are none.
    }

    @Override
    public void abort(Executor executor) {
        closed = true;
    }
}
