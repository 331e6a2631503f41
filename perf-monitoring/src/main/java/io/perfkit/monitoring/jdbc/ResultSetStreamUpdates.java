package io.perfkit.monitoring.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The part of a result set that writes columns from streams. */
abstract class ResultSetStreamUpdates extends ResultSetUpdates {

    ResultSetStreamUpdates(ResultSet delegate) {
        super(delegate);
    }

    @Override
    public void updateBlob(int column, InputStream x, long length) throws SQLException {
        delegate.updateBlob(column, x, length);
    }

    @Override
    public void updateBlob(String column, InputStream x, long length) throws SQLException {
        delegate.updateBlob(column, x, length);
    }

    @Override
    public void updateBlob(int column, InputStream x) throws SQLException {
        delegate.updateBlob(column, x);
    }

    @Override
    public void updateBlob(String column, InputStream x) throws SQLException {
        delegate.updateBlob(column, x);
    }

    @Override
    public void updateClob(int column, Clob x) throws SQLException {
        delegate.updateClob(column, x);
    }

    @Override
    public void updateClob(String column, Clob x) throws SQLException {
        delegate.updateClob(column, x);
    }

    @Override
    public void updateClob(int column, Reader x, long length) throws SQLException {
        delegate.updateClob(column, x, length);
    }

    @Override
    public void updateClob(String column, Reader x, long length) throws SQLException {
        delegate.updateClob(column, x, length);
    }

    @Override
    public void updateClob(int column, Reader x) throws SQLException {
        delegate.updateClob(column, x);
    }

    @Override
    public void updateClob(String column, Reader x) throws SQLException {
        delegate.updateClob(column, x);
    }

    @Override
    public void updateNClob(int column, NClob x) throws SQLException {
        delegate.updateNClob(column, x);
    }

    @Override
    public void updateNClob(String column, NClob x) throws SQLException {
        delegate.updateNClob(column, x);
    }

    @Override
    public void updateNClob(int column, Reader x, long length) throws SQLException {
        delegate.updateNClob(column, x, length);
    }

    @Override
    public void updateNClob(String column, Reader x, long length) throws SQLException {
        delegate.updateNClob(column, x, length);
    }

    @Override
    public void updateNClob(int column, Reader x) throws SQLException {
        delegate.updateNClob(column, x);
    }

    @Override
    public void updateNClob(String column, Reader x) throws SQLException {
        delegate.updateNClob(column, x);
    }

    @Override
    public void updateAsciiStream(int column, InputStream x, int length) throws SQLException {
        delegate.updateAsciiStream(column, x, length);
    }

    @Override
    public void updateAsciiStream(String column, InputStream x, int length) throws SQLException {
        delegate.updateAsciiStream(column, x, length);
    }

    @Override
    public void updateAsciiStream(int column, InputStream x, long length) throws SQLException {
        delegate.updateAsciiStream(column, x, length);
    }

    @Override
    public void updateAsciiStream(String column, InputStream x, long length) throws SQLException {
        delegate.updateAsciiStream(column, x, length);
    }

    @Override
    public void updateAsciiStream(int column, InputStream x) throws SQLException {
        delegate.updateAsciiStream(column, x);
    }

    @Override
    public void updateAsciiStream(String column, InputStream x) throws SQLException {
        delegate.updateAsciiStream(column, x);
    }

    @Override
    public void updateBinaryStream(int column, InputStream x, int length) throws SQLException {
        delegate.updateBinaryStream(column, x, length);
    }

    @Override
    public void updateBinaryStream(String column, InputStream x, int length) throws SQLException {
        delegate.updateBinaryStream(column, x, length);
    }

    @Override
    public void updateBinaryStream(int column, InputStream x, long length) throws SQLException {
        delegate.updateBinaryStream(column, x, length);
    }

    @Override
    public void updateBinaryStream(String column, InputStream x, long length) throws SQLException {
        delegate.updateBinaryStream(column, x, length);
    }

    @Override
    public void updateBinaryStream(int column, InputStream x) throws SQLException {
        delegate.updateBinaryStream(column, x);
    }

    @Override
    public void updateBinaryStream(String column, InputStream x) throws SQLException {
        delegate.updateBinaryStream(column, x);
    }

    @Override
    public void updateCharacterStream(int column, Reader x, int length) throws SQLException {
        delegate.updateCharacterStream(column, x, length);
    }

    @Override
    public void updateCharacterStream(String column, Reader x, int length) throws SQLException {
        delegate.updateCharacterStream(column, x, length);
    }

    @Override
    public void updateCharacterStream(int column, Reader x, long length) throws SQLException {
        delegate.updateCharacterStream(column, x, length);
    }

    @Override
    public void updateCharacterStream(String column, Reader x, long length) throws SQLException {
        delegate.updateCharacterStream(column, x, length);
    }

    @Override
    public void updateCharacterStream(int column, Reader x) throws SQLException {
        delegate.updateCharacterStream(column, x);
    }

    @Override
    public void updateCharacterStream(String column, Reader x) throws SQLException {
        delegate.updateCharacterStream(column, x);
    }

    @Override
    public void updateNCharacterStream(int column, Reader x, long length) throws SQLException {
        delegate.updateNCharacterStream(column, x, length);
    }

    @Override
    public void updateNCharacterStream(String column, Reader x, long length) throws SQLException {
        delegate.updateNCharacterStream(column, x, length);
    }

    @Override
    public void updateNCharacterStream(int column, Reader x) throws SQLException {
        delegate.updateNCharacterStream(column, x);
    }

    @Override
    public void updateNCharacterStream(String column, Reader x) throws SQLException {
        delegate.updateNCharacterStream(column, x);
    }
}
