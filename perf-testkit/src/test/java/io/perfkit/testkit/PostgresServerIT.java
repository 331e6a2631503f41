package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(60)
class PostgresServerIT {
    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.startNew();
    }

    @BeforeEach
    void run() {
        server.revive();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void startNew_query_isAnsweredByVersion18() {
        assertThat(Sql.query(server.dataSource(), "SHOW server_version")).startsWith("18.");
        assertThat(server.isRunning()).isTrue();
        assertThat(server.host()).isEqualTo("127.0.0.1");
    }

    @Test
    void createDatabase_twice_givesTwoEmptyOnesThatSortByCodePoint() {
        String one = server.createDatabase();
        String other = server.createDatabase();
        Sql.execute(server.dataSource(one), "CREATE TABLE t (s text)", "INSERT INTO t VALUES ('a'), ('B'), ('ä')");

        assertThat(other).isNotEqualTo(one);
        assertThat(Sql.query(server.dataSource(other), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isEqualTo("0");
        assertThat(Sql.query(server.dataSource(one), "SELECT string_agg(s, '' ORDER BY s) FROM t"))
                .isEqualTo("Baä");
    }

    @Test
    void kill_thenStart_keepsWhatWasCommittedAndThePort() {
        String database = server.createDatabase();
        int port = server.port();
        long pid = server.pid();
        for (int i = 0; i < 3; i++) {
            Sql.execute(
                    server.dataSource(database), "CREATE TABLE IF NOT EXISTS t (i int)", "INSERT INTO t VALUES (1)");
            server.kill();
            assertThat(server.isRunning()).isFalse();
            server.start();
        }

        assertThat(Sql.query(server.dataSource(database), "SELECT count(*) FROM t"))
                .isEqualTo("3");
        assertThat(server.port()).isEqualTo(port);
        assertThat(server.pid()).isNotEqualTo(pid);
    }

    @Test
    void kill_withOpenConnections_leavesNoChildProcess() throws Exception {
        try (Connection connection = server.dataSource().getConnection()) {
            List<ProcessHandle> family =
                    ProcessHandle.of(server.pid()).orElseThrow().descendants().toList();
            assertThat(family).hasSizeGreaterThan(3);

            server.kill();

            assertThat(family).noneMatch(Processes::runs);
            assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
                    .isInstanceOf(java.sql.SQLException.class);
        }
    }

    @Test
    void stop_thenStartEmpty_losesTheDataOnly() {
        String database = server.createDatabase();
        int port = server.port();
        server.stop();
        assertThat(server.isRunning()).isFalse();

        server.startEmpty();

        assertThat(server.port()).isEqualTo(port);
        assertThat(Sql.query(
                        server.dataSource(), "SELECT count(*) FROM pg_database WHERE datname = '" + database + "'"))
                .isEqualTo("0");
    }

    @Test
    void pause_openConnection_isAnsweredAfterResume() throws Exception {
        try (Connection connection = server.dataSource().getConnection()) {
            server.pause();
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> Sql.query(connection, "SELECT 'late'"));

            assertThatThrownBy(() -> answer.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(server.isRunning()).isTrue();
            server.resume();

            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("late");
        }
    }

    @Test
    void stop_whilePaused_stops() {
        server.pause();

        server.stop();

        assertThat(server.isRunning()).isFalse();
    }

    @Test
    void revive_pausedOrKilled_serves() {
        server.pause();
        server.revive();
        assertThat(Sql.query(server.dataSource(), "SELECT 1")).isEqualTo("1");
        server.kill();
        server.revive();
        assertThat(Sql.query(server.dataSource(), "SELECT 1")).isEqualTo("1");
    }

    @Test
    void jdbcUrl_throughAProxy_reachesTheServer() {
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(server.jdbcUrl("postgres", proxy));

            assertThat(Sql.query(source, "SELECT 'through'")).isEqualTo("through");
            assertThat(proxy.bytesToClient()).isPositive();
        }
    }

    @Test
    void start_whileRunning_saysSo() {
        assertThatThrownBy(server::start)
                .isInstanceOf(TestServerException.class)
                .hasMessage("PostgreSQL on port " + server.port() + " is running; stop or kill it first");
    }

    @Test
    void settings_ofTheCaller_winAndSurviveRestarts() {
        try (PostgresServer own = PostgresServer.builder()
                .setting("Work_Mem", "7MB")
                .setting("search_path", "it's, public")
                .start()) {
            assertThat(Sql.query(own.dataSource(), "SHOW work_mem")).isEqualTo("7MB");
            Sql.execute(own.dataSource(), "ALTER SYSTEM SET work_mem = '9MB'");
            own.stop();
            own.start();
            assertThat(Sql.query(own.dataSource(), "SHOW work_mem")).isEqualTo("9MB");
        }
    }

    @Test
    void close_twice_deletesTheDataWhereverTheyAre(@TempDir Path parent) {
        PostgresServer own =
                PostgresServer.builder().dataDirectoryParent(parent).start();
        assertThat(parent).isNotEmptyDirectory();
        Path directory = own.serverDirectory();

        own.close();
        own.close();

        assertThat(directory).doesNotExist();
        assertThat(parent).isEmptyDirectory();
        assertThatThrownBy(own::start)
                .hasMessage("PostgreSQL on port " + own.port() + " has been closed; start a new one");
    }

    @Test
    void start_severalAtOnce_getServersOfTheirOwn() {
        List<CompletableFuture<PostgresServer>> starting = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.supplyAsync(PostgresServer::startNew))
                .toList();
        List<PostgresServer> servers =
                starting.stream().map(CompletableFuture::join).toList();

        assertThat(servers.stream().map(PostgresServer::port).distinct()).hasSize(3);
        assertThat(servers)
                .allMatch(each -> Sql.query(each.dataSource(), "SELECT 1").equals("1"));
        servers.forEach(PostgresServer::close);
    }

    @Test
    void start_portInUse_saysItInOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertFails(
                    PostgresServer.builder().port(taken.getLocalPort()),
                    "PostgreSQL cannot be started: port " + taken.getLocalPort() + " on 127.0.0.1 is in use by another"
                            + " process; end that process or choose another port");
        }
    }

    @Test
    void start_portGiven_isUsed() {
        int port = Ports.findFree();
        try (PostgresServer own = PostgresServer.builder().port(port).start()) {
            assertThat(own.port()).isEqualTo(port);
        }
    }

    @Test
    void start_wrongSetting_saysWhatTheServerSays() {
        assertFails(
                PostgresServer.builder().setting("work_mem", "lots"),
                "invalid value for parameter \"work_mem\": \"lots\"");
    }

    @Test
    void start_tooLittleFreeSpace_saysHowMuchIsMissing(@TempDir Path parent) {
        assertFails(
                PostgresServer.builder().dataDirectoryParent(parent).minimumFreeSpace(1L << 60),
                "MiB of disk space left and 1099511627776 MiB are needed; free some or choose another directory");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void start_parentMissing_saysSo(@TempDir Path parent) {
        assertFails(
                PostgresServer.builder().dataDirectoryParent(parent.resolve("none")),
                "no directory for a server can be created in " + parent.resolve("none") + " (no such file)");
    }

    private static void assertFails(PostgresServer.Builder builder, String message) {
        List<Path> before = runDirectories();

        assertThatThrownBy(builder::start)
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));

        assertThat(runDirectories()).as("what is left of it").isSubsetOf(before);
    }

    private static List<Path> runDirectories() {
        try (Stream<Path> directories =
                Files.list(server.serverDirectory().resolveSibling(".").normalize())) {
            // Those of other JVMs come and go.
            return directories
                    .filter(each -> each.getFileName().toString().startsWith("perfkit-postgres-"))
                    .filter(Reaper.instance()::knows)
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
