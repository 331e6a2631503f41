package io.perfkit.monitoring.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Calendar;

/** The part of a prepared statement that sets parameters. They go to the driver, and nowhere else. */
abstract class PreparedStatementParameters<S extends PreparedStatement> extends MonitoredStatement<S>
        implements PreparedStatement {
    private static final int MOST_PARAMETERS = 1_000;

    private static final int[] NONE = {};

    /** One hash per parameter: whether two executions had the same values is all that is kept of them. */
    private int first;

    private int second;
    /** Of the third and those that follow; most statements have none. */
    private int[] others = NONE;

    PreparedStatementParameters(S delegate, MonitoredConnection connection) {
        super(delegate, connection);
    }

    final int parameters() {
        int hash = first * 31 + second;
        for (int each : others) {
            hash = hash * 31 + each;
        }
        return hash;
    }

    private void bound(int index, int hash) {
        if (index == 1) {
            first = hash;
        } else if (index == 2) {
            second = hash;
        } else if (index > 2 && index <= MOST_PARAMETERS) {
            if (index - 3 >= others.length) {
                others = Arrays.copyOf(others, Math.max(index, 2 * others.length));
            }
            others[index - 3] = hash;
        }
    }

    @Override
    public void clearParameters() throws SQLException {
        delegate.clearParameters();
    }

    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        return delegate.getMetaData();
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLException {
        return delegate.getParameterMetaData();
    }

    @Override
    public void setNull(int index, int sqlType) throws SQLException {
        delegate.setNull(index, sqlType);
        bound(index, 0);
    }

    @Override
    public void setNull(int index, int sqlType, String typeName) throws SQLException {
        delegate.setNull(index, sqlType, typeName);
        bound(index, 0);
    }

    @Override
    public void setBoolean(int index, boolean x) throws SQLException {
        delegate.setBoolean(index, x);
        bound(index, x ? 1 : 2);
    }

    @Override
    public void setByte(int index, byte x) throws SQLException {
        delegate.setByte(index, x);
        bound(index, x);
    }

    @Override
    public void setShort(int index, short x) throws SQLException {
        delegate.setShort(index, x);
        bound(index, x);
    }

    @Override
    public void setInt(int index, int x) throws SQLException {
        delegate.setInt(index, x);
        bound(index, x);
    }

    @Override
    public void setLong(int index, long x) throws SQLException {
        delegate.setLong(index, x);
        bound(index, Long.hashCode(x));
    }

    @Override
    public void setFloat(int index, float x) throws SQLException {
        delegate.setFloat(index, x);
        bound(index, Float.hashCode(x));
    }

    @Override
    public void setDouble(int index, double x) throws SQLException {
        delegate.setDouble(index, x);
        bound(index, Double.hashCode(x));
    }

    @Override
    public void setBigDecimal(int index, BigDecimal x) throws SQLException {
        delegate.setBigDecimal(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setString(int index, String x) throws SQLException {
        delegate.setString(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setNString(int index, String x) throws SQLException {
        delegate.setNString(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setBytes(int index, byte[] x) throws SQLException {
        delegate.setBytes(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setDate(int index, Date x) throws SQLException {
        delegate.setDate(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setDate(int index, Date x, Calendar calendar) throws SQLException {
        delegate.setDate(index, x, calendar);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setTime(int index, Time x) throws SQLException {
        delegate.setTime(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setTime(int index, Time x, Calendar calendar) throws SQLException {
        delegate.setTime(index, x, calendar);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setTimestamp(int index, Timestamp x) throws SQLException {
        delegate.setTimestamp(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setTimestamp(int index, Timestamp x, Calendar calendar) throws SQLException {
        delegate.setTimestamp(index, x, calendar);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setObject(int index, Object x) throws SQLException {
        delegate.setObject(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setObject(int index, Object x, int targetSqlType) throws SQLException {
        delegate.setObject(index, x, targetSqlType);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setObject(int index, Object x, int targetSqlType, int scaleOrLength) throws SQLException {
        delegate.setObject(index, x, targetSqlType, scaleOrLength);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setObject(int index, Object x, SQLType targetSqlType) throws SQLException {
        delegate.setObject(index, x, targetSqlType);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setObject(int index, Object x, SQLType targetSqlType, int scaleOrLength) throws SQLException {
        delegate.setObject(index, x, targetSqlType, scaleOrLength);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setRef(int index, Ref x) throws SQLException {
        delegate.setRef(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setRowId(int index, RowId x) throws SQLException {
        delegate.setRowId(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setURL(int index, URL x) throws SQLException {
        delegate.setURL(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setArray(int index, Array x) throws SQLException {
        delegate.setArray(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setSQLXML(int index, SQLXML x) throws SQLException {
        delegate.setSQLXML(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setBlob(int index, Blob x) throws SQLException {
        delegate.setBlob(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setBlob(int index, InputStream x, long length) throws SQLException {
        delegate.setBlob(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setBlob(int index, InputStream x) throws SQLException {
        delegate.setBlob(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setClob(int index, Clob x) throws SQLException {
        delegate.setClob(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setClob(int index, Reader x, long length) throws SQLException {
        delegate.setClob(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setClob(int index, Reader x) throws SQLException {
        delegate.setClob(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setNClob(int index, NClob x) throws SQLException {
        delegate.setNClob(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setNClob(int index, Reader x, long length) throws SQLException {
        delegate.setNClob(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setNClob(int index, Reader x) throws SQLException {
        delegate.setNClob(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setAsciiStream(int index, InputStream x, int length) throws SQLException {
        delegate.setAsciiStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setAsciiStream(int index, InputStream x, long length) throws SQLException {
        delegate.setAsciiStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setAsciiStream(int index, InputStream x) throws SQLException {
        delegate.setAsciiStream(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    @Deprecated
    public void setUnicodeStream(int index, InputStream x, int length) throws SQLException {
        delegate.setUnicodeStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setBinaryStream(int index, InputStream x, int length) throws SQLException {
        delegate.setBinaryStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setBinaryStream(int index, InputStream x, long length) throws SQLException {
        delegate.setBinaryStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setBinaryStream(int index, InputStream x) throws SQLException {
        delegate.setBinaryStream(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setCharacterStream(int index, Reader x, int length) throws SQLException {
        delegate.setCharacterStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setCharacterStream(int index, Reader x, long length) throws SQLException {
        delegate.setCharacterStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setCharacterStream(int index, Reader x) throws SQLException {
        delegate.setCharacterStream(index, x);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setNCharacterStream(int index, Reader x, long length) throws SQLException {
        delegate.setNCharacterStream(index, x, length);
        bound(index, ParameterHash.of(x));
    }

    @Override
    public void setNCharacterStream(int index, Reader x) throws SQLException {
        delegate.setNCharacterStream(index, x);
        bound(index, ParameterHash.of(x));
    }
}
