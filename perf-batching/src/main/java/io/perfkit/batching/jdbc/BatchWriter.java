package io.perfkit.batching.jdbc;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.Batcher;
import io.perfkit.batching.BatcherListener;
import io.perfkit.batching.BatcherStats;
import io.perfkit.batching.CloseReport;
import io.perfkit.batching.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: rows that many threads write one by one go to the database in few transactions.
 *
 * <pre>{@code
 * BatchWriter<Event> events = BatchWriter.<Event>builder("events", dataSource,
 *                 "insert into events (id, kind) values (?, ?)", (statement, event) -> {
 *                     statement.setLong(1, event.id());
 *                     statement.setString(2, event.kind());
 *                 })
 *         .build();
 * RowResult result = events.write(event);
 * }</pre>
 *
 * <p><b>Guarantees.</b> A row whose result is {@link RowStatus#COMMITTED} is in the database, as far as its commit is
 * durable there. One that is {@link RowStatus#FAILED} is not. {@link RowStatus#UNKNOWN} is what a connection that was lost
 * during the commit leaves. A row that fails, such as one that violates a constraint, fails alone. Rows that one thread
 * writes one after the other, each after the result of the one before, are written in that order.
 *
 * <p><b>When a transaction begins.</b> As a batch of {@link Batcher} leaves: at once while fewer than
 * {@code maximumConcurrentBatches} are under way, and otherwise with all the rows that have gathered meanwhile.
 *
 * <p>It needs a database with savepoints (PostgreSQL, MariaDB with InnoDB, H2) and a connection for each concurrent
 * batch. A caller that holds a connection of the same pool must not wait for it. Thread-safe.
 *
 * @param <R> the rows
 */
public final class BatchWriter<R> implements AutoCloseable {
    /** A row is a key of its own, even if it equals another. */
    private static final class Row<R> {
        final R value;

        Row(R value) {
            this.value = value;
        }

        @Override
        public String toString() {
            return String.valueOf(value);
        }
    }

    private final Batcher<Row<R>, RowResult> batcher;

    private BatchWriter(Builder<R> settings) {
        GroupCommit<R> commit = new GroupCommit<>(settings);
        Batcher.Builder<Row<R>, RowResult> builder = Batcher.<Row<R>, RowResult>listBuilder(
                        settings.name,
                        rows -> commit.write(rows.stream().map(row -> row.value).toList()))
                .maximumBatchSize(settings.maximumBatchSize)
                .maximumConcurrentBatches(settings.maximumConcurrentBatches)
                .maximumPending(settings.maximumPending, settings.overflow);
        if (settings.window != null) {
            builder.window(settings.window);
        }
        if (settings.executor != null) {
            builder.executor(settings.executor);
        }
        settings.listeners.forEach(builder::listener);
        batcher = builder.build();
    }

    /**
     * Begins a writer.
     *
     * @param name names the writer in messages
     * @param dataSource gives the connections
     * @param sql an insert, an update, a delete or a merge with parameters
     * @param binder sets the parameters from a row
     * @param <R> the rows
     * @return a builder with the default settings
     */
    public static <R> Builder<R> builder(String name, DataSource dataSource, String sql, RowBinder<? super R> binder) {
        return new Builder<>(name, dataSource, sql, binder);
    }

    /**
     * Writes a row and waits for its commit.
     *
     * @param row the row
     * @return what became of it
     * @throws io.perfkit.batching.BatchingException if it was not accepted, or the thread is interrupted while it waits:
     *     then the row may still be written
     */
    public RowResult write(R row) {
        return batcher.get(new Row<>(requireNonNull(row, "row")));
    }

    /**
     * Writes a row.
     *
     * @param row the row
     * @return ends with what became of it. Cancelling withdraws it, if its transaction has not begun
     */
    public CompletableFuture<RowResult> writeLater(R row) {
        return batcher.load(new Row<>(requireNonNull(row, "row")));
    }

    /**
     * Writes some rows and waits for their commits. They are not one transaction: each has a result of its own.
     *
     * @param rows the rows
     * @return what became of each, in their order
     * @throws io.perfkit.batching.BatchingException as {@link #write}
     */
    public List<RowResult> writeAll(Collection<? extends R> rows) {
        List<Row<R>> keys = rows.stream()
                .map(row -> new Row<R>(requireNonNull(row, "rows must not contain null")))
                .toList();
        Map<Row<R>, RowResult> results = batcher.getAll(keys);
        return keys.stream().map(results::get).toList();
    }

    /**
     * What the writer has done so far.
     *
     * @return a snapshot, where a call is a row and a batch is a transaction
     */
    public BatcherStats stats() {
        return batcher.stats();
    }

    /** Writes what is pending, waits for it for at most 30 seconds, and accepts no more rows. The pool stays open. */
    @Override
    public void close() {
        batcher.close();
    }

    /**
     * As {@link #close()}, with a time of its own.
     *
     * @param atMost how long to wait
     * @return how many rows ended, and how many did not: these may still be written
     */
    public CloseReport close(Duration atMost) {
        return batcher.close(atMost);
    }

    /**
     * The settings of a {@link BatchWriter}. Not thread-safe.
     *
     * @param <R> the rows
     */
    public static final class Builder<R> {
        final String name;
        final DataSource dataSource;
        final String sql;
        final RowBinder<? super R> binder;
        int maximumAttempts = 3;
        private int maximumBatchSize = 500;
        private int maximumConcurrentBatches = 2;
        private int maximumPending = 10_000;
        private Overflow overflow = Overflow.WAIT;
        private @Nullable Duration window;
        private @Nullable Executor executor;
        private final List<BatcherListener> listeners = new ArrayList<>();

        private Builder(String name, DataSource dataSource, String sql, RowBinder<? super R> binder) {
            this.name = requireNonNull(name, "name");
            this.dataSource = requireNonNull(dataSource, "dataSource");
            this.sql = requireNonNull(sql, "sql");
            this.binder = requireNonNull(binder, "binder");
            if (name.isBlank()) {
                throw new IllegalArgumentException("name must not be blank; messages and metrics carry it");
            }
        }

        /**
         * The most rows in one transaction. Default 500.
         *
         * @param rows at least 1
         * @return this
         */
        public Builder<R> maximumBatchSize(int rows) {
            this.maximumBatchSize = atLeastOne("maximumBatchSize", rows);
            return this;
        }

        /**
         * How many transactions may be under way at once, each with a connection. Default 2.
         *
         * @param transactions at least 1
         * @return this
         */
        public Builder<R> maximumConcurrentBatches(int transactions) {
            this.maximumConcurrentBatches = atLeastOne("maximumConcurrentBatches", transactions);
            return this;
        }

        /**
         * How many rows may wait for a transaction, and what happens to those beyond. Default 10,000 with
         * {@link Overflow#WAIT}.
         *
         * @param rows at least 1
         * @param overflow what to do with a row for which there is no room
         * @return this
         */
        public Builder<R> maximumPending(int rows, Overflow overflow) {
            this.maximumPending = atLeastOne("maximumPending", rows);
            this.overflow = requireNonNull(overflow, "overflow");
            return this;
        }

        /**
         * How often a transaction is tried that the database rolls back because of others: a deadlock or a serialization
         * failure. Default 3.
         *
         * @param attempts at least 1
         * @return this
         */
        public Builder<R> maximumAttempts(int attempts) {
            this.maximumAttempts = atLeastOne("maximumAttempts", attempts);
            return this;
        }

        /**
         * Lets rows gather for a while although a transaction could begin. Default: none.
         *
         * @param window more than zero
         * @return this
         */
        public Builder<R> window(Duration window) {
            if (requireNonNull(window, "window").isNegative() || window.isZero()) {
                throw new IllegalArgumentException("window must be more than zero, but was " + window);
            }
            this.window = window;
            return this;
        }

        /**
         * Where transactions run. It stays the caller's to close. Default: as with {@link Batcher}.
         *
         * @param executor runs the transactions
         * @return this
         */
        public Builder<R> executor(Executor executor) {
            this.executor = requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Adds an observer.
         *
         * @param listener is told of each transaction as of a batch
         * @return this
         */
        public Builder<R> listener(BatcherListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Builds the writer.
         *
         * @return a writer with these settings
         */
        public BatchWriter<R> build() {
            return new BatchWriter<>(this);
        }

        private static int atLeastOne(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(setting + " must be at least 1, but was " + value);
            }
            if (value > (1 << 20) - 1) {
                throw new IllegalArgumentException(
                        setting + " must be at most " + ((1 << 20) - 1) + ", but was " + value);
            }
            return value;
        }
    }
}
