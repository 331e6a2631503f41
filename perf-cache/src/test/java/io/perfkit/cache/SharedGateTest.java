package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SharedGateTest {

    private final RegionCounters counters = new RegionCounters("r", null);
    private final AtomicInteger opened = new AtomicInteger();
    private final SharedGate gate = gate(Duration.ofSeconds(5));
    private final List<String> received = new ArrayList<>();

    private SharedGate gate(Duration timeout) {
        return new SharedGate("c", timeout, new FailureLog("c", CoarseClock.of(() -> 0)), opened::incrementAndGet);
    }

    private static CompletableFuture<String> done(String text) {
        return CompletableFuture.completedFuture(text);
    }

    @Test
    void callAll_handsOnEachAnswerBeforeTheNextIsThere() {
        CompletableFuture<String> second = new CompletableFuture<>();
        // The second answer comes when the first was handed on: who waits for all of them first would wait in vain.
        gate.callAll(counters, () -> List.of(done("a"), second), answer -> {
            received.add(answer);
            second.complete("b");
        });
        assertThat(received).containsExactly("a", "b");
        assertThat(counters.sharedFailures.sum()).isZero();
    }

    @Test
    void callAll_aFailedAnswer_endsItAndCountsOnce() {
        CompletableFuture<String> third = new CompletableFuture<>();
        gate.callAll(
                counters,
                () -> List.of(
                        done("a"), CompletableFuture.<String>failedFuture(new IllegalStateException("no")), third),
                received::add);
        assertThat(received).containsExactly("a");
        assertThat(third).isCancelled();
        assertThat(counters.sharedFailures.sum()).isOne();
    }

    @Test
    void callAll_anAnswerThatIsThereAtTheEndOfTheTime_isTaken() {
        CompletableFuture<String> never = new CompletableFuture<>();
        gate(Duration.ofNanos(1)).callAll(counters, () -> List.of(done("a"), never), received::add);
        assertThat(received).containsExactly("a");
        assertThat(never).isCancelled();
    }

    @Test
    void callAll_interrupted_isNoVerdictOnTheTier() {
        Thread.currentThread().interrupt();
        gate.callAll(counters, () -> List.of(new CompletableFuture<String>()), received::add);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(received).isEmpty();
        assertThat(counters.sharedFailures.sum()).isZero();
    }

    @Test
    void failures_ofHalfOfTheCommands_openTheBreakerAndSaySo() {
        Stream.generate(() -> CompletableFuture.<String>failedFuture(new IllegalStateException("no")))
                .limit(5)
                .forEach(failed ->
                        assertThat(gate.<String>call(counters, () -> failed, 0)).isNull());
        assertThat(gate.isOpen()).isTrue();
        assertThat(opened).hasValue(1);
        gate.callAll(counters, () -> List.of(done("a")), received::add);
        assertThat(received).isEmpty();
        gate.restored();
        gate.callAll(counters, () -> List.of(done("a")), received::add);
        assertThat(received).containsExactly("a");
    }

    @Test
    void shut_byTheBackgroundThread_saysSo() {
        gate.shut();
        gate.shut();
        assertThat(gate.isOpen()).isTrue();
        assertThat(opened).hasValue(1);
    }
}
