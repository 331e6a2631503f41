package io.perfkit.benchmarks.batching;

import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.batching.jdbc.BatchWriter;
import io.perfkit.batching.jdbc.RowResult;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * 100,000 rows inserted into an empty table, and the time of one of them. 64 threads write an equal share each: to one
 * {@code BatchWriter} with its defaults, whose results they wait for at the end, or by an insert and commit of their own
 * for each row, over ten connections. These are given fewer rows, because they take equally long for each.
 *
 * <p>{@code hand-written} is what one writes who has all rows beforehand and wants to know nothing of any: two threads, as
 * many as the writer has transactions under way, with {@code addBatch} and a commit for every 500.
 */
@Line("batching.batch_writer_100k_rows")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class WriteRows {

    private static final int ROWS = 100_000;
    private static final int FEWER_ROWS = 3_200;
    private static final int THREADS = 64;
    private static final int CONNECTIONS = 2;
    private static final int BATCH = 500;
    private static final String INSERT = "insert into events (id, kind, amount) values (?, ?, ?)";

    private record Event(long id, String kind, long amount) {

        static Event of(long id) {
            return new Event(id, "click", id % 1_000);
        }

        static void bind(PreparedStatement statement, Event event) throws SQLException {
            statement.setLong(1, event.id);
            statement.setString(2, event.kind);
            statement.setLong(3, event.amount);
        }
    }

    @Benchmark
    @Side(Side.OURS)
    @OperationsPerInvocation(ROWS)
    public void ours(Writer writer, Table table) throws Exception {
        table.inShares(ROWS, THREADS, (from, to) -> {
            List<CompletableFuture<RowResult>> results = new ArrayList<>(to - from);
            for (int id = from; id < to; id++) {
                results.add(writer.events.writeLater(Event.of(id)));
            }
            for (CompletableFuture<RowResult> result : results) {
                result.get().orThrow();
            }
        });
    }

    @Benchmark
    @Side("one-insert-each")
    @OperationsPerInvocation(FEWER_ROWS)
    public void oneInsertEach(Table table) throws Exception {
        table.inShares(FEWER_ROWS, THREADS, (from, to) -> {
            for (int id = from; id < to; id++) {
                try (Connection connection = table.source.getConnection();
                        PreparedStatement statement = connection.prepareStatement(INSERT)) {
                    Event.bind(statement, Event.of(id));
                    statement.executeUpdate();
                }
            }
        });
    }

    @Benchmark
    @Side("hand-written")
    @OperationsPerInvocation(ROWS)
    public void handWritten(Table table) throws Exception {
        table.inShares(ROWS, CONNECTIONS, (from, to) -> {
            try (Connection connection = table.source.getConnection()) {
                connection.setAutoCommit(false);
                try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
                    for (int id = from; id < to; id++) {
                        Event.bind(statement, Event.of(id));
                        statement.addBatch();
                        if ((id - from) % BATCH == BATCH - 1) {
                            statement.executeBatch();
                            connection.commit();
                        }
                    }
                    statement.executeBatch();
                    connection.commit();
                }
            }
        });
    }

    /** Writes the rows from one number to another. */
    private interface Share {
        void write(int from, int to) throws Exception;
    }

    /** The table, empty before each time, with connections and threads. */
    @State(Scope.Benchmark)
    public static class Table {

        private HikariDataSource source;
        private ExecutorService threads;

        @Setup
        public void open() {
            source = BatchingDatabase.writingPool();
            threads = Executors.newFixedThreadPool(THREADS);
        }

        /** With a checkpoint, so that no side pays for the disk's work of the one before. */
        @Setup(Level.Invocation)
        public void empty() throws SQLException {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("truncate events");
                statement.execute("checkpoint");
            }
        }

        private void inShares(int rows, int shares, Share share) throws InterruptedException, ExecutionException {
            List<Callable<Void>> tasks = new ArrayList<>(shares);
            for (int i = 0; i < shares; i++) {
                int from = (int) ((long) rows * i / shares);
                int to = (int) ((long) rows * (i + 1) / shares);
                tasks.add(() -> {
                    share.write(from, to);
                    return null;
                });
            }
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
        }

        @TearDown
        public void close() {
            threads.shutdown();
            source.close();
        }
    }

    /** One writer for all threads. */
    @State(Scope.Benchmark)
    public static class Writer {

        private BatchWriter<Event> events;

        @Setup
        public void open(Table table) {
            events = BatchWriter.<Event>builder("events", table.source, INSERT, Event::bind)
                    .build();
        }

        @TearDown
        public void close() {
            events.close();
        }
    }
}
