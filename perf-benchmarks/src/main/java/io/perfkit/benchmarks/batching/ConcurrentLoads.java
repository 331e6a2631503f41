package io.perfkit.benchmarks.batching;

import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.batching.Batcher;
import io.perfkit.benchmarks.Counts;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.RoundTrips;
import io.perfkit.benchmarks.Side;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * 64 threads that each ask for one user after another, at random, over ten connections: through one {@code Batcher} with
 * its defaults, or by a query each. A second line counts the round trips of both.
 */
@Line("batching.concurrent_64_threads")
@BenchmarkMode(Mode.AverageTime)
@Threads(64)
public class ConcurrentLoads {

    private static final String ROUND_TRIPS = "batching.concurrent_64_threads.round_trips";

    @Benchmark
    @Side(Side.OURS)
    @Counts(result = RoundTrips.RESULT, line = ROUND_TRIPS, side = Side.OURS)
    public Object ours(Batched batched, Asker asker) {
        return batched.users.get(asker.next());
    }

    @Benchmark
    @Side("one-query-each")
    @Counts(result = RoundTrips.RESULT, line = ROUND_TRIPS, side = "one-query-each")
    public Object oneQueryEach(Pool pool, Asker asker) throws SQLException {
        return pool.find(asker.next());
    }

    /** One thread's users. */
    @State(Scope.Thread)
    public static class Asker {

        private final SplittableRandom random =
                new SplittableRandom(Thread.currentThread().getId());

        long next() {
            return random.nextLong(1, BatchingDatabase.USERS + 1);
        }
    }

    /** The connections. */
    @State(Scope.Benchmark)
    public static class Pool {

        private HikariDataSource source;

        @Setup
        public void open() {
            source = BatchingDatabase.pool();
        }

        Users.User find(long id) throws SQLException {
            try (Connection connection = source.getConnection();
                    PreparedStatement statement =
                            connection.prepareStatement("select id, name from users where id = ?")) {
                statement.setLong(1, id);
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        throw new IllegalStateException("there is no user " + id);
                    }
                    return new Users.User(row.getLong(1), row.getString(2));
                }
            }
        }

        Map<Long, Users.User> findAllById(Set<Long> ids) throws SQLException {
            try (Connection connection = source.getConnection();
                    PreparedStatement statement =
                            connection.prepareStatement("select id, name from users where id = any (?)")) {
                statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
                try (ResultSet rows = statement.executeQuery()) {
                    Map<Long, Users.User> found = new HashMap<>(2 * ids.size());
                    while (rows.next()) {
                        Users.User user = new Users.User(rows.getLong(1), rows.getString(2));
                        found.put(user.id(), user);
                    }
                    return found;
                }
            }
        }

        @TearDown
        public void close() {
            source.close();
        }
    }

    /** One batcher for all threads. */
    @State(Scope.Benchmark)
    public static class Batched {

        private Batcher<Long, Users.User> users;

        @Setup
        public void open(Pool pool) {
            users = Batcher.of("users", pool::findAllById);
        }

        @TearDown
        public void close() {
            users.close();
        }
    }
}
