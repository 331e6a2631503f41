package io.perfkit.batching.jobs.db;

import io.perfkit.testkit.PostgresServer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs in PostgreSQL. */
class PostgresJobQueueIT extends DatabaseJobQueueContract {
    private static DataSource source;

    @BeforeAll
    static void createTables() {
        PostgresServer server = PostgresServer.shared();
        source = server.dataSource(server.createDatabase());
        DatabaseJobQueue.createTables(source);
    }

    @Override
    DataSource source() {
        return source;
    }

    @Override
    String hourAgo() {
        return "current_timestamp - interval '1 hour'";
    }

    @Test
    void build_withoutTables_printsTheStatements() {
        PostgresServer server = PostgresServer.shared();
        assertMissingTablesAreNamed(server.dataSource(server.createDatabase()));
    }
}
