package io.perfkit.monitoring;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Micrometer observations of what is measured, where an application wants them, so that its traces have requests,
 * queries and calls. Which is the parent of which, the registry knows: it is what is current on the thread. What a handler
 * throws is logged once and does not reach the query.
 */
final class Observer {
    private static final Logger LOGGER = LoggerFactory.getLogger(PerformanceMonitor.class);
    private static final AtomicBoolean WARNED = new AtomicBoolean();
    private static final String NAME = "name";
    private static final String OUTCOME = "outcome";

    private final ObservationRegistry registry;

    Observer(ObservationRegistry registry) {
        this.registry = registry;
    }

    /** Of a scope that somebody names. */
    @Nullable
    Observation scope() {
        return guarded(() -> Observation.start("perfkit.request", registry));
    }

    /** Of a request, unless a framework observes it already. */
    @Nullable
    Observation request() {
        return registry.getCurrentObservation() == null ? scope() : null;
    }

    /** Of a query; the wait for a connection and the end of a transaction have none. */
    @Nullable
    Observation query(Query query, String dataSource) {
        return guarded(() -> Observation.createNotStarted("perfkit.query", registry)
                .contextualName("query")
                .lowCardinalityKeyValue("datasource", dataSource)
                .highCardinalityKeyValue("db.query.text", query.fingerprint())
                .start());
    }

    @Nullable
    Observation call(Query call) {
        return guarded(() -> Observation.createNotStarted("perfkit.call", registry)
                .contextualName(call.fingerprint())
                .lowCardinalityKeyValue(NAME, call.fingerprint())
                .start());
    }

    /** Makes it what is current on this thread. */
    static Observation.@Nullable Scope open(@Nullable Observation observation) {
        return observation == null ? null : guarded(observation::openScope);
    }

    static void close(Observation.@Nullable Scope scope) {
        if (scope != null) {
            guarded(() -> {
                scope.close();
                return scope;
            });
        }
    }

    /** The end of a scope; without a name where nobody gave it one. */
    static void ended(@Nullable Observation observation, @Nullable String name, Timing.Outcome outcome) {
        if (observation != null) {
            guarded(() -> {
                observation.lowCardinalityKeyValue(NAME, name == null ? "none" : name);
                if (name != null) {
                    observation.contextualName(name);
                }
                return stopped(observation, outcome);
            });
        }
    }

    static void ended(Execution execution, Timing.Outcome outcome, @Nullable Throwable failure) {
        Observation observation = execution.observation;
        if (observation != null) {
            execution.observation = null;
            guarded(() -> stopped(failure == null ? observation : observation.error(failure), outcome));
        }
    }

    private static Observation stopped(Observation observation, Timing.Outcome outcome) {
        observation.lowCardinalityKeyValue(OUTCOME, outcome.name());
        observation.stop();
        return observation;
    }

    private static <T> @Nullable T guarded(Supplier<T> action) {
        try {
            return action.get();
        } catch (RuntimeException ofAHandler) {
            if (WARNED.compareAndSet(false, true)) {
                LOGGER.warn("A handler of observations failed; told once", ofAHandler);
            }
            return null;
        }
    }
}
