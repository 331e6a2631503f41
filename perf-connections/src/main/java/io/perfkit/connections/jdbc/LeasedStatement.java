package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;

/**
 * A statement of a caller: passes all on, tells the lease the text that is executed and the errors, and knows the
 * caller's connection rather than the one behind it.
 */
class LeasedStatement implements Statement {
    final LeasedConnection lease;
    private final Statement statement;

    LeasedStatement(LeasedConnection lease, Statement statement) {
        this.lease = lease;
        this.statement = statement;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (statement.isClosed()) {
            return statement.getConnection();
        }
        return lease;
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        return type.isInstance(statement) ? type.cast(statement) : statement.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || type.isInstance(statement) || statement.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return statement.toString();
    }

    @Override
    public String enquoteLiteral(String value) throws SQLException {
        return statement.enquoteLiteral(value);
    }

    @Override
    public String enquoteIdentifier(String identifier, boolean always) throws SQLException {
        return statement.enquoteIdentifier(identifier, always);
    }

    @Override
    public boolean isSimpleIdentifier(String identifier) throws SQLException {
        return statement.isSimpleIdentifier(identifier);
    }

    @Override
    public String enquoteNCharLiteral(String value) throws SQLException {
        return statement.enquoteNCharLiteral(value);
    }

    @Override
    public ResultSet executeQuery(String a0) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeQuery(a0);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public int executeUpdate(String a0) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeUpdate(a0);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public int getMaxFieldSize() throws SQLException {
        return statement.getMaxFieldSize();
    }

    @Override
    public void setMaxFieldSize(int a0) throws SQLException {
        statement.setMaxFieldSize(a0);
    }

    @Override
    public int getMaxRows() throws SQLException {
        return statement.getMaxRows();
    }

    @Override
    public void setMaxRows(int a0) throws SQLException {
        statement.setMaxRows(a0);
    }

    @Override
    public void setEscapeProcessing(boolean a0) throws SQLException {
        statement.setEscapeProcessing(a0);
    }

    @Override
    public int getQueryTimeout() throws SQLException {
        return statement.getQueryTimeout();
    }

    @Override
    public void setQueryTimeout(int a0) throws SQLException {
        statement.setQueryTimeout(a0);
    }

    @Override
    public void cancel() throws SQLException {
        statement.cancel();
    }

    @Override
    public SQLWarning getWarnings() throws SQLException {
        return statement.getWarnings();
    }

    @Override
    public void clearWarnings() throws SQLException {
        statement.clearWarnings();
    }

    @Override
    public void setCursorName(String a0) throws SQLException {
        statement.setCursorName(a0);
    }

    @Override
    public boolean execute(String a0) throws SQLException {
        lease.executing(a0);
        try {
            return statement.execute(a0);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public ResultSet getResultSet() throws SQLException {
        try {
            return statement.getResultSet();
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public int getUpdateCount() throws SQLException {
        return statement.getUpdateCount();
    }

    @Override
    public boolean getMoreResults() throws SQLException {
        try {
            return statement.getMoreResults();
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public void setFetchDirection(int a0) throws SQLException {
        statement.setFetchDirection(a0);
    }

    @Override
    public int getFetchDirection() throws SQLException {
        return statement.getFetchDirection();
    }

    @Override
    public void setFetchSize(int a0) throws SQLException {
        statement.setFetchSize(a0);
    }

    @Override
    public int getFetchSize() throws SQLException {
        return statement.getFetchSize();
    }

    @Override
    public int getResultSetConcurrency() throws SQLException {
        return statement.getResultSetConcurrency();
    }

    @Override
    public int getResultSetType() throws SQLException {
        return statement.getResultSetType();
    }

    @Override
    public void addBatch(String a0) throws SQLException {
        lease.executing(a0);
        statement.addBatch(a0);
    }

    @Override
    public void clearBatch() throws SQLException {
        statement.clearBatch();
    }

    @Override
    public int[] executeBatch() throws SQLException {
        try {
            return statement.executeBatch();
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public boolean getMoreResults(int a0) throws SQLException {
        try {
            return statement.getMoreResults(a0);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public ResultSet getGeneratedKeys() throws SQLException {
        return statement.getGeneratedKeys();
    }

    @Override
    public int executeUpdate(String a0, int a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeUpdate(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public int executeUpdate(String a0, int[] a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeUpdate(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public int executeUpdate(String a0, String[] a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeUpdate(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public boolean execute(String a0, int a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.execute(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public boolean execute(String a0, int[] a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.execute(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public boolean execute(String a0, String[] a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.execute(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public int getResultSetHoldability() throws SQLException {
        return statement.getResultSetHoldability();
    }

    @Override
    public boolean isClosed() throws SQLException {
        return statement.isClosed();
    }

    @Override
    public void setPoolable(boolean a0) throws SQLException {
        statement.setPoolable(a0);
    }

    @Override
    public boolean isPoolable() throws SQLException {
        return statement.isPoolable();
    }

    @Override
    public void closeOnCompletion() throws SQLException {
        statement.closeOnCompletion();
    }

    @Override
    public boolean isCloseOnCompletion() throws SQLException {
        return statement.isCloseOnCompletion();
    }

    @Override
    public long getLargeUpdateCount() throws SQLException {
        return statement.getLargeUpdateCount();
    }

    @Override
    public void setLargeMaxRows(long a0) throws SQLException {
        statement.setLargeMaxRows(a0);
    }

    @Override
    public long getLargeMaxRows() throws SQLException {
        return statement.getLargeMaxRows();
    }

    @Override
    public long[] executeLargeBatch() throws SQLException {
        try {
            return statement.executeLargeBatch();
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public long executeLargeUpdate(String a0) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeLargeUpdate(a0);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public long executeLargeUpdate(String a0, int a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeLargeUpdate(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public long executeLargeUpdate(String a0, int[] a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeLargeUpdate(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }

    @Override
    public long executeLargeUpdate(String a0, String[] a1) throws SQLException {
        lease.executing(a0);
        try {
            return statement.executeLargeUpdate(a0, a1);
        } catch (SQLException e) {
            throw lease.seen(e);
        }
    }
}
