package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QueryRecorderTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong();
    private final List<Alert> alerts = new ArrayList<>();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(registry)
            .ticker(now::get)
            .listener(PerformanceMonitorTest.adding(alerts))
            .build();
    private final QueryRecorder recorder = monitor.queryRecorder();

    private void advance(int millis) {
        now.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    @Test
    void beginAndEnd_keepTheFiveFiguresApart() {
        try (RequestScope scope = monitor.openScope("job")) {
            Execution acquire = recorder.beginAcquire("main");
            advance(10);
            recorder.end(acquire, 0, null);
            Execution query = recorder.begin(recorder.query("select 1 from t"), "main");
            advance(20);
            recorder.end(query, 0, null);
            recorder.fetched(query, 40, Duration.ofMillis(30).toNanos());
            Execution commit = recorder.beginTransactionEnd("main", true);
            advance(40);
            recorder.end(commit, 0, null);

            assertThat(scope.databaseTimes())
                    .isEqualTo(new DatabaseTimes(
                            Duration.ofMillis(10),
                            Duration.ofMillis(20),
                            Duration.ofMillis(30),
                            Duration.ofMillis(40)));
            assertThat(scope.databaseTime()).isEqualTo(Duration.ofMillis(100));
            assertThat(scope.rowsFetched()).isEqualTo(40);
            assertThat(scope.queries()).isEqualTo(1);
        }
        TimingStats endpoint = monitor.endpoints().get(0);
        assertThat(endpoint.queries()).isEqualTo(1);
        assertThat(endpoint.database().total()).isEqualTo(Duration.ofMillis(100));
        QueryStats stats = monitor.queries().get(0);
        assertThat(stats.executeTime()).isEqualTo(Duration.ofMillis(20));
        assertThat(stats.fetchTime()).isEqualTo(Duration.ofMillis(30));
        assertThat(stats.totalTime()).isEqualTo(Duration.ofMillis(50));
        assertThat(registry.get("perfkit.connections.acquire").timer().count()).isEqualTo(1);
        assertThat(registry.get("perfkit.transactions")
                        .tag("outcome", "COMMIT")
                        .timer()
                        .count())
                .isEqualTo(1);
        FunctionTimer fetches =
                registry.get("perfkit.queries.fetch").tag("datasource", "main").functionTimer();
        assertThat(fetches.count()).isEqualTo(1);
        assertThat(fetches.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(30);
    }

    @Test
    void twoMonitorsOfOneRegistry_addUpInOneMeter() {
        for (PerformanceMonitor each : List.of(
                monitor, PerformanceMonitor.builder(registry).ticker(now::get).build())) {
            QueryRecorder own = each.queryRecorder();
            Execution query = own.begin(own.query("select 1"), "main");
            own.end(query, 0, null);
            own.fetched(query, 1, 1_000_000);
        }
        assertThat(registry.get("perfkit.queries.fetch")
                        .tag("datasource", "main")
                        .functionTimer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void end_withRowsAndTwice_countsOnce() {
        Execution query = recorder.begin(recorder.query("MATCH (n) RETURN n"), "graph");
        recorder.end(query, 7, null);
        recorder.end(query, 7, null);
        assertThat(monitor.queries().get(0).rowsFetched()).isEqualTo(7);
        assertThat(monitor.queries().get(0).count()).isEqualTo(1);
    }

    @Test
    void begin_withinAnother_isPartOfIt_alsoWhenTheOuterFails() {
        try (RequestScope scope = monitor.openScope("job")) {
            Execution outer = recorder.begin(recorder.query("select 1 from t"), "main");
            Execution inner = recorder.begin(recorder.query("select 1 from t"), "main");
            advance(5);
            recorder.end(inner, 3, null);
            recorder.fetched(inner, 3, 1_000);
            recorder.end(outer, 0, new OutOfMemoryError());
            assertThat(scope.queries()).isEqualTo(1);
            assertThat(scope.rowsFetched()).isZero();
            assertThat(scope.failedQueries()).isEqualTo(1);
            recorder.end(recorder.begin(recorder.query("select 2 from t"), "main"), 0, null);
            assertThat(scope.queries()).isEqualTo(2);
        }
    }

    @Test
    void beginAsync_endedElsewhere_belongsToItsScopeAndMutesNobody() throws InterruptedException {
        try (RequestScope scope = monitor.openScope("job")) {
            Execution async = recorder.beginAsync(recorder.query("select 1 from t"), "main", 1);
            recorder.end(recorder.begin(recorder.query("select 2 from t"), "main"), 0, null);
            Thread other = new Thread(() -> recorder.end(async, 2, null));
            other.start();
            other.join();
            assertThat(scope.queries()).isEqualTo(2);
            assertThat(scope.rowsFetched()).isEqualTo(2);
        }
    }

    @Test
    void discard_leavesNothing() {
        recorder.discard(recorder.begin(recorder.query("select 1 from t"), "main"));
        assertThat(monitor.queries()).isEmpty();
        assertThat(recorder.inFlight()).isEmpty();
        recorder.end(recorder.begin(recorder.query("select 1 from t"), "main"), 0, null);
        assertThat(monitor.queries()).hasSize(1);
    }

    @Test
    void scope_countsItsOwnMonitorOnly() {
        PerformanceMonitor other =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
        try (RequestScope scope = monitor.openScope("job")) {
            QueryRecorder of = other.queryRecorder();
            of.end(of.begin(of.query("select 1"), "main"), 4, null);
            of.end(of.beginAcquire("main"), 0, null);
            assertThat(scope.queries()).isZero();
            assertThat(scope.rowsFetched()).isZero();
            assertThat(scope.databaseTime()).isZero();
        }
    }

    @Test
    void sweep_findsWhatIsStillRunning_once() {
        try (RequestScope scope = monitor.openScope("job.export");
                LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            Execution query = recorder.begin(recorder.query("select pg_sleep(60)"), "main");
            advance(999);
            monitor.sweep();
            assertThat(log.lines()).isEmpty();
            advance(1);
            monitor.sweep();
            monitor.sweep();
            assertThat(log.lines()).containsExactly("Still running after 1000 ms on main: select pg_sleep(?)");
            assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_QUERY);
            InFlightQuery running = recorder.inFlight().get(0);
            assertThat(running.scope()).isEqualTo(scope.name());
            assertThat(running.thread()).isEqualTo(Thread.currentThread().getName());
            assertThat(running.elapsed()).isEqualTo(Duration.ofSeconds(1));
            recorder.end(query, 0, null);
            assertThat(recorder.inFlight()).isEmpty();
        }
    }

    @Test
    void scopesLeftOpen_costTheNextNothing() throws InterruptedException {
        AtomicLong nesting = new AtomicLong();
        AtomicLong queries = new AtomicLong();
        Thread careless = new Thread(() -> {
            for (int i = 0; i < 100_000; i++) {
                monitor.openScope("leak");
            }
            RequestScope last = monitor.openScope("last");
            recorder.end(recorder.begin(recorder.query("select 1"), "main"), 0, null);
            nesting.set(last.nesting());
            queries.set(last.queries());
            int bound = 0;
            while (RequestScope.current() != null) {
                RequestScope.current().close();
                bound++;
            }
            assertThat(bound).isLessThanOrEqualTo(64);
        });
        careless.start();
        careless.join();
        assertThat(queries.get()).isEqualTo(1);
        assertThat(nesting.get()).isBetween(1L, 8L);
    }
}
