package io.perfkit.examples.dashboard.shop;

import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.TestServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The real PostgreSQL and the real Redis behind both sides. Both end with this JVM, however it ends. */
public final class Servers implements AutoCloseable {

    private static final Map<String, String> SETTINGS =
            Map.of("shared_buffers", "256MB", "max_wal_size", "4GB", "max_connections", "100");

    /** A database that has less than this left has stopped because of it. */
    private static final long FULL_BYTES = 32L << 20;

    private final Path directory;
    private final PostgresServer postgres;
    private final RedisServer redis;

    private Servers(Path directory, PostgresServer postgres, RedisServer redis) {
        this.directory = directory;
        this.postgres = postgres;
        this.redis = redis;
    }

    /**
     * Starts both.
     *
     * @param directory where the database keeps its data; null for a directory for temporary files
     * @param size what is going to be loaded: without room for it nothing is started
     */
    public static Servers start(@Nullable Path directory, DataSize size) {
        if (directory != null && !Files.isDirectory(directory)) {
            throw Trouble.of("the data directory " + directory + " does not exist; create it or choose another one");
        }
        try {
            PostgresServer.Builder builder =
                    PostgresServer.builder().settings(SETTINGS).minimumFreeSpace(size.bytesOnDisk());
            PostgresServer postgres = (directory == null ? builder : builder.dataDirectoryParent(directory)).start();
            try {
                return new Servers(
                        directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory,
                        postgres,
                        RedisServer.startNew());
            } catch (RuntimeException e) {
                postgres.close();
                throw e;
            }
        } catch (TestServerException e) {
            throw Trouble.of(e.getMessage());
        }
    }

    /** A failure of the database in one line; one that ran out of room can't always tell its clients why it ended. */
    public Trouble explain(SQLException e) {
        boolean full = "53100".equals(e.getSQLState());
        try {
            full |= Files.getFileStore(directory).getUsableSpace() < FULL_BYTES;
        } catch (IOException unknown) {
            e.addSuppressed(unknown);
        }
        String message = String.valueOf(e.getMessage());
        return Trouble.of(
                full
                        ? "the disk of " + directory + " is full; free some space or choose another with --data-dir"
                        : "the database failed: " + message.lines().findFirst().orElse("no reason given"));
    }

    public DataSource database() {
        return postgres.dataSource();
    }

    /** For processes of their own. */
    public String databaseUrl() {
        return postgres.jdbcUrl();
    }

    public String redisUri() {
        return redis.uri();
    }

    @Override
    public void close() {
        redis.close();
        postgres.close();
    }
}
