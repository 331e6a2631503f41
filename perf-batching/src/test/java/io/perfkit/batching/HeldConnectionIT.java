package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers in transactions on a pool of ten connections of a real PostgreSQL, and a loader on the same pool. */
class HeldConnectionIT {
    private static final int POOL = 10;
    private static final int CALLERS = 24;
    private static String url;

    private final BlockingQueue<Connection> pool = new ArrayBlockingQueue<>(POOL);
    private final ThreadLocal<Connection> transaction = new ThreadLocal<>();
    private final AtomicInteger statements = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    private long poolPatienceMillis = 60_000;

    @BeforeAll
    static void createTable() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        url = server.jdbcUrl(server.createDatabase());
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create table names (id int primary key, name text not null)");
        }
    }

    @BeforeEach
    void openPool() throws SQLException {
        for (int i = 0; i < POOL; i++) {
            pool.add(DriverManager.getConnection(url));
        }
    }

    @AfterEach
    void closePool() throws Exception {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < POOL; i++) {
            Connection connection = pool.poll(20, TimeUnit.SECONDS);
            assertThat(connection).as("a connection was lost").isNotNull();
            connection.close();
        }
    }

    private Connection borrow() throws SQLException {
        try {
            Connection connection = pool.poll(poolPatienceMillis, TimeUnit.MILLISECONDS);
            if (connection == null) {
                throw new SQLTransientConnectionException("Connection is not available");
            }
            return connection;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(e);
        }
    }

    /** As a framework's repository does: in the thread's transaction, or on a connection of its own. */
    private Map<Integer, String> namesOf(Set<Integer> ids) throws SQLException {
        Connection mine = transaction.get();
        Connection connection = mine == null ? borrow() : mine;
        statements.incrementAndGet();
        try (PreparedStatement select = connection.prepareStatement("select id, name from names where id = any (?)")) {
            select.setArray(1, connection.createArrayOf("int", ids.toArray()));
            Map<Integer, String> names = new HashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.put(rows.getInt(1), rows.getString(2));
                }
            }
            return names;
        } finally {
            if (mine == null) {
                pool.add(connection);
            }
        }
    }

    private interface Work<T> {
        T inTransaction(Connection connection) throws Exception;
    }

    private <T> T transaction(Work<T> work) throws Exception {
        Connection connection = borrow();
        connection.setAutoCommit(false);
        transaction.set(connection);
        try {
            return work.inTransaction(connection);
        } finally {
            transaction.remove();
            connection.rollback();
            connection.setAutoCommit(true);
            pool.add(connection);
        }
    }

    private static void insert(Connection connection, int id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into names values (?, ?)")) {
            insert.setInt(1, id);
            insert.setString(2, "uncommitted " + id);
            insert.executeUpdate();
        }
    }

    @Test
    @Timeout(60)
    void callersInTransactions_withTheHook_allGetTheirOwnUncommittedRows() throws Exception {
        try (Batcher<Integer, String> names = Batcher.<Integer, String>builder("names", this::namesOf)
                .callerRuns(() -> transaction.get() != null)
                .whenMissing(Missing.NULL)
                .build()) {
            // Waves of as many callers as there are connections: each holds one while all of its wave ask.
            CyclicBarrier allHoldOne = new CyclicBarrier(POOL);
            List<Future<Map<Integer, String>>> answers = new ArrayList<>();
            for (int i = 0; i < 2 * POOL; i++) {
                int id = i * 10;
                answers.add(threads.submit(() -> transaction(connection -> {
                    insert(connection, id);
                    insert(connection, id + 1);
                    allHoldOne.await(30, TimeUnit.SECONDS);
                    Map<Integer, String> seen = new HashMap<>(names.getAll(List.of(id, id + 1)));
                    seen.put(-1, names.load(id).get());
                    seen.put(-2, names.get(id + 1));
                    seen.putAll(names.loadAll(List.of(id)).get());
                    return seen;
                })));
            }
            for (int i = 0; i < answers.size(); i++) {
                String first = "uncommitted " + i * 10;
                String second = "uncommitted " + (i * 10 + 1);
                assertThat(answers.get(i).get(50, TimeUnit.SECONDS))
                        .isEqualTo(Map.of(i * 10, first, i * 10 + 1, second, -1, first, -2, second));
            }
            assertThat(statements).as("a getAll is one query").hasValue(2 * POOL * 4);
            assertThat(names.load(0).get()).as("what was rolled back").isNull();
        }
    }

    @Test
    @Timeout(60)
    void callersInTransactions_withoutTheHook_areToldOfIt() throws Exception {
        try (Batcher<Integer, String> names = Batcher.<Integer, String>builder("names", this::namesOf)
                .whenMissing(Missing.NULL)
                .timeout(Duration.ofMillis(600))
                .build()) {
            CyclicBarrier allHoldOne = new CyclicBarrier(POOL);
            // Or one that has given up would leave its connection to the loader, which could then answer the others.
            CountDownLatch allHaveEnded = new CountDownLatch(POOL);
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < POOL; i++) {
                int id = i;
                answers.add(threads.submit(() -> transaction(connection -> {
                    allHoldOne.await(30, TimeUnit.SECONDS);
                    try {
                        return names.load(id).get();
                    } finally {
                        allHaveEnded.countDown();
                        allHaveEnded.await(30, TimeUnit.SECONDS);
                    }
                })));
            }
            for (Future<String> answer : answers) {
                assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                        .rootCause()
                        .isInstanceOf(BatchTimeoutException.class)
                        .hasMessageContaining("callerRuns");
            }
        }
    }

    @Test
    @Timeout(60)
    void loaderThatGetsNoConnection_withoutTheHook_tellsOfIt() throws Exception {
        poolPatienceMillis = 300;
        try (Batcher<Integer, String> names = Batcher.of("names", this::namesOf)) {
            CyclicBarrier allHoldOne = new CyclicBarrier(POOL);
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < POOL; i++) {
                int id = i;
                answers.add(threads.submit(() -> transaction(connection -> {
                    allHoldOne.await(30, TimeUnit.SECONDS);
                    String name = names.load(id)
                            .handle((value, failure) -> failure.getMessage())
                            .get();
                    allHoldOne.await(30, TimeUnit.SECONDS);
                    return name;
                })));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).contains("callerRuns");
            }
        }
    }
}
