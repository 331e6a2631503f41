package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.sql.Connection;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** As {@link AcquireOneThread}, by two threads. */
@Line("connections.acquire.2t")
@BenchmarkMode(Mode.AverageTime)
@Threads(2)
public class AcquireTwoThreads {

    @Benchmark
    @Side(Side.OURS)
    public Connection ours(Pools.Perfkit perfkit) throws SQLException {
        try (Connection connection = perfkit.pool.getConnection()) {
            return connection;
        }
    }

    @Benchmark
    @Side("hikaricp")
    public Connection hikaricp(Pools.Hikari hikari) throws SQLException {
        try (Connection connection = hikari.pool.getConnection()) {
            return connection;
        }
    }
}
