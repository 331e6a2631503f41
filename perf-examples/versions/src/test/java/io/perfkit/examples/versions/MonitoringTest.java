package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Monitored;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** perf-monitoring over Micrometer: a timed call, and the queries of a request. */
class MonitoringTest {

    interface ReportService {
        @Monitored(value = "reports.sales", slowAfter = "500ms", maximumQueries = 5)
        int sales() throws SQLException;
    }

    @Test
    void requestAndCall_areMeasured() throws SQLException {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:versions-monitoring");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        PerformanceMonitor monitor = PerformanceMonitor.builder(registry).build();
        DataSource timed = MonitoredDataSource.wrap(database, monitor);
        ReportService reports = monitor.proxy(ReportService.class, () -> {
            try (Connection connection = timed.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select 42")) {
                rows.next();
                return rows.getInt(1);
            }
        });
        try (RequestScope request = monitor.openScope("GET /reports")) {
            assertThat(reports.sales()).isEqualTo(42);
            assertThat(request.queries()).isEqualTo(1);
        }
        assertThat(monitor.calls().get(0).count()).isEqualTo(1);
        assertThat(registry.getMeters()).isNotEmpty();
    }
}
