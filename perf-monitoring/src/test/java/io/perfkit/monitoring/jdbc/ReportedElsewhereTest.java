package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryStats;
import io.perfkit.monitoring.RequestScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What users of other wrappers of JDBC found missing or broken. */
class ReportedElsewhereTest {
    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
    private DataSource timed;

    @BeforeEach
    void open() throws SQLException {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:reported" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
        timed = MonitoredDataSource.wrap(h2, monitor);
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table item (id int generated always as identity primary key, n int)");
        }
    }

    private QueryStats stats(String part) {
        return monitor.queries().stream()
                .filter(query -> query.fingerprint().contains(part))
                .findFirst()
                .orElseThrow();
    }

    /** A count that depends on how a mapper orders its batches cannot be tested: entries are counted beside batches. */
    @Test
    void batches_ofAnyOrder_haveTheSameNumberOfEntries() throws SQLException {
        try (Connection connection = timed.getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into item (n) values (?)")) {
            for (int size : new int[] {1, 3, 4}) {
                for (int i = 0; i < size; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                if (size == 4) {
                    insert.executeLargeBatch();
                } else {
                    insert.executeBatch();
                }
            }
        }
        assertThat(stats("insert into item").count()).isEqualTo(3);
        assertThat(stats("insert into item").batchEntries()).isEqualTo(8);
    }

    @Test
    void rows_areCountedForEachQuery() throws SQLException {
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into item (n) select x from system_range(1, 7)");
            try (ResultSet rows = statement.executeQuery("select n from item")) {
                while (rows.next()) {
                    assertThat(rows.getInt(1)).isPositive();
                }
            }
        }
        assertThat(stats("select n from item").rowsFetched()).isEqualTo(7);
    }

    @Test
    void wrappers_areKeysOfMaps_andPrint() throws SQLException {
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select 1")) {
            Set<Object> all = new HashSet<>(Set.of(connection, statement, rows));
            assertThat(all).contains(connection, statement, rows);
            assertThat(rows.getStatement()).isSameAs(statement);
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(connection.toString()).isNotEmpty();
        }
    }

    /** Asking for keys is no query, and asking where there are none breaks nothing. */
    @Test
    void generatedKeys_areNoQuery() throws SQLException {
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement();
                RequestScope request = monitor.openScope("keys")) {
            statement.executeUpdate("insert into item (n) values (1)", Statement.RETURN_GENERATED_KEYS);
            try (ResultSet keys = statement.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
            }
            statement.executeQuery("select 1").close();
            statement.getGeneratedKeys().close();
            assertThat(request.queries()).isEqualTo(2);
        }
    }

    /** Texts of a megabyte that never come again: what is remembered of them is bounded. */
    @Test
    void hugeGeneratedTexts_areNotHeld() throws SQLException {
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 5; i++) {
                statement
                        .executeQuery("select " + i + " in (" + "1, ".repeat(50_000) + "2)")
                        .close();
            }
        }
        assertThat(monitor.queries()).hasSizeLessThan(5);
        assertThat(monitor.queries())
                .allSatisfy(query -> assertThat(query.fingerprint()).hasSizeLessThan(2_001));
    }
}
