package io.perfkit.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.perfkit.cache.internal.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands between callers and the shared tier: a time limit for every command, and a circuit breaker over all of
 * them. Failures are counted and logged, never thrown.
 *
 * <p>The breaker opens when at least half of the last ten commands failed, or the background thread of
 * {@link SharedSession} finds that something is wrong. It never lets a caller try whether the shared tier is back: that
 * thread does, and closes the breaker only after the node has learned what it missed and has sent what is pending.
 */
final class SharedBreaker {

    private final CircuitBreaker circuit;
    private final long timeoutNanos;
    private final FailureLog log;
    private final Runnable whenTripped;
    private final TierEvents events;
    private volatile @Nullable Throwable noticed;
    private volatile boolean closing;
    /** When the last answer was seen, by the system's nanoseconds; of any command or round. */
    private volatile long answeredAt = System.nanoTime();

    /** Whether the last thing that was told is that it is open; guarded by this. */
    private boolean toldTripped;

    /**
     * @param whenTripped what to do when it has opened. Not a listener of the breaker, because as soon as it has one, every
     *     command makes it write an event with the date of the day.
     * @param events whom to tell that it has opened or closed
     */
    SharedBreaker(String cache, Duration timeout, FailureLog log, Runnable whenTripped, TierEvents events) {
        this.timeoutNanos = timeout.toNanos();
        this.log = log;
        this.whenTripped = whenTripped;
        this.events = events;
        this.circuit = CircuitBreaker.of(
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

    boolean isTripped() {
        return circuit.getState() != CircuitBreaker.State.CLOSED;
    }

    /**
     * The shared tier is out of reach, whether or not enough callers have noticed.
     *
     * @param cause how that was noticed
     */
    void trip(Throwable cause) {
        noticed = cause;
        synchronized (this) {
            if (!isTripped()) {
                circuit.transitionToOpenState();
            }
        }
        tellIfTripped();
    }

    /** What fails from now on fails because the cache is being closed, which is no news. */
    void closing() {
        closing = true;
    }

    /** The shared tier works again. */
    synchronized void reset() {
        if (isTripped()) {
            // The thread that opened it may not have come so far yet: down is told before up.
            noteTripped();
            circuit.transitionToClosedState();
            toldTripped = false;
            if (!closing) {
                events.up();
            }
        }
    }

    /** The breaker opens on any thread, but closes only under the lock, so each opening is told before its closing. */
    private void tellIfTripped() {
        boolean news;
        synchronized (this) {
            news = isTripped() && noteTripped();
        }
        if (news) {
            whenTripped.run();
        }
    }

    private boolean noteTripped() {
        if (toldTripped) {
            return false;
        }
        toldTripped = true;
        if (!closing) {
            events.down(noticed);
        }
        return true;
    }

    /**
     * Runs a command and waits for its answer; null if it failed, was late, or was not let through.
     *
     * @param spent how much of the time limit is over already, in nanoseconds
     */
    <T> @Nullable T call(Counters counters, Supplier<CompletionStage<T>> command, long spent) {
        if (spent >= timeoutNanos || !circuit.tryAcquirePermission()) {
            return null;
        }
        long start = System.nanoTime();
        CompletableFuture<T> answer = null;
        try {
            answer = command.get().toCompletableFuture();
            T result = answer.get(timeoutNanos - spent, TimeUnit.NANOSECONDS);
            succeeded(start);
            return result;
        } catch (Exception e) {
            ended(counters, start, e);
            cancel(answer);
            return null;
        }
    }

    /**
     * What waiting for the shared tier has used up of a time limit. What is done with the answers uses up nothing of it:
     * the shared tier is not late because values take long to decode. Not thread-safe.
     */
    static final class Waited {

        private long nanos;

        Waited() {
            this(0);
        }

        Waited(long nanos) {
            this.nanos = nanos;
        }
    }

    /** The same, with a time limit that other commands share. */
    <T> @Nullable T call(Counters counters, Supplier<CompletionStage<T>> command, Waited waited) {
        long start = System.nanoTime();
        T answer = call(counters, command, waited.nanos);
        waited.nanos += System.nanoTime() - start;
        return answer;
    }

    /**
     * Runs several commands at once, and hands on each answer while the later ones are still on their way. They share
     * one time limit, and count as one event: a success if any answer came in time, because a server that answers is
     * well, however much it was asked. What comes after a failed or late one is not handed on.
     *
     * @param waited the time limit; nothing is asked when all of it is over
     * @return whether it was asked
     */
    <T> boolean callAll(
            Counters counters,
            Supplier<List<CompletionStage<T>>> commands,
            Waited waited,
            Consumer<? super T> consumer) {
        long spent = waited.nanos;
        if (spent >= timeoutNanos || !circuit.tryAcquirePermission()) {
            return false;
        }
        long start = System.nanoTime();
        List<CompletionStage<T>> answers = List.of();
        int received = 0;
        try {
            answers = commands.get();
            for (CompletionStage<T> answer : answers) {
                T result = await(answer.toCompletableFuture(), waited);
                received++;
                consumer.accept(result);
            }
            succeeded(start);
        } catch (TimeoutException e) {
            late(counters, start, spent, received > 0, e);
        } catch (Exception e) {
            ended(counters, start, e);
        }
        answers.subList(received, answers.size()).forEach(SharedBreaker::cancel);
        return true;
    }

    private <T> T await(CompletableFuture<T> answer, Waited waited) throws Exception {
        long from = System.nanoTime();
        try {
            return answer.get(timeoutNanos - waited.nanos, TimeUnit.NANOSECONDS);
        } finally {
            waited.nanos += System.nanoTime() - from;
        }
    }

    /**
     * Runs several commands at once without waiting; they share one time limit and count as one event, as with
     * {@link #callAll}.
     *
     * @return the answers in the order of the commands, with null for each that failed or was late; null if nothing was
     *     let through. Completes within the time limit, never exceptionally
     */
    <T> CompletableFuture<@Nullable List<@Nullable T>> submitAll(
            Counters counters, Supplier<List<CompletionStage<T>>> commands) {
        if (!circuit.tryAcquirePermission()) {
            return CompletableFuture.completedFuture(null);
        }
        long start = System.nanoTime();
        List<CompletableFuture<T>> sent = new ArrayList<>();
        CompletableFuture<Void> all;
        try {
            commands.get().forEach(command -> sent.add(command.toCompletableFuture()));
            all = CompletableFuture.allOf(sent.toArray(new CompletableFuture<?>[0]));
        } catch (RuntimeException e) {
            all = CompletableFuture.failedFuture(e);
        }
        return all.orTimeout(timeoutNanos, TimeUnit.NANOSECONDS)
                .handle((done, failure) -> answers(counters, start, sent, failure));
    }

    private <T> List<@Nullable T> answers(
            Counters counters, long start, List<CompletableFuture<T>> sent, @Nullable Throwable failure) {
        List<@Nullable T> answers = new ArrayList<>(sent.size());
        boolean any = false;
        Throwable broken = null;
        for (CompletableFuture<T> each : sent) {
            if (!each.isDone()) {
                each.cancel(false);
                answers.add(null);
            } else {
                T answer = each.isCompletedExceptionally() ? null : each.join();
                any |= answer != null;
                broken = answer == null && broken == null ? failureOf(each) : broken;
                answers.add(answer);
            }
        }
        if (failure == null) {
            succeeded(start);
        } else if (broken == null && failure instanceof TimeoutException late) {
            late(counters, start, 0, any, late);
        } else {
            failed(counters, start, broken == null ? failure : broken);
        }
        return answers;
    }

    private static Throwable failureOf(CompletableFuture<?> failed) {
        try {
            failed.join();
            return new CacheException("No answer");
        } catch (RuntimeException e) {
            return e;
        }
    }

    /**
     * Some commands of a round had no answer in time. That is a failure only if nothing at all was answered since the
     * round began, and if it had at least half of the time.
     */
    private void late(Counters counters, long start, long spent, boolean answered, TimeoutException e) {
        if (answered) {
            count(counters, e);
            succeeded(start);
        } else if (answeredAt - start > 0 || spent > timeoutNanos / 2) {
            count(counters, e);
            circuit.releasePermission();
        } else {
            failed(counters, start, e);
        }
    }

    private void succeeded(long start) {
        long now = System.nanoTime();
        answeredAt = now;
        circuit.onSuccess(now - start, TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable CompletionStage<?> answer) {
        if (answer != null) {
            answer.toCompletableFuture().cancel(false);
        }
    }

    private void ended(Counters counters, long start, Exception e) {
        if (e instanceof InterruptedException) {
            // The caller's affair and no verdict on the shared tier; the loader will see the flag.
            circuit.releasePermission();
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
    <T> CompletableFuture<T> submit(Counters counters, Supplier<CompletionStage<T>> command, long spent) {
        if (spent >= timeoutNanos) {
            return CompletableFuture.failedFuture(new CacheException("The time limit of the call is over"));
        }
        if (!circuit.tryAcquirePermission()) {
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
                        succeeded(start);
                    } else {
                        sent.cancel(false);
                        failed(counters, start, failure);
                    }
                });
    }

    private void failed(Counters counters, long start, Throwable failure) {
        Throwable cause = Envelope.cause(failure);
        noticed = cause;
        count(counters, cause);
        circuit.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, cause);
        if (isTripped()) {
            tellIfTripped();
        }
    }

    private void count(Counters counters, Throwable cause) {
        counters.sharedFailures.increment();
        if (!closing) {
            log.failed(
                    "a command to the shared tier failed or took longer than " + timeoutNanos / 1_000_000 + " ms",
                    cause);
        }
    }
}
