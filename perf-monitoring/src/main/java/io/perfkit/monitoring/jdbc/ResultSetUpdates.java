package io.perfkit.monitoring.jdbc;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Date;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;

/** The part of a result set that writes columns from values. */
abstract class ResultSetUpdates extends ResultSetNavigation {

    ResultSetUpdates(ResultSet delegate) {
        super(delegate);
    }

    @Override
    public void updateNull(int column) throws SQLException {
        delegate.updateNull(column);
    }

    @Override
    public void updateNull(String column) throws SQLException {
        delegate.updateNull(column);
    }

    @Override
    public void updateBoolean(int column, boolean x) throws SQLException {
        delegate.updateBoolean(column, x);
    }

    @Override
    public void updateBoolean(String column, boolean x) throws SQLException {
        delegate.updateBoolean(column, x);
    }

    @Override
    public void updateByte(int column, byte x) throws SQLException {
        delegate.updateByte(column, x);
    }

    @Override
    public void updateByte(String column, byte x) throws SQLException {
        delegate.updateByte(column, x);
    }

    @Override
    public void updateShort(int column, short x) throws SQLException {
        delegate.updateShort(column, x);
    }

    @Override
    public void updateShort(String column, short x) throws SQLException {
        delegate.updateShort(column, x);
    }

    @Override
    public void updateInt(int column, int x) throws SQLException {
        delegate.updateInt(column, x);
    }

    @Override
    public void updateInt(String column, int x) throws SQLException {
        delegate.updateInt(column, x);
    }

    @Override
    public void updateLong(int column, long x) throws SQLException {
        delegate.updateLong(column, x);
    }

    @Override
    public void updateLong(String column, long x) throws SQLException {
        delegate.updateLong(column, x);
    }

    @Override
    public void updateFloat(int column, float x) throws SQLException {
        delegate.updateFloat(column, x);
    }

    @Override
    public void updateFloat(String column, float x) throws SQLException {
        delegate.updateFloat(column, x);
    }

    @Override
    public void updateDouble(int column, double x) throws SQLException {
        delegate.updateDouble(column, x);
    }

    @Override
    public void updateDouble(String column, double x) throws SQLException {
        delegate.updateDouble(column, x);
    }

    @Override
    public void updateBigDecimal(int column, BigDecimal x) throws SQLException {
        delegate.updateBigDecimal(column, x);
    }

    @Override
    public void updateBigDecimal(String column, BigDecimal x) throws SQLException {
        delegate.updateBigDecimal(column, x);
    }

    @Override
    public void updateString(int column, String x) throws SQLException {
        delegate.updateString(column, x);
    }

    @Override
    public void updateString(String column, String x) throws SQLException {
        delegate.updateString(column, x);
    }

    @Override
    public void updateNString(int column, String x) throws SQLException {
        delegate.updateNString(column, x);
    }

    @Override
    public void updateNString(String column, String x) throws SQLException {
        delegate.updateNString(column, x);
    }

    @Override
    public void updateBytes(int column, byte[] x) throws SQLException {
        delegate.updateBytes(column, x);
    }

    @Override
    public void updateBytes(String column, byte[] x) throws SQLException {
        delegate.updateBytes(column, x);
    }

    @Override
    public void updateDate(int column, Date x) throws SQLException {
        delegate.updateDate(column, x);
    }

    @Override
    public void updateDate(String column, Date x) throws SQLException {
        delegate.updateDate(column, x);
    }

    @Override
    public void updateTime(int column, Time x) throws SQLException {
        delegate.updateTime(column, x);
    }

    @Override
    public void updateTime(String column, Time x) throws SQLException {
        delegate.updateTime(column, x);
    }

    @Override
    public void updateTimestamp(int column, Timestamp x) throws SQLException {
        delegate.updateTimestamp(column, x);
    }

    @Override
    public void updateTimestamp(String column, Timestamp x) throws SQLException {
        delegate.updateTimestamp(column, x);
    }

    @Override
    public void updateObject(int column, Object x) throws SQLException {
        delegate.updateObject(column, x);
    }

    @Override
    public void updateObject(String column, Object x) throws SQLException {
        delegate.updateObject(column, x);
    }

    @Override
    public void updateObject(int column, Object x, int scaleOrLength) throws SQLException {
        delegate.updateObject(column, x, scaleOrLength);
    }

    @Override
    public void updateObject(String column, Object x, int scaleOrLength) throws SQLException {
        delegate.updateObject(column, x, scaleOrLength);
    }

    @Override
    public void updateObject(int column, Object x, SQLType type) throws SQLException {
        delegate.updateObject(column, x, type);
    }

    @Override
    public void updateObject(String column, Object x, SQLType type) throws SQLException {
        delegate.updateObject(column, x, type);
    }

    @Override
    public void updateObject(int column, Object x, SQLType type, int scaleOrLength) throws SQLException {
        delegate.updateObject(column, x, type, scaleOrLength);
    }

    @Override
    public void updateObject(String column, Object x, SQLType type, int scaleOrLength) throws SQLException {
        delegate.updateObject(column, x, type, scaleOrLength);
    }

    @Override
    public void updateRef(int column, Ref x) throws SQLException {
        delegate.updateRef(column, x);
    }

    @Override
    public void updateRef(String column, Ref x) throws SQLException {
        delegate.updateRef(column, x);
    }

    @Override
    public void updateRowId(int column, RowId x) throws SQLException {
        delegate.updateRowId(column, x);
    }

    @Override
    public void updateRowId(String column, RowId x) throws SQLException {
        delegate.updateRowId(column, x);
    }

    @Override
    public void updateArray(int column, Array x) throws SQLException {
        delegate.updateArray(column, x);
    }

    @Override
    public void updateArray(String column, Array x) throws SQLException {
        delegate.updateArray(column, x);
    }

    @Override
    public void updateSQLXML(int column, SQLXML x) throws SQLException {
        delegate.updateSQLXML(column, x);
    }

    @Override
    public void updateSQLXML(String column, SQLXML x) throws SQLException {
        delegate.updateSQLXML(column, x);
    }

    @Override
    public void updateBlob(int column, Blob x) throws SQLException {
        delegate.updateBlob(column, x);
    }

    @Override
    public void updateBlob(String column, Blob x) throws SQLException {
        delegate.updateBlob(column, x);
    }
}
