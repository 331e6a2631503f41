package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.sql.Connection;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** As {@link AcquireOneThread}, by 32 threads on the ten connections, so that most of them wait: fairly here, unfairly there. */
@Line("connections.acquire.32t_on_10")
@BenchmarkMode(Mode.AverageTime)
@Threads(32)
public class AcquireThirtyTwoThreads {

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
