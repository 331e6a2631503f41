package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values planted in texts of every dialect are in no log, alert, finding, meter or figure, however slow and often. */
class SecretsNowhereTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong();
    private final List<String> told = new ArrayList<>();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(registry)
            .ticker(now::get)
            .standardMeters(true)
            .listener(new MonitoringListener() {
                @Override
                public void onAlert(Alert alert) {
                    told.add(alert.toString());
                }

                @Override
                public void onFinding(Finding finding) {
                    told.add(finding.toString());
                }
            })
            .build();

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void secrets_ofTextsThatAreSlowAndRepeated_areNowhere(SqlDialect dialect) {
        List<String> secrets = SqlFingerprintCorpusTest.secrets(dialect);
        assertThat(secrets).hasSizeGreaterThanOrEqualTo(40);
        QueryRecorder recorder = monitor.queryRecorder();
        try (LogCapture slow = new LogCapture("io.perfkit.monitoring.slow");
                LogCapture findings = new LogCapture("io.perfkit.monitoring.findings")) {
            for (String sql : secrets) {
                RequestScope request = monitor.openScope("GET /x");
                for (int i = 0; i < 12; i++) {
                    Execution query = recorder.begin(recorder.query(sql, dialect), "main");
                    query.parameters(sql.hashCode());
                    now.addAndGet(Duration.ofSeconds(2).toNanos());
                    monitor.sweep();
                    told.add(recorder.inFlight().toString());
                    recorder.end(query, 1, i == 3 ? new SQLException("of secret", "42601") : null);
                }
                told.add(request.breakdown().toString());
                told.add(request.findings().toString());
                request.close();
            }
            told.addAll(slow.lines());
            told.addAll(findings.lines());
        }
        told.add(monitor.queries().toString());
        told.add(monitor.findings().toString());
        told.add(monitor.endpoints().toString());
        registry.getMeters().forEach(meter -> told.add(meter.getId().toString()));
        assertThat(told).hasSizeGreaterThan(500).noneMatch(each -> each.contains("secret"));
    }
}
