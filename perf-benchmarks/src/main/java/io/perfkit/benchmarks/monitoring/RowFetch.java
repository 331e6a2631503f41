package io.perfkit.benchmarks.monitoring;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Threads;

/**
 * One step to the next row and one read of its column, of a result of 1,000 rows. A thousandth of the statement is part of
 * it.
 */
@Line("monitoring.row_fetch.added")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class RowFetch {

    private static final int ROWS = 1_000;

    @Benchmark
    @Side(Side.OURS)
    @OperationsPerInvocation(ROWS)
    public long ours(StatementAdded.Perfkit perfkit) throws SQLException {
        return read(perfkit.connection());
    }

    @Benchmark
    @Side(Side.RAW)
    @OperationsPerInvocation(ROWS)
    public long raw(StatementAdded.Raw raw) throws SQLException {
        return read(raw.connection());
    }

    private static long read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select id from customer")) {
            statement.setMaxRows(ROWS);
            try (ResultSet rows = statement.executeQuery()) {
                long sum = 0;
                while (rows.next()) {
                    sum += rows.getLong(1);
                }
                return sum;
            }
        }
    }
}
