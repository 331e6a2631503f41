package io.perfkit.batching.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
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
            assertThat(writer.stats().batches()).isLessThan(rows / 8);
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

    @Test
    void serverKilledInTheMiddle_everyCallerKnows_andNothingIsToldWrongly() throws Exception {
        try (PostgresServer server = PostgresServer.startNew()) {
            String url = server.jdbcUrl(server.createDatabase());
            execute(url, "create table events (id int primary key, kind varchar(20) not null)");
            TestSource source = new TestSource(() -> DriverManager.getConnection(url));
            List<CompletableFuture<RowResult>> calls = new ArrayList<>();
            try (BatchWriter<Integer> writer = writer(source)) {
                for (int id = 0; id < 8_000; id++) {
                    calls.add(writer.writeLater(id));
                    if (id == 6_000) {
                        calls.get(0).get(60, TimeUnit.SECONDS);
                        server.kill();
                    }
                }
                for (CompletableFuture<RowResult> call : calls) {
                    call.get(60, TimeUnit.SECONDS);
                }
            }
            source.close();
            server.start();
            Set<Integer> stored = stored(url, "true");
            for (int id = 0; id < 8_000; id++) {
                switch (calls.get(id).join().status()) {
                    case COMMITTED -> assertThat(stored).contains(id);
                    case FAILED -> assertThat(stored).doesNotContain(id);
                    case UNKNOWN -> {
                        // either; it is found by its key, or it is not
                    }
                }
            }
            assertThat(calls.get(0).join().isCommitted()).isTrue();
            assertThat(calls.get(7_999).join().isCommitted()).isFalse();
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
