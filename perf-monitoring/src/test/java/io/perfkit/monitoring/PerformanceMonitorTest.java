package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerformanceMonitorTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong(5);
    private final List<Alert> alerts = new ArrayList<>();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(registry)
            .ticker(now::get)
            .maximumNames(3)
            .window(Duration.ofMinutes(15))
            .listener(adding(alerts))
            .build();

    static MonitoringListener adding(List<Alert> alerts) {
        return new MonitoringListener() {
            @Override
            public void onAlert(Alert alert) {
                alerts.add(alert);
            }
        };
    }

    private void advance(Duration duration) {
        now.addAndGet(duration.toNanos());
    }

    @Test
    void timed_supplier_recordsTimeAndOutcome() {
        String result = monitor.timed("work", () -> {
            advance(Duration.ofMillis(20));
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(registry.get("perfkit.timed")
                        .tag("name", "work")
                        .tag("outcome", "SUCCESS")
                        .timer()
                        .count())
                .isEqualTo(1);
        TimingStats snapshot = monitor.calls().get(0);
        assertThat(snapshot.count()).isEqualTo(1);
        assertThat(snapshot.p95()).isBetween(Duration.ofMillis(19), Duration.ofMillis(21));
        assertThat(snapshot.errorRate()).isZero();
    }

    @Test
    void timed_failure_passesThroughAndCountsAsError() {
        IllegalStateException failure = new IllegalStateException("no");
        assertThatThrownBy(() -> monitor.timed("work", (Runnable) () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> monitor.timedCall("work", () -> {
                    throw new IOException("no");
                }))
                .isInstanceOf(IOException.class);

        assertThat(monitor.calls().get(0).errors()).isEqualTo(2);
        assertThat(registry.get("perfkit.timed").tag("outcome", "ERROR").timer().count())
                .isEqualTo(2);
    }

    @Test
    void timed_completionStage_isTimedToItsCompletion() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> returned = monitor.timed("async", () -> stage);

        assertThat(returned).isSameAs(stage);
        assertThat(monitor.calls()).isEmpty();
        advance(Duration.ofSeconds(3));
        stage.completeExceptionally(new IOException("late"));

        assertThat(monitor.calls().get(0).max()).isBetween(Duration.ofMillis(2970), Duration.ofMillis(3030));
        assertThat(monitor.calls().get(0).errors()).isEqualTo(1);
    }

    @Test
    void timed_namesBeyondTheCap_areFoldedAndCounted() {
        IntStream.range(0, 10).forEach(i -> monitor.timed("name-" + i, () -> {}));
        monitor.timed("name-0", () -> {});

        assertThat(monitor.calls())
                .extracting(TimingStats::name)
                .containsExactly("_other", "name-0", "name-1", "name-2");
        assertThat(monitor.calls().get(0).count()).isEqualTo(7);
        assertThat(registry.get("perfkit.names.folded")
                        .tag("meter", "perfkit.timed")
                        .counter()
                        .count())
                .isEqualTo(7);
        assertThat(registry.find("perfkit.timed").timers()).hasSize(4);
    }

    @Test
    void calls_afterTheWindow_forgetsWhatWasBefore() {
        monitor.timed("work", () -> advance(Duration.ofSeconds(1)));
        advance(Duration.ofMinutes(9));
        monitor.timed("work", () -> advance(Duration.ofMillis(1)));
        assertThat(monitor.calls().get(0).count()).isEqualTo(2);

        advance(Duration.ofMinutes(7));
        assertThat(monitor.calls().get(0).count()).isEqualTo(1);
        assertThat(monitor.calls().get(0).max()).isLessThan(Duration.ofMillis(2));

        advance(Duration.ofMinutes(15));
        assertThat(monitor.calls()).isEmpty();
        monitor.timed("work", () -> {});
        assertThat(monitor.calls().get(0).count()).isEqualTo(1);
    }

    @Test
    void queryRecorder_slowQuery_isLoggedOncePerMinuteWithoutValues() {
        QueryRecorder recorder = monitor.queryRecorder();
        String sql = "select * from customers where name = 'Ms Secret' and " + "x".repeat(400);
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            for (int i = 0; i < 5; i++) {
                long start = recorder.nanoTime();
                advance(Duration.ofMillis(150));
                recorder.executed(recorder.query(sql), start, false);
            }
            advance(Duration.ofMinutes(1));
            long start = recorder.nanoTime();
            advance(Duration.ofMillis(100));
            recorder.executed(recorder.query(sql), start, false);

            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0))
                    .startsWith(
                            "Slow query took 150 ms (0 more since the last line): select * from customers where name = ?")
                    .doesNotContain("Secret");
            String text = log.lines().get(0);
            assertThat(text.substring(text.indexOf("line): ") + 7)).hasSize(300).contains(" … xxx");
            assertThat(log.lines().get(1)).contains("(4 more since the last line)");
        }
        assertThat(registry.get("perfkit.jdbc.slow").counter().count()).isEqualTo(6);
        assertThat(monitor.queries().get(0).slow()).isEqualTo(6);
        assertThat(alerts).isEmpty();
    }

    @Test
    void queryRecorder_justBelowSlow_isNotLogged() {
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            QueryRecorder recorder = monitor.queryRecorder();
            long start = recorder.nanoTime();
            advance(Duration.ofMillis(100).minusNanos(1));
            recorder.executed(recorder.query("select 1"), start, false);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void onAlert_slowQuery_raisedOncePerCoolDownAndSubject() {
        QueryRecorder recorder = monitor.queryRecorder();
        for (int i = 0; i < 4; i++) {
            for (String sql : List.of("select 1 from a", "select 1 from b")) {
                long start = recorder.nanoTime();
                advance(Duration.ofSeconds(1));
                recorder.executed(recorder.query(sql), start, false);
            }
        }
        assertThat(alerts).extracting(Alert::kind).containsOnly(Alert.Kind.SLOW_QUERY);
        assertThat(alerts).extracting(Alert::subject).containsExactly("select ? from a", "select ? from b");
        advance(Duration.ofMinutes(5));
        long start = recorder.nanoTime();
        advance(Duration.ofSeconds(1));
        recorder.executed(recorder.query("select 1 from a"), start, false);
        assertThat(alerts).hasSize(3);
    }

    @Test
    void onAlert_failingListener_doesNotReachTheCaller() {
        PerformanceMonitor other = PerformanceMonitor.builder(registry)
                .ticker(now::get)
                .listener(new MonitoringListener() {
                    @Override
                    public void onAlert(Alert alert) {
                        throw new IllegalStateException("pager is down");
                    }
                })
                .listener(adding(alerts))
                .build();
        try (LogCapture log = new LogCapture(PerformanceMonitor.class.getName())) {
            try (RequestScope scope = other.openScope("job")) {
                advance(scope.elapsed().plusSeconds(2));
            }
            assertThat(log.lines()).hasSize(1);
        }
        assertThat(alerts).hasSize(1);
    }

    @Test
    void openScope_slow_isLoggedWithItsQueries() {
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            try (RequestScope scope = monitor.openScope("job.export")) {
                QueryRecorder recorder = monitor.queryRecorder();
                for (int i = 0; i < 37; i++) {
                    long start = recorder.nanoTime();
                    advance(Duration.ofMillis(60));
                    recorder.executed(recorder.query("select 1"), start, false);
                }
                assertThat(scope.queries()).isEqualTo(37);
            }
            assertThat(log.lines())
                    .containsExactly("Slow request job.export took 2220 ms, of it 2220 ms in 37 queries"
                            + " (0 more since the last line)");
        }
        assertThat(monitor.endpoints().get(0).count()).isEqualTo(1);
    }

    @Test
    void builder_badValues_areRejectedAtOnce() {
        PerformanceMonitor.Builder builder = PerformanceMonitor.builder(registry);
        assertThatThrownBy(() -> builder.maximumNames(0)).hasMessage("maximumNames must be at least 1, but was 0");
        assertThatThrownBy(() -> builder.maximumQueries(-3))
                .hasMessage("maximumQueries must be at least 1, but was -3");
        assertThatThrownBy(() -> builder.maximumSqlTexts(0))
                .hasMessage("maximumSqlTexts must be at least 1, but was 0");
        assertThatThrownBy(() -> builder.slowQuery(Duration.ZERO))
                .hasMessage("slowQuery must be positive, but was PT0S");
        assertThatThrownBy(() -> builder.window(Duration.ofMillis(-1)))
                .hasMessage("window must be positive, but was PT-0.001S");
        assertThatThrownBy(() -> Thresholds.builder().responseTime(Duration.ofSeconds(-2)))
                .hasMessage("responseTime must be positive, but was PT-2S");
        assertThatThrownBy(() -> Thresholds.builder().queryTime(Duration.ofDays(100_000)))
                .hasMessageStartingWith("queryTime must be at most");
    }
}
