package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Each threshold just below, where nothing happens, and exactly at, where it does. */
class ThresholdsTest {
    private final AtomicLong now = new AtomicLong(7);
    private final List<Alert> alerts = new ArrayList<>();
    private final List<Double> readings = new ArrayList<>(List.of(0.0, 0.0));
    private final Thresholds thresholds = Thresholds.builder()
            .responseTime(Duration.ofMillis(300))
            .queryTime(Duration.ofMillis(200))
            .callTime(Duration.ofMillis(400))
            .errorRate(0.05)
            .build();
    private final Thresholds withLevels =
            thresholds.toBuilder().heapUse(0.8).cpuUse(0.7).build();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(new SimpleMeterRegistry())
            .ticker(now::get)
            .thresholds(thresholds)
            .slowQuery(Duration.ofMillis(150))
            .listener(PerformanceMonitorTest.adding(alerts))
            .build();

    /** What is logged of something that takes so long. */
    private List<String> logged(Runnable something) {
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            something.run();
            return List.copyOf(log.lines());
        }
    }

    private void take(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void request(Duration takes) {
        RequestScope scope = monitor.openScope("GET /x");
        take(takes);
        scope.close();
    }

    @Test
    void request_belowAndAt() {
        assertThat(logged(() -> request(Duration.ofMillis(300).minusNanos(1)))).isEmpty();
        assertThat(alerts).isEmpty();
        assertThat(logged(() -> request(Duration.ofMillis(300)))).hasSize(1);
        assertThat(alerts)
                .containsExactly(new Alert(
                        Alert.Kind.SLOW_RESPONSE,
                        "GET /x",
                        300_000_000,
                        300_000_000,
                        alerts.get(0).message()));
    }

    private void query(Duration takes, Duration fetching) {
        QueryRecorder recorder = monitor.queryRecorder();
        Execution query = recorder.begin(recorder.query("select 1"), "main");
        take(takes);
        recorder.end(query, 0, null);
        recorder.fetched(query, 1, fetching.toNanos());
    }

    @Test
    void query_belowAndAt_ofTheAlertAndOfTheLog_alsoWhereFetchingIsPartOfIt() {
        Duration one = Duration.ofNanos(1);
        assertThat(logged(() ->
                        query(Duration.ofMillis(100), Duration.ofMillis(50).minus(one))))
                .isEmpty();
        assertThat(logged(() -> query(Duration.ofMillis(100), Duration.ofMillis(50))))
                .hasSize(1);
        query(Duration.ofMillis(150), Duration.ofMillis(50).minus(one));
        assertThat(alerts).isEmpty();
        query(Duration.ofMillis(190), Duration.ofMillis(10));
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_QUERY);
        assertThat(alerts.get(0).value()).isEqualTo(200_000_000);
        assertThat(monitor.queries().get(0).slow()).isEqualTo(3);
    }

    @Test
    void queryInFlight_belowAndAt() {
        QueryRecorder recorder = monitor.queryRecorder();
        Execution query = recorder.begin(recorder.query("select 1"), "main");
        take(Duration.ofMillis(200).minusNanos(1));
        monitor.sweep();
        assertThat(alerts).isEmpty();
        take(Duration.ofNanos(1));
        monitor.sweep();
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_QUERY);
        recorder.end(query, 0, null);
    }

    interface Service {
        @Monitored(slowAfter = "250ms", maximumQueries = 2)
        void work(Duration takes, int queries);
    }

    @Test
    void call_belowAndAt() {
        Service service = monitor.proxy(Service.class, (takes, queries) -> {
            for (int i = 0; i < queries; i++) {
                query(Duration.ZERO, Duration.ZERO);
            }
            take(takes);
        });
        service.work(Duration.ofMillis(250).minusNanos(1), 2);
        assertThat(alerts).isEmpty();
        service.work(Duration.ofMillis(250), 2);
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_CALL);
        assertThat(alerts.get(0).value()).isEqualTo(250_000_000);
        service.work(Duration.ZERO, 3);
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_CALL, Alert.Kind.TOO_MANY_QUERIES);
        assertThat(alerts.get(1).value()).isEqualTo(3);
    }

    private void outbound(Duration takes) {
        Execution call = monitor.outboundRecorder().begin("GET a.example", 0);
        take(takes);
        monitor.outboundRecorder().end(call, 200, null);
    }

    @Test
    void outboundCall_belowAndAt() {
        assertThat(logged(() -> outbound(Duration.ofMillis(400).minusNanos(1)))).isEmpty();
        assertThat(alerts).isEmpty();
        assertThat(logged(() -> outbound(Duration.ofMillis(400))))
                .containsExactly("Slow call GET a.example took 400 ms (0 more since the last line)");
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_CALL);
    }

    @Test
    void outboundCallInFlight_belowAndAt() {
        Execution call = monitor.outboundRecorder().beginAsync("GET a.example", 0);
        take(Duration.ofMillis(400).minusNanos(1));
        monitor.sweep();
        assertThat(alerts).isEmpty();
        take(Duration.ofNanos(1));
        monitor.sweep();
        assertThat(alerts).hasSize(1);
        monitor.outboundRecorder().end(call, 200, null);
        assertThat(alerts).hasSize(1);
    }

    private void requests(String name, int number, int failing) {
        for (int i = 0; i < number; i++) {
            RequestScope scope = monitor.openScope(name);
            if (i < failing) {
                scope.markFailed();
            }
            scope.close();
        }
    }

    @Test
    void errorRate_belowAndAt_andOfTooFewRequests() {
        requests("GET /few", 19, 19);
        requests("GET /below", 21, 1);
        monitor.sweep();
        assertThat(alerts).isEmpty();
        requests("GET /at", 20, 1);
        monitor.sweep();
        monitor.sweep();
        assertThat(alerts)
                .containsExactly(new Alert(
                        Alert.Kind.HIGH_ERROR_RATE,
                        "GET /at",
                        500,
                        500,
                        "Of the requests of GET /at, 5.0% failed, the threshold errorRate is 5.0%"));
        take(Duration.ofMinutes(5));
        monitor.sweep();
        assertThat(alerts).hasSize(2);
        take(Duration.ofMinutes(16));
        monitor.sweep();
        assertThat(alerts).hasSize(2);
    }

    private ResourceWatch watch() {
        return new ResourceWatch(withLevels, monitor.alerts(), monitor.endpointTable(), new ResourceWatch.Readings() {
            @Override
            double heap() {
                return readings.get(0);
            }

            @Override
            double cpu() {
                return readings.get(1);
            }
        });
    }

    private void heapAndCpu(ResourceWatch watch, double heap, double cpu) {
        readings.set(0, heap);
        readings.set(1, cpu);
        watch.sweep(now.get());
    }

    @Test
    void heapAndProcessors_belowAndAt_forHalfAMinute() {
        ResourceWatch watch = watch();
        heapAndCpu(watch, 0.8, 0.7);
        take(Duration.ofSeconds(30).minusNanos(1));
        heapAndCpu(watch, 0.8, 0.7);
        assertThat(alerts).isEmpty();
        take(Duration.ofNanos(1));
        heapAndCpu(watch, 0.8, Math.nextDown(0.7));
        assertThat(alerts)
                .containsExactly(
                        new Alert(
                                Alert.Kind.HIGH_HEAP_USE,
                                "heap",
                                8_000,
                                8_000,
                                "The use of heap is 80.0% and has been high for half a minute, the threshold heapUse is 80.0%"));
        heapAndCpu(watch, Math.nextDown(0.8), 0.7);
        take(Duration.ofSeconds(30));
        heapAndCpu(watch, 0.99, 1);
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.HIGH_HEAP_USE, Alert.Kind.HIGH_CPU_USE);
        take(Duration.ofMinutes(10));
        heapAndCpu(watch, Double.NaN, -1);
        assertThat(alerts).hasSize(2);
    }

    @Test
    void readings_areThoseOfThisJvm() {
        ResourceWatch.Readings own = new ResourceWatch.Readings();
        assertThat(own.heap()).isGreaterThan(0).isLessThanOrEqualTo(1);
        own.cpu();
        assertThat(own.cpu()).isLessThanOrEqualTo(1);
    }

    @Test
    void notSet_isNotWatched() {
        PerformanceMonitor other = PerformanceMonitor.builder(new SimpleMeterRegistry())
                .ticker(now::get)
                .listener(PerformanceMonitorTest.adding(alerts))
                .build();
        for (int i = 0; i < 30; i++) {
            RequestScope scope = other.openScope("GET /x");
            scope.markFailed();
            scope.close();
        }
        other.sweep();
        assertThat(alerts).isEmpty();
    }

    @Test
    void badValues_areRejectedAtOnce_andToBuilderKeepsAll() {
        for (double bad : new double[] {0, -0.1, 1.01, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Thresholds.builder().heapUse(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("heapUse must be above 0 and at most 1, but was " + bad);
            assertThatThrownBy(() -> Thresholds.builder().cpuUse(bad)).hasMessageStartingWith("cpuUse must be");
            assertThatThrownBy(() -> Thresholds.builder().errorRate(bad)).hasMessageStartingWith("errorRate must be");
        }
        assertThatThrownBy(() -> Thresholds.builder().callTime(Duration.ZERO))
                .hasMessage("callTime must be positive, but was PT0S");
        Thresholds copy = withLevels.toBuilder().build();
        assertThat(copy).usingRecursiveComparison().isEqualTo(withLevels);
        assertThat(copy.errorRate()).hasValue(0.05);
    }
}
