package io.perfkit.batching.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a row, on H2 and with a connection that fails as told. */
class BatchWriterTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Connection keeper;
    private TestSource source;

    @BeforeEach
    void open() throws SQLException {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:writer" + NUMBER.incrementAndGet());
        keeper = h2.getConnection();
        source = new TestSource(h2::getConnection);
        try (Statement statement = keeper.createStatement()) {
            statement.execute("create table events (id int primary key, kind varchar(10) not null)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        source.close();
        keeper.close();
    }

    private BatchWriter.Builder<Integer> builder() {
        return BatchWriter.<Integer>builder("events", source, "insert into events values (?, ?)", (statement, id) -> {
            statement.setInt(1, id);
            statement.setString(2, "kind " + id);
        });
    }

    private Set<Integer> stored() throws SQLException {
        Set<Integer> ids = new HashSet<>();
        try (Statement statement = keeper.createStatement();
                ResultSet rows = statement.executeQuery("select id from events")) {
            while (rows.next()) {
                ids.add(rows.getInt(1));
            }
        }
        return ids;
    }

    private static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    @Test
    void writeAll_ofManyRows_isFewTransactions() throws SQLException {
        try (BatchWriter<Integer> writer = builder().build()) {
            List<RowResult> results = writer.writeAll(upTo(500));
            assertThat(results).hasSize(500).allMatch(RowResult::isCommitted);
            assertThat(results.get(0).updateCount()).hasValue(1);
        }
        assertThat(source.commits).hasValue(1);
        assertThat(stored()).hasSize(500);
    }

    /** However fast the rows come: those that come during a transaction are one transaction, together. */
    @Test
    void write_fromManyThreads_whileATransactionIsUnderWay_isOneTransactionAfterwards() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        source.commit = connection -> {
            entered.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new SQLException(e);
            }
            connection.commit();
        };
        try (BatchWriter<Integer> writer = builder().maximumConcurrentBatches(1).build()) {
            CompletableFuture<RowResult> first = writer.writeLater(0);
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            List<CompletableFuture<RowResult>> gathered = new ArrayList<>();
            for (int id = 1; id <= 64; id++) {
                int row = id;
                FutureTask<CompletableFuture<RowResult>> task = new FutureTask<>(() -> writer.writeLater(row));
                new Thread(task).start();
                gathered.add(task.get(10, TimeUnit.SECONDS));
            }
            go.countDown();
            assertThat(first.get(10, TimeUnit.SECONDS).isCommitted()).isTrue();
            for (CompletableFuture<RowResult> row : gathered) {
                assertThat(row.get(10, TimeUnit.SECONDS).isCommitted()).isTrue();
            }
        }
        assertThat(source.commits).hasValue(2);
    }

    /** Two round trips less of four. */
    @Test
    void writeAll_ofRowsThatDoNotFail_setsNoSavepoint() {
        try (BatchWriter<Integer> writer = builder().build()) {
            assertThat(writer.writeAll(upTo(1_000))).hasSize(1_000).allMatch(RowResult::isCommitted);
            assertThat(writer.write(1_000).isCommitted()).isTrue();
        }
        assertThat(source.savepoints).hasValue(0);
    }

    @Test
    void write_ofOneRowThatFails_leavesTheConnectionAsItWas() throws SQLException {
        try (BatchWriter<Integer> writer = builder().maximumConcurrentBatches(1).build()) {
            assertThat(writer.write(1).isCommitted()).isTrue();
            assertThat(writer.write(1).status()).isEqualTo(RowStatus.FAILED);
            assertThat(writer.write(2).isCommitted()).isTrue();
        }
        assertThat(stored()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void writeAll_rowsThatViolateConstraints_failAlone_inOneTransaction() throws SQLException {
        List<Integer> rows = new ArrayList<>(upTo(100));
        rows.addAll(List.of(7, 13, 7));
        rows.addAll(List.of(1_000_000, 200));
        List<RowResult> results;
        try (BatchWriter<Integer> writer = builder().build()) {
            results = writer.writeAll(rows);
        }
        for (int i = 0; i < rows.size(); i++) {
            boolean isBad = (i >= 100 && i < 103) || rows.get(i) == 1_000_000;
            assertThat(results.get(i).status())
                    .as("row %d", i)
                    .isEqualTo(isBad ? RowStatus.FAILED : RowStatus.COMMITTED);
        }
        assertThat((Throwable) results.get(100).failure())
                .hasMessageContaining("batch writer 'events': the row was not written")
                .isNotSameAs(results.get(102).failure())
                .satisfies(failure ->
                        assertThat(((SQLException) failure).getSQLState()).startsWith("23"));
        assertThatThrownBy(() -> results.get(100).orThrow()).isInstanceOf(SQLException.class);
        assertThat(source.commits).hasValue(1);
        assertThat(stored()).hasSize(101);
    }

    @Test
    void write_binderThatFails_isThatRowAlone() throws SQLException {
        BatchWriter.Builder<Integer> builder =
                BatchWriter.builder("events", source, "insert into events values (?, ?)", (statement, id) -> {
                    statement.setInt(1, id);
                    if (id == 3) {
                        throw new IllegalArgumentException("no kind");
                    }
                    statement.setString(2, "x");
                });
        try (BatchWriter<Integer> writer = builder.build()) {
            List<RowResult> results = writer.writeAll(upTo(10));
            assertThat(results)
                    .filteredOn(result -> !result.isCommitted())
                    .singleElement()
                    .satisfies(result -> {
                        assertThat(result).isSameAs(results.get(3));
                        assertThat((Throwable) result.failure()).hasCauseInstanceOf(IllegalArgumentException.class);
                    });
        }
        assertThat(stored()).hasSize(9).doesNotContain(3);
    }

    @Test
    void commit_thatIsLost_isUnknown_andTheRowsAreFoundByTheirKey() throws SQLException {
        source.commit = connection -> {
            connection.commit();
            throw new SQLException("connection reset", "08006");
        };
        try (BatchWriter<Integer> writer = builder().build()) {
            assertThat(writer.writeAll(List.of(1, 2)))
                    .extracting(RowResult::status)
                    .containsOnly(RowStatus.UNKNOWN);
        }
        assertThat(stored()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void commit_thatIsRefused_isTriedInSmallerTransactions_untilTheBadRowIsAlone() throws SQLException {
        // As a deferred constraint does: nothing fails before the commit.
        source.commit = connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select count(*) from events where id = 5")) {
                rows.next();
                if (rows.getInt(1) > 0) {
                    throw new SQLException("deferred", "23503");
                }
            }
            connection.commit();
        };
        try (BatchWriter<Integer> writer = builder().build()) {
            List<RowResult> results = writer.writeAll(upTo(16));
            for (int i = 0; i < 16; i++) {
                assertThat(results.get(i).status()).isEqualTo(i == 5 ? RowStatus.FAILED : RowStatus.COMMITTED);
            }
        }
        assertThat(stored()).hasSize(15).doesNotContain(5);
    }

    /** To turn auto-commit on again committed the rows that had just been told as not written. */
    @Test
    void rollback_thatFails_endsTheConnection_andNothingOfItIsWritten() throws SQLException {
        source.commit = connection -> {
            throw new SQLException("serialization failure", "40001");
        };
        source.rollback = connection -> {
            throw new SQLException("no answer", "08006");
        };
        List<RowResult> results;
        try (BatchWriter<Integer> writer = builder().build()) {
            results = writer.writeAll(upTo(3));
        }
        assertThat(results).allMatch(result -> result.status() == RowStatus.FAILED);
        assertThat(stored()).isEmpty();
    }

    @Test
    void deadlock_isTriedAgain_asOftenAsPermitted() throws SQLException {
        AtomicInteger deadlocks = new AtomicInteger(2);
        source.commit = connection -> {
            if (deadlocks.getAndDecrement() > 0) {
                connection.rollback();
                throw new SQLException("deadlock", "40001");
            }
            connection.commit();
        };
        BatchWriter<Integer> deadlocked = BatchWriter.<Integer>builder(
                        "events", source, "insert into events values (?, ?)", (statement, id) -> {
                            if (deadlocks.getAndDecrement() > 0) {
                                throw new SQLException("deadlock", "40001");
                            }
                            statement.setInt(1, id);
                            statement.setString(2, "x");
                        })
                .build();
        // A failure of the binder is the row's own, whatever its state says.
        assertThat(deadlocked.write(1).status()).isEqualTo(RowStatus.FAILED);
        deadlocked.close();

        deadlocks.set(1);
        try (BatchWriter<Integer> writer = builder().build()) {
            assertThat(writer.writeAll(List.of(3, 4))).allMatch(RowResult::isCommitted);
        }
        assertThat(stored()).containsExactlyInAnyOrder(3, 4);
    }

    @Test
    void tableThatIsMissing_orNoConnection_failsAllAtOnce() throws SQLException {
        try (BatchWriter<Integer> writer = BatchWriter.<Integer>builder(
                        "events", source, "insert into nowhere values (?)", (s, id) -> s.setInt(1, id))
                .build()) {
            List<RowResult> results = writer.writeAll(upTo(100));
            assertThat(results).extracting(RowResult::status).containsOnly(RowStatus.FAILED);
            assertThat((Throwable) results.get(0).failure()).hasMessageContaining("NOWHERE");
        }
        TestSource down = new TestSource(() -> {
            throw new SQLException("refused", "08001");
        });
        try (BatchWriter<Integer> writer = BatchWriter.<Integer>builder(
                        "events", down, "insert into events values (?)", (s, id) -> s.setInt(1, id))
                .build()) {
            assertThat((Throwable) writer.write(1).failure()).hasMessageContaining("refused");
        }
    }
}
