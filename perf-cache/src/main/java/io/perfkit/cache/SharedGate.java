package io.perfkit.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands between callers and the shared tier: a time limit for every command, and a circuit breaker over all of
 * them. Failures are counted and logged, never thrown.
 *
 * <p>The breaker opens when at least half of the last ten commands failed, or the background thread of
 * {@link SharedSession} finds that something is wrong. It never lets a caller try whether the shared tier is back: that
 * thread does, and closes the breaker only after the node has learned what it missed and has sent what it owes.
 */
final class SharedGate {

    private final CircuitBreaker breaker;
    private final long timeoutNanos;
    private final FailureLog log;
    private final Runnable whenOpen;
    private volatile boolean closing;

    /**
     * @param whenOpen what to do when it has opened; perhaps more than once. Not a listener of the breaker, because as
     *     soon as it has one, every command makes it write an event with the date of the day.
     */
    SharedGate(String cache, Duration timeout, FailureLog log, Runnable whenOpen) {
        this.timeoutNanos = timeout.toNanos();
        this.log = log;
        this.whenOpen = whenOpen;
        this.breaker = CircuitBreaker.of(
                "perfkit-cache-" + cache,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(10)
                        .minimumNumberOfCalls(5)
                        .failureRateThreshold(50)
                        // Long enough to mean never: only the background thread closes it.
                        .waitIntervalFunctionInOpenState(IntervalFunction.of(Duration.ofDays(365)))
                        .build());
    }

    boolean isOpen() {
        return breaker.getState() != CircuitBreaker.State.CLOSED;
    }

    /** The shared tier is out of reach, whether or not enough callers have noticed. */
    void shut() {
        if (!isOpen()) {
            breaker.transitionToOpenState();
            whenOpen.run();
        }
    }

    /** What fails from now on fails because the cache is being closed, which is no news. */
    void closing() {
        closing = true;
    }

    /** The shared tier works again. */
    void restored() {
        if (isOpen()) {
            breaker.transitionToClosedState();
        }
    }

    /**
     * Runs a command and waits for its answer; null if it failed, was late, or was not let through.
     *
     * @param spent how much of the time limit is over already, in nanoseconds
     */
    <T> @Nullable T call(RegionCounters counters, Supplier<CompletionStage<T>> command, long spent) {
        if (!breaker.tryAcquirePermission()) {
            return null;
        }
        long start = System.nanoTime();
        CompletableFuture<T> answer = null;
        try {
            answer = command.get().toCompletableFuture();
            T result = answer.get(timeoutNanos - spent, TimeUnit.NANOSECONDS);
            breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            return result;
        } catch (Exception e) {
            ended(counters, start, e);
            cancel(answer);
            return null;
        }
    }

    /**
     * Runs several commands at once, and hands on each answer while the later ones are still on their way. They count
     * as one, and share one time limit. What comes after a failed or late one is not handed on.
     */
    <T> void callAll(
            RegionCounters counters, Supplier<List<CompletionStage<T>>> commands, Consumer<? super T> consumer) {
        if (!breaker.tryAcquirePermission()) {
            return;
        }
        long start = System.nanoTime();
        List<CompletionStage<T>> answers = List.of();
        int received = 0;
        try {
            answers = commands.get();
            for (CompletionStage<T> answer : answers) {
                long left = timeoutNanos - (System.nanoTime() - start);
                T result = answer.toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
                received++;
                consumer.accept(result);
            }
            breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        } catch (Exception e) {
            ended(counters, start, e);
            answers.subList(received, answers.size()).forEach(SharedGate::cancel);
        }
    }

    private static void cancel(@Nullable CompletionStage<?> answer) {
        if (answer != null) {
            answer.toCompletableFuture().cancel(false);
        }
    }

    private void ended(RegionCounters counters, long start, Exception e) {
        if (e instanceof InterruptedException) {
            // The caller's affair and no verdict on the shared tier; the loader will see the flag.
            breaker.releasePermission();
            Thread.currentThread().interrupt();
        } else {
            failed(counters, start, e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e);
        }
    }

    /**
     * Runs a command without waiting. The result completes exceptionally if it failed, was late, or was not let through.
     *
     * @param spent how much of the time limit is over already, in nanoseconds
     */
    <T> CompletableFuture<T> submit(RegionCounters counters, Supplier<CompletionStage<T>> command, long spent) {
        if (!breaker.tryAcquirePermission()) {
            return CompletableFuture.failedFuture(new CacheException("The circuit breaker is open"));
        }
        long start = System.nanoTime();
        CompletableFuture<T> answer;
        try {
            answer = command.get().toCompletableFuture();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<T> sent = answer;
        return sent.thenApply(t -> t)
                .orTimeout(timeoutNanos - spent, TimeUnit.NANOSECONDS)
                .whenComplete((result, failure) -> {
                    if (failure == null) {
                        breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
                    } else {
                        sent.cancel(false);
                        failed(counters, start, failure);
                    }
                });
    }

    private void failed(RegionCounters counters, long start, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        counters.sharedFailures.increment();
        if (!closing) {
            log.failed(
                    "a command to the shared tier failed or took longer than " + timeoutNanos / 1_000_000 + " ms",
                    cause);
        }
        boolean wasOpen = isOpen();
        breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, cause);
        if (!wasOpen && isOpen()) {
            whenOpen.run();
        }
    }
}
