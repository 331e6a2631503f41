package io.perfkit.benchmarks.batching;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import io.perfkit.benchmarks.Counts;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.RoundTrips;
import io.perfkit.benchmarks.Side;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A transaction that inserts an order and submits a job for it. Nothing runs the jobs. {@code db-scheduler} is its
 * {@code scheduleIfNotExists}; {@code db-scheduler-batch} its {@code scheduleBatch} of one job, which does not first ask whether there
 * is one and so is the least that its table can be written with. The second line counts the round trips that ours takes
 * more than that.
 */
@Line("batching.submit_in_transaction")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class SubmitInTransaction {

    private static final String ADDED = "batching.submit_in_transaction.round_trips.added";

    private record Confirmation(long customer) {}

    @Benchmark
    @Side(Side.OURS)
    @Counts(result = RoundTrips.RESULT, line = ADDED, side = Side.OURS)
    public void ours(Ours ours, Transaction transaction) throws SQLException {
        transaction.order();
        ours.queue.submit(transaction.connection, new Confirmation(42));
        transaction.connection.commit();
    }

    @Benchmark
    @Side("db-scheduler")
    public void dbScheduler(DbScheduler bare, Transaction transaction) throws SQLException {
        transaction.order();
        bare.client.scheduleIfNotExists(bare.task.instance(UUID.randomUUID().toString()), Instant.now());
        transaction.connection.commit();
    }

    @Benchmark
    @Side("db-scheduler-batch")
    @Counts(result = RoundTrips.RESULT, line = ADDED, side = Side.RAW)
    public void dbSchedulerBatch(DbScheduler bare, Transaction transaction) throws SQLException {
        transaction.order();
        bare.client.scheduleBatch(List.of(bare.task.instance(UUID.randomUUID().toString())), Instant.now());
        transaction.connection.commit();
    }

    /** The caller's connection, which is in a transaction. */
    @State(Scope.Benchmark)
    public static class Transaction {

        private HikariDataSource source;
        private Connection connection;
        private PreparedStatement insert;

        @Setup
        public void begin() throws SQLException {
            source = BatchingDatabase.pool();
            connection = source.getConnection();
            connection.setAutoCommit(false);
            insert = connection.prepareStatement("insert into orders (customer) values (?)");
        }

        private void order() throws SQLException {
            insert.setLong(1, 42);
            insert.executeUpdate();
        }

        @TearDown
        public void close() throws SQLException {
            connection.close();
            source.close();
        }
    }

    /** A queue that takes jobs and runs none. What it does in the background is on other connections and not counted. */
    @State(Scope.Benchmark)
    public static class Ours {

        private HikariDataSource source;
        private DatabaseJobQueue queue;

        @Setup
        public void open() {
            source = BatchingDatabase.backgroundPool();
            queue = DatabaseJobQueue.on(source, "confirmations")
                    .type("confirmation", 1, Confirmation.class)
                    .workers(0)
                    .build();
        }

        @TearDown
        public void close() {
            queue.close();
            source.close();
        }
    }

    /** db-scheduler's client over the caller's connection. */
    @State(Scope.Benchmark)
    public static class DbScheduler {

        private final OneTimeTask<Void> task = Tasks.oneTime("confirmation").execute((instance, context) -> {});
        private SchedulerClient client;

        @Setup
        public void open(Transaction transaction) {
            client = SchedulerClient.Builder.create(only(transaction.connection), task)
                    .build();
        }

        /** Hands out one connection, which whoever borrows it does not close. */
        private static DataSource only(Connection connection) {
            Connection borrowed = (Connection) Proxy.newProxyInstance(
                    DbScheduler.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (self, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            return null;
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            return (DataSource) Proxy.newProxyInstance(
                    DbScheduler.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (self, method, arguments) -> {
                        if (method.getName().equals("getConnection")) {
                            return borrowed;
                        }
                        throw new UnsupportedOperationException(method.getName());
                    });
        }
    }
}
