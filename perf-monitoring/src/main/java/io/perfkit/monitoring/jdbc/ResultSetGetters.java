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
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a result set that reads columns. */
abstract class ResultSetGetters implements ResultSet {
    final ResultSet delegate;

    ResultSetGetters(ResultSet delegate) {
        this.delegate = delegate;
    }

    /** A value as it is, or a cursor as one that leads back to its connection. */
    abstract @Nullable Object wrapped(@Nullable Object value);

    @Override
    public boolean wasNull() throws SQLException {
        return delegate.wasNull();
    }

    @Override
    public String getString(int column) throws SQLException {
        return delegate.getString(column);
    }

    @Override
    public String getString(String column) throws SQLException {
        return delegate.getString(column);
    }

    @Override
    public String getNString(int column) throws SQLException {
        return delegate.getNString(column);
    }

    @Override
    public String getNString(String column) throws SQLException {
        return delegate.getNString(column);
    }

    @Override
    public boolean getBoolean(int column) throws SQLException {
        return delegate.getBoolean(column);
    }

    @Override
    public boolean getBoolean(String column) throws SQLException {
        return delegate.getBoolean(column);
    }

    @Override
    public byte getByte(int column) throws SQLException {
        return delegate.getByte(column);
    }

    @Override
    public byte getByte(String column) throws SQLException {
        return delegate.getByte(column);
    }

    @Override
    public short getShort(int column) throws SQLException {
        return delegate.getShort(column);
    }

    @Override
    public short getShort(String column) throws SQLException {
        return delegate.getShort(column);
    }

    @Override
    public int getInt(int column) throws SQLException {
        return delegate.getInt(column);
    }

    @Override
    public int getInt(String column) throws SQLException {
        return delegate.getInt(column);
    }

    @Override
    public long getLong(int column) throws SQLException {
        return delegate.getLong(column);
    }

    @Override
    public long getLong(String column) throws SQLException {
        return delegate.getLong(column);
    }

    @Override
    public float getFloat(int column) throws SQLException {
        return delegate.getFloat(column);
    }

    @Override
    public float getFloat(String column) throws SQLException {
        return delegate.getFloat(column);
    }

    @Override
    public double getDouble(int column) throws SQLException {
        return delegate.getDouble(column);
    }

    @Override
    public double getDouble(String column) throws SQLException {
        return delegate.getDouble(column);
    }

    @Override
    public BigDecimal getBigDecimal(int column) throws SQLException {
        return delegate.getBigDecimal(column);
    }

    @Override
    public BigDecimal getBigDecimal(String column) throws SQLException {
        return delegate.getBigDecimal(column);
    }

    @Override
    @Deprecated
    public BigDecimal getBigDecimal(int column, int scale) throws SQLException {
        return delegate.getBigDecimal(column, scale);
    }

    @Override
    @Deprecated
    public BigDecimal getBigDecimal(String column, int scale) throws SQLException {
        return delegate.getBigDecimal(column, scale);
    }

    @Override
    public byte[] getBytes(int column) throws SQLException {
        return delegate.getBytes(column);
    }

    @Override
    public byte[] getBytes(String column) throws SQLException {
        return delegate.getBytes(column);
    }

    @Override
    public Date getDate(int column) throws SQLException {
        return delegate.getDate(column);
    }

    @Override
    public Date getDate(String column) throws SQLException {
        return delegate.getDate(column);
    }

    @Override
    public Date getDate(int column, Calendar calendar) throws SQLException {
        return delegate.getDate(column, calendar);
    }

    @Override
    public Date getDate(String column, Calendar calendar) throws SQLException {
        return delegate.getDate(column, calendar);
    }

    @Override
    public Time getTime(int column) throws SQLException {
        return delegate.getTime(column);
    }

    @Override
    public Time getTime(String column) throws SQLException {
        return delegate.getTime(column);
    }

    @Override
    public Time getTime(int column, Calendar calendar) throws SQLException {
        return delegate.getTime(column, calendar);
    }

    @Override
    public Time getTime(String column, Calendar calendar) throws SQLException {
        return delegate.getTime(column, calendar);
    }

    @Override
    public Timestamp getTimestamp(int column) throws SQLException {
        return delegate.getTimestamp(column);
    }

    @Override
    public Timestamp getTimestamp(String column) throws SQLException {
        return delegate.getTimestamp(column);
    }

    @Override
    public Timestamp getTimestamp(int column, Calendar calendar) throws SQLException {
        return delegate.getTimestamp(column, calendar);
    }

    @Override
    public Timestamp getTimestamp(String column, Calendar calendar) throws SQLException {
        return delegate.getTimestamp(column, calendar);
    }

    @Override
    public InputStream getAsciiStream(int column) throws SQLException {
        return delegate.getAsciiStream(column);
    }

    @Override
    public InputStream getAsciiStream(String column) throws SQLException {
        return delegate.getAsciiStream(column);
    }

    @Override
    @Deprecated
    public InputStream getUnicodeStream(int column) throws SQLException {
        return delegate.getUnicodeStream(column);
    }

    @Override
    @Deprecated
    public InputStream getUnicodeStream(String column) throws SQLException {
        return delegate.getUnicodeStream(column);
    }

    @Override
    public InputStream getBinaryStream(int column) throws SQLException {
        return delegate.getBinaryStream(column);
    }

    @Override
    public InputStream getBinaryStream(String column) throws SQLException {
        return delegate.getBinaryStream(column);
    }

    @Override
    public Reader getCharacterStream(int column) throws SQLException {
        return delegate.getCharacterStream(column);
    }

    @Override
    public Reader getCharacterStream(String column) throws SQLException {
        return delegate.getCharacterStream(column);
    }

    @Override
    public Reader getNCharacterStream(int column) throws SQLException {
        return delegate.getNCharacterStream(column);
    }

    @Override
    public Reader getNCharacterStream(String column) throws SQLException {
        return delegate.getNCharacterStream(column);
    }

    @Override
    @SuppressWarnings("NullAway") // null is what the column holds
    public Object getObject(int column) throws SQLException {
        return wrapped(delegate.getObject(column));
    }

    @Override
    @SuppressWarnings("NullAway") // null is what the column holds
    public Object getObject(String column) throws SQLException {
        return wrapped(delegate.getObject(column));
    }

    @Override
    @SuppressWarnings("NullAway") // null is what the column holds
    public Object getObject(int column, Map<String, Class<?>> map) throws SQLException {
        return wrapped(delegate.getObject(column, map));
    }

    @Override
    @SuppressWarnings("NullAway") // null is what the column holds
    public Object getObject(String column, Map<String, Class<?>> map) throws SQLException {
        return wrapped(delegate.getObject(column, map));
    }

    @Override
    @SuppressWarnings({"NullAway", "unchecked"}) // what is wrapped has the type of an interface
    public <T> T getObject(int column, Class<T> type) throws SQLException {
        return type == ResultSet.class
                ? (T) wrapped(delegate.getObject(column, type))
                : delegate.getObject(column, type);
    }

    @Override
    @SuppressWarnings({"NullAway", "unchecked"}) // what is wrapped has the type of an interface
    public <T> T getObject(String column, Class<T> type) throws SQLException {
        return type == ResultSet.class
                ? (T) wrapped(delegate.getObject(column, type))
                : delegate.getObject(column, type);
    }

    @Override
    public Ref getRef(int column) throws SQLException {
        return delegate.getRef(column);
    }

    @Override
    public Ref getRef(String column) throws SQLException {
        return delegate.getRef(column);
    }

    @Override
    public RowId getRowId(int column) throws SQLException {
        return delegate.getRowId(column);
    }

    @Override
    public RowId getRowId(String column) throws SQLException {
        return delegate.getRowId(column);
    }

    @Override
    public Blob getBlob(int column) throws SQLException {
        return delegate.getBlob(column);
    }

    @Override
    public Blob getBlob(String column) throws SQLException {
        return delegate.getBlob(column);
    }

    @Override
    public Clob getClob(int column) throws SQLException {
        return delegate.getClob(column);
    }

    @Override
    public Clob getClob(String column) throws SQLException {
        return delegate.getClob(column);
    }

    @Override
    public NClob getNClob(int column) throws SQLException {
        return delegate.getNClob(column);
    }

    @Override
    public NClob getNClob(String column) throws SQLException {
        return delegate.getNClob(column);
    }

    @Override
    public Array getArray(int column) throws SQLException {
        return delegate.getArray(column);
    }

    @Override
    public Array getArray(String column) throws SQLException {
        return delegate.getArray(column);
    }

    @Override
    public URL getURL(int column) throws SQLException {
        return delegate.getURL(column);
    }

    @Override
    public URL getURL(String column) throws SQLException {
        return delegate.getURL(column);
    }

    @Override
    public SQLXML getSQLXML(int column) throws SQLException {
        return delegate.getSQLXML(column);
    }

    @Override
    public SQLXML getSQLXML(String column) throws SQLException {
        return delegate.getSQLXML(column);
    }
}
