package io.perfkit.monitoring.docs;

import static io.perfkit.monitoring.load.LoadRequest.get;
import static io.perfkit.monitoring.load.LoadRequest.post;
import static io.perfkit.monitoring.load.LoadRequirement.errorRate;
import static io.perfkit.monitoring.load.LoadRequirement.p95;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.micrometer.core.instrument.MeterRegistry;
import io.perfkit.monitoring.Alert;
import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.Monitored;
import io.perfkit.monitoring.MonitoringListener;
import io.perfkit.monitoring.OutboundRecorder;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.Query;
import io.perfkit.monitoring.QueryRecorder;
import io.perfkit.monitoring.QueryStats;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.SqlDialect;
import io.perfkit.monitoring.Thresholds;
import io.perfkit.monitoring.TimingStats;
import io.perfkit.monitoring.http.MonitoredHttpClient;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import io.perfkit.monitoring.jooq.JooqMonitor;
import io.perfkit.monitoring.junit.MaxDuration;
import io.perfkit.monitoring.junit.MaxQueries;
import io.perfkit.monitoring.junit.NoNPlusOne;
import io.perfkit.monitoring.junit.QueryCount;
import io.perfkit.monitoring.load.LoadResult;
import io.perfkit.monitoring.load.LoadTest;
import io.perfkit.monitoring.servlet.MonitoringFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.net.http.HttpClient;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.junit.jupiter.api.Test;

/** The snippets of docs/monitoring.md, compiled; DocsTest looks for each of them here. */
class QuickStart {

    PerformanceMonitor monitor(MeterRegistry meterRegistry) {
        PerformanceMonitor monitor = PerformanceMonitor.builder(meterRegistry)
                .thresholds(Thresholds.builder()
                        .responseTime(ofSeconds(2))
                        .queryTime(ofSeconds(1))
                        .build())
                .listener(new MonitoringListener() {
                    @Override
                    public void onAlert(Alert alert) {
                        System.err.println(alert.message());
                    }
                })
                .build();
        return monitor;
    }

    DataSource dataSource(DataSource dataSource, PerformanceMonitor monitor) {
        DataSource timed = MonitoredDataSource.wrap(dataSource, monitor);
        return timed;
    }

    void filter(ServletContext context, PerformanceMonitor monitor) {
        FilterRegistration.Dynamic filter = context.addFilter("monitoring", new MonitoringFilter(monitor));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, "/*");
    }

    MonitoringFilter settings(PerformanceMonitor monitor) {
        MonitoringFilter filter = MonitoringFilter.builder(monitor)
                .endpointName(request -> (String) request.getAttribute("route"))
                .serverTiming(true)
                .build();
        return filter;
    }

    MonitoringFilter whileDeveloping(PerformanceMonitor monitor, boolean development) {
        MonitoringFilter filter =
                MonitoringFilter.builder(monitor).developmentPanel(development).build();
        return filter;
    }

    interface ReportService {
        @Monitored(value = "reports.sales", slowAfter = "500ms", maximumQueries = 5)
        String sales(int year);
    }

    String proxy(PerformanceMonitor monitor, ReportService target) {
        ReportService reports = monitor.proxy(ReportService.class, target);
        return reports.sales(2026);
    }

    String timed(PerformanceMonitor monitor) {
        String invoice = monitor.timed("invoices.render", () -> render());
        return invoice;
    }

    private String render() {
        return "invoice";
    }

    void job(PerformanceMonitor monitor, ExecutorService pool) {
        try (RequestScope scope = monitor.openScope("job.nightly-export")) {
            pool.execute(scope.wrap(() -> export("part 2")));
            export("part 1");
            System.out.println(
                    scope.queries() + " queries, " + scope.databaseTime().toMillis() + " ms in the database");
        }
    }

    private void export(String part) {}

    void otherClient(PerformanceMonitor monitor) {
        QueryRecorder recorder = monitor.queryRecorder();
        Query query = recorder.query("MATCH (n:Customer) RETURN n");
        Execution execution = recorder.begin(query, "graph");
        RuntimeException failure = null;
        long rows = 0;
        try {
            rows = graph();
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            recorder.end(execution, rows, failure);
        }
    }

    HttpClient httpClient(PerformanceMonitor monitor) {
        HttpClient client = MonitoredHttpClient.wrap(HttpClient.newHttpClient(), monitor);
        return client;
    }

    HttpClient namedCalls(PerformanceMonitor monitor) {
        HttpClient client = MonitoredHttpClient.wrap(
                HttpClient.newHttpClient(),
                monitor,
                request -> request.uri().getPath().startsWith("/users/") ? "GET users/{name}" : null);
        return client;
    }

    void anyOtherClient(PerformanceMonitor monitor, String address) {
        OutboundRecorder recorder = monitor.outboundRecorder();
        Execution call = recorder.begin("GET rates.example.com/latest", address.hashCode());
        RuntimeException failure = null;
        int status = 0;
        try {
            status = otherClient(address);
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            recorder.end(call, status, failure);
        }
    }

    private int otherClient(String address) {
        return address.isEmpty() ? 404 : 200;
    }

    String otherThreads(ExecutorService pool) throws InterruptedException, ExecutionException {
        ExecutorService carrying = RequestScope.carry(pool);
        Future<String> part = carrying.submit(() -> export());
        return part.get();
    }

    private String export() {
        return "part";
    }

    void jooq(Configuration configuration, PerformanceMonitor monitor) {
        configuration.set(JooqMonitor.of("main", monitor));
    }

    private long graph() {
        return 1;
    }

    void sweep(PerformanceMonitor monitor, ScheduledExecutorService scheduler) {
        scheduler.scheduleAtFixedRate(monitor::sweep, 1, 1, TimeUnit.SECONDS);
    }

    DataSource dialect(DataSource dataSource, PerformanceMonitor monitor) {
        DataSource timed = MonitoredDataSource.wrap("orders", dataSource, monitor, SqlDialect.MYSQL_ANSI_QUOTES);
        return timed;
    }

    void findings(PerformanceMonitor monitor) {
        for (Finding finding : monitor.findings()) {
            System.out.println(finding.kind() + " at " + finding.where() + ": " + finding.fix());
        }
    }

    PerformanceMonitor silenced(MeterRegistry meterRegistry) {
        PerformanceMonitor monitor = PerformanceMonitor.builder(meterRegistry)
                .silenceFindings(finding -> finding.subject().contains("from rate_limit"))
                .build();
        return monitor;
    }

    interface OwnerService {
        List<String> owners();
    }

    /** What a test of an application looks like. */
    static class OwnerServiceTest {
        private final OwnerService service = List::of;

        @Test
        @MaxQueries(2)
        @NoNPlusOne
        void owners_areLoadedWithTheirPets() {
            service.owners();
        }

        @Test
        @MaxDuration(p95 = "200ms", runs = 50)
        void owners_areQuick() {
            service.owners();
        }

        void piece() {
            QueryCount.of(() -> service.owners()).requireAtMost(2).requireNoNPlusOne();
        }
    }

    void look(PerformanceMonitor monitor) {
        List<TimingStats> endpoints = monitor.endpoints();
        List<TimingStats> calls = monitor.calls();
        List<QueryStats> mostExpensiveFirst = monitor.queries();
        System.out.println(endpoints + " " + calls + " " + mostExpensiveFirst);
    }

    void load() {
        LoadResult result = LoadTest.of("http://localhost:8080")
                .scenario("list", get("/api/transactions"))
                .scenario("search", post("/api/search", "{\"q\":\"acme\"}").header("Content-Type", "application/json"))
                .requests("user", nth -> get("/api/users/" + nth % 10_000))
                .warmUp(ofSeconds(5))
                .constantRate(50)
                .duration(ofSeconds(30))
                .printProgress(System.out)
                .run();
        System.out.println(result.toTable());
        result.requireThat(p95().below(ofMillis(200)), errorRate().below(0.01));
    }

    void loadOnCode(DataSource timed) {
        LoadResult result = LoadTest.ofTasks()
                .task("connect", () -> {
                    timed.getConnection().close();
                    return null;
                })
                .users(20)
                .requests(10_000)
                .run();
        System.out.println(result.toJson());
    }
}
