package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Callers that hold what the loader needs: they run it themselves, and where they do not, the error tells. */
class BatcherCallerRunsTest {
    private final RecordingLoader loader = new RecordingLoader();
    private final ManualExecutor executor = new ManualExecutor();
    private final AtomicBoolean holds = new AtomicBoolean(true);

    private Batcher.Builder<Integer, String> builder() {
        return Batcher.builder("names", loader).executor(executor).callerRuns(holds::get);
    }

    @Test
    void load_byAHolder_runsTheLoaderInTheCallersThreadAndHasEnded() {
        CompletableFuture<String> call = builder().build().load(1);

        assertThat(call).isCompletedWithValue("v1");
        assertThat(loader.threads).containsExactly(Thread.currentThread());
        assertThat(executor.size()).isZero();
    }

    @Test
    void everyKindOfCall_byAHolder_isOneBulkCallWithItsOwnDistinctKeys() {
        Batcher<Integer, String> batcher = builder().build();

        assertThat(batcher.get(1)).isEqualTo("v1");
        assertThat(batcher.getAll(List.of(2, 3, 2))).isEqualTo(Map.of(2, "v2", 3, "v3"));
        assertThat(batcher.loadAll(List.of(4, 5, 4))).isCompletedWithValue(Map.of(4, "v4", 5, "v5"));
        assertThat(Batching.enrich(List.of(6, 6, 7), row -> row, batcher, (row, name) -> name))
                .containsExactly("v6", "v6", "v7");

        assertThat(loader.asked).containsExactly(List.of(1), List.of(2, 3), List.of(4, 5), List.of(6, 7));
        BatcherStats stats = batcher.stats();
        assertThat(stats.batches()).isEqualTo(4);
        assertThat(stats.calls()).isEqualTo(7);
        assertThat(stats.pending()).isZero();
    }

    @Test
    void call_byAHolderWhileOthersWait_neitherWaitsNorJoinsThem() {
        Batcher<Integer, String> batcher = builder()
                .maximumConcurrentBatches(1)
                .maximumPending(1, Overflow.REJECT)
                .build();
        holds.set(false);
        CompletableFuture<String> pending = batcher.load(1);
        holds.set(true);

        assertThat(batcher.load(1)).isCompletedWithValue("v1");
        assertThat(batcher.get(2)).isEqualTo("v2");
        assertThat(batcher.getAll(List.of(1, 2))).hasSize(2);
        assertThat(batcher.loadAll(List.of(1, 2))).isCompleted();

        assertThat(pending).isNotDone();
        assertThat(batcher.stats().pending()).isEqualTo(1);
        executor.runAll();
        assertThat(pending).isCompletedWithValue("v1");
    }

    @Test
    void call_byAHolderWithAWindow_doesNotWaitForItsEnd() {
        Batcher<Integer, String> batcher = builder().window(Duration.ofHours(1)).build();

        assertThat(batcher.load(1)).isCompletedWithValue("v1");
        assertThat(batcher.getAll(List.of(2))).isEqualTo(Map.of(2, "v2"));
    }

    @Test
    void bulk_byAHolderWithMoreKeysThanABatch_asksInPartsOfTheBound() {
        Batcher<Integer, String> batcher = builder().maximumBatchSize(2).build();

        assertThat(batcher.getAll(List.of(1, 2, 3, 4, 5))).hasSize(5);

        assertThat(loader.asked).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
    }

    @Test
    void bulk_byAHolderWhoseDeadlinePassesBetweenParts_expires() {
        AtomicLong nanos = new AtomicLong();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("names", keys -> {
                    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
                    return loader.load(keys);
                })
                .maximumBatchSize(2)
                .timeout(Duration.ofSeconds(3))
                .ticker(nanos::get)
                .callerRuns(() -> true)
                .build();

        assertThatThrownBy(() -> batcher.getAll(List.of(1, 2, 3, 4, 5, 6)))
                .isInstanceOf(BatchTimeoutException.class)
                .hasMessageContaining("key 5 within PT3S");
        assertThat(batcher.stats().expired()).isEqualTo(1);
        assertThat(loader.asked).hasSize(2);
    }

    @Test
    void missingValue_forAHolder_isTreatedAsConfigured() {
        Batcher.Builder<Integer, String> empty =
                Batcher.<Integer, String>builder("names", keys -> Map.of()).callerRuns(() -> true);

        assertThat(empty.build().load(1)).isCompletedExceptionally();
        assertThatThrownBy(() -> empty.build().get(1)).isInstanceOf(MissingValueException.class);
        assertThat(empty.whenMissing(Missing.NULL).build().load(1)).isCompletedWithValue(null);
        assertThat(empty.whenMissing(key -> "none").build().getAll(List.of(1))).isEqualTo(Map.of(1, "none"));
    }

    @Test
    void failure_forAHolder_isWhatTheLoaderThrewAfterItsRetries() {
        AtomicInteger attempts = new AtomicInteger();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("names", keys -> {
                    attempts.incrementAndGet();
                    throw new IOException("down");
                })
                .retry(RetryConfig.custom()
                        .maxAttempts(3)
                        .waitDuration(Duration.ofNanos(1))
                        .build())
                .callerRuns(() -> true)
                .build();

        assertThat(batcher.load(1))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(BatchLoadException.class)
                .withCauseInstanceOf(IOException.class);
        assertThat(attempts).hasValue(3);
        assertThatThrownBy(() -> batcher.getAll(List.of(1)))
                .isInstanceOf(BatchingException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(batcher.stats().failedBatches()).isEqualTo(2);
    }

    @Test
    void loaderThatLoads_runByAHolder_isRunByItToo() {
        List<Batcher<Integer, String>> self = new ArrayList<>();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("names", keys -> {
                    Map<Integer, String> names = new HashMap<>();
                    for (Integer key : keys) {
                        names.put(
                                key,
                                key == 0 ? "root" : self.get(0).load(key - 1).join() + "/" + key);
                    }
                    return names;
                })
                .maximumConcurrentBatches(1)
                .executor(executor)
                .callerRuns(() -> true)
                .build();
        self.add(batcher);

        assertThat(batcher.get(3)).isEqualTo("root/1/2/3");
    }

    @Test
    void condition_isAskedOncePerCall_andWhatItThrowsIsTheOutcome() {
        AtomicInteger asked = new AtomicInteger();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("names", loader)
                .maximumBatchSize(2)
                .executor(executor)
                .callerRuns(() -> {
                    if (asked.incrementAndGet() == 2) {
                        throw new IllegalStateException("no session");
                    }
                    return false;
                })
                .build();

        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(List.of(1, 2, 3, 4, 5));
        assertThat(asked).hasValue(1);
        assertThat(batcher.load(9)).isCompletedExceptionally();
        executor.runAll();
        assertThat(all).isCompleted();
    }

    @Test
    void call_byAHolderAfterClose_isRejected() {
        Batcher<Integer, String> batcher = builder().build();
        batcher.close();

        assertThatThrownBy(() -> batcher.get(1))
                .isInstanceOf(BatchRejectedException.class)
                .hasMessageContaining("closed");
        assertThat(batcher.load(1)).isCompletedExceptionally();
        assertThat(batcher.loadAll(List.of(1, 2))).isCompletedExceptionally();
        assertThat(batcher.stats().rejected()).isEqualTo(3);
        assertThat(loader.asked).isEmpty();
    }

    @Test
    void close_whileAHolderRuns_waitsForIt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("names", keys -> {
                    inside.countDown();
                    go.await();
                    return loader.load(keys);
                })
                .callerRuns(() -> true)
                .build();
        FutureTask<String> call = start(() -> batcher.get(1));
        inside.await();
        assertThat(batcher.close(Duration.ZERO)).isEqualTo(new CloseReport(0, 1));
        FutureTask<Void> secondClose = start(() -> {
            batcher.close();
            return null;
        });
        assertThat(secondClose).isNotDone();
        go.countDown();

        assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("v1");
        secondClose.get(10, TimeUnit.SECONDS);
    }

    @Test
    void deadline_whileEverySlotsLoaderIsSilent_namesTheLikelyCause() throws Exception {
        ManualScheduler scheduler = new ManualScheduler();
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch never = new CountDownLatch(1);
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("names", keys -> {
                    inside.countDown();
                    never.await();
                    return Map.of();
                })
                .maximumConcurrentBatches(2)
                .maximumBatchSize(1)
                .timeout(Duration.ofSeconds(2))
                .ticker(scheduler::nanoTime)
                .scheduler(scheduler)
                .build();
        List<Future<String>> calls = List.of(batcher.load(1), batcher.load(2), batcher.load(3));
        inside.await();

        scheduler.advance(Duration.ofSeconds(3));

        for (Future<String> call : calls) {
            assertThatThrownBy(call::get)
                    .hasCauseInstanceOf(BatchTimeoutException.class)
                    .hasMessageContaining("all 2 batches it may run at once were under way")
                    .hasMessageContaining("callerRuns")
                    .hasMessageNotContaining("raise timeout");
        }
        never.countDown();
    }

    @Test
    void loaderThatGetsNoConnection_tellsOfTheHook_andIsTheCause() {
        RuntimeException failure =
                new IllegalStateException(new SQLTransientConnectionException("Connection is not available"));
        Batcher<Integer, String> batcher = Batcher.of("names", keys -> {
            throw failure;
        });

        assertThatThrownBy(() -> batcher.get(1))
                .isInstanceOf(BatchLoadException.class)
                .hasMessageContaining("batcher 'names'")
                .hasMessageContaining("callerRuns")
                .hasCause(failure);
        assertThat(failure.getSuppressed()).isEmpty();
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }
}
