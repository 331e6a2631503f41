package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * How long a connection is waited for where 32 threads share ten and each holds its own for 1 ms: of all waits, the one
 * that 999 of 1,000 are not longer than. Were all equal, each would be 2.2 ms.
 */
@Line("connections.wait_p999.32t_on_10")
@BenchmarkMode(Mode.SampleTime)
@Threads(32)
public class LongestWaits {

    private static final long HELD_NANOS = 1_000_000;

    /** The connection of one thread, held and returned outside of what is measured. */
    @State(Scope.Thread)
    public static class Held {

        private @Nullable Connection connection;

        @TearDown(Level.Invocation)
        public void holdAndReturn() throws SQLException {
            LockSupport.parkNanos(HELD_NANOS);
            if (connection != null) {
                connection.close();
                connection = null;
            }
        }
    }

    @Benchmark
    @Side(Side.OURS)
    public void ours(Pools.Perfkit perfkit, Held held) throws SQLException {
        held.connection = perfkit.pool.getConnection();
    }

    @Benchmark
    @Side("hikaricp")
    public void hikaricp(Pools.Hikari hikari, Held held) throws SQLException {
        held.connection = hikari.pool.getConnection();
    }
}
