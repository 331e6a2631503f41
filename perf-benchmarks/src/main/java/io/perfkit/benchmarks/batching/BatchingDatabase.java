package io.perfkit.benchmarks.batching;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import io.perfkit.benchmarks.CountingSockets;
import io.perfkit.benchmarks.Fixture;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * A PostgreSQL that waits for its disk, as an installed one does, with 100,000 users to ask for, a table to write into, and
 * the tables of both job queues.
 */
public final class BatchingDatabase implements Fixture {

    static final int USERS = 100_000;

    private static final String URL = "perfkit.benchmarks.batching.url";

    private static final String[] TABLES = {
        "create table users (id bigint not null, name text not null)",
        "insert into users select i, 'user ' || i from generate_series(1::bigint, " + USERS + ") i",
        "alter table users add primary key (id)",
        "create table events (id bigint primary key, kind text not null, amount bigint not null)",
        "create table orders (id bigint generated always as identity primary key, customer bigint not null)",
        // As db-scheduler's documentation gives it.
        "create table scheduled_tasks (task_name text not null, task_instance text not null, task_data bytea,"
                + " execution_time timestamp with time zone not null, picked boolean not null, picked_by text,"
                + " last_success timestamp with time zone, last_failure timestamp with time zone,"
                + " consecutive_failures int, last_heartbeat timestamp with time zone, version bigint not null,"
                + " priority smallint, primary key (task_name, task_instance))",
        "create index execution_time_idx on scheduled_tasks (execution_time)",
        "create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)",
        "create index priority_execution_time_idx on scheduled_tasks (priority desc, execution_time asc)",
        "vacuum analyze"
    };

    private final PostgresServer server;
    private final String url;

    private BatchingDatabase(PostgresServer server, String url) {
        this.server = server;
        this.url = url;
    }

    /** Starts the server and creates the tables, which takes some seconds. */
    public static BatchingDatabase start() throws SQLException {
        PostgresServer server = PostgresServer.startNew(Map.of("fsync", "on", "full_page_writes", "on"));
        try {
            String database = server.createDatabase();
            DataSource source = server.dataSource(database);
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                for (String sql : TABLES) {
                    statement.execute(sql);
                }
            }
            DatabaseJobQueue.createTables(source);
            return new BatchingDatabase(server, server.jdbcUrl(database));
        } catch (SQLException | RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    /** HikariCP with its default size, ten connections, whose round trips are counted. */
    static HikariDataSource pool() {
        return pool(url() + "&socketFactory=" + CountingSockets.class.getName());
    }

    /** The same for batches of inserts, which the driver makes one message of. */
    static HikariDataSource writingPool() {
        return pool(url() + "&reWriteBatchedInserts=true");
    }

    /** The same, uncounted: for what goes on in the background. */
    static HikariDataSource backgroundPool() {
        return pool(url());
    }

    private static HikariDataSource pool(String jdbcUrl) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        return new HikariDataSource(config);
    }

    /** Where a forked JVM finds the database. */
    private static String url() {
        return Objects.requireNonNull(
                System.getProperty(URL), URL + " is not set: these benchmarks run through perf-benchmarks/compare");
    }

    @Override
    public Map<String, String> properties() {
        return Map.of(URL, url);
    }

    @Override
    public void close() {
        server.close();
    }
}
