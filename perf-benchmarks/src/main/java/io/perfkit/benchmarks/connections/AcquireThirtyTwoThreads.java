package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.sql.Connection;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * As {@link AcquireOneThread}, by 32 threads on the ten connections, each of which is held for 20 µs of work, so that most
 * threads wait. Ours lets a running thread pass for 1 ms; the strict form serves first who came first.
 */
@Line("connections.acquire.32t_on_10")
@BenchmarkMode(Mode.AverageTime)
@Threads(32)
public class AcquireThirtyTwoThreads {

    private static final long HELD_NANOS = 20_000;

    @Benchmark
    @Side(Side.OURS)
    public Connection ours(Pools.PerfkitPassing perfkit) throws SQLException {
        try (Connection connection = perfkit.pool.getConnection()) {
            work();
            return connection;
        }
    }

    @Benchmark
    @Side("perfkit-strict")
    public Connection strict(Pools.Perfkit perfkit) throws SQLException {
        try (Connection connection = perfkit.pool.getConnection()) {
            work();
            return connection;
        }
    }

    @Benchmark
    @Side("hikaricp")
    public Connection hikaricp(Pools.Hikari hikari) throws SQLException {
        try (Connection connection = hikari.pool.getConnection()) {
            work();
            return connection;
        }
    }

    private static void work() {
        long end = System.nanoTime() + HELD_NANOS;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }
}
