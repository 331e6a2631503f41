package io.perfkit.cache;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of plain JDBC, held by their threads. Beginning one inside another suspends the outer one, as
 * {@code REQUIRES_NEW} does; so does {@link #outside}.
 */
class JdbcTransactions implements TransactionContext {

    /** One physical transaction and its connection. */
    static final class Held implements Transaction {

        private final @Nullable Connection connection;
        private final boolean readOnly;
        private final boolean snapshot;
        private final List<Listener> listeners = new ArrayList<>();

        Held(@Nullable Connection connection, boolean readOnly, boolean snapshot) {
            this.connection = connection;
            this.readOnly = readOnly;
            this.snapshot = snapshot;
        }

        @Override
        public boolean isReadOnly() {
            return readOnly;
        }

        @Override
        public boolean isSnapshot() {
            return snapshot;
        }

        @Override
        public void listener(Listener listener) {
            listeners.add(listener);
        }

        void complete(Outcome outcome) {
            listeners.forEach(listener -> listener.completed(outcome));
        }
    }

    /** A null in it stands for a time outside of any transaction, within one. */
    private final ThreadLocal<Deque<List<Held>>> stack = ThreadLocal.withInitial(ArrayDeque::new);

    private final Supplier<@Nullable Connection> connections;

    /** @param connections give each transaction its own; null for transactions without a database */
    JdbcTransactions(Supplier<@Nullable Connection> connections) {
        this.connections = connections;
    }

    static JdbcTransactions withoutDatabase() {
        return new JdbcTransactions(() -> null);
    }

    @Override
    public @Nullable Transaction current() {
        return held();
    }

    @Nullable
    Held held() {
        List<Held> top = stack.get().peek();
        return top == null || top.isEmpty() ? null : top.get(0);
    }

    /** The connection of the thread's transaction, or null outside. */
    @Nullable
    Connection connection() {
        Held held = held();
        return held == null ? null : held.connection;
    }

    Held begin() {
        return begin(false, false);
    }

    Held begin(boolean readOnly, boolean snapshot) {
        Connection connection = connections.get();
        try {
            if (connection != null) {
                connection.setAutoCommit(false);
                connection.setReadOnly(readOnly);
                connection.setTransactionIsolation(
                        snapshot ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        Held held = new Held(connection, readOnly, snapshot);
        stack.get().push(List.of(held));
        return held;
    }

    /** Suspends the thread's transaction for a while. */
    void outside(Runnable action) {
        stack.get().push(List.of());
        try {
            action.run();
        } finally {
            stack.get().pop();
        }
    }

    /** Commits in the database; the listeners hear of it only with {@link #commit}. */
    void commitUnheard() {
        try {
            Objects.requireNonNull(connection()).commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void commit() {
        end(true);
    }

    void rollback() {
        end(false);
    }

    private void end(boolean commit) {
        Held held = Objects.requireNonNull(held());
        Outcome outcome = Outcome.UNKNOWN;
        try {
            if (held.connection != null) {
                if (commit) {
                    held.connection.commit();
                } else {
                    held.connection.rollback();
                }
                held.connection.setReadOnly(false);
            }
            outcome = commit ? Outcome.COMMITTED : Outcome.ROLLED_BACK;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            // As with Spring, the thread is still in its transaction while the listeners hear of the end.
            held.complete(outcome);
            stack.get().pop();
        }
    }

    @Nullable
    Savepoint savepoint() {
        try {
            Connection connection = connection();
            return connection == null ? null : connection.setSavepoint();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void rollbackTo(@Nullable Savepoint savepoint) {
        Held held = Objects.requireNonNull(held());
        try {
            if (held.connection != null) {
                held.connection.rollback(savepoint);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        held.listeners.forEach(Listener::savepointRolledBack);
    }
}
