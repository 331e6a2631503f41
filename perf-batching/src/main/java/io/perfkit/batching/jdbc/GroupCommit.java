package io.perfkit.batching.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes some rows in one transaction and tells what became of each.
 *
 * <p>The rows go to the database as one JDBC batch. If it fails, it is rolled back and the halves are tried in the same
 * transaction, each behind a savepoint, from the first to the last row, until the rows that fail are alone. Nothing is
 * concluded from the update counts of a failed batch: drivers differ in whether they go on after a failure and in what
 * they tell.
 *
 * <p>What fails before the commit was sent is not written. A commit that the database refuses (a deferred constraint, a
 * serialization failure) is a failure as well, and its rows are tried in smaller transactions. Any other failure of the
 * commit leaves open whether it took place.
 */
final class GroupCommit<R> {
    private static final Logger log = LoggerFactory.getLogger(BatchWriter.class);

    /** Classes of SQL states that say that no smaller part would fare better: connection, syntax, resources, operator. */
    private static final Set<String> HOPELESS = Set.of("08", "42", "53", "57", "58", "28", "3D", "0A", "25");

    private static final String TRANSACTION_ROLLED_BACK = "40";
    private static final String CONSTRAINT = "23";

    private final String name;
    private final DataSource dataSource;
    private final String sql;
    private final RowBinder<? super R> binder;
    private final int maximumAttempts;

    GroupCommit(BatchWriter.Builder<R> settings) {
        name = settings.name;
        dataSource = settings.dataSource;
        sql = settings.sql;
        binder = settings.binder;
        maximumAttempts = settings.maximumAttempts;
    }

    /** One result for each row, in their order. */
    List<RowResult> write(List<R> rows) {
        @Nullable RowResult[] results = new RowResult[rows.size()];
        for (int attempt = 1; ; attempt++) {
            try {
                inTransaction(rows, results);
                break;
            } catch (SQLException | RuntimeException notWritten) {
                // The database has rolled the transaction back: a deadlock is nobody's fault, so it is tried again.
                if (attempt >= maximumAttempts || !isRolledBack(notWritten)) {
                    fail(results, RowStatus.FAILED, notWritten);
                    break;
                }
                Arrays.fill(results, null);
            }
        }
        List<RowResult> told = new ArrayList<>(results.length);
        for (RowResult result : results) {
            told.add(Objects.requireNonNull(result));
        }
        return told;
    }

    private void inTransaction(List<R> rows, @Nullable RowResult[] results) throws SQLException {
        SQLException refusal = null;
        Connection connection = dataSource.getConnection();
        try {
            boolean before = connection.getAutoCommit();
            connection.setAutoCommit(false);
            boolean isOver = false;
            try {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    new Part(connection, statement, rows, results).write(0, rows.size());
                }
                refusal = commit(connection, results);
                isOver = refusal == null;
            } finally {
                // Where that fails the connection is gone: to restore its mode would commit what is told as not
                // written.
                if (isOver || rollBack(connection)) {
                    restore(connection, before);
                } else {
                    abort(connection);
                }
            }
        } finally {
            close(connection);
        }
        if (refusal != null) {
            writeInSmallerTransactions(rows, results, refusal);
        }
    }

    /** @return why the database refused the transaction; {@code null} if it did not */
    private @Nullable SQLException commit(Connection connection, @Nullable RowResult[] results) {
        try {
            connection.commit();
            return null;
        } catch (SQLException failure) {
            String state = stateClass(failure);
            if (state.equals(CONSTRAINT) || state.equals(TRANSACTION_ROLLED_BACK)) {
                return failure;
            }
            fail(results, RowStatus.UNKNOWN, failure);
            return null;
        } catch (RuntimeException failure) {
            fail(results, RowStatus.UNKNOWN, failure);
            return null;
        }
    }

    private void writeInSmallerTransactions(List<R> rows, @Nullable RowResult[] results, SQLException refusal) {
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            RowResult result = results[i];
            if (result != null && result.isCommitted()) {
                open.add(i);
            }
        }
        if (open.size() == 1) {
            results[open.get(0)] = RowResult.not(RowStatus.FAILED, name, refusal);
            return;
        }
        int middle = (open.size() + 1) / 2;
        for (List<Integer> half : List.of(open.subList(0, middle), open.subList(middle, open.size()))) {
            List<RowResult> told = write(half.stream().map(rows::get).toList());
            for (int i = 0; i < half.size(); i++) {
                results[half.get(i)] = told.get(i);
            }
        }
    }

    private void fail(@Nullable RowResult[] results, RowStatus status, Throwable failure) {
        for (int i = 0; i < results.length; i++) {
            RowResult result = results[i];
            if (result == null || result.isCommitted()) {
                results[i] = RowResult.not(status, name, failure);
            }
        }
    }

    /** The statements of one transaction. A result that says committed will be true if the commit is. */
    private final class Part {
        private final Connection connection;
        private final PreparedStatement statement;
        private final List<R> rows;
        private final @Nullable RowResult[] results;

        Part(Connection connection, PreparedStatement statement, List<R> rows, @Nullable RowResult[] results) {
            this.connection = connection;
            this.statement = statement;
            this.rows = rows;
            this.results = results;
        }

        void write(int from, int to) throws SQLException {
            // All rows are all that the transaction does: its beginning is their savepoint, and costs nothing.
            Savepoint savepoint = to - from == rows.size() ? null : connection.setSavepoint();
            try {
                execute(from, to);
                release(savepoint);
            } catch (SQLException failure) {
                String state = stateClass(failure);
                if (state.equals(TRANSACTION_ROLLED_BACK) || HOPELESS.contains(state)) {
                    throw failure;
                }
                goBack(savepoint, failure);
                if (to - from == 1) {
                    results[from] = RowResult.not(RowStatus.FAILED, name, failure);
                } else {
                    int middle = (from + to + 1) >>> 1;
                    write(from, middle);
                    write(middle, to);
                }
            }
        }

        private void execute(int from, int to) throws SQLException {
            List<Integer> added = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                RowResult known = results[i];
                if (known != null && !known.isCommitted()) {
                    continue;
                }
                try {
                    statement.clearParameters();
                    binder.bind(statement, rows.get(i));
                } catch (SQLException | RuntimeException failure) {
                    results[i] = RowResult.not(RowStatus.FAILED, name, failure);
                    continue;
                }
                statement.addBatch();
                added.add(i);
            }
            if (added.isEmpty()) {
                return;
            }
            int[] counts = statement.executeBatch();
            for (int i = 0; i < added.size(); i++) {
                int count = i < counts.length ? counts[i] : Statement.SUCCESS_NO_INFO;
                results[added.get(i)] = RowResult.committed(count);
            }
        }

        private void goBack(@Nullable Savepoint savepoint, SQLException failure) throws SQLException {
            try {
                statement.clearBatch();
                if (savepoint == null) {
                    connection.rollback();
                } else {
                    connection.rollback(savepoint);
                }
            } catch (SQLException lost) {
                // The connection or the whole transaction is gone, and with it everything that was written.
                failure.addSuppressed(lost);
                throw failure;
            }
        }

        private void release(@Nullable Savepoint savepoint) {
            if (savepoint == null) {
                return;
            }
            try {
                connection.releaseSavepoint(savepoint);
            } catch (SQLException e) {
                // Some drivers cannot; the savepoint ends with the transaction.
                log.trace("batch writer '{}': a savepoint was not released", name, e);
            }
        }
    }

    private static boolean isRolledBack(Throwable failure) {
        return failure instanceof SQLException sql && stateClass(sql).equals(TRANSACTION_ROLLED_BACK);
    }

    private static String stateClass(SQLException failure) {
        String state = failure.getSQLState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
    }

    private boolean rollBack(Connection connection) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException | RuntimeException e) {
            log.debug("batch writer '{}': a failed transaction was not rolled back by us", name, e);
            return false;
        }
    }

    private void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            log.debug("batch writer '{}': a connection was not aborted", name, e);
        }
    }

    private void restore(Connection connection, boolean autoCommit) {
        try {
            connection.setAutoCommit(autoCommit);
        } catch (SQLException | RuntimeException e) {
            log.debug("batch writer '{}': a connection was not restored", name, e);
        }
    }

    private void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            log.debug("batch writer '{}': a connection was not closed", name, e);
        }
    }
}
