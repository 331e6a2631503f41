package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All rows of a table larger than the heap, through a stream, in a JVM of its own with 64 MB. */
class StreamIT {

    @Test
    void stream_of200ThousandWideRowsIn64Megabytes_ends() throws Exception {
        verify(200_000, 600);
    }

    @Test
    @Tag("full")
    void stream_of2MillionRowsIn64Megabytes_ends() throws Exception {
        verify(2_000_000, 100);
    }

    /** The heap really is too small for all rows at once; else the test above would show nothing. */
    @Test
    void fetch_of200ThousandWideRowsIn64Megabytes_runsOutOfMemory() throws Exception {
        Child child = child(database(200_000, 600), "fetch");
        assertThat(child.status).as(child.output).isNotZero();
        assertThat(child.output).contains("OutOfMemoryError");
    }

    private static void verify(int rows, int width) throws Exception {
        Child child = child(database(rows, width), "stream");
        assertThat(child.output).endsWith("rows " + rows + " sum " + (long) rows * (rows + 1L) / 2);
        assertThat(child.status).isZero();
    }

    private static String database(int rows, int width) throws SQLException {
        PostgresServer server = PostgresServer.shared();
        String url = server.jdbcUrl(server.createDatabase());
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("create unlogged table wide (id bigint primary key, text varchar not null)");
            statement.execute("insert into wide select g, repeat(md5(g::text), " + width / 32 + ") "
                    + "from generate_series(1, " + rows + ") g");
            statement.execute("vacuum analyze wide");
        }
        return url;
    }

    private record Child(int status, String output) {}

    private static Child child(String url, String way) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-Dorg.jooq.no-logo=true",
                        "-Dorg.jooq.no-tips=true",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        StreamMain.class.getName(),
                        url,
                        way))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        return new Child(process.exitValue(), output);
    }
}
