package io.perfkit.batching.jobs.db;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.testkit.MariaDbServer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Jobs in MariaDB, all of the contract; {@link MariaDbJobsIT} is the short form. */
@Tag("full")
class MariaDbJobQueueIT extends DatabaseJobQueueContract {
    private static DataSource source;

    @BeforeAll
    static void createTables() {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this machine");
        MariaDbServer server = MariaDbServer.shared();
        source = server.dataSource(server.createDatabase());
        DatabaseJobQueue.createTables(source);
    }

    @Override
    DataSource source() {
        return source;
    }

    @Override
    String hourAgo() {
        return "utc_timestamp(6) - interval 1 hour";
    }
}
