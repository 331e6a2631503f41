package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.connections.jdbc.BoundedDataSource;
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
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
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

    /** jOOQ over a monitored pool: each statement once, the wait for a connection and the end of a transaction apart. */
    @Test
    void jooqOverAMonitoredPool_isMeasuredInAllItsParts() {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:versions-monitoring-pool;DB_CLOSE_DELAY=-1");
        PerformanceMonitor monitor =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
        try (BoundedDataSource pool =
                BoundedDataSource.builder("versions", database).size(2).build()) {
            DSLContext dsl = DSL.using(MonitoredDataSource.wrap(pool, monitor), SQLDialect.H2);
            dsl.execute("create table item (id int primary key)");
            try (RequestScope request = monitor.openScope("GET /items")) {
                dsl.transaction(nested -> {
                    nested.dsl().execute("insert into item values (1), (2)");
                    assertThat(nested.dsl().fetch("select id from item order by id"))
                            .hasSize(2);
                });
                assertThat(dsl.fetchValue("select count(*) from item where id < 2"))
                        .isEqualTo(1L);
                assertThat(request.queries()).isEqualTo(3);
                assertThat(request.rowsFetched()).isEqualTo(3);
                assertThat(request.databaseTimes().acquire()).isPositive();
                assertThat(request.databaseTimes().transaction()).isPositive();
                assertThat(request.findings()).isEmpty();
            }
        }
    }
}
