package io.perfkit.batching.jdbc;

import java.sql.SQLException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What became of a row. Each row has a result and an exception of its own.
 *
 * @param status whether it was committed
 * @param updateCount how many rows of the table the statement changed, if it was committed and the driver tells; drivers
 *     that rewrite batches do not
 * @param failure why it failed or is not known; {@code null} if it was committed
 */
public record RowResult(
        RowStatus status, OptionalInt updateCount, @Nullable SQLException failure) {

    static RowResult committed(int count) {
        return new RowResult(RowStatus.COMMITTED, count < 0 ? OptionalInt.empty() : OptionalInt.of(count), null);
    }

    static RowResult not(RowStatus status, String writer, Throwable cause) {
        String what = status == RowStatus.FAILED ? "the row was not written" : "the commit was not confirmed";
        String remedy = status == RowStatus.FAILED ? "" : "; look for the row by its key";
        SQLException known = cause instanceof SQLException sql ? sql : null;
        return new RowResult(
                status,
                OptionalInt.empty(),
                new SQLException(
                        "batch writer '" + writer + "': " + what + ": " + cause.getMessage() + remedy,
                        known == null ? null : known.getSQLState(),
                        known == null ? 0 : known.getErrorCode(),
                        cause));
    }

    /**
     * Whether it was committed.
     *
     * @return whether it was
     */
    public boolean isCommitted() {
        return status == RowStatus.COMMITTED;
    }

    /**
     * Fails if the row was not committed.
     *
     * @return this
     * @throws SQLException the failure, with the SQL state and error code of the database
     */
    public RowResult orThrow() throws SQLException {
        if (failure != null) {
            throw failure;
        }
        return this;
    }
}
