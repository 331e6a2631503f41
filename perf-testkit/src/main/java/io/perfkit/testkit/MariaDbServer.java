package io.perfkit.testkit;

import io.perfkit.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * A MariaDB 11.4 server with the user {@code root}, who needs no password; character set {@code utf8mb4}, no TLS.
 *
 * <p>What it has committed survives {@link #kill()}, but not a crash of the machine. There are binaries for Linux on
 * x86-64 and macOS on arm64 only, see {@link #isAvailable()}.
 */
public final class MariaDbServer extends ProcessServer {
    private static final SharedServer<MariaDbServer> SHARED = SharedServer.of(MariaDbServer::startNew);

    /** The scripts of MariaDB that make the system tables; help texts and the like are left out. */
    private static final List<String> SYSTEM_TABLES =
            List.of("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql");

    private final Path binaries;
    private final List<String> options;
    private final AtomicInteger databases = new AtomicInteger();

    private MariaDbServer(Path binaries, List<String> options) {
        super("MariaDB", "mariadb", null);
        this.binaries = binaries;
        this.options = options;
    }

    /** Whether there are binaries for this system and processor. */
    public static boolean isAvailable() {
        return Platform.current() == Platform.LINUX_X86_64 || Platform.current() == Platform.MAC_ARM_64;
    }

    /** The server that all tests of this JVM share. Each had better work in a {@link #createDatabase()} of its own. */
    public static MariaDbServer shared() {
        return SHARED.get();
    }

    /**
     * A server of the caller's own, on a free port.
     *
     * @param extraOptions as on the command line, for instance {@code "--max-connections=500"}; they win over the
     *     defaults
     * @throws TestServerException if it does not start, or if there are no binaries for this machine
     */
    public static MariaDbServer startNew(String... extraOptions) {
        MariaDbServer server = new MariaDbServer(Binaries.mariaDb(Platform.current()), List.of(extraOptions));
        server.startFirst(0);
        return server;
    }

    /** The URL of the system database {@code mysql}, with the user. */
    public String jdbcUrl() {
        return jdbcUrl("mysql");
    }

    /** The URL of a database, with the user. */
    public String jdbcUrl(String database) {
        return url(host(), port(), database);
    }

    /** The URL of a database by way of a proxy in front of this server. */
    public String jdbcUrl(String database, FaultProxy proxy) {
        return url(proxy.host(), proxy.port(), database);
    }

    /** A data source without a pool for the system database {@code mysql}. */
    public DataSource dataSource() {
        return dataSource("mysql");
    }

    /** A data source without a pool: each {@code getConnection()} opens a connection. */
    public DataSource dataSource(String database) {
        try {
            return new MariaDbDataSource(jdbcUrl(database));
        } catch (SQLException e) {
            throw new TestServerException("not a URL: " + jdbcUrl(database), e);
        }
    }

    /** Creates an empty database and returns its name, which no other call returns. */
    public String createDatabase() {
        String name = "test_" + databases.incrementAndGet() + "_" + Long.toString(System.nanoTime(), 36);
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new TestServerException(this + " cannot create a database: " + e.getMessage(), e);
        }
        return name;
    }

    private static String url(String host, int port, String database) {
        return String.format(Locale.ROOT, "jdbc:mariadb://%s:%d/%s?user=root&sslMode=disable", host, port, database);
    }

    /** What {@code mariadb-install-db} does, less its look for host names and its need of other programs. */
    @Override
    void createData() throws IOException {
        Files.createDirectory(dataDirectory());
        Files.createDirectories(temporaryFiles());
        Path script = serverDirectory().resolve("system-tables.sql");
        try (OutputStream out = Files.newOutputStream(script)) {
            // One statement per line is all that a server understands that is only being set up.
            out.write("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n"
                    .getBytes(StandardCharsets.UTF_8));
            for (String part : SYSTEM_TABLES) {
                Files.copy(share().resolve(part), out);
                out.write('\n');
            }
        }
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" <\"$0\"", script.toString()));
        command.addAll(common());
        command.addAll(List.of(
                "--bootstrap",
                "--log-warnings=0",
                "--enforce-storage-engine=",
                "--max-allowed-packet=8M",
                "--innodb-buffer-pool-size=32M"));
        prepare("the creation of its system tables", command);
    }

    private List<String> common() {
        List<String> common = new ArrayList<>(List.of(
                binaries.resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + binaries,
                "--lc-messages-dir=" + share(),
                "--character-sets-dir=" + share().resolve("charsets"),
                "--datadir=" + dataDirectory(),
                "--tmpdir=" + temporaryFiles(),
                "--innodb-log-file-size=16M"));
        if (Workspace.instance().isRoot()) {
            common.add("--user=root");
        }
        return common;
    }

    private Path share() {
        Path ofMac = binaries.resolve("share/mysql");
        return Files.isDirectory(ofMac) ? ofMac : binaries.resolve("share");
    }

    private Path temporaryFiles() {
        return serverDirectory().resolve("tmp");
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>(common());
        command.addAll(List.of(
                "--port=" + port(),
                "--bind-address=" + Ports.LOOPBACK,
                // Relative to the data directory: the names of sockets must be short.
                "--socket=mariadb.sock",
                "--skip-name-resolve",
                // It would spend up to a minute on a key of its own.
                "--skip-ssl",
                "--character-set-server=utf8mb4",
                "--innodb-flush-log-at-trx-commit=2",
                "--innodb-buffer-pool-size=64M"));
        command.addAll(options);
        return command;
    }

    @Override
    boolean isReady(ServerProcess candidate) {
        return output().contains("ready for connections");
    }

    @Override
    String stopSignal() {
        return "TERM";
    }

    @Override
    String quitSignal() {
        return "KILL";
    }
}
