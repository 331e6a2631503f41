package io.perfkit.cache;

import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** A flight is led by one thread, however many ask at the same moment. */
class FlightLincheckTest {

    /** Callers who want to lead it, and one who hands it to the executor. */
    public static class Calls {

        private final Flight<Integer> flight = new Flight<>("r", "k", 0, 0);

        @Operation
        public boolean claim() {
            return flight.claim();
        }

        @Operation
        public boolean enqueue() {
            return flight.enqueue();
        }
    }

    /** The same, one after the other. */
    public static class Sequential {

        private boolean led;
        private boolean queued;

        public boolean claim() {
            boolean mine = !led;
            led = true;
            return mine;
        }

        public boolean enqueue() {
            boolean mine = !led && !queued;
            queued = true;
            return mine;
        }
    }

    @Test
    void claim_byTwoAtOnce_oneLeads() {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .sequentialSpecification(Sequential.class)
                .iterations(0)
                .invocationsPerIteration(100);
        options.addCustomScenario(scenario(List.of("claim"), List.of("claim")));
        options.addCustomScenario(scenario(List.of("enqueue", "claim"), List.of("claim")));
        options.addCustomScenario(scenario(List.of("enqueue"), List.of("enqueue", "claim")));
        options.check(Calls.class);
    }

    private static ExecutionScenario scenario(List<String> one, List<String> other) {
        return new ExecutionScenario(List.of(), List.of(actors(one), actors(other)), List.of(), null);
    }

    private static List<Actor> actors(List<String> names) {
        return names.stream()
                .map(name -> {
                    try {
                        return new Actor(Calls.class.getMethod(name), List.of());
                    } catch (NoSuchMethodException e) {
                        throw new IllegalArgumentException(name, e);
                    }
                })
                .toList();
    }
}
