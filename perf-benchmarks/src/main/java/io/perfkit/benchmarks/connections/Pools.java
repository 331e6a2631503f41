package io.perfkit.benchmarks.connections;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.benchmarks.stub.Stub;
import io.perfkit.connections.jdbc.BoundedDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The pools that are compared: each of ten connections of the stub driver, all open before the measurement. */
public final class Pools {

    static final int SIZE = 10;

    private Pools() {}

    /** A bounded data source that keeps the connections itself. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        BoundedDataSource pool;

        @Setup
        public void open() throws SQLException {
            pool = BoundedDataSource.builder("benchmark", Stub.dataSource())
                    .size(SIZE)
                    .build();
            fill(pool);
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** As {@link Perfkit}, where a running thread may pass those that wait for a millisecond. */
    @State(Scope.Benchmark)
    public static class PerfkitPassing {

        BoundedDataSource pool;

        @Setup
        public void open() throws SQLException {
            pool = BoundedDataSource.builder("benchmark", Stub.dataSource())
                    .size(SIZE)
                    .passFor(Duration.ofMillis(1))
                    .build();
            fill(pool);
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** A bounded data source over HikariCP, which keeps the connections. */
    @State(Scope.Benchmark)
    public static class PerfkitOverHikari {

        BoundedDataSource pool;

        @Setup
        public void open() throws SQLException {
            HikariConfig config = new HikariConfig();
            config.setDataSource(Stub.dataSource());
            pool = BoundedDataSource.hikari("benchmark", config).size(SIZE).build();
            fill(pool);
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** HikariCP with its defaults. */
    @State(Scope.Benchmark)
    public static class Hikari {

        HikariDataSource pool;

        @Setup
        public void open() throws SQLException {
            HikariConfig config = new HikariConfig();
            config.setDataSource(Stub.dataSource());
            config.setMaximumPoolSize(SIZE);
            pool = new HikariDataSource(config);
            fill(pool);
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** The general object pool of Apache Commons, with its defaults. */
    @State(Scope.Benchmark)
    public static class CommonsPool2 {

        GenericObjectPool<Connection> pool;

        @Setup
        public void open() throws Exception {
            DataSource stub = Stub.dataSource();
            pool = new GenericObjectPool<>(new BasePooledObjectFactory<>() {
                @Override
                public Connection create() throws SQLException {
                    return stub.getConnection();
                }

                @Override
                public PooledObject<Connection> wrap(Connection connection) {
                    return new DefaultPooledObject<>(connection);
                }
            });
            pool.setMaxTotal(SIZE);
            pool.setMaxIdle(SIZE);
            pool.addObjects(SIZE);
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }

    private static void fill(DataSource pool) throws SQLException {
        Connection[] all = new Connection[SIZE];
        for (int i = 0; i < SIZE; i++) {
            all[i] = pool.getConnection();
        }
        for (Connection connection : all) {
            connection.close();
        }
    }
}
