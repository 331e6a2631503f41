package io.perfkit.monitoring.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** As snapshots use it: what is set is undone, and what was bound before is bound again, the same binding. */
class RequestScopeAccessorTest {
    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
    private final ContextSnapshotFactory snapshots =
            ContextSnapshotFactory.builder().build();
    private final ContextSnapshotFactory clearing =
            ContextSnapshotFactory.builder().clearMissing(true).build();

    @AfterEach
    void nothingStaysBound() {
        assertThat(RequestScope.current()).isNull();
    }

    @Test
    void accessor_isRegisteredByItself() {
        assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
                .extracting(accessor -> accessor.key())
                .contains(RequestScopeAccessor.KEY);
    }

    @Test
    void snapshot_carriesTheScope_andLeavesTheThreadAsItWas() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (RequestScope request = monitor.openScope("GET /owners")) {
            Future<RequestScope> seen = pool.submit(snapshots.captureAll().wrap(RequestScope::current));
            assertThat(seen.get()).isSameAs(request);
            assertThat(pool.submit(RequestScope::current).get()).isNull();
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void snapshotOverAnotherScope_bindsItMeanwhile() {
        RequestScope outer = monitor.openScope("GET /outer");
        ContextSnapshot ofOuter = snapshots.captureAll();
        RequestScope inner = monitor.openScope("GET /inner");
        ContextSnapshot.Scope set = ofOuter.setThreadLocals();
        assertThat(RequestScope.current()).isSameAs(outer);
        ContextSnapshot.Scope again = snapshots.captureAll().setThreadLocals();
        assertThat(RequestScope.current()).isSameAs(outer);
        again.close();
        set.close();
        assertThat(RequestScope.current()).isSameAs(inner);
        inner.close();
        assertThat(RequestScope.current()).isSameAs(outer);
        outer.close();
    }

    @Test
    void emptySnapshotThatClears_unbindsMeanwhile_andTheBindingIsTheSameAfterwards() {
        ContextSnapshot empty = clearing.captureAll();
        RequestScope request = monitor.newScope("GET /owners");
        RequestScope.Binding binding = request.bind();
        ContextSnapshot.Scope cleared = empty.setThreadLocals();
        assertThat(RequestScope.current()).isNull();
        cleared.close();
        assertThat(RequestScope.current()).isSameAs(request);
        binding.close();
        request.close();
    }

    @Test
    void scopeClosedWhileASnapshotIsSet_isNotBoundAgain() {
        RequestScope request = monitor.openScope("GET /owners");
        ContextSnapshot.Scope set = snapshots.captureAll().setThreadLocals();
        RequestScope left = monitor.openScope("GET /left-open");
        assertThat(RequestScope.current()).isSameAs(left);
        set.close(); // closes what was left open within
        assertThat(RequestScope.current()).isSameAs(request);
        request.close();
    }

    @Test
    void restoreWithoutSet_asSomeLibraryMightDo_bindsWhatItIsTold() {
        RequestScopeAccessor accessor = new RequestScopeAccessor();
        RequestScope request = monitor.newScope("GET /owners");
        accessor.restore(request);
        assertThat(RequestScope.current()).isSameAs(request);
        accessor.restore();
        assertThat(RequestScope.current()).isNull();
        request.close();
    }
}
