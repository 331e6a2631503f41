package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    /** A mapper may send a batch that nothing was added to. */
    @Test
    void emptyBatches_areSentAsTheyAre_andBreakNothing() throws SQLException {
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement("insert into item (n) values (?)")) {
            assertThat(statement.executeBatch()).isEmpty();
            assertThat(statement.executeLargeBatch()).isEmpty();
            statement.clearBatch();
            assertThat(prepared.executeBatch()).isEmpty();
        }
    }

    /** Closing what is closed is allowed, and is neither a query nor a second reading. */
    @Test
    void closedAgainAndAgain_isCountedOnce() throws SQLException {
        try (RequestScope request = monitor.openScope("close")) {
            Connection connection = timed.getConnection();
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("select x from system_range(1, 5)");
            while (rows.next()) {
                assertThat(rows.getInt(1)).isPositive();
            }
            rows.close();
            rows.close();
            statement.close();
            statement.close();
            connection.close();
            connection.close();
            assertThat(request.queries()).isEqualTo(1);
            assertThat(request.rowsFetched()).isEqualTo(5);
        }
    }

    /** Through the driver's own connection a pool would never get its connection back. */
    @Test
    void generatedKeys_leadBackToTheWrapper() throws SQLException {
        try (Connection connection = timed.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into item (n) values (1)", Statement.RETURN_GENERATED_KEYS)) {
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                assertThat(keys.getStatement()).isSameAs(insert);
                assertThat(keys.getStatement().getConnection()).isSameAs(connection);
            }
        }
    }

    /** One statement of many rows is no missing batch. */
    @Test
    void oneUpdateOfManyRows_isNoFinding() throws SQLException {
        try (RequestScope request = monitor.openScope("update");
                Connection connection = timed.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into item (n) select x from system_range(1, 5000)");
            statement.executeUpdate("update item set n = 0 where n > 7");
            assertThat(request.findings()).isEmpty();
        }
    }

    /** A mapper's comment goes wherever the mapper puts it. */
    @Test
    void comments_withinAText_makeItNoOther() throws SQLException {
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement()) {
            statement
                    .executeQuery("/* criteria query */ select n from item where n = 1")
                    .close();
            statement
                    .executeQuery("select n from item /* of user 4711 */ where n = 2")
                    .close();
            statement.executeQuery("select n from item where n = 3 -- by name").close();
        }
        assertThat(stats("select n from item").count()).isEqualTo(3);
        assertThat(monitor.queries().toString()).doesNotContain("4711", "criteria");
    }

    /** A pool that has gone away, or an exception of the pool, is the caller's to see as it is. */
    @Test
    void acquireThatFails_isPassedOn_andTimed() {
        SQLException broken = new SQLException("no connection", "08001");
        DataSource none = MonitoredDataSource.wrap(
                (DataSource) java.lang.reflect.Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                            throw broken;
                        }),
                monitor);
        try (RequestScope request = monitor.openScope("acquire")) {
            assertThatThrownBy(none::getConnection).isSameAs(broken);
            assertThat(request.queries()).isZero();
            assertThat(request.databaseTimes().acquire()).isPositive();
        }
    }
}
