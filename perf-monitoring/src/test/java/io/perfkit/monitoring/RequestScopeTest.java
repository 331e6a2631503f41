package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestScopeTest {
    private static final int BLOCK = 1 << 20;

    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
    private final ExecutorService other = Executors.newSingleThreadExecutor();
    static volatile Object sink;

    @AfterEach
    void close() {
        other.shutdownNow();
    }

    private void query() {
        QueryRecorder recorder = monitor.queryRecorder();
        recorder.executed(recorder.query("select 1"), recorder.nanoTime(), false);
    }

    @Test
    void openScope_nested_countsInnerInOuterOnce() {
        try (RequestScope outer = monitor.openScope("outer")) {
            query();
            try (RequestScope inner = monitor.openScope("inner")) {
                assertThat(RequestScope.current()).isSameAs(inner);
                query();
                query();
                assertThat(inner.queries()).isEqualTo(2);
            }
            assertThat(RequestScope.current()).isSameAs(outer);
            query();
            assertThat(outer.queries()).isEqualTo(4);
            assertThat(outer.databaseTime()).isPositive();
        }
        assertThat(RequestScope.current()).isNull();
        assertThat(monitor.endpoints()).extracting(TimingStats::name).containsExactly("inner", "outer");
    }

    @Test
    void outsideAScope_nothingIsCounted() {
        RequestScope scope = monitor.newScope("unbound");
        query();
        assertThat(scope.queries()).isZero();
    }

    @Test
    void wrap_otherThread_countsThereAndUnbindsAfterwards() throws Exception {
        try (RequestScope scope = monitor.openScope("request")) {
            other.submit(scope.wrap(this::query)).get();
            long result = other.submit(scope.wrap(() -> {
                        query();
                        return 7L;
                    }))
                    .get();
            AtomicReference<RequestScope> left = new AtomicReference<>(scope);
            other.submit(() -> left.set(RequestScope.current())).get();

            assertThat(result).isEqualTo(7);
            assertThat(scope.queries()).isEqualTo(2);
            assertThat(left.get()).isNull();
        }
    }

    @Test
    void allocatedBytes_nestedAndCarried_countsEachByteOnce() throws Exception {
        try (RequestScope outer = monitor.openScope("outer")) {
            sink = new byte[BLOCK];
            RequestScope inner = monitor.openScope("inner");
            sink = new byte[2 * BLOCK];
            long ofInner = inner.allocatedBytes().orElseThrow();
            inner.close();
            outer.wrap((Runnable) () -> sink = new byte[4 * BLOCK]).run();
            other.submit(outer.wrap(() -> sink = new byte[8 * BLOCK])).get();

            assertThat(ofInner).isBetween(2L * BLOCK, 2L * BLOCK + BLOCK / 2);
            assertThat(outer.allocatedBytes().orElseThrow()).isBetween(15L * BLOCK, 15L * BLOCK + BLOCK / 2);
        }
    }

    @Test
    void close_twice_recordsOnce() {
        RequestScope scope = monitor.openScope("once");
        scope.close();
        scope.close();
        assertThat(monitor.endpoints().get(0).count()).isEqualTo(1);
    }

    @Test
    void close_outerBeforeInner_unbindsBoth() {
        RequestScope outer = monitor.openScope("outer");
        RequestScope inner = monitor.openScope("inner");
        outer.close();
        assertThat(RequestScope.current()).isNull();
        inner.close();
        assertThat(RequestScope.current()).isNull();
    }

    @Test
    void binding_closedOnAnotherThread_isRefused() throws Exception {
        RequestScope scope = monitor.newScope("request");
        RequestScope.Binding binding = other.submit(scope::bind).get();
        assertThatThrownBy(binding::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("RequestScope.wrap");
        other.submit(binding::close).get();
    }

    @Test
    void name_lateAndBeyondTheCap_isFolded() {
        PerformanceMonitor small = PerformanceMonitor.builder(new SimpleMeterRegistry())
                .maximumNames(1)
                .build();
        try (RequestScope scope = small.openScope("first")) {
            scope.name("second");
            scope.markFailed();
            assertThat(scope.name()).isEqualTo("_other");
        }
        assertThat(small.endpoints()).extracting(TimingStats::name).containsExactly("_other");
        assertThat(small.endpoints().get(0).errorRate()).isEqualTo(1);
    }
}
