package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The three tables: the jobs, the types that live workers know, and db-scheduler's. */
final class Tables {
    static final String JOBS = "perfkit_job";
    static final String TYPES = "perfkit_job_type";
    static final String EXECUTIONS = "perfkit_job_execution";

    private Tables() {}

    static String ddl(Dialect dialect) {
        try (InputStream in = Tables.class.getResourceAsStream(dialect.resource())) {
            if (in == null) {
                throw new IllegalStateException(dialect.resource() + " is missing from the jar of perf-batching");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void create(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String each : ddl(dialect).split(";\\s*\n", -1)) {
                if (!each.isBlank()) {
                    statement.execute(each);
                }
            }
        }
    }

    static void check(Connection connection, Dialect dialect) {
        for (String table : new String[] {JOBS, TYPES, EXECUTIONS}) {
            try (Statement statement = connection.createStatement()) {
                statement
                        .executeQuery("select * from " + table + " where 1 = 0")
                        .close();
            } catch (SQLException e) {
                throw new JobException(
                        "The table " + table + " cannot be read: " + e.getMessage()
                                + ". Create the tables of jobs by a migration:\n\n" + ddl(dialect),
                        e);
            }
        }
    }
}
