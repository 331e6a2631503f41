package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Windows and deadlines, on a clock that only the test moves. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatcherTimeTest {
    private final ManualExecutor executor = new ManualExecutor();
    private final ManualScheduler time = new ManualScheduler();
    private final RecordingLoader loader = new RecordingLoader();

    private Batcher.Builder<Integer, String> builder() {
        return Batcher.builder("users", loader)
                .executor(executor)
                .scheduler(time)
                .ticker(time::nanoTime);
    }

    @AfterEach
    void stopTime() {
        time.shutdownNow();
    }

    @Test
    void window_runsFromTheFirstArrivalOfItsBatch() {
        Batcher<Integer, String> batcher =
                builder().window(Duration.ofMillis(10)).build();
        batcher.load(1);
        time.advance(Duration.ofMillis(9));
        batcher.load(2);
        assertThat(executor.size()).isZero();

        time.advance(Duration.ofMillis(1));
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(1, 2));

        batcher.load(3);
        time.advance(Duration.ofNanos(9_999_999));
        assertThat(executor.size()).isZero();
        time.advance(Duration.ofNanos(1));
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(1, 2), List.of(3));
        time.advance(Duration.ofMillis(10));
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void window_fullBatch_leavesAtOnceAndTheRestKeepsItsWindow() {
        Batcher<Integer, String> batcher =
                builder().window(Duration.ofMillis(10)).maximumBatchSize(3).build();
        IntStream.range(0, 4).forEach(batcher::load);
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(0, 1, 2));

        time.advance(Duration.ofMillis(10));
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(0, 1, 2), List.of(3));
    }

    @Test
    void window_noRoomForMore_leavesAtOnce() {
        Batcher<Integer, String> batcher = builder()
                .window(Duration.ofMillis(10))
                .maximumPending(2, Overflow.REJECT)
                .build();
        batcher.load(1);
        batcher.load(2);

        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(1, 2));
    }

    @Test
    void flush_sendsOffWhatIsPendingWithoutTheWindow() {
        Batcher<Integer, String> batcher =
                builder().window(Duration.ofMillis(10)).build();
        batcher.load(1);
        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(List.of(2, 3));

        batcher.flush();
        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(1, 2, 3));
        assertThat(all).isDone();
        batcher.load(4);
        assertThat(executor.size()).isZero();
    }

    @Test
    void timeout_pendingCall_expiresAndItsKeyIsNotAskedFor() {
        Batcher<Integer, String> batcher =
                builder().timeout(Duration.ofMillis(100)).build();
        CompletableFuture<String> early = batcher.load(1);
        time.advance(Duration.ofMillis(60));
        CompletableFuture<String> late = batcher.load(2);

        time.advance(Duration.ofMillis(39));
        assertThat(early).isNotDone();
        time.advance(Duration.ofMillis(1));

        assertThatThrownBy(early::join)
                .cause()
                .isInstanceOf(BatchTimeoutException.class)
                .hasMessageContaining("batcher 'users': no value for the key 1 within PT0.1S");
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(2));
        assertThat(late).isCompletedWithValue("v2");
        assertThat(batcher.stats().expired()).isEqualTo(1);
    }

    @Test
    void timeout_callExpires_freesItsPlace() {
        Batcher<Integer, String> batcher = builder()
                .timeout(Duration.ofMillis(100))
                .maximumPending(1, Overflow.REJECT)
                .build();
        batcher.load(1);
        assertThat(batcher.load(2)).isCompletedExceptionally();

        time.advance(Duration.ofMillis(100));

        assertThat(batcher.load(3)).isNotDone();
        assertThat(batcher.stats().pending()).isEqualTo(1);
    }

    @Test
    void timeout_whileTheLoaderRuns_reachesTheCallerAtItsDeadline() {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        List<Boolean> doneInLoader = new ArrayList<>();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("slow", keys -> {
                    time.advance(Duration.ofMillis(100));
                    calls.forEach(call -> doneInLoader.add(call.isCompletedExceptionally()));
                    return loader.load(keys);
                })
                .executor(executor)
                .scheduler(time)
                .ticker(time::nanoTime)
                .timeout(Duration.ofMillis(100))
                .build();
        calls.add(batcher.load(1));
        executor.runAll();
        calls.add(batcher.loadAll(List.of(2, 3)));
        executor.runAll();

        assertThat(doneInLoader).containsExactly(true, true, true);
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call::join).hasCauseInstanceOf(BatchTimeoutException.class));
    }

    @Test
    void timeout_laterDeadlines_areMetAfterTheFirst() {
        Batcher<Integer, String> batcher =
                builder().timeout(Duration.ofMillis(320)).build();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(batcher.load(i));
            time.advance(Duration.ofMillis(10));
        }
        for (int i = 0; i < 20; i++) {
            // The deadline of call i is at 320 + 10 i; a sweep may come a 32nd of the timeout later.
            long at = 320 + 10L * i + 10;
            time.advance(Duration.ofMillis(at).minusNanos(time.nanoTime() - 5_000_000_000L));
            assertThat(calls.get(i)).as("call %d", i).isCompletedExceptionally();
            if (i + 2 < 20) {
                assertThat(calls.get(i + 2)).as("call %d", i + 2).isNotDone();
            }
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void timeout_allServed_leavesNoTimerBehind() {
        Batcher<Integer, String> batcher =
                builder().timeout(Duration.ofMillis(100)).build();
        for (int i = 0; i < 1000; i++) {
            batcher.load(i);
            executor.runAll();
            assertThat(time.scheduled()).isLessThanOrEqualTo(1);
        }

        time.advance(Duration.ofMillis(100));

        assertThat(time.scheduled()).isZero();
    }

    @Test
    void withoutWindowAndTimeout_noTimerIsEverSet() {
        Batcher<Integer, String> batcher = builder().build();
        batcher.load(1);

        assertThat(time.scheduled()).isZero();
    }

    @Test
    void windowAndTimeout_together_bothHold() {
        Batcher<Integer, String> batcher = builder()
                .window(Duration.ofMillis(10))
                .timeout(Duration.ofMillis(50))
                .build();
        CompletableFuture<String> call = batcher.load(1);
        time.advance(Duration.ofMillis(10));
        assertThat(executor.size()).isEqualTo(1);

        time.advance(Duration.ofMillis(40));

        assertThat(call).isCompletedExceptionally();
        executor.runAll();
        assertThat(loader.asked).isEmpty();
        time.advance(Duration.ofMillis(100));
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void maximumPending_wait_givesUpAtTheDeadline() {
        Batcher<Integer, String> batcher = Batcher.builder("users", loader)
                .executor(executor)
                .maximumPending(1, Overflow.WAIT)
                .timeout(Duration.ofMillis(20))
                .scheduler(time)
                .ticker(time::nanoTime)
                .build();
        batcher.load(1);

        assertThatThrownBy(batcher.load(2)::join)
                .cause()
                .isInstanceOf(BatchTimeoutException.class)
                .hasMessageContaining("no room for the key 2 among the 1 pending calls within PT0.02S");
        assertThat(batcher.stats().pending()).isEqualTo(1);
    }

    @Test
    void timeout_onTheDefaultScheduler_endsACallWhoseLoaderHangs() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("hanging", keys -> {
                        released.await();
                        return Map.of();
                    })
                    .executor(threads)
                    .timeout(Duration.ofMillis(20))
                    .build();

            CompletableFuture<String> call = batcher.load(1);

            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(BatchTimeoutException.class);
        } finally {
            released.countDown();
            threads.shutdown();
        }
    }
}
