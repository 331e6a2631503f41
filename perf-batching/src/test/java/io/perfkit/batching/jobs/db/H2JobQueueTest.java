package io.perfkit.batching.jobs.db;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
}
