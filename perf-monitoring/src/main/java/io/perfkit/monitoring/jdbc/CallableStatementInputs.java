package io.perfkit.monitoring.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/** The part of a callable statement that sets parameters by name and registers those that come back. */
abstract class CallableStatementInputs extends MonitoredPreparedStatement<CallableStatement>
        implements CallableStatement {

    CallableStatementInputs(CallableStatement delegate, MonitoredConnection connection, String sql) {
        super(delegate, connection, sql);
    }

    @Override
    public void registerOutParameter(int index, int sqlType) throws SQLException {
        delegate.registerOutParameter(index, sqlType);
    }

    @Override
    public void registerOutParameter(int index, int sqlType, int scale) throws SQLException {
        delegate.registerOutParameter(index, sqlType, scale);
    }

    @Override
    public void registerOutParameter(int index, int sqlType, String typeName) throws SQLException {
        delegate.registerOutParameter(index, sqlType, typeName);
    }

    @Override
    public void registerOutParameter(String name, int sqlType) throws SQLException {
        delegate.registerOutParameter(name, sqlType);
    }

    @Override
    public void registerOutParameter(String name, int sqlType, int scale) throws SQLException {
        delegate.registerOutParameter(name, sqlType, scale);
    }

    @Override
    public void registerOutParameter(String name, int sqlType, String typeName) throws SQLException {
        delegate.registerOutParameter(name, sqlType, typeName);
    }

    @Override
    public void registerOutParameter(int index, SQLType sqlType) throws SQLException {
        delegate.registerOutParameter(index, sqlType);
    }

    @Override
    public void registerOutParameter(int index, SQLType sqlType, int scale) throws SQLException {
        delegate.registerOutParameter(index, sqlType, scale);
    }

    @Override
    public void registerOutParameter(int index, SQLType sqlType, String typeName) throws SQLException {
        delegate.registerOutParameter(index, sqlType, typeName);
    }

    @Override
    public void registerOutParameter(String name, SQLType sqlType) throws SQLException {
        delegate.registerOutParameter(name, sqlType);
    }

    @Override
    public void registerOutParameter(String name, SQLType sqlType, int scale) throws SQLException {
        delegate.registerOutParameter(name, sqlType, scale);
    }

    @Override
    public void registerOutParameter(String name, SQLType sqlType, String typeName) throws SQLException {
        delegate.registerOutParameter(name, sqlType, typeName);
    }

    @Override
    public void setNull(String name, int sqlType) throws SQLException {
        delegate.setNull(name, sqlType);
    }

    @Override
    public void setNull(String name, int sqlType, String typeName) throws SQLException {
        delegate.setNull(name, sqlType, typeName);
    }

    @Override
    public void setBoolean(String name, boolean x) throws SQLException {
        delegate.setBoolean(name, x);
    }

    @Override
    public void setByte(String name, byte x) throws SQLException {
        delegate.setByte(name, x);
    }

    @Override
    public void setShort(String name, short x) throws SQLException {
        delegate.setShort(name, x);
    }

    @Override
    public void setInt(String name, int x) throws SQLException {
        delegate.setInt(name, x);
    }

    @Override
    public void setLong(String name, long x) throws SQLException {
        delegate.setLong(name, x);
    }

    @Override
    public void setFloat(String name, float x) throws SQLException {
        delegate.setFloat(name, x);
    }

    @Override
    public void setDouble(String name, double x) throws SQLException {
        delegate.setDouble(name, x);
    }

    @Override
    public void setBigDecimal(String name, BigDecimal x) throws SQLException {
        delegate.setBigDecimal(name, x);
    }

    @Override
    public void setString(String name, String x) throws SQLException {
        delegate.setString(name, x);
    }

    @Override
    public void setNString(String name, String x) throws SQLException {
        delegate.setNString(name, x);
    }

    @Override
    public void setBytes(String name, byte[] x) throws SQLException {
        delegate.setBytes(name, x);
    }

    @Override
    public void setDate(String name, Date x) throws SQLException {
        delegate.setDate(name, x);
    }

    @Override
    public void setDate(String name, Date x, Calendar calendar) throws SQLException {
        delegate.setDate(name, x, calendar);
    }

    @Override
    public void setTime(String name, Time x) throws SQLException {
        delegate.setTime(name, x);
    }

    @Override
    public void setTime(String name, Time x, Calendar calendar) throws SQLException {
        delegate.setTime(name, x, calendar);
    }

    @Override
    public void setTimestamp(String name, Timestamp x) throws SQLException {
        delegate.setTimestamp(name, x);
    }

    @Override
    public void setTimestamp(String name, Timestamp x, Calendar calendar) throws SQLException {
        delegate.setTimestamp(name, x, calendar);
    }

    @Override
    public void setObject(String name, Object x) throws SQLException {
        delegate.setObject(name, x);
    }

    @Override
    public void setObject(String name, Object x, int targetSqlType) throws SQLException {
        delegate.setObject(name, x, targetSqlType);
    }

    @Override
    public void setObject(String name, Object x, int targetSqlType, int scale) throws SQLException {
        delegate.setObject(name, x, targetSqlType, scale);
    }

    @Override
    public void setObject(String name, Object x, SQLType targetSqlType) throws SQLException {
        delegate.setObject(name, x, targetSqlType);
    }

    @Override
    public void setObject(String name, Object x, SQLType targetSqlType, int scaleOrLength) throws SQLException {
        delegate.setObject(name, x, targetSqlType, scaleOrLength);
    }

    @Override
    public void setRowId(String name, RowId x) throws SQLException {
        delegate.setRowId(name, x);
    }

    @Override
    public void setURL(String name, URL x) throws SQLException {
        delegate.setURL(name, x);
    }

    @Override
    public void setSQLXML(String name, SQLXML x) throws SQLException {
        delegate.setSQLXML(name, x);
    }

    @Override
    public void setBlob(String name, Blob x) throws SQLException {
        delegate.setBlob(name, x);
    }

    @Override
    public void setBlob(String name, InputStream x, long length) throws SQLException {
        delegate.setBlob(name, x, length);
    }

    @Override
    public void setBlob(String name, InputStream x) throws SQLException {
        delegate.setBlob(name, x);
    }

    @Override
    public void setClob(String name, Clob x) throws SQLException {
        delegate.setClob(name, x);
    }

    @Override
    public void setClob(String name, Reader x, long length) throws SQLException {
        delegate.setClob(name, x, length);
    }

    @Override
    public void setClob(String name, Reader x) throws SQLException {
        delegate.setClob(name, x);
    }

    @Override
    public void setNClob(String name, NClob x) throws SQLException {
        delegate.setNClob(name, x);
    }

    @Override
    public void setNClob(String name, Reader x, long length) throws SQLException {
        delegate.setNClob(name, x, length);
    }

    @Override
    public void setNClob(String name, Reader x) throws SQLException {
        delegate.setNClob(name, x);
    }

    @Override
    public void setAsciiStream(String name, InputStream x, int length) throws SQLException {
        delegate.setAsciiStream(name, x, length);
    }

    @Override
    public void setAsciiStream(String name, InputStream x, long length) throws SQLException {
        delegate.setAsciiStream(name, x, length);
    }

    @Override
    public void setAsciiStream(String name, InputStream x) throws SQLException {
        delegate.setAsciiStream(name, x);
    }

    @Override
    public void setBinaryStream(String name, InputStream x, int length) throws SQLException {
        delegate.setBinaryStream(name, x, length);
    }

    @Override
    public void setBinaryStream(String name, InputStream x, long length) throws SQLException {
        delegate.setBinaryStream(name, x, length);
    }

    @Override
    public void setBinaryStream(String name, InputStream x) throws SQLException {
        delegate.setBinaryStream(name, x);
    }

    @Override
    public void setCharacterStream(String name, Reader x, int length) throws SQLException {
        delegate.setCharacterStream(name, x, length);
    }

    @Override
    public void setCharacterStream(String name, Reader x, long length) throws SQLException {
        delegate.setCharacterStream(name, x, length);
    }

    @Override
    public void setCharacterStream(String name, Reader x) throws SQLException {
        delegate.setCharacterStream(name, x);
    }

    @Override
    public void setNCharacterStream(String name, Reader x, long length) throws SQLException {
        delegate.setNCharacterStream(name, x, length);
    }

    @Override
    public void setNCharacterStream(String name, Reader x) throws SQLException {
        delegate.setNCharacterStream(name, x);
    }
}
