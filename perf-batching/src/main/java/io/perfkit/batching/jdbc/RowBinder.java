package io.perfkit.batching.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Sets the parameters of a statement from a row. Called from several threads, and more than once for a row if its
 * transaction is repeated.
 *
 * @param <R> the rows
 */
@FunctionalInterface
public interface RowBinder<R> {

    /**
     * Sets all parameters.
     *
     * @param statement whose parameters are to be set, and nothing else
     * @param row the row
     * @throws SQLException if a parameter cannot be set; the row then fails alone
     */
    void bind(PreparedStatement statement, R row) throws SQLException;
}
