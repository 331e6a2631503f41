package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.proxy.FaultProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.mariadb.jdbc.MariaDbDataSource;

@Timeout(60)
@EnabledIf("io.perfkit.testkit.MariaDbServer#isAvailable")
class MariaDbServerIT {
    @Test
    void shared_query_isAnswered() {
        MariaDbServer server = MariaDbServer.shared();
        String database = server.createDatabase();
        Sql.execute(server.dataSource(database), "CREATE TABLE t (s VARCHAR(10))", "INSERT INTO t VALUES ('ä😀')");

        assertThat(Sql.query(server.dataSource(database), "SELECT s FROM t")).isEqualTo("ä😀");
        assertThat(Sql.query(server.dataSource(), "SELECT version()")).contains("MariaDB");
        assertThat(server.createDatabase()).isNotEqualTo(database);
    }

    @Test
    void killStopAndStartEmpty_data_areKeptKeptAndGone() {
        try (MariaDbServer server = MariaDbServer.startNew("--max-connections=77")) {
            String database = server.createDatabase();
            int port = server.port();
            Sql.execute(server.dataSource(database), "CREATE TABLE t (i INT)", "INSERT INTO t VALUES (42)");
            assertThat(Sql.query(server.dataSource(), "SELECT @@max_connections"))
                    .isEqualTo("77");

            server.kill();
            server.start();
            assertThat(Sql.query(server.dataSource(database), "SELECT i FROM t"))
                    .isEqualTo("42");
            server.stop();
            server.start();
            assertThat(Sql.query(server.dataSource(database), "SELECT i FROM t"))
                    .isEqualTo("42");
            server.stop();
            server.startEmpty();

            assertThat(server.port()).isEqualTo(port);
            assertThat(Sql.query(
                            server.dataSource(),
                            "SELECT count(*) FROM information_schema.schemata WHERE schema_name = '" + database + "'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void pause_openConnection_isAnsweredAfterResume() throws Exception {
        MariaDbServer server = MariaDbServer.shared();
        try (Connection connection = server.dataSource().getConnection()) {
            server.pause();
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> Sql.query(connection, "SELECT 'late'"));
            assertThatThrownBy(() -> answer.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            server.resume();

            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("late");
        } finally {
            server.resume();
        }
    }

    @Test
    void jdbcUrl_throughAProxy_reachesTheServer() throws SQLException {
        MariaDbServer server = MariaDbServer.shared();
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
            MariaDbDataSource source = new MariaDbDataSource(server.jdbcUrl("mysql", proxy));

            assertThat(Sql.query(source, "SELECT 'through'")).isEqualTo("through");
        }
    }

    @Test
    void startNew_wrongOption_saysWhatMariaDbSays() {
        assertThatThrownBy(() -> MariaDbServer.startNew("--no-such-option"))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("before it was ready")
                .hasMessageContaining("no-such-option")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
}
