package io.perfkit.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private volatile boolean closing;

    SharedGate(String cache, Duration timeout, FailureLog log) {
        this.timeoutNanos = timeout.toNanos();
        this.log = log;
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

    void onOpen(Runnable action) {
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                action.run();
            }
        });
    }

    boolean isOpen() {
        return breaker.getState() != CircuitBreaker.State.CLOSED;
    }

    /** The shared tier is out of reach, whether or not enough callers have noticed. */
    void shut() {
        if (!isOpen()) {
            breaker.transitionToOpenState();
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
        } catch (InterruptedException e) {
            // The caller's affair and no verdict on the shared tier; the loader will see the flag.
            breaker.releasePermission();
            answer.cancel(false);
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            failed(counters, start, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(false);
            failed(counters, start, e);
        } catch (RuntimeException e) {
            failed(counters, start, e);
        }
        return null;
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
        breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, cause);
    }
}
