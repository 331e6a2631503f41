package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines of single calls, loaders that hang, and attempts that must not outlive those who wait. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatcherOverdueTest {
    private final ManualExecutor executor = new ManualExecutor();
    private final ManualScheduler time = new ManualScheduler();
    private final RecordingLoader loader = new RecordingLoader();

    private Batcher.Builder<Integer, String> builder(BatchLoader<Integer, String> of) {
        return Batcher.builder("users", of).executor(executor).scheduler(time).ticker(time::nanoTime);
    }

    private static RetryConfig retry(int attempts, Duration pause) {
        return RetryConfig.custom().maxAttempts(attempts).waitDuration(pause).build();
    }

    @Test
    void load_withADeadlineOfItsOwn_expiresAloneAndIsNotAskedFor() {
        Batcher<Integer, String> batcher =
                builder(loader).timeout(Duration.ofSeconds(10)).build();
        CompletableFuture<String> patient = batcher.load(1);
        CompletableFuture<String> hasty = batcher.load(2, Duration.ofMillis(100));
        time.advance(Duration.ofMillis(104));
        assertThat(hasty)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(BatchTimeoutException.class)
                .withMessageContaining("PT0.1S");
        executor.runAll();
        assertThat(patient).isCompletedWithValue("v1");
        assertThat(loader.asked).containsExactly(List.of(1));
    }

    @Test
    void load_withADeadline_whereTheBatcherHasNone_expires() {
        Batcher<Integer, String> batcher = builder(loader).build();
        CompletableFuture<String> call = batcher.load(1, Duration.ofMillis(100));
        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(List.of(2, 3), Duration.ofMillis(50));
        time.advance(Duration.ofMillis(110));
        assertThat(call).isCompletedExceptionally();
        assertThat(all).isCompletedExceptionally();
        executor.runAll();
        assertThat(loader.asked).isEmpty();
        assertThatThrownBy(() -> batcher.load(1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void retry_pauseBeyondTheDeadline_failsAtOnceWithTheLastFailure() {
        AtomicInteger attempts = new AtomicInteger();
        Batcher<Integer, String> batcher = builder(keys -> {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("down");
                })
                .timeout(Duration.ofMillis(200))
                .retry(retry(10, Duration.ofMillis(150)))
                .build();
        CompletableFuture<String> call = batcher.load(1);
        executor.runAll();
        assertThat(call).isNotDone();
        time.advance(Duration.ofMillis(150));
        executor.runAll();
        assertThat(attempts).hasValue(2);
        assertThat(call)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(BatchLoadException.class);
        assertThat(time.scheduled()).isLessThanOrEqualTo(1);
        time.advance(Duration.ofSeconds(10));
        executor.runAll();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void retry_inTheCallersThread_doesNotOutliveTheDeadline() {
        AtomicInteger attempts = new AtomicInteger();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("down");
                })
                .timeout(Duration.ofMillis(200))
                .retry(retry(3, Duration.ofSeconds(20)))
                .build();
        long began = System.nanoTime();
        assertThatThrownBy(() -> batcher.get(1)).isInstanceOf(BatchLoadException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(attempts).hasValue(1);
    }

    @Test
    void retry_pause_occupiesNeitherTheThreadNorTheSlot() {
        AtomicBoolean isDown = new AtomicBoolean(true);
        Batcher<Integer, String> batcher = builder(keys -> {
                    if (keys.contains(1) && isDown.get()) {
                        throw new IllegalStateException("down");
                    }
                    return loader.load(keys);
                })
                .maximumConcurrentBatches(1)
                .retry(retry(5, Duration.ofSeconds(1)))
                .build();
        CompletableFuture<String> first = batcher.load(1);
        assertThat(executor.runOne()).isTrue();
        assertThat(batcher.stats().runningBatches()).isZero();

        CompletableFuture<String> second = batcher.load(2);
        executor.runAll();
        assertThat(second).isCompletedWithValue("v2");
        isDown.set(false);
        time.advance(Duration.ofSeconds(1));
        executor.runAll();
        assertThat(first).isCompletedWithValue("v1");
        assertThat(batcher.stats().batches()).isEqualTo(2);
    }

    @Test
    void close_duringAPause_endsTheCallAndNothingRemains() {
        Batcher<Integer, String> batcher = builder(keys -> {
                    throw new IllegalStateException("down");
                })
                .retry(retry(5, Duration.ofSeconds(1)))
                .build();
        CompletableFuture<String> call = batcher.load(1);
        executor.runAll();
        assertThat(batcher.close(Duration.ZERO)).isEqualTo(new CloseReport(0, 1));
        assertThat(call).isCompletedExceptionally();
        time.advance(Duration.ofSeconds(1));
        executor.runAll();
        assertThat(batcher.dispatcher.slots.isIdle()).isTrue();
        assertThat(batcher.close(Duration.ofSeconds(5)).unfinished()).isZero();
    }

    @Test
    void interruptOverdue_loaderThatHangs_isInterruptedAndGivesItsSlotBack() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                        if (keys.contains(1)) {
                            never.await();
                        }
                        return loader.load(keys);
                    })
                    .maximumConcurrentBatches(1)
                    .timeout(Duration.ofMillis(100))
                    .interruptOverdue(true)
                    .executor(threads)
                    .build();
            CompletableFuture<String> hanging = batcher.load(1);
            assertThat(hanging)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(BatchTimeoutException.class)
                    .withMessageContaining("all 1 batches")
                    .withMessageContaining("for the key 1");
            assertThat(batcher.load(2, Duration.ofSeconds(10)).get(10, TimeUnit.SECONDS))
                    .isEqualTo("v2");
            assertThatThrownBy(() -> batcher.get(1))
                    .isInstanceOf(BatchTimeoutException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(batcher.get(3)).isEqualTo("v3");
            assertThat(batcher.dispatcher.slots.held()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void interruptOverdue_otherwise_reachesNoCodeAfterTheLoader() {
        List<Boolean> marks = new ArrayList<>();
        Batcher<Integer, String> batcher = builder(keys -> {
                    time.advance(Duration.ofSeconds(5));
                    return keys.stream().collect(Collectors.toMap(key -> key, key -> "v" + key));
                })
                .timeout(Duration.ofMillis(100))
                .interruptOverdue(true)
                .build();
        CompletableFuture<String> call = batcher.load(1);
        call.whenComplete((value, failure) -> marks.add(Thread.currentThread().isInterrupted()));
        executor.runAll();
        assertThat(call).isCompletedExceptionally();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(batcher.stats().runningBatches()).isZero();
    }

    @Test
    void taskDecorator_runsTheBatchInTheContextOfItsFirstCaller() {
        ThreadLocal<String> user = new ThreadLocal<>();
        List<String> seen = new ArrayList<>();
        Batcher<Integer, String> batcher = builder(keys -> {
                    seen.add(user.get());
                    return loader.load(keys);
                })
                .taskDecorator(task -> {
                    String captured = user.get();
                    return () -> {
                        String before = user.get();
                        user.set(captured);
                        try {
                            task.run();
                        } finally {
                            user.set(before);
                        }
                    };
                })
                .build();
        user.set("ada");
        CompletableFuture<String> first = batcher.load(1);
        user.set("bob");
        CompletableFuture<String> second = batcher.load(2);
        user.remove();
        executor.runAll();
        assertThat(seen).containsExactly("ada");
        assertThat(user.get()).isNull();
        user.set("cyd");
        batcher.loadAll(List.of(3, 4));
        user.remove();
        executor.runAll();
        assertThat(seen).containsExactly("ada", "cyd");
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void taskDecorator_thatFailsOrForgets_failsTheBatchAndLosesNoSlot() {
        for (boolean throwing : new boolean[] {true, false}) {
            Batcher<Integer, String> batcher = builder(loader)
                    .taskDecorator(task -> () -> {
                        if (throwing) {
                            throw new IllegalStateException("no context");
                        }
                    })
                    .build();
            CompletableFuture<String> call = batcher.load(1);
            executor.runAll();
            assertThat(call).isCompletedExceptionally();
            assertThat(batcher.dispatcher.slots.isIdle()).isTrue();
        }
    }

    @Test
    void listener_isToldOfEachBatch_andItsFailureIsIgnored() {
        List<FinishedBatch> batches = new ArrayList<>();
        List<String> built = new ArrayList<>();
        Batcher<Integer, String> batcher = builder(loader)
                .listener(new BatcherListener() {
                    @Override
                    public void batchFinished(FinishedBatch batch) {
                        throw new IllegalStateException("broken");
                    }
                })
                .listener(new BatcherListener() {
                    @Override
                    public void built(Batcher<?, ?> of, String name) {
                        built.add(name);
                    }

                    @Override
                    public void batchFinished(FinishedBatch batch) {
                        batches.add(batch);
                    }
                })
                .build();
        CompletableFuture<String> call = batcher.load(1);
        CompletableFuture<String> twin = batcher.load(1);
        time.advance(Duration.ofMillis(7));
        executor.runAll();
        assertThat(batcher.get(2)).isEqualTo("v2");
        assertThat(batches)
                .containsExactly(
                        new FinishedBatch("users", 2, 1, Duration.ofMillis(7), Duration.ZERO, null),
                        new FinishedBatch("users", 1, 1, Duration.ZERO, Duration.ZERO, null));
        assertThat(built).containsExactly("users");
        assertThat(call).isCompletedWithValue("v1");
        assertThat(twin).isCompletedWithValue("v1");
    }
}
