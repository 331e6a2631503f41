package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.SharedBreaker.Waited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SharedBreakerTest {

    private final Counters counters = new Counters("r", null);
    private final AtomicInteger opened = new AtomicInteger();
    private final SharedBreaker breaker = breaker(Duration.ofSeconds(5));
    private final List<String> received = new ArrayList<>();

    private SharedBreaker breaker(Duration timeout) {
        return new SharedBreaker(
                "c", timeout, new FailureLog("c", CoarseClock.of(() -> 0)), opened::incrementAndGet, TierEvents.none());
    }

    private static CompletableFuture<String> done(String text) {
        return CompletableFuture.completedFuture(text);
    }

    @Test
    void callAll_handsOnEachAnswerBeforeTheNextIsThere() {
        CompletableFuture<String> second = new CompletableFuture<>();
        // The second answer comes when the first was handed on: who waits for all of them first would wait in vain.
        breaker.callAll(counters, () -> List.of(done("a"), second), new Waited(), answer -> {
            received.add(answer);
            second.complete("b");
        });
        assertThat(received).containsExactly("a", "b");
        assertThat(counters.sharedFailures.sum()).isZero();
    }

    @Test
    void callAll_aFailedAnswer_endsItAndCountsOnce() {
        CompletableFuture<String> third = new CompletableFuture<>();
        breaker.callAll(
                counters,
                () -> List.of(
                        done("a"), CompletableFuture.<String>failedFuture(new IllegalStateException("no")), third),
                new Waited(),
                received::add);
        assertThat(received).containsExactly("a");
        assertThat(third).isCancelled();
        assertThat(counters.sharedFailures.sum()).isOne();
    }

    @Test
    void callAll_anAnswerThatIsThereAtTheEndOfTheTime_isTaken() {
        CompletableFuture<String> never = new CompletableFuture<>();
        breaker(Duration.ofNanos(1)).callAll(counters, () -> List.of(done("a"), never), new Waited(), received::add);
        assertThat(received).containsExactly("a");
        assertThat(never).isCancelled();
    }

    @Test
    void callAll_lateRoundsOfAServerThatAnswers_neverOpenTheBreaker() {
        SharedBreaker quick = breaker(Duration.ofMillis(1));
        for (int i = 0; i < 20; i++) {
            quick.callAll(
                    counters, () -> List.of(done("a"), new CompletableFuture<String>()), new Waited(), received::add);
        }
        assertThat(received).hasSize(20);
        assertThat(counters.sharedFailures.sum()).isEqualTo(20);
        assertThat(quick.isTripped()).isFalse();
    }

    @Test
    void callAll_lateRoundsOfAServerThatAnswersNothing_openTheBreaker() {
        SharedBreaker quick = breaker(Duration.ofMillis(1));
        for (int i = 0; i < 5; i++) {
            quick.callAll(counters, () -> List.of(new CompletableFuture<String>()), new Waited(), received::add);
        }
        assertThat(quick.isTripped()).isTrue();
    }

    @Test
    void everyForm_theTimeOfTheCallIsOver_asksNothing() {
        AtomicInteger asked = new AtomicInteger();
        long all = Duration.ofSeconds(5).toNanos();
        for (int i = 0; i < 20; i++) {
            breaker.<String>callAll(
                    counters,
                    () -> {
                        asked.incrementAndGet();
                        return List.of(done("a"));
                    },
                    new Waited(all),
                    received::add);
            assertThat(breaker.<String>call(counters, () -> done("a" + asked.incrementAndGet()), all))
                    .isNull();
            assertThat(breaker.<String>submit(counters, () -> done("a" + asked.incrementAndGet()), all))
                    .isCompletedExceptionally();
        }
        assertThat(asked).hasValue(0);
        assertThat(received).isEmpty();
        assertThat(breaker.isTripped()).isFalse();
    }

    @Test
    void submitAll_manyFailures_areOneEvent() {
        List<CompletionStage<String>> failed = Stream.generate(() -> (CompletionStage<String>)
                        CompletableFuture.<String>failedFuture(new IllegalStateException("no")))
                .limit(1_000)
                .toList();
        for (int i = 0; i < 4; i++) {
            assertThat(breaker.submitAll(counters, () -> failed).join())
                    .hasSize(1_000)
                    .containsOnlyNulls();
        }
        assertThat(breaker.isTripped()).isFalse();
        assertThat(counters.sharedFailures.sum()).isEqualTo(4);
        breaker.submitAll(counters, () -> failed).join();
        assertThat(breaker.isTripped()).isTrue();
        assertThat(breaker.submitAll(counters, () -> failed).join()).isNull();
    }

    @Test
    void submitAll_late_hasTheAnswersThatCameAndIsNoFailure() {
        SharedBreaker quick = breaker(Duration.ofMillis(1));
        for (int i = 0; i < 20; i++) {
            CompletableFuture<String> never = new CompletableFuture<>();
            assertThat(quick.<String>submitAll(counters, () -> List.of(done("a"), never, done("c")))
                            .join())
                    .containsExactly("a", null, "c");
            assertThat(never).isCancelled();
        }
        assertThat(quick.isTripped()).isFalse();
    }

    /** Rounds that went out together: the first is answered, and the server has not come to the others in time. */
    @Test
    void submitAll_lateWhileAnotherRoundIsAnswered_isNoFailure() {
        SharedBreaker quick = breaker(Duration.ofMillis(200));
        List<CompletableFuture<?>> late = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            late.add(quick.submitAll(counters, () -> List.of(new CompletableFuture<String>())));
        }
        quick.submitAll(counters, () -> List.of(done("a"))).join();
        late.forEach(CompletableFuture::join);
        assertThat(quick.isTripped()).isFalse();
    }

    @Test
    void callAll_interrupted_isNoVerdictOnTheTier() {
        Thread.currentThread().interrupt();
        breaker.callAll(counters, () -> List.of(new CompletableFuture<String>()), new Waited(), received::add);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(received).isEmpty();
        assertThat(counters.sharedFailures.sum()).isZero();
    }

    @Test
    void failures_ofHalfOfTheCommands_openTheBreakerAndSaySo() {
        Stream.generate(() -> CompletableFuture.<String>failedFuture(new IllegalStateException("no")))
                .limit(5)
                .forEach(failed -> assertThat(breaker.<String>call(counters, () -> failed, 0))
                        .isNull());
        assertThat(breaker.isTripped()).isTrue();
        assertThat(opened).hasValue(1);
        breaker.callAll(counters, () -> List.of(done("a")), new Waited(), received::add);
        assertThat(received).isEmpty();
        breaker.reset();
        breaker.callAll(counters, () -> List.of(done("a")), new Waited(), received::add);
        assertThat(received).containsExactly("a");
    }

    @Test
    void shut_byTheBackgroundThread_saysSo() {
        breaker.trip(new IllegalStateException("no"));
        breaker.trip(new IllegalStateException("no"));
        assertThat(breaker.isTripped()).isTrue();
        assertThat(opened).hasValue(1);
    }
}
