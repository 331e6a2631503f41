package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs in H2. */
class H2JobQueueTest extends DatabaseJobQueueContract {
    private static JdbcConnectionPool pool;

    @BeforeAll
    static void createTables() {
        pool = JdbcConnectionPool.create("jdbc:h2:mem:jobs;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000", "sa", "");
        pool.setMaxConnections(100);
        DatabaseJobQueue.createTables(pool);
    }

    @AfterAll
    static void close() {
        pool.dispose();
    }

    @Override
    DataSource source() {
        return pool;
    }

    @Override
    String hourAgo() {
        return "dateadd('HOUR', -1, current_timestamp)";
    }

    @Test
    void build_withoutTables_printsTheStatements() {
        JdbcDataSource empty = new JdbcDataSource();
        empty.setURL("jdbc:h2:mem:empty");
        assertMissingTablesAreNamed(empty);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "-05:00", "+13:00", "Europe/Berlin"})
    void clock_ofASessionInAnyZone_isTheSame(String zone) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:zones");
                Statement statement = connection.createStatement()) {
            statement.execute("set time zone '" + zone + "'");
            try (ResultSet row = statement.executeQuery(Dialect.H2.nowQuery)) {
                row.next();
                assertThat(Instant.ofEpochMilli(row.getLong(1)))
                        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
            }
        }
    }
}
