package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is observed, whose child it is, and that each observation ends. */
class ObserverTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ObservationRegistry observations = ObservationRegistry.create();
    private final List<Observation.Context> stopped = new ArrayList<>();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(new SimpleMeterRegistry())
            .observations(observations)
            .build();
    private final QueryRecorder recorder = monitor.queryRecorder();

    ObserverTest() {
        observations
                .observationConfig()
                .observationHandler(new DefaultMeterObservationHandler(meters))
                .observationHandler(new ObservationHandler<Observation.Context>() {
                    @Override
                    public void onStop(Observation.Context context) {
                        stopped.add(context);
                    }

                    @Override
                    public boolean supportsContext(Observation.Context context) {
                        return true;
                    }
                });
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(observations.getCurrentObservation()).isNull();
        assertThat(meters.find("perfkit.query.active").longTaskTimers())
                .allSatisfy(timer -> assertThat(timer.activeTasks()).isZero());
    }

    private void query(Throwable failure) {
        Execution query = recorder.begin(recorder.query("select 'secret'"), "main");
        Execution inner = recorder.begin(recorder.query("select 'secret'"), "main");
        recorder.end(inner, 0, failure);
        recorder.end(query, 0, failure);
    }

    @Test
    void query_isTheChildOfItsRequest_withoutValues() {
        try (RequestScope request = monitor.openScope("GET /owners")) {
            query(null);
            assertThat(request.queries()).isEqualTo(1);
        }
        assertThat(stopped)
                .extracting(Observation.Context::getName)
                .containsExactly("perfkit.query", "perfkit.request");
        Observation.Context query = stopped.get(0);
        assertThat(query.getParentObservation().getContextView()).isSameAs(stopped.get(1));
        assertThat(query.getHighCardinalityKeyValue("db.query.text").getValue()).isEqualTo("select ?");
        assertThat(query.getLowCardinalityKeyValue("datasource").getValue()).isEqualTo("main");
        assertThat(stopped.get(1).getContextualName()).isEqualTo("GET /owners");
        assertThat(stopped.get(1).getLowCardinalityKeyValue("outcome").getValue())
                .isEqualTo("SUCCESS");
    }

    @Test
    void failures_areErrorsOfTheirObservation() {
        SQLException failure = new SQLException("gone", "08006");
        RequestScope request = monitor.openScope("GET /owners");
        query(failure);
        request.markFailed();
        request.close();
        request.close();
        assertThat(stopped).hasSize(2);
        assertThat(stopped.get(0).getError()).isSameAs(failure);
        assertThat(stopped.get(1).getLowCardinalityKeyValue("outcome").getValue())
                .isEqualTo("ERROR");
    }

    @Test
    void call_isTheChildOfItsRequest_whereverItEnds() throws InterruptedException {
        RequestScope request = monitor.openScope("GET /owners");
        Execution call = monitor.outboundRecorder().beginAsync("GET a.example", 1);
        Thread elsewhere = new Thread(() -> monitor.outboundRecorder().end(call, 503, null));
        elsewhere.start();
        elsewhere.join();
        request.close();
        assertThat(stopped.get(0).getName()).isEqualTo("perfkit.call");
        assertThat(stopped.get(0).getParentObservation().getContextView()).isSameAs(stopped.get(1));
        assertThat(stopped.get(0).getLowCardinalityKeyValue("outcome").getValue())
                .isEqualTo("SERVER_ERROR");
    }

    @Test
    void scopeOnAnotherThread_isCurrentThere_andNotAfterwards() throws InterruptedException {
        RequestScope request = monitor.newScope("GET /owners");
        List<Observation> seen = new ArrayList<>();
        Thread elsewhere = new Thread(() -> {
            request.wrap((Runnable) () -> query(null)).run();
            seen.add(observations.getCurrentObservation());
        });
        elsewhere.start();
        elsewhere.join();
        request.close();
        assertThat(seen).containsOnlyNulls();
        assertThat(stopped.get(0).getParentObservation().getContextView()).isSameAs(stopped.get(1));
    }

    @Test
    void bindingsLeftOpenInside_areClosedWithTheOuter() {
        RequestScope outer = monitor.newScope("outer");
        RequestScope.Binding binding = outer.bind();
        RequestScope inner = monitor.openScope("inner");
        monitor.openScope("innermost");
        binding.close();
        assertThat(observations.getCurrentObservation()).isNull();
        inner.close();
        outer.close();
        assertThat(stopped).hasSize(2);
    }

    @Test
    void requestThatIsObservedAlready_getsNoneOfItsOwn_andUnnamedOnesEnd() {
        monitor.newScope().close();
        assertThat(stopped).hasSize(1);
        Observation framework = Observation.start("http.server.requests", observations);
        try (Observation.Scope current = framework.openScope()) {
            RequestScope request = monitor.newScope();
            RequestScope.Binding binding = request.bind();
            query(null);
            binding.close();
            request.close();
            assertThat(current.getCurrentObservation()).isSameAs(observations.getCurrentObservation());
        }
        framework.stop();
        assertThat(stopped)
                .extracting(Observation.Context::getName)
                .containsExactly("perfkit.request", "perfkit.query", "http.server.requests");
        assertThat(stopped.get(1).getParentObservation()).isSameAs(framework);
    }

    @Test
    void discardedQuery_endsItsObservation() {
        recorder.discard(recorder.begin(recorder.query("select 1"), "main"));
        assertThat(stopped).hasSize(1);
    }

    @Test
    void handlerThatFails_doesNotReachTheQuery() {
        observations.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStart(Observation.Context context) {
                throw new IllegalStateException("of the handler");
            }

            @Override
            public void onStop(Observation.Context context) {
                throw new IllegalStateException("of the handler");
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context.getName().equals("perfkit.request");
            }
        });
        try (RequestScope request = monitor.openScope("GET /owners")) {
            query(null);
            assertThat(request.queries()).isEqualTo(1);
        }
        assertThat(monitor.endpoints()).hasSize(1);
    }
}
