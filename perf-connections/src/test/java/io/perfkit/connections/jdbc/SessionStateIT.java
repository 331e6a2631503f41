package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What one borrower changes, by setters or by SQL text, is not seen by the next: asked of real servers. */
@Timeout(60)
class SessionStateIT {
    enum Server {
        POSTGRES,
        MARIADB
    }

    enum Over {
        DRIVER,
        HIKARI
    }

    @FunctionalInterface
    interface Change {
        void on(Connection connection) throws SQLException;
    }

    private static final Map<String, Change> BOTH = new TreeMap<>();
    private static final Map<String, Change> POSTGRES = new TreeMap<>();
    private static final Map<String, Change> MARIADB = new TreeMap<>();

    private static final Map<String, BoundedDataSource> POOLS = new HashMap<>();

    @AfterAll
    static void closePools() {
        POOLS.values().forEach(BoundedDataSource::close);
    }

    private static Change sql(String... texts) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String text : texts) {
                    statement.execute(text);
                }
            }
        };
    }

    static {
        BOTH.put("setAutoCommit", c -> c.setAutoCommit(false));
        BOTH.put("setReadOnly", c -> c.setReadOnly(true));
        BOTH.put("setReadOnly outside auto-commit", c -> {
            c.setAutoCommit(false);
            c.setReadOnly(true);
        });
        BOTH.put("setTransactionIsolation", c -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
        BOTH.put("setNetworkTimeout", c -> c.setNetworkTimeout(Runnable::run, 12_345));
        BOTH.put("setHoldability", c -> {
            try {
                c.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
            } catch (SQLException notSupported) {
                assertThat(c.getHoldability()).isEqualTo(ResultSet.HOLD_CURSORS_OVER_COMMIT);
            }
        });
        BOTH.put("setClientInfo", c -> c.setClientInfo("ApplicationName", "someone"));
        BOTH.put("setClientInfo of properties", c -> {
            Properties properties = new Properties();
            properties.setProperty("ApplicationName", "someone else");
            c.setClientInfo(properties);
        });
        BOTH.put("BEGIN", sql("BEGIN"));
        BOTH.put("a comment and START TRANSACTION", sql("/* a comment */ -- more\n START TRANSACTION"));
        BOTH.put("several at once", c -> {
            c.setAutoCommit(false);
            c.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            c.setNetworkTimeout(Runnable::run, 999);
        });
        BOTH.put("a failed transaction", c -> {
            c.setAutoCommit(false);
            try (Statement statement = c.createStatement()) {
                statement.execute("select * from there_is_no_such_table");
            } catch (SQLException expected) {
                assertThat(expected.getSQLState()).startsWith("42");
            }
        });
        POSTGRES.put("setSchema", c -> c.setSchema("information_schema"));
        POSTGRES.put("setSchema in a transaction that commits", c -> {
            c.setAutoCommit(false);
            c.setSchema("information_schema");
            c.commit();
        });
        POSTGRES.put("setSchema of null", c -> c.setSchema(null));
        POSTGRES.put("setTypeMap", c -> c.setTypeMap(new HashMap<>(Map.of("a", String.class))));
        POSTGRES.put("getTypeMap, changed in place", c -> {
            try {
                c.getTypeMap().put("b", String.class);
            } catch (UnsupportedOperationException unchangeable) {
                assertThat(c.getTypeMap()).isEmpty();
            }
        });
        POSTGRES.put("SET search_path", sql("SET search_path TO information_schema, pg_catalog"));
        POSTGRES.put("SET, then setSchema", c -> {
            sql("SET search_path TO information_schema").on(c);
            c.setSchema("pg_catalog");
        });
        POSTGRES.put("setSchema, then SET", c -> {
            c.setSchema("pg_catalog");
            sql("SET statement_timeout = 777").on(c);
        });
        POSTGRES.put("SET in a transaction that commits", c -> {
            c.setAutoCommit(false);
            sql("SET LOCAL lock_timeout = 5", "SET search_path TO pg_catalog").on(c);
            c.commit();
        });
        POSTGRES.put("SET by a prepared statement", c -> {
            try (var statement = c.prepareStatement("set statement_timeout = 4321")) {
                statement.execute();
            }
        });
        POSTGRES.put("SET by a call", c -> {
            try (CallableStatement statement = c.prepareCall("set statement_timeout = 4322")) {
                statement.execute();
            }
        });
        POSTGRES.put("SET in a batch", c -> {
            try (Statement statement = c.createStatement()) {
                statement.addBatch("set statement_timeout = 4323");
                statement.executeBatch();
            }
        });
        POSTGRES.put("SET behind another statement", sql("select 1; set statement_timeout = 4324"));
        POSTGRES.put(
                "SET SESSION CHARACTERISTICS",
                sql("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"));
        POSTGRES.put("set_config", sql("select set_config('statement_timeout', '4325', false)"));
        POSTGRES.put("RESET application_name", sql("RESET application_name"));
        POSTGRES.put("SET ROLE", sql("SET ROLE pg_read_all_data"));
        POSTGRES.put("a temporary table", sql("create temp table leftover (id int)"));
        POSTGRES.put("an advisory lock", sql("select pg_advisory_lock(4711)"));
        POSTGRES.put("LISTEN", sql("LISTEN gossip"));
        POSTGRES.put("a DO block", sql("do $$ begin perform set_config('statement_timeout', '99', false); end $$"));
        MARIADB.put("setCatalog", c -> c.setCatalog("mysql"));
        MARIADB.put("setSchema", c -> c.setSchema("mysql"));
        MARIADB.put("USE", sql("USE mysql"));
        MARIADB.put("SET autocommit=0", sql("SET autocommit=0"));
        MARIADB.put("SET of a variable", sql("SET sql_mode = ''"));
        MARIADB.put("SET of a user variable", sql("SET @a = 1"));
        MARIADB.put("SET TRANSACTION", sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"));
        MARIADB.put("SET LOCAL", sql("SET LOCAL sort_buffer_size = 100000"));
        MARIADB.put("a temporary table", sql("create temporary table leftover (id int)"));
        MARIADB.put("a lock", sql("select get_lock('leftover', 1)"));
        MARIADB.put("an executable comment", sql("/*!50000 SET sql_mode = '' */"));
    }

    static Stream<Arguments> changes() {
        List<Arguments> all = new ArrayList<>();
        for (Server server : Server.values()) {
            Map<String, Change> changes = new TreeMap<>(BOTH);
            changes.putAll(server == Server.POSTGRES ? POSTGRES : MARIADB);
            for (Over over : Over.values()) {
                changes.forEach((name, change) -> all.add(Arguments.of(server, over, name, change)));
            }
        }
        return all.stream();
    }

    private static DataSource driver(Server server) {
        if (server == Server.POSTGRES) {
            return PostgresServer.shared().dataSource("postgres");
        }
        Assumptions.assumeTrue(MariaDbServer.isAvailable());
        return MariaDbServer.shared().dataSource();
    }

    private static BoundedDataSource pool(Server server, Over over) {
        DataSource driver = driver(server);
        if (over == Over.DRIVER) {
            return BoundedDataSource.builder("state", driver).size(1).build();
        }
        HikariConfig config = new HikariConfig();
        config.setDataSource(driver);
        return BoundedDataSource.hikari("state", config).size(1).build();
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @MethodSource("changes")
    void change_ofOneBorrower_isNotSeenByTheNext(Server server, Over over, String name, Change change)
            throws SQLException {
        BoundedDataSource pool = POOLS.computeIfAbsent(server + " " + over, key -> pool(server, over));
        // A second time over the driver, where what was read before the first change is remembered.
        for (int round = over == Over.DRIVER ? 0 : 1; round < 2; round++) {
            Map<String, Object> opening = borrowAndLook(pool, server);
            try (Connection connection = pool.getConnection()) {
                change.on(connection);
            }
            Map<String, Object> after = borrowAndLook(pool, server);
            after.entrySet().removeAll(opening.entrySet());
            assertThat(after).as("what is different for the next").isEmpty();
        }
        assertThat(pool.stats().held()).isZero();
    }

    /** HikariCP with a schema and without auto-commit sets its schema back in a transaction that it leaves open. */
    @Test
    void setSchema_overHikariWithASchemaAndNoAutoCommit_leavesNoTransactionOpen() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(driver(Server.POSTGRES));
        config.setAutoCommit(false);
        config.setSchema("public");
        try (BoundedDataSource pool =
                        BoundedDataSource.hikari("schema", config).size(1).build();
                Connection observer =
                        PostgresServer.shared().dataSource("postgres").getConnection();
                Statement look = observer.createStatement()) {
            int backend;
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("select pg_backend_pid()")) {
                result.next();
                backend = result.getInt(1);
                connection.setSchema("information_schema");
            }
            try (ResultSet result = look.executeQuery("select state from pg_stat_activity where pid = " + backend)) {
                assertThat(result.next()).isTrue();
                assertThat(result.getString(1)).isEqualTo("idle");
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getSchema()).isEqualTo("public");
                assertThat(connection.getAutoCommit()).isFalse();
            }
        }
    }

    private static Map<String, Object> borrowAndLook(BoundedDataSource pool, Server server) throws SQLException {
        try (Connection c = pool.getConnection()) {
            Map<String, Object> state = new TreeMap<>();
            state.put("auto-commit", c.getAutoCommit());
            state.put("read-only", c.isReadOnly());
            state.put("isolation", c.getTransactionIsolation());
            state.put("holdability", c.getHoldability());
            state.put("network timeout", c.getNetworkTimeout());
            state.put("catalog", String.valueOf(c.getCatalog()));
            state.put("schema", String.valueOf(c.getSchema()));
            state.put("client info", String.valueOf(c.getClientInfo()));
            state.put("type map", String.valueOf(c.getTypeMap()));
            state.put("warnings", String.valueOf(c.getWarnings()));
            try (Statement statement = c.createStatement()) {
                if (server == Server.POSTGRES) {
                    rows(statement, "select name, setting from pg_settings where name not like 'plpgsql.%'", state);
                    rows(statement, "select 'locks', count(*)::text from pg_locks where locktype = 'advisory'", state);
                    rows(statement, "select 'listens', count(*)::text from pg_listening_channels()", state);
                    rows(statement, "select 'role', current_user::text", state);
                    rows(
                            statement,
                            "select 'temporary', count(*)::text from pg_class where relpersistence = 't' and relkind = 'r'",
                            state);
                } else {
                    rows(statement, "show session variables", state);
                    rows(statement, "select 'user variable', @a", state);
                    rows(statement, "select 'lock', is_free_lock('leftover')", state);
                    state.put("temporary", exists(statement));
                    List.of(
                                    "timestamp",
                                    "pseudo_thread_id",
                                    "last_insert_id",
                                    "identity",
                                    "rand_seed1",
                                    "rand_seed2",
                                    "gtid_binlog_state",
                                    "last_gtid",
                                    "warning_count",
                                    "error_count")
                            .forEach(state::remove);
                }
            }
            return state;
        }
    }

    private static boolean exists(Statement statement) {
        try {
            statement.execute("select * from leftover");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static void rows(Statement statement, String query, Map<String, Object> into) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                into.put(result.getString(1), String.valueOf(result.getString(2)));
            }
        }
    }
}
