package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryRecorder;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/**
 * What Prometheus is given by an application that has the meters of Spring Boot beside those of perfkit. Of two meters with
 * one name and other tags, one would be missing.
 */
class ScrapeTest {
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{(.*)})? (\\S+)$", Pattern.MULTILINE);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicLong now = new AtomicLong();

    private record Sample(String name, String tags, double value) {}

    private List<Sample> scrape() {
        Matcher matcher = SAMPLE.matcher(registry.scrape());
        return matcher.results()
                .map(each -> new Sample(
                        each.group(1), each.group(2) == null ? "" : each.group(2), Double.parseDouble(each.group(3))))
                .toList();
    }

    /** With the names and tags that Spring Boot's observations and binders have. */
    private void asSpringBoot() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        for (String status : List.of("200", "404", "500")) {
            Timer.builder("http.server.requests")
                    .tag("method", "GET")
                    .tag("uri", "/owners")
                    .tag("status", status)
                    .tag("outcome", status.equals("200") ? "SUCCESS" : "CLIENT_ERROR")
                    .tag("exception", "none")
                    .tag("error", "none")
                    .register(registry)
                    .record(Duration.ofMillis(3));
        }
        Timer.builder("http.client.requests")
                .tag("method", "GET")
                .tag("uri", "/rates")
                .tag("status", "200")
                .tag("outcome", "SUCCESS")
                .tag("client.name", "localhost")
                .register(registry)
                .record(Duration.ofMillis(3));
        Gauge.builder("jdbc.connections.active", () -> 1)
                .tag("name", "dataSource")
                .register(registry);
    }

    @Test
    void scrape_besideTheMetersOfSpringBoot_hasThemAll_andPercentilesCanBeComputed() throws SQLException {
        asSpringBoot();
        PerformanceMonitor monitor =
                PerformanceMonitor.builder(registry).ticker(now::get).build();
        use(monitor);

        List<Sample> samples = scrape();
        for (Meter meter : registry.getMeters()) {
            String name = meter.getId().getName().replace('.', '_');
            for (var tag : meter.getId().getTags()) {
                String pair = tag.getKey().replace('.', '_') + "=\"" + tag.getValue() + "\"";
                assertThat(samples)
                        .as("%s", meter.getId())
                        .anyMatch(sample -> sample.name.startsWith(name) && sample.tags.contains(pair));
            }
            assertThat(samples).as("%s", meter.getId()).anyMatch(sample -> sample.name.startsWith(name));
        }
        assertThat(value(samples, "http_server_requests_seconds_count", "status=\"500\""))
                .isEqualTo(1);
        assertThat(value(samples, "perfkit_requests_seconds_count", "outcome=\"SUCCESS\""))
                .isEqualTo(99);
        assertThat(value(samples, "perfkit_requests_seconds_count", "outcome=\"ERROR\""))
                .isEqualTo(1);
        assertThat(value(samples, "perfkit_queries_seconds_count", "datasource=\"default\""))
                .isEqualTo(2);
        assertThat(value(samples, "perfkit_queries_fetch_seconds_count", "datasource=\"default\""))
                .isEqualTo(1);
        assertThat(value(samples, "perfkit_outbound_seconds_count", "outcome=\"SERVER_ERROR\""))
                .isEqualTo(1);
        assertThat(percentile(samples, 0.5)).isEqualTo(0.1);
        assertThat(percentile(samples, 0.95)).isEqualTo(1);
        assertThat(samples.toString()).doesNotContain("secret");
    }

    /** Requests of 90 ms, one in ten of 900 ms; one query, one call, one failure. */
    private void use(PerformanceMonitor monitor) throws SQLException {
        for (int i = 0; i < 100; i++) {
            RequestScope request = monitor.openScope("GET /owners");
            now.addAndGet(Duration.ofMillis(i % 10 == 0 ? 900 : 90).toNanos());
            if (i == 99) {
                request.markFailed();
            }
            request.close();
        }
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:versions-scrape");
        DataSource timed = MonitoredDataSource.wrap(database, monitor);
        try (Connection connection = timed.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select 'secret'")) {
            rows.next();
        }
        QueryRecorder recorder = monitor.queryRecorder();
        Execution fetching = recorder.begin(recorder.query("select 1"), QueryRecorder.DEFAULT_DATA_SOURCE);
        recorder.end(fetching, 0, null);
        recorder.fetched(fetching, 1, 1_000_000);
        Execution failing = recorder.begin(recorder.query("select 1"), "other");
        recorder.end(failing, 0, new SQLException("gone", "08006"));
        Execution call = monitor.outboundRecorder().begin("GET rates.example.com/latest", 0);
        monitor.outboundRecorder().end(call, 503, null);
        monitor.timed("invoices.render", () -> now.addAndGet(1_000));
    }

    private static double value(List<Sample> samples, String name, String tag) {
        return samples.stream()
                .filter(sample -> sample.name.equals(name) && sample.tags.contains(tag))
                .mapToDouble(Sample::value)
                .sum();
    }

    /** The bucket that so much of all requests is at or below, as {@code histogram_quantile} looks for it. */
    private static double percentile(List<Sample> samples, double share) {
        List<Sample> buckets = samples.stream()
                .filter(sample -> sample.name.equals("perfkit_requests_seconds_bucket"))
                .filter(sample -> sample.tags.contains("outcome=\"SUCCESS\""))
                .sorted(Comparator.comparingDouble(ScrapeTest::bound))
                .toList();
        assertThat(buckets).hasSizeGreaterThan(10);
        double all = buckets.get(buckets.size() - 1).value;
        return buckets.stream()
                .filter(bucket -> bucket.value >= share * all)
                .mapToDouble(ScrapeTest::bound)
                .min()
                .orElseThrow();
    }

    private static double bound(Sample bucket) {
        Matcher bound = Pattern.compile("le=\"([^\"]+)\"").matcher(bucket.tags);
        assertThat(bound.find()).isTrue();
        String text = bound.group(1).toLowerCase(Locale.ROOT);
        return text.equals("+inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }
}
