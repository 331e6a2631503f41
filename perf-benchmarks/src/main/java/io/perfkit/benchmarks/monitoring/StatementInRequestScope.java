package io.perfkit.benchmarks.monitoring;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.benchmarks.stub.Stub;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * As {@link StatementAdded}, within the scope of a request: eight statements, each of four texts twice, after which the
 * scope is closed and judged for findings. An eighth of opening and closing the scope is part of each. The peer has its
 * counter and its slow-query logger, and nothing for a request; {@code datasource-proxy-count}, for the record, the counter
 * only.
 */
@Line("monitoring.statement_in_request_scope.added")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class StatementInRequestScope {

    private static final String[] TEXTS = {
        "select name from customer where id = ?",
        "select total from invoice where customer_id = ?",
        "select city from address where customer_id = ?",
        "select level from discount where customer_id = ?"
    };
    private static final int STATEMENTS = 8;

    @Benchmark
    @Side(Side.OURS)
    @OperationsPerInvocation(STATEMENTS)
    public long ours(Perfkit perfkit) throws SQLException {
        try (RequestScope request = perfkit.monitor.openScope("GET /customers/{id}")) {
            return request(perfkit.connection()) + request.queries();
        }
    }

    @Benchmark
    @Side("datasource-proxy")
    @OperationsPerInvocation(STATEMENTS)
    public long datasourceProxy(StatementAdded.DatasourceProxy proxy) throws SQLException {
        return request(proxy.connection());
    }

    @Benchmark
    @Side("datasource-proxy-count")
    @OperationsPerInvocation(STATEMENTS)
    public long datasourceProxyCount(StatementAdded.DatasourceProxyCount proxy) throws SQLException {
        return request(proxy.connection());
    }

    @Benchmark
    @Side(Side.RAW)
    @OperationsPerInvocation(STATEMENTS)
    public long raw(StatementAdded.Raw raw) throws SQLException {
        return request(raw.connection());
    }

    private static long request(Connection connection) throws SQLException {
        long sum = 0;
        for (int i = 0; i < STATEMENTS; i++) {
            try (PreparedStatement statement = connection.prepareStatement(TEXTS[i % TEXTS.length])) {
                statement.setLong(1, i);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        sum += rows.getLong(1);
                    }
                }
            }
        }
        return sum;
    }

    /** The stub, monitored by perfkit with its defaults. */
    @State(Scope.Thread)
    public static class Perfkit extends StatementAdded.Open {

        final PerformanceMonitor monitor =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();

        @Override
        DataSource dataSource() {
            return MonitoredDataSource.wrap(Stub.dataSource(), monitor);
        }
    }
}
