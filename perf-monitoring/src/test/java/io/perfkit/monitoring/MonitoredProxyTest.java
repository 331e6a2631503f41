package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MonitoredProxyTest {
    private final AtomicLong now = new AtomicLong();
    private final List<Alert> alerts = new ArrayList<>();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(new SimpleMeterRegistry())
            .ticker(now::get)
            .listener(PerformanceMonitorTest.adding(alerts))
            .build();

    interface Reports {
        @Monitored(value = "reports.sales", slowAfter = "500ms", maximumQueries = 2)
        String sales(int queries, Duration takes) throws IOException;

        @Monitored("reports.async")
        CompletionStage<String> async(CompletableFuture<String> stage);

        String plain();
    }

    class JdbcReports implements Reports {
        @Override
        public String sales(int queries, Duration takes) throws IOException {
            QueryRecorder recorder = monitor.queryRecorder();
            for (int i = 0; i < queries; i++) {
                recorder.executed(recorder.query("select 1"), recorder.nanoTime(), false);
            }
            now.addAndGet(takes.toNanos());
            if (queries < 0) {
                throw new IOException("negative");
            }
            return "sales";
        }

        @Override
        public CompletionStage<String> async(CompletableFuture<String> stage) {
            return stage;
        }

        @Override
        public String plain() {
            return "plain";
        }
    }

    @Monitored("typed")
    static class Typed implements Runnable {
        @Override
        public void run() {}
    }

    private final Reports reports = monitor.proxy(Reports.class, new JdbcReports());

    @Test
    void annotatedMethod_isTimed_othersAreNot() throws IOException {
        assertThat(reports.sales(2, Duration.ofMillis(499))).isEqualTo("sales");
        assertThat(reports.plain()).isEqualTo("plain");

        assertThat(monitor.calls()).extracting(TimingStats::name).containsExactly("reports.sales");
        assertThat(alerts).isEmpty();
    }

    @Test
    void checkedException_passesUnwrappedAndCountsAsError() {
        assertThatThrownBy(() -> reports.sales(-1, Duration.ZERO))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("negative");
        assertThat(monitor.calls().get(0).errors()).isEqualTo(1);
    }

    @Test
    void slowAfter_reached_logsAndAlerts() throws IOException {
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            reports.sales(0, Duration.ofMillis(500));
            assertThat(log.lines())
                    .containsExactly("reports.sales took 500 ms, its slowAfter is 500ms (0 more since the last line)");
        }
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_CALL);
    }

    @Test
    void maximumQueries_exceeded_alertsInsideAndOutsideAScope() throws IOException {
        reports.sales(3, Duration.ZERO);
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.TOO_MANY_QUERIES);
        assertThat(alerts.get(0).value()).isEqualTo(3);
        assertThat(RequestScope.current()).isNull();

        now.addAndGet(Duration.ofMinutes(6).toNanos());
        try (RequestScope scope = monitor.openScope("request")) {
            reports.sales(2, Duration.ZERO);
            reports.sales(2, Duration.ZERO);
            assertThat(alerts).hasSize(1);
            reports.sales(3, Duration.ZERO);
            assertThat(scope.queries()).isEqualTo(7);
        }
        assertThat(alerts).hasSize(2);
    }

    @Test
    void completionStage_isTimedToItsCompletion() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        assertThat(reports.async(stage)).isSameAs(stage);
        assertThat(monitor.calls()).isEmpty();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        stage.complete("x");
        assertThat(monitor.calls().get(0).min()).isBetween(Duration.ofMillis(990), Duration.ofMillis(1010));
    }

    /** A method may say null where it says a stage. */
    @Test
    void stageThatIsNull_isPassedOn_andTimed() {
        Reports none = monitor.proxy(Reports.class, new JdbcReports() {
            @Override
            public CompletionStage<String> async(CompletableFuture<String> stage) {
                return null;
            }
        });
        assertThat(none.async(new CompletableFuture<>())).isNull();
        assertThat(monitor.calls()).hasSize(1);
    }

    @Test
    void annotatedType_prefixesTheMethod() {
        monitor.proxy(Runnable.class, new Typed()).run();
        assertThat(monitor.calls()).extracting(TimingStats::name).containsExactly("typed.run");
    }

    @Test
    void objectMethods_areTheTargets() {
        JdbcReports target = new JdbcReports();
        Reports one = monitor.proxy(Reports.class, target);
        Reports two = monitor.proxy(Reports.class, target);
        assertThat(one).isEqualTo(two).isEqualTo(one).hasSameHashCodeAs(target);
        assertThat(one.equals(null)).isFalse();
        assertThat(one.toString()).isEqualTo(target.toString());
    }

    interface Bad {
        @Monitored(slowAfter = "5 parsecs")
        void go();
    }

    @Test
    void badUse_isRefusedAtOnce() {
        assertThatThrownBy(() -> monitor.proxy(Bad.class, () -> {}))
                .isInstanceOf(MonitoringException.class)
                .hasMessageContaining("slowAfter of @Monitored on")
                .hasMessageContaining("but was '5 parsecs'");
        assertThatThrownBy(() -> monitor.proxy(Runnable.class, () -> {}))
                .isInstanceOf(MonitoringException.class)
                .hasMessageContaining("annotate one");
        assertThatThrownBy(() -> monitor.proxy(Typed.class, new Typed()))
                .isInstanceOf(MonitoringException.class)
                .hasMessageContaining("needs an interface");
    }

    /** As Spring's proxies know what they stand for; looked for by its name. */
    interface Api {
        String call();

        java.util.concurrent.Future<String> later(CompletableFuture<String> future);
    }

    static class Written implements Api {
        @Override
        @Monitored("api.call")
        public String call() {
            return "x";
        }

        @Override
        @Monitored("api.later")
        public java.util.concurrent.Future<String> later(CompletableFuture<String> future) {
            return new java.util.concurrent.FutureTask<>(future::get) {
                {
                    run();
                }
            };
        }
    }

    /** As CGLIB makes one: the methods are overridden without their annotations. */
    static class Written$$SpringCGLIB$$0 extends Written {
        @Override
        public String call() {
            return super.call();
        }
    }

    @Test
    void annotationsOfTheClass_countBehindAGeneratedSubclass() {
        Api api = monitor.proxy(Api.class, new Written$$SpringCGLIB$$0());
        api.call();
        assertThat(monitor.calls()).extracting(TimingStats::name).containsExactly("api.call");
    }

    @Test
    void future_isTimedUntilItsResultIsFetched() throws Exception {
        Api api = monitor.proxy(Api.class, new Written());
        java.util.concurrent.Future<String> later = api.later(CompletableFuture.completedFuture("y"));
        assertThat(monitor.calls()).isEmpty();
        now.addAndGet(Duration.ofMillis(200).toNanos());
        assertThat(later.get()).isEqualTo("y");
        assertThat(later.isDone()).isTrue();
        assertThat(monitor.calls().get(0).count()).isEqualTo(1);
        assertThat(monitor.calls().get(0).max()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void futureThatFails_countsAsError_alsoWhenOnlySeen() {
        Api api = monitor.proxy(Api.class, new Written());
        java.util.concurrent.Future<String> later = api.later(CompletableFuture.failedFuture(new IOException("no")));
        Thread.currentThread().interrupt();
        assertThat(later.isDone()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(monitor.calls().get(0).errors()).isEqualTo(1);
    }
}
