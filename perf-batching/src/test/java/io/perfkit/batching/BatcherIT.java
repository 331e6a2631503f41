package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The N+1 loop against a real PostgreSQL, with the statements counted. */
class BatcherIT {
    private static final int USERS = 300;
    private static final int TRANSACTIONS = 1000;
    private static String url;

    private final AtomicInteger statements = new AtomicInteger();

    record Tx(long id, long userId) {}

    record Enriched(Tx tx, String user) {}

    @BeforeAll
    static void createTables() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        url = server.jdbcUrl(server.createDatabase());
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create table users (id bigint primary key, name text not null)");
            statement.execute("create table tx (id bigint primary key, user_id bigint not null references users)");
            statement.execute("insert into users select i, 'user ' || i from generate_series(1, " + USERS + ") i");
            statement.execute("insert into tx select i, 1 + i * 7919 % " + USERS + " from generate_series(1, "
                    + TRANSACTIONS + ") i");
        }
    }

    private Map<Long, String> findAllById(Set<Long> ids) throws SQLException {
        statements.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement select =
                        connection.prepareStatement("select id, name from users where id = any (?)")) {
            select.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            Map<Long, String> names = new HashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.put(rows.getLong(1), rows.getString(2));
                }
            }
            return names;
        }
    }

    private static List<Tx> transactions() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id, user_id from tx order by id")) {
            List<Tx> transactions = new ArrayList<>();
            while (rows.next()) {
                transactions.add(new Tx(rows.getLong(1), rows.getLong(2)));
            }
            return transactions;
        }
    }

    @Test
    void enrich_insteadOfALoop_asksOneStatementForAThousandRows() throws SQLException {
        List<Tx> transactions = transactions();
        List<Enriched> byLoop = new ArrayList<>();
        for (Tx tx : transactions.subList(0, 20)) {
            byLoop.add(new Enriched(tx, findAllById(Set.of(tx.userId())).get(tx.userId())));
        }
        assertThat(statements).hasValue(20);
        statements.set(0);

        List<Enriched> rows;
        try (Batcher<Long, String> users = Batcher.of("users", this::findAllById)) {
            rows = Batching.enrich(transactions, Tx::userId, users, Enriched::new);
        }

        assertThat(statements).hasValue(1);
        assertThat(rows).hasSize(TRANSACTIONS).startsWith(byLoop.toArray(Enriched[]::new));
        assertThat(rows).allMatch(row -> row.user().equals("user " + row.tx().userId()));
    }

    @Test
    void load_fromSixtyFourThreads_asksFarFewerStatementsThanCalls() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(64);
        int calls = 64 * 20;
        List<CompletableFuture<Boolean>> results = new ArrayList<>();
        Batcher<Long, String> users = Batcher.<Long, String>builder("users", this::findAllById)
                .maximumConcurrentBatches(2)
                .build();
        try (users) {
            for (int i = 0; i < calls; i++) {
                long id = 1 + i % USERS;
                results.add(CompletableFuture.supplyAsync(() -> users.get(id).equals("user " + id), threads));
            }
            for (CompletableFuture<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }

        assertThat(statements.get()).isLessThan(calls / 4);
        assertThat(users.stats().calls()).isEqualTo(calls);
    }

    @Test
    void load_statementFails_reachesEveryCallerAndTheNextBatchWorks() throws Exception {
        Batcher<Long, String> users = Batcher.<Long, String>builder("users", ids -> {
                    if (ids.contains(-1L)) {
                        try (Connection connection = DriverManager.getConnection(url);
                                Statement statement = connection.createStatement()) {
                            statement.execute("select 1 / 0");
                        }
                    }
                    return findAllById(ids);
                })
                .build();
        try (users) {
            CompletableFuture<Map<Long, String>> poisoned = users.loadAll(List.of(1L, -1L));

            assertThat(poisoned.handle((values, failure) -> failure).get())
                    .isInstanceOf(BatchLoadException.class)
                    .hasCauseInstanceOf(SQLException.class);
            assertThat(users.load(1L).get()).isEqualTo("user 1");
        }
    }
}
