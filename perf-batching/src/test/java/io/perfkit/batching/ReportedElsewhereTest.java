package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
}
