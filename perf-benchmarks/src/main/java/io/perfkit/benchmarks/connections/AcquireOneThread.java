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
 * A connection taken from a pool of ten and given back at once, by one thread; nobody ever waits. Every pool opens the
 * connections of the same stub driver and keeps them itself; {@code perfkit-over-hikaricp}, for the record, leaves the
 * keeping to HikariCP, so it costs both.
 */
@Line("connections.acquire.1t")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class AcquireOneThread {

    @Benchmark
    @Side(Side.OURS)
    public Connection ours(Pools.Perfkit perfkit) throws SQLException {
        try (Connection connection = perfkit.pool.getConnection()) {
            return connection;
        }
    }

    @Benchmark
    @Side("perfkit-over-hikaricp")
    public Connection perfkitOverHikaricp(Pools.PerfkitOverHikari perfkit) throws SQLException {
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

    @Benchmark
    @Side("commons-pool2")
    public Connection commonsPool2(Pools.CommonsPool2 commons) throws Exception {
        Connection connection = commons.pool.borrowObject();
        commons.pool.returnObject(connection);
        return connection;
    }
}
