package io.perfkit.examples.plain;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Monitored;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.TimingStats;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Times a service behind its interface, and counts the queries of one request. */
public final class MonitoringExample {
    private MonitoringExample() {}

    /** The application's own interface; the annotation is all that is added. */
    interface ReportService {
        @Monitored(value = "reports.sales", slowAfter = "500ms", maximumQueries = 5)
        int sales(String month);
    }

    public static void main(String[] args) {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:shop");

        MeterRegistry registry = new SimpleMeterRegistry();
        PerformanceMonitor monitor = PerformanceMonitor.builder(registry).build();
        DataSource timed = MonitoredDataSource.wrap(database, monitor);
        ReportService reports = monitor.proxy(ReportService.class, month -> querySales(timed, month));

        try (RequestScope request = monitor.openScope("GET /reports")) {
            int total = reports.sales("2026-11");
            check("the service answers as before", total == 42);
            check("this request ran " + request.queries() + " query", request.queries() == 1);
        }
        TimingStats calls = monitor.calls().get(0);
        check(calls.name() + " was called " + calls.count() + " time", calls.count() == 1);
    }

    private static int querySales(DataSource dataSource, String month) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select 42 from (values ('" + month + "'))")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
        System.out.println("perf-monitoring: " + what);
    }
}
