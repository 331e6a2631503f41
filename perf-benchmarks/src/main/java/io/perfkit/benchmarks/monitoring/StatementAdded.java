package io.perfkit.benchmarks.monitoring;

import com.p6spy.engine.logging.P6LogFactory;
import com.p6spy.engine.spy.P6DataSource;
import com.p6spy.engine.spy.P6SpyFactory;
import com.p6spy.engine.spy.appender.Slf4JLogger;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.benchmarks.stub.Stub;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import net.ttddyy.observation.tracing.DataSourceObservationListener;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What a monitoring data source adds to one statement of an open connection: prepared, one parameter set, executed, one
 * row of one column read, closed. The driver is a stub that does nothing, and what the stub itself costs is subtracted, so
 * only the wrapper is left.
 *
 * <p>The job on both sides: time and count each statement, and report the slow ones, those above 100 ms. perfkit also
 * counts rows and keeps a distribution for each fingerprint. The side {@code datasource-proxy-count} leaves the slow
 * statements out, for the record: it is the part of datasource-proxy that needs no task for each query. p6spy logs the
 * statements above 100 ms and does not count; datasource-micrometer observes queries and results, as it does by default,
 * and its observations become timers.
 */
@Line("monitoring.statement.added")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class StatementAdded {

    private static final String SQL = "select name from customer where id = ?";
    private static final long SLOW_MILLIS = 100;

    @Benchmark
    @Side(Side.OURS)
    public long ours(Perfkit perfkit) throws SQLException {
        return query(perfkit.connection());
    }

    @Benchmark
    @Side("datasource-proxy")
    public long datasourceProxy(DatasourceProxy proxy) throws SQLException {
        return query(proxy.connection());
    }

    @Benchmark
    @Side("datasource-proxy-count")
    public long datasourceProxyCount(DatasourceProxyCount proxy) throws SQLException {
        return query(proxy.connection());
    }

    @Benchmark
    @Side("datasource-micrometer")
    public long datasourceMicrometer(DatasourceMicrometer observed) throws SQLException {
        return query(observed.connection());
    }

    @Benchmark
    @Side("p6spy")
    public long p6spy(P6spy spied) throws SQLException {
        return query(spied.connection());
    }

    @Benchmark
    @Side(Side.RAW)
    public long raw(Raw raw) throws SQLException {
        return query(raw.connection());
    }

    private static long query(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setLong(1, 42);
            try (ResultSet rows = statement.executeQuery()) {
                long sum = 0;
                while (rows.next()) {
                    sum += rows.getLong(1);
                }
                return sum;
            }
        }
    }

    /** One open connection of a data source. */
    @State(Scope.Thread)
    public abstract static class Open {

        private Connection connection;

        abstract DataSource dataSource();

        Connection connection() {
            return connection;
        }

        @Setup
        public void open() throws SQLException {
            connection = dataSource().getConnection();
        }

        @TearDown
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** The stub. */
    @State(Scope.Thread)
    public static class Raw extends Open {

        @Override
        DataSource dataSource() {
            return Stub.dataSource();
        }
    }

    /** The stub, monitored by perfkit with its defaults. */
    @State(Scope.Thread)
    public static class Perfkit extends Open {

        private final PerformanceMonitor monitor =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();

        @Override
        DataSource dataSource() {
            return MonitoredDataSource.wrap(Stub.dataSource(), monitor);
        }
    }

    /** The stub behind datasource-proxy, counting and looking for slow statements. */
    @State(Scope.Thread)
    public static class DatasourceProxy extends Open {

        @Override
        DataSource dataSource() {
            return ProxyDataSourceBuilder.create("benchmark", Stub.dataSource())
                    .countQuery()
                    .logSlowQueryBySlf4j(SLOW_MILLIS, TimeUnit.MILLISECONDS)
                    .build();
        }
    }

    /** The stub behind datasource-proxy, counting only. */
    @State(Scope.Thread)
    public static class DatasourceProxyCount extends Open {

        @Override
        DataSource dataSource() {
            return ProxyDataSourceBuilder.create("benchmark", Stub.dataSource())
                    .countQuery()
                    .build();
        }
    }

    /** The stub behind datasource-proxy with the listener that makes observations of what it sees. */
    @State(Scope.Thread)
    public static class DatasourceMicrometer extends Open {

        @Override
        DataSource dataSource() {
            ObservationRegistry observations = ObservationRegistry.create();
            observations
                    .observationConfig()
                    .observationHandler(new DefaultMeterObservationHandler(new SimpleMeterRegistry()));
            DataSourceObservationListener listener = new DataSourceObservationListener(observations);
            return ProxyDataSourceBuilder.create("benchmark", Stub.dataSource())
                    .listener(listener)
                    .methodListener(listener)
                    .proxyResultSet()
                    .build();
        }
    }

    /** The stub behind p6spy, logging what is slow. */
    @State(Scope.Thread)
    public static class P6spy extends Open {

        private static final String OPTION = "p6spy.config.";

        @Override
        DataSource dataSource() {
            // Read when p6spy's classes are loaded, which is after this; a benchmark has a JVM of its own.
            System.setProperty(
                    OPTION + "modulelist", P6SpyFactory.class.getName() + "," + P6LogFactory.class.getName());
            System.setProperty(OPTION + "executionThreshold", Long.toString(SLOW_MILLIS));
            System.setProperty(OPTION + "appender", Slf4JLogger.class.getName());
            return new P6DataSource(Stub.dataSource());
        }
    }
}
