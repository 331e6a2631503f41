package io.perfkit.batching.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many threads write rows of which some violate a constraint, with the drivers' ways to send a batch. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchWriterIT {
    enum Database {
        POSTGRES("?reWriteBatchedInserts=false"),
        POSTGRES_REWRITING("?reWriteBatchedInserts=true"),
        MARIADB("useBulkStmts=false"),
        MARIADB_BULK("useBulkStmts=true");

        private final String option;

        Database(String option) {
            this.option = option;
        }

        String url() {
            if (name().startsWith("POSTGRES")) {
                PostgresServer server = PostgresServer.shared();
                return with(server.jdbcUrl(server.createDatabase()));
            }
            assumeThat(MariaDbServer.isAvailable()).isTrue();
            MariaDbServer server = MariaDbServer.shared();
            return with(server.jdbcUrl(server.createDatabase()));
        }

        private String with(String url) {
            String plain = option.startsWith("?") ? option.substring(1) : option;
            return url + (url.contains("?") ? "&" : "?") + plain;
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void rowsOf64Threads_oneInAHundredBad_exactlyThoseFail(Database database) throws Exception {
        write(database.url(), 64, 3_000);
    }

    @Test
    @Tag("full")
    void aHundredThousandRows_oneInAHundredBad_exactlyThoseFail() throws Exception {
        write(Database.POSTGRES.url(), 64, 100_000);
        write(Database.MARIADB_BULK.url(), 64, 100_000);
    }

    private static void write(String url, int threads, int rows) throws Exception {
        TestSource source = new TestSource(() -> DriverManager.getConnection(url));
        execute(url, "create table events (id int primary key, kind varchar(20) not null)");
        // Every hundredth key is taken.
        execute(url, "insert into events values " + taken(rows));
        Map<Integer, RowResult> results = new ConcurrentHashMap<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (BatchWriter<Integer> writer = writer(source)) {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                done.add(pool.submit(() -> {
                    for (int id = next.getAndIncrement(); id < rows; id = next.getAndIncrement()) {
                        results.put(id, writer.write(id));
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get(100, TimeUnit.SECONDS);
            }
            // Rows shared transactions. How many is for the machine to say, which may let the threads come one by one;
            // that all who come during a transaction share the next is asserted in BatchWriterTest.
            assertThat(writer.stats().batches()).isLessThan(rows / 2);
        } finally {
            pool.shutdownNow();
            source.close();
        }
        assertThat(results).hasSize(rows);
        results.forEach((id, result) -> {
            boolean isBad = id % 100 == 0;
            assertThat(result.status()).as("row %d", id).isEqualTo(isBad ? RowStatus.FAILED : RowStatus.COMMITTED);
            if (isBad) {
                assertThat(result.failure().getSQLState()).startsWith("23");
            }
        });
        assertThat(stored(url, "kind = 'new'")).hasSize(rows - (rows + 99) / 100);
    }

    private static String taken(int rows) {
        StringBuilder values = new StringBuilder();
        for (int id = 0; id < rows; id += 100) {
            values.append(id == 0 ? "" : ",").append('(').append(id).append(",'old')");
        }
        return values.toString();
    }

    private static BatchWriter<Integer> writer(TestSource source) {
        return BatchWriter.<Integer>builder(
                        "events", source, "insert into events (id, kind) values (?, ?)", (s, id) -> {
                            s.setInt(1, id);
                            s.setString(2, "new");
                        })
                .build();
    }

    /** A server that a test may kill. */
    enum Killed {
        POSTGRES,
        MARIADB;

        TestServer start() {
            return this == POSTGRES ? PostgresServer.startNew() : MariaDbServer.startNew();
        }

        String url(TestServer server) {
            return server instanceof PostgresServer postgres
                    ? postgres.jdbcUrl(postgres.createDatabase())
                    : mariaUrl((MariaDbServer) server);
        }

        private static String mariaUrl(MariaDbServer server) {
            return server.jdbcUrl(server.createDatabase());
        }
    }

    @ParameterizedTest
    @EnumSource(Killed.class)
    void serverKilledInTheMiddle_everyCallerKnows_andUnknownRowsAreFoundByTheirKey(Killed database) throws Exception {
        assumeThat(database == Killed.POSTGRES || MariaDbServer.isAvailable()).isTrue();
        try (TestServer server = database.start()) {
            String url = database.url(server);
            execute(url, "create table events (id int primary key, kind varchar(20) not null)");
            TestSource source = new TestSource(() -> DriverManager.getConnection(url));
            AtomicInteger commits = new AtomicInteger();
            source.commit = connection -> {
                switch (commits.incrementAndGet()) {
                    case 2 -> {
                        connection.commit();
                        throw new SQLException("the answer to the commit was lost", "08006");
                    }
                    case 4 -> {
                        server.kill();
                        connection.commit();
                    }
                    default -> connection.commit();
                }
            };
            int rows = 4_000;
            List<CompletableFuture<RowResult>> calls = new ArrayList<>();
            try (BatchWriter<Integer> writer = writer(source)) {
                for (int id = 0; id < rows; id++) {
                    calls.add(writer.writeLater(id));
                }
                for (CompletableFuture<RowResult> call : calls) {
                    call.get(60, TimeUnit.SECONDS);
                }
            }
            source.close();
            server.start();
            Set<Integer> stored = stored(url, "true");
            Set<Integer> unknown = new HashSet<>();
            List<Integer> missing = new ArrayList<>();
            for (int id = 0; id < rows; id++) {
                switch (calls.get(id).join().status()) {
                    case COMMITTED -> assertThat(stored).contains(id);
                    case FAILED -> assertThat(stored).doesNotContain(id);
                    case UNKNOWN -> unknown.add(id);
                }
                if (!stored.contains(id)) {
                    missing.add(id);
                }
            }
            assertThat(calls).anyMatch(call -> call.join().isCommitted());
            assertThat(calls.get(rows - 1).join().isCommitted()).isFalse();
            // Those whose answer was lost are there, those of the server that died are not: their key tells.
            assertThat(unknown).anyMatch(stored::contains).anyMatch(id -> !stored.contains(id));
            source.commit = Connection::commit;
            try (BatchWriter<Integer> writer = writer(source)) {
                assertThat(writer.writeAll(missing)).allMatch(RowResult::isCommitted);
            }
            source.close();
            assertThat(stored(url, "true")).hasSize(rows);
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Set<Integer> stored(String url, String where) throws SQLException {
        Set<Integer> ids = new HashSet<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from events where " + where)) {
            while (rows.next()) {
                ids.add(rows.getInt(1));
            }
        }
        return ids;
    }
}
