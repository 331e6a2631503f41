package io.perfkit.testkit;

import io.perfkit.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL 18 server with one superuser, {@code postgres}, who needs no password.
 *
 * <p>Databases are UTF-8 and sort by code point (the built-in provider's {@code C.UTF-8}) on every system. By default
 * the server does not wait for its disk: what it has committed survives {@link #kill()}, but not a crash of the machine.
 * Whoever measures writes sets {@code fsync} to {@code on}.
 */
public final class PostgresServer extends ProcessServer {
    private static final SharedServer<PostgresServer> SHARED = SharedServer.of(PostgresServer::startNew);

    /** What is set unless the caller sets it otherwise. */
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("fsync", "off"),
            Map.entry("full_page_writes", "off"),
            Map.entry("shared_buffers", "128MB"),
            Map.entry("max_wal_size", "1GB"),
            Map.entry("max_connections", "200"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"),
            Map.entry("lc_messages", "C"),
            // Nothing outside the data directory, so that nothing can be left behind.
            Map.entry("unix_socket_directories", ""),
            Map.entry("dynamic_shared_memory_type", "mmap"),
            Map.entry("listen_addresses", Ports.LOOPBACK));

    private final Path binaries;
    private final Account account;
    private final Map<String, String> settings;
    private final long minimumFreeSpace;
    private final AtomicInteger databases = new AtomicInteger();

    /** The server whose log this one replays, or null. */
    private final @Nullable PostgresServer primary;

    private PostgresServer(Builder builder, Path binaries, Account account, @Nullable PostgresServer primary) {
        super("PostgreSQL", "postgres", builder.dataDirectoryParent);
        this.primary = primary;
        this.binaries = binaries;
        this.account = account;
        this.settings = builder.settings;
        this.minimumFreeSpace = builder.minimumFreeSpace;
    }

    /**
     * Starts a streaming replica of another server, which has to run. It can be read from, and {@code select pg_promote()}
     * makes it a primary.
     */
    public static PostgresServer startReplicaOf(PostgresServer primary) {
        PostgresServer replica =
                new PostgresServer(builder(), Binaries.postgres(Platform.current()), Account.unprivileged(), primary);
        replica.startFirst(0);
        return replica;
    }

    /** The server that all tests of this JVM share. Each had better work in a {@link #createDatabase()} of its own. */
    public static PostgresServer shared() {
        return SHARED.get();
    }

    /** A server of the caller's own, on a free port, with the default settings. */
    public static PostgresServer startNew() {
        return builder().start();
    }

    /** A server of the caller's own, on a free port, with settings as in {@code postgresql.conf}. */
    public static PostgresServer startNew(Map<String, String> settings) {
        return builder().settings(settings).start();
    }

    /** Choices for a server of the caller's own. */
    public static Builder builder() {
        return new Builder(0, Map.of(), null, 128L << 20, null);
    }

    /** The URL of the database {@code postgres}, with the user. */
    public String jdbcUrl() {
        return jdbcUrl("postgres");
    }

    /** The URL of a database, with the user. */
    public String jdbcUrl(String database) {
        return url(host(), port(), database);
    }

    /** The URL of a database by way of a proxy in front of this server. */
    public String jdbcUrl(String database, FaultProxy proxy) {
        return url(proxy.host(), proxy.port(), database);
    }

    /** A data source without a pool for the database {@code postgres}. */
    public DataSource dataSource() {
        return dataSource("postgres");
    }

    /** A data source without a pool: each {@code getConnection()} opens a connection. */
    public DataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl(database));
        return source;
    }

    /** Creates an empty database and returns its name, which no other call returns. */
    public String createDatabase() {
        String name = "test_" + databases.incrementAndGet() + "_" + Long.toString(System.nanoTime(), 36);
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new TestServerException(
                    "PostgreSQL on port " + port() + " cannot create a database: " + e.getMessage(), e);
        }
        return name;
    }

    private static String url(String host, int port, String database) {
        return String.format(Locale.ROOT, "jdbc:postgresql://%s:%d/%s?user=postgres", host, port, database);
    }

    @Override
    void createData() throws IOException {
        long free = Files.getFileStore(dataParent()).getUsableSpace();
        if (free < minimumFreeSpace) {
            throw new TestServerException(String.format(
                    Locale.ROOT,
                    "PostgreSQL cannot be started: %s has %d MiB of disk space left and %d MiB are needed; free some or"
                            + " choose another directory for its data",
                    dataParent(),
                    free >> 20,
                    minimumFreeSpace >> 20));
        }
        account.createDirectory(dataDirectory());
        if (primary != null) {
            copyData(primary);
            return;
        }
        prepare(
                "initdb",
                account.command(List.of(
                        binaries.resolve("bin/initdb").toString(),
                        "--pgdata=" + dataDirectory(),
                        "--username=postgres",
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--no-sync",
                        "--no-instructions")));
        StringBuilder lines = new StringBuilder("\n");
        settings.forEach((name, value) -> lines.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        Files.writeString(dataDirectory().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
    }

    /** A base backup by hand, since the binaries have no {@code pg_basebackup}. */
    private void copyData(PostgresServer from) throws IOException {
        try (Connection connection = from.dataSource("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('replica', true)");
            Commands.run(
                    "cp", "-a", from.dataDirectory() + "/.", dataDirectory().toString());
            try (ResultSet stop = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                stop.next();
                write("backup_label", stop.getString(1));
            }
        } catch (SQLException e) {
            throw new TestServerException(
                    "PostgreSQL on port " + from.port() + " cannot be copied: " + e.getMessage(), e);
        }
        Files.deleteIfExists(dataDirectory().resolve("postmaster.pid"));
        write("standby.signal", "");
        Files.writeString(
                dataDirectory().resolve("postgresql.conf"),
                String.format(
                        Locale.ROOT,
                        "%nprimary_conninfo = 'host=%s port=%d user=postgres'%nwal_receiver_timeout = '2s'%n"
                                + "wal_retrieve_retry_interval = '100ms'%n",
                        from.host(),
                        from.port()),
                StandardOpenOption.APPEND);
    }

    private void write(String file, String text) throws IOException {
        Path path = dataDirectory().resolve(file);
        Files.writeString(path, text);
        Files.setOwner(path, Files.getOwner(dataDirectory()));
    }

    @Override
    List<String> command() {
        return account.command(List.of(
                binaries.resolve("bin/postgres").toString(),
                "-D",
                dataDirectory().toString(),
                "-p",
                Integer.toString(port())));
    }

    /** The server itself writes into this file how far it is; the first line is its process number. */
    @Override
    boolean isReady(ServerProcess candidate) {
        List<String> lines = Diagnosis.read(dataDirectory().resolve("postmaster.pid"))
                .lines()
                .toList();
        return lines.size() >= 8
                && lines.get(0).strip().equals(Long.toString(candidate.pid()))
                && lines.get(7).strip().equals("ready");
    }

    /** "Fast": open transactions are rolled back and clients disconnected. */
    @Override
    String stopSignal() {
        return "INT";
    }

    /** "Immediate": as a crash, but shared memory is given back. */
    @Override
    String quitSignal() {
        return "QUIT";
    }

    /** A killed server leaves some bytes of System V shared memory; its number ends line 7 of this file. */
    @Override
    void release() {
        List<String> lines = Diagnosis.read(dataDirectory().resolve("postmaster.pid"))
                .lines()
                .toList();
        if (lines.size() >= 7) {
            String keyAndNumber = lines.get(6).strip();
            Commands.run("ipcrm", "-m", keyAndNumber.substring(keyAndNumber.lastIndexOf(' ') + 1));
        }
    }

    /** Choices for a PostgreSQL server. Immutable: each method returns a changed copy. */
    public static final class Builder {
        private final int port;
        private final Map<String, String> settings;
        private final @Nullable Path dataDirectoryParent;
        private final long minimumFreeSpace;
        private final @Nullable Account account;

        private Builder(
                int port,
                Map<String, String> settings,
                @Nullable Path dataDirectoryParent,
                long minimumFreeSpace,
                @Nullable Account account) {
            Map<String, String> all = new LinkedHashMap<>(DEFAULTS);
            all.putAll(settings);
            this.port = port;
            this.settings = Map.copyOf(all);
            this.dataDirectoryParent = dataDirectoryParent;
            this.minimumFreeSpace = minimumFreeSpace;
            this.account = account;
        }

        /** The port to listen on; 0, the default, for any that is free. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be between 0 and 65535, but was " + port);
            }
            return new Builder(port, settings, dataDirectoryParent, minimumFreeSpace, account);
        }

        /** A setting as in {@code postgresql.conf}, for instance {@code setting("shared_buffers", "512MB")}. */
        public Builder setting(String name, String value) {
            return settings(Map.of(name, value));
        }

        /** Settings as in {@code postgresql.conf}, added to those made before. */
        public Builder settings(Map<String, String> more) {
            Map<String, String> all = new LinkedHashMap<>(settings);
            more.forEach((name, value) -> {
                if (!name.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
                    throw new IllegalArgumentException(
                            "the name of a setting must be letters, digits, _ and ., but was " + name);
                }
                if (value.indexOf('\n') >= 0) {
                    throw new IllegalArgumentException("the value of " + name + " must be one line, but was " + value);
                }
                all.put(name.toLowerCase(Locale.ROOT), value);
            });
            return new Builder(port, all, dataDirectoryParent, minimumFreeSpace, account);
        }

        /** An existing directory in which the server makes its data directory; by default one for temporary files. */
        public Builder dataDirectoryParent(Path parent) {
            return new Builder(port, settings, parent.toAbsolutePath(), minimumFreeSpace, account);
        }

        /** How many bytes must be free on the disk of the data for the server to start at all; by default 128 MiB. */
        public Builder minimumFreeSpace(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("minimumFreeSpace must be at least 0, but was " + bytes);
            }
            return new Builder(port, settings, dataDirectoryParent, bytes, account);
        }

        Builder account(Account account) {
            return new Builder(port, settings, dataDirectoryParent, minimumFreeSpace, account);
        }

        /**
         * Starts the server, which takes about two seconds.
         *
         * @throws TestServerException if the port is in use, the disk is full, a setting is wrong, or anything else
         *     keeps the server from starting; nothing is left of it then
         */
        public PostgresServer start() {
            PostgresServer server = new PostgresServer(
                    this,
                    Binaries.postgres(Platform.current()),
                    account == null ? Account.unprivileged() : account,
                    null);
            server.startFirst(port);
            return server;
        }
    }
}
