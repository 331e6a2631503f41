package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users of other libraries of this kind reported as faults, tried here. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReportedElsewhereTest {

    /** java-dataloader 14 lost all but one of such calls; dataloader 294 cut batches by calls instead of keys. */
    @Test
    void manyCallsForOneKey_areOneKeyOfOneBatch() throws Exception {
        ManualExecutor executor = new ManualExecutor();
        RecordingLoader loader = new RecordingLoader();
        Batcher<Integer, String> batcher = Batcher.builder("users", loader)
                .maximumPending(100_000, Overflow.REJECT)
                .maximumBatchSize(2)
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 100_000).mapToObj(i -> batcher.load(1)).toList();
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(1));
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedWithValue("v1"));
    }

    /** dataloader 41: a value that is an exception is a value. */
    @Test
    void valueThatIsAnException_isNoFailure() {
        IllegalStateException value = new IllegalStateException("a value");
        Batcher<Integer, Object> batcher = Batcher.of("errors", keys -> Map.of(1, value, 2, "two"));
        assertThat(batcher.get(1)).isSameAs(value);
        assertThat(batcher.getAll(List.of(1, 2))).containsEntry(1, value).containsEntry(2, "two");
        assertThat(batcher.load(1)).succeedsWithin(10, TimeUnit.SECONDS).isSameAs(value);
    }

    /** dataloader-php 84: what a loader throws at once left calls open; here an Error, too. */
    @Test
    void loaderThatThrowsAnError_leavesNoCallOpen() {
        Batcher<Integer, String> batcher = Batcher.of("users", keys -> {
            throw new StackOverflowError();
        });
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 5).mapToObj(batcher::load).toList();
        assertThat(calls)
                .allSatisfy(call -> assertThat(call)
                        .failsWithin(10, TimeUnit.SECONDS)
                        .withThrowableThat()
                        .havingRootCause()
                        .isInstanceOf(StackOverflowError.class));
        assertThat(batcher.loadAll(List.of(1, 2))).failsWithin(10, TimeUnit.SECONDS);
        batcher.close();
    }

    /** spring-batch 4370 and 1108: two bad ones side by side, and one alone that is not asked for again. */
    @Test
    void badKeysSideBySide_failAlone_andOneAloneIsAskedForOnce() {
        List<List<Integer>> asked = Collections.synchronizedList(new ArrayList<>());
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                    asked.add(List.copyOf(keys));
                    if (keys.contains(2) || keys.contains(3)) {
                        throw new IllegalStateException("bad");
                    }
                    return keys.stream().collect(Collectors.toMap(key -> key, key -> "v" + key));
                })
                .bisectFailures(true)
                .build();
        Map<Integer, Result<String>> results = batcher.getAllResults(List.of(1, 2, 3, 4));
        assertThat(results.entrySet().stream()
                        .filter(each -> each.getValue().isSuccess())
                        .map(Map.Entry::getKey))
                .containsExactlyInAnyOrder(1, 4);
        asked.clear();
        assertThat(batcher.getAllResults(List.of(2)).get(2).isSuccess()).isFalse();
        assertThat(asked).containsExactly(List.of(2));
    }

    /** parallel-collectors 140: one at a time, and the first fails: nothing else is begun. */
    @Test
    void firstOfMany_thatFails_isTheLastThatIsBegun() {
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> Parallel.map(IntStream.range(0, 10).boxed().toList(), 1, item -> {
                    begun.incrementAndGet();
                    throw new IllegalArgumentException("no");
                }))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
        assertThat(begun).hasValue(1);
    }

    /** parallel-collectors 867: more tasks were handed to the executor than may run at once. */
    @Test
    void executor_isNotHandedMoreThanMayRunAtOnce() {
        AtomicInteger there = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService pool = Executors.newCachedThreadPool();
        try {
            Parallel parallel = Parallel.builder(3)
                    .executor(task -> {
                        most.accumulateAndGet(there.incrementAndGet(), Math::max);
                        pool.execute(() -> {
                            try {
                                task.run();
                            } finally {
                                there.decrementAndGet();
                            }
                        });
                    })
                    .build();
            assertThat(parallel.map(IntStream.range(0, 2_000).boxed().toList(), item -> item + 1))
                    .hasSize(2_000);
        } finally {
            pool.shutdownNow();
        }
        // One that has just ended may not have been counted down yet, for each of the workers.
        assertThat(most.get()).isLessThanOrEqualTo(6);
    }

    /** spring-batch 2729 and 1740: what was read before the source failed, in the same chunk, was lost for the next run. */
    @Test
    void chunkInWhichTheSourceFailed_isWholeInTheNextRun() {
        List<Integer> handled = new ArrayList<>();
        List<ChunksCheckpoint> checkpoints = new ArrayList<>();
        assertThatThrownBy(() -> Chunks.<Integer>builder(
                                IntStream.range(0, 50).boxed().peek(item -> {
                                    if (item == 35) {
                                        throw new IllegalStateException("connection lost");
                                    }
                                }),
                                10)
                        .listener(new ChunksListener() {
                            @Override
                            public void chunkDone(ChunksCheckpoint checkpoint, ChunksStats stats) {
                                checkpoints.add(checkpoint);
                            }
                        })
                        .build()
                        .forEach(chunk -> handled.addAll(chunk.items())))
                .isInstanceOf(BatchingException.class);
        assertThat(handled).hasSize(30);
        Chunks.<Integer>builder(IntStream.range(0, 50).boxed(), 10)
                .resume(checkpoints.get(checkpoints.size() - 1))
                .build()
                .forEach(chunk -> handled.addAll(chunk.items()));
        assertThat(handled).isEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    /** java-dataloader 20: of two requests at once for one key, with no cache between, one waited for ever. */
    @Test
    void oneKeyFromTwoThreadsAtOnce_endsForBoth() throws Exception {
        Batcher<Integer, String> batcher = Batcher.of("users", new RecordingLoader());
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 200; round++) {
                var one = two.submit(() -> batcher.load(1).get());
                var other = two.submit(() -> batcher.load(1).get());
                assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo("v1");
                assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo("v1");
            }
        } finally {
            two.shutdownNow();
        }
    }

    /** java-dataloader 54, graphql-java 1198: what the value of one loader asks of another was never dispatched. */
    @Test
    void loadersOneAfterTheOther_areAnswered_onOneThreadToo() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Batcher<Integer, Integer> owners = Batcher.<Integer, Integer>builder(
                            "owners", keys -> keys.stream().collect(Collectors.toMap(key -> key, key -> key + 100)))
                    .executor(one)
                    .build();
            Batcher<Integer, String> names = Batcher.builder("names", new RecordingLoader())
                    .executor(one)
                    .build();
            List<CompletableFuture<String>> calls = IntStream.range(0, 50)
                    .mapToObj(pet -> owners.load(pet).thenCompose(names::load))
                    .toList();
            for (int pet = 0; pet < 50; pet++) {
                assertThat(calls.get(pet).get(10, TimeUnit.SECONDS)).isEqualTo("v" + (pet + 100));
            }
        } finally {
            one.shutdownNow();
        }
    }

    /** parallel-collectors 870: an executor that silently drops tasks left the collector waiting for ever. */
    @Test
    void executorThatDropsTasks_leavesNobodyWaiting() {
        AtomicInteger handed = new AtomicInteger();
        Parallel parallel =
                Parallel.builder(4).executor(task -> handed.incrementAndGet()).build();
        List<Integer> items = IntStream.range(0, 100).boxed().toList();
        assertThat(parallel.map(items, item -> item)).isEqualTo(items);
        assertThat(parallel.stream(items.stream().limit(3), item -> item)).containsExactly(0, 1, 2);
        assertThat(handed.get()).isPositive();
    }

    /** parallel-collectors 1177: each task that the executor refused took a permit with it. */
    @Test
    void executorThatRefusesNowAndThen_losesNoPlace() {
        AtomicInteger asked = new AtomicInteger();
        ExecutorService pool = Executors.newCachedThreadPool();
        try {
            Parallel parallel = Parallel.builder(2)
                    .executor(task -> {
                        if (asked.incrementAndGet() % 2 == 1) {
                            throw new RejectedExecutionException("full");
                        }
                        pool.execute(task);
                    })
                    .build();
            // Two at once, or neither could go on.
            for (int round = 0; round < 50; round++) {
                CountDownLatch both = new CountDownLatch(2);
                assertThat(parallel.map(List.of(0, 1, 2), item -> {
                            if (item > 0) {
                                both.countDown();
                                both.await();
                            }
                            return item;
                        }))
                        .containsExactly(0, 1, 2);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** failsafe 393: a wait for a permit that timed out took the permit with it, until none was left. */
    @Test
    void waitsForRoomThatTimedOut_takeNoRoomWithThem() throws Exception {
        ManualExecutor executor = new ManualExecutor();
        Batcher<Integer, String> batcher = Batcher.builder("users", new RecordingLoader())
                .maximumPending(2, Overflow.WAIT)
                .executor(executor)
                .build();
        for (int round = 0; round < 3; round++) {
            CompletableFuture<String> first = batcher.load(1);
            CompletableFuture<String> second = batcher.load(2);
            for (int i = 0; i < 20; i++) {
                assertThat(batcher.load(3, Duration.ofNanos(100_000))).isCompletedExceptionally();
            }
            executor.runAll();
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("v1");
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("v2");
        }
        assertThat(batcher.stats().pending()).isZero();
    }

    /** Kafka 10790: a flush in a callback waited for its own thread; brooklin 714, li-apache-kafka-clients 189: a close. */
    @Test
    void flushAndCloseInCompletions_ofSeveralCalls_waitForNobody() throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                    begin.await();
                    return keys.stream().collect(Collectors.toMap(key -> key, key -> "v" + key));
                })
                .maximumBatchSize(1)
                .maximumConcurrentBatches(2)
                .build();
        List<CompletableFuture<Void>> calls = IntStream.range(0, 4)
                .mapToObj(key -> batcher.load(key).thenAccept(value -> {
                    batcher.flush();
                    batcher.close();
                }))
                .toList();
        begin.countDown();
        for (CompletableFuture<Void> call : calls) {
            call.get(10, TimeUnit.SECONDS);
        }
        batcher.close();
        assertThat(batcher.stats().pending()).isZero();
    }
}
