package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What leaves when, and who gets what; in one thread, with an executor the test steps. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatcherTest {
    private final ManualExecutor executor = new ManualExecutor();
    private final RecordingLoader loader = new RecordingLoader();

    private Batcher.Builder<Integer, String> builder() {
        return Batcher.builder("users", loader).executor(executor);
    }

    @Test
    void load_burstBeforeTheRunBegins_leavesAsOneBatch() {
        Batcher<Integer, String> batcher = builder().build();
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 10).mapToObj(batcher::load).toList();

        assertThat(executor.size()).isEqualTo(1);
        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        for (int i = 0; i < 10; i++) {
            assertThat(calls.get(i)).isCompletedWithValue("v" + i);
        }
    }

    @Test
    void load_equalKeys_areAskedOnceAndEachCallerGetsTheValue() {
        Batcher<Integer, String> batcher = builder().build();
        // Not the same object: 1000 is outside the cache of small integers.
        CompletableFuture<String> first = batcher.load(Integer.valueOf(1000));
        CompletableFuture<String> second = batcher.load(Integer.valueOf(Integer.parseInt("1000")));

        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(1000));
        assertThat(first).isCompletedWithValue("v1000").isNotSameAs(second);
        assertThat(second).isCompletedWithValue("v1000");
        assertThat(batcher.stats().calls()).isEqualTo(2);
        assertThat(batcher.stats().keys()).isEqualTo(1);
    }

    @Test
    void load_hotKeyBeyondTheBatchSize_stillLeavesInOneBatch() {
        Batcher<Integer, String> batcher = builder().maximumBatchSize(2).build();
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 50).mapToObj(i -> batcher.load(i % 2)).toList();

        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(0, 1));
        assertThat(calls).allMatch(CompletableFuture::isDone);
    }

    @Test
    void load_moreKeysThanABatchHolds_leaveInSeveralInOrder() {
        Batcher<Integer, String> batcher =
                builder().maximumBatchSize(3).maximumConcurrentBatches(1).build();
        IntStream.range(0, 7).forEach(batcher::load);

        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6));
    }

    @Test
    void load_keysOfEqualHash_areToldApart() {
        record Key(int id) {
            @Override
            public int hashCode() {
                return 7;
            }
        }
        Batcher<Key, Integer> batcher = Batcher.<Key, Integer>builder("colliding", keys -> {
                    Map<Key, Integer> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, key.id()));
                    return values;
                })
                .executor(executor)
                .build();
        List<CompletableFuture<Integer>> calls = IntStream.range(0, 100)
                .mapToObj(i -> batcher.load(new Key(i % 40)))
                .toList();

        executor.runAll();

        for (int i = 0; i < 100; i++) {
            assertThat(calls.get(i)).isCompletedWithValue(i % 40);
        }
        assertThat(batcher.stats().keys()).isEqualTo(40);
    }

    @Test
    void load_keyWhoseEqualsFails_failsAlone() {
        record Key(int id) {
            @Override
            public boolean equals(Object other) {
                if (id < 0 || (other instanceof Key key && key.id < 0)) {
                    throw new IllegalStateException("no equals");
                }
                return other instanceof Key key && key.id == id;
            }

            @Override
            public int hashCode() {
                return 1;
            }
        }
        Batcher<Key, Integer> batcher = Batcher.<Key, Integer>builder("broken", keys -> {
                    Map<Key, Integer> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, key.id()));
                    return values;
                })
                .executor(executor)
                .build();
        CompletableFuture<Integer> good = batcher.load(new Key(1));
        CompletableFuture<Integer> bad = batcher.load(new Key(-1));
        CompletableFuture<Integer> alsoGood = batcher.load(new Key(2));

        executor.runAll();

        assertThat(good).isCompletedWithValue(1);
        assertThat(bad).isCompletedExceptionally();
        assertThat(alsoGood).isCompletedWithValue(2);
    }

    @Test
    void load_nullKey_isRejectedAtOnce() {
        assertThatThrownBy(() -> builder().build().load(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void cancel_beforeTheBatchLeaves_withdrawsTheKeyWithItsLastCaller() {
        Batcher<Integer, String> batcher = builder().build();
        CompletableFuture<String> lonely = batcher.load(1);
        CompletableFuture<String> oneOfTwo = batcher.load(2);
        CompletableFuture<String> other = batcher.load(2);

        lonely.cancel(false);
        oneOfTwo.cancel(false);
        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(2));
        assertThat(other).isCompletedWithValue("v2");
        assertThat(batcher.stats().abandoned()).isEqualTo(2);
    }

    @Test
    void cancel_everyCall_doesNotCallTheLoader() {
        Batcher<Integer, String> batcher = builder().build();
        batcher.load(1).cancel(false);
        batcher.load(2).complete("mine");
        batcher.load(3).completeExceptionally(new IllegalStateException());
        batcher.load(4).obtrudeValue("also mine");

        executor.runAll();

        assertThat(loader.asked).isEmpty();
        assertThat(batcher.stats().pending()).isZero();
        assertThat(batcher.load(5)).isNotDone();
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(5));
    }

    @Test
    void cancel_manyWhileNoBatchLeaves_keepsTheQueueSmall() {
        Batcher<Integer, String> batcher =
                builder().maximumPending(10, Overflow.REJECT).build();
        CompletableFuture<String> kept = batcher.load(-1);
        for (int i = 0; i < 10_000; i++) {
            assertThat(batcher.load(i).cancel(false)).isTrue();
        }

        assertThat(batcher.stats().rejected()).isZero();
        assertThat(batcher.stats().pending()).isEqualTo(1);
        assertThat(batcher.dispatcher.queue.size()).isLessThan(200);
        executor.runAll();
        assertThat(kept).isCompletedWithValue("v-1");
    }

    @Test
    void load_failedBatch_reachesEachOfItsCallersAndNoOther() {
        IllegalStateException failure = new IllegalStateException("down");
        AtomicInteger attempt = new AtomicInteger();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("failing", keys -> {
                    if (attempt.getAndIncrement() == 0) {
                        throw failure;
                    }
                    return loader.load(keys);
                })
                .maximumBatchSize(2)
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.of(1, 1, 2, 3).mapToObj(batcher::load).toList();

        executor.runAll();

        for (CompletableFuture<String> call : calls.subList(0, 3)) {
            assertThatThrownBy(call::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(BatchLoadException.class)
                    .hasRootCause(failure);
        }
        assertThat(calls.get(3)).isCompletedWithValue("v3");
        assertThat(batcher.stats().failedBatches()).isEqualTo(1);
    }

    @Test
    void load_loaderReturnsNull_failsNamingTheBatcher() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("nothing", keys -> null)
                .executor(executor)
                .build();
        CompletableFuture<String> call = batcher.load(1);

        executor.runAll();

        assertThatThrownBy(call::join).hasMessageContaining("batcher 'nothing': the loader returned null");
    }

    @Test
    void whenMissing_fail_failsTheCallsOfThatKeyOnly() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> Map.of(1, "one"))
                .executor(executor)
                .build();
        CompletableFuture<String> present = batcher.load(1);
        CompletableFuture<String> missing = batcher.load(2);

        executor.runAll();

        assertThat(present).isCompletedWithValue("one");
        assertThatThrownBy(missing::join)
                .cause()
                .isInstanceOf(MissingValueException.class)
                .hasMessageContaining("batcher 'users': the loader returned no value for the key 2");
        assertThatThrownBy(() -> batcher.get(2)).isInstanceOf(MissingValueException.class);
        assertThatThrownBy(() -> batcher.getAll(List.of(1, 2))).isInstanceOf(MissingValueException.class);
    }

    @Test
    void whenMissing_null_endsWithNullAndLeavesTheKeyOutOfMaps() {
        Map<Integer, String> withNull = new HashMap<>();
        withNull.put(1, "one");
        withNull.put(2, null);
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> withNull)
                .executor(executor)
                .whenMissing(Missing.NULL)
                .build();

        CompletableFuture<String> missing = batcher.load(2);
        executor.runAll();

        assertThat(missing).isCompletedWithValue(null);
        assertThat(batcher.get(3)).isNull();
        assertThat(batcher.getAll(List.of(1, 2))).isEqualTo(Map.of(1, "one"));
        assertThat(batcher.getAll(List.of(1, 2, 3))).isEqualTo(Map.of(1, "one"));
    }

    @Test
    void whenMissing_fallback_isCalledOncePerKeyAndItsFailureStaysWithTheKey() {
        AtomicInteger made = new AtomicInteger();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> Map.of())
                .executor(executor)
                .whenMissing(key -> {
                    if (key < 0) {
                        throw new IllegalArgumentException("negative");
                    }
                    return "made " + made.incrementAndGet();
                })
                .build();
        CompletableFuture<String> a = batcher.load(1);
        CompletableFuture<String> b = batcher.load(1);
        CompletableFuture<String> negative = batcher.load(-1);

        executor.runAll();

        assertThat(a).isCompletedWithValue("made 1");
        assertThat(b).isCompletedWithValue("made 1");
        assertThatThrownBy(negative::join).hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void load_valuesNobodyAskedFor_areIgnored() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder(
                        "generous", keys -> Map.of(1, "one", 2, "two", 3, "three"))
                .build();

        assertThat(batcher.getAll(Set.of(1, 2))).isEqualTo(Map.of(1, "one", 2, "two"));
    }

    @Test
    void retry_failureThenSuccess_answersAndCountsOneBatch() {
        AtomicInteger attempts = new AtomicInteger();
        ManualScheduler time = new ManualScheduler();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("flaky", keys -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new java.io.IOException("reset");
                    }
                    return loader.load(keys);
                })
                .executor(executor)
                .scheduler(time)
                .ticker(time::nanoTime)
                .retry(RetryConfig.custom()
                        .maxAttempts(3)
                        .waitDuration(Duration.ofMillis(1))
                        .build())
                .build();
        CompletableFuture<String> call = batcher.load(1);

        for (int attempt = 0; attempt < 3; attempt++) {
            executor.runAll();
            time.advance(Duration.ofMillis(1));
        }

        assertThat(call).isCompletedWithValue("v1");
        assertThat(attempts).hasValue(3);
        assertThat(batcher.stats().batches()).isEqualTo(1);
        assertThat(batcher.stats().failedBatches()).isZero();
    }

    @Test
    void retry_callersGoneAfterTheFirstAttempt_isNotAttemptedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("flaky", keys -> {
                    attempts.incrementAndGet();
                    calls.forEach(call -> call.cancel(false));
                    throw new java.io.IOException("reset");
                })
                .executor(executor)
                .retry(RetryConfig.custom()
                        .maxAttempts(5)
                        .waitDuration(Duration.ofMillis(1))
                        .build())
                .build();
        calls.add(batcher.load(1));

        executor.runAll();

        assertThat(attempts).hasValue(1);
    }

    @Test
    void maximumPending_reject_failsTheCallBeyondUntilABatchLeaves() {
        Batcher<Integer, String> batcher =
                builder().maximumPending(2, Overflow.REJECT).build();
        batcher.load(1);
        CompletableFuture<String> second = batcher.load(2);
        CompletableFuture<String> third = batcher.load(3);

        assertThatThrownBy(third::join)
                .cause()
                .isInstanceOf(BatchRejectedException.class)
                .hasMessageContaining("2 calls are pending, so the key 3 is rejected");
        second.cancel(false);
        assertThat(batcher.load(4)).isNotDone();
        assertThat(batcher.load(5)).isCompletedExceptionally();
        executor.runAll();
        assertThat(loader.asked).containsExactly(List.of(1, 4));
        assertThat(batcher.load(6)).isNotDone();
        assertThat(batcher.stats().rejected()).isEqualTo(2);
    }

    @Test
    void get_whenIdle_runsTheLoaderInTheCallingThread() {
        Batcher<Integer, String> batcher = builder().build();

        assertThat(batcher.get(7)).isEqualTo("v7");

        assertThat(loader.threads).containsExactly(Thread.currentThread());
        assertThat(executor.size()).isZero();
    }

    @Test
    void get_checkedFailure_isTheCauseOfABatchingException() {
        java.io.IOException failure = new java.io.IOException("reset");
        Batcher<Integer, String> batcher = Batcher.of("failing", keys -> {
            throw failure;
        });

        assertThatThrownBy(() -> batcher.get(1))
                .isInstanceOf(BatchingException.class)
                .hasMessageContaining("batcher 'failing'")
                .hasCause(failure);
        assertThatThrownBy(() -> batcher.getAll(List.of(1, 2))).hasCause(failure);
        assertThatThrownBy(batcher.loadAll(List.of(1))::join).hasRootCause(failure);
    }

    @Test
    void loadAll_whenIdle_leavesAsOneBatchOfDistinctKeys() {
        Batcher<Integer, String> batcher = builder().build();
        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(List.of(3, 1, 3, 2));

        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(3, 1, 2));
        assertThat(all).isCompletedWithValue(Map.of(1, "v1", 2, "v2", 3, "v3"));
        assertThat(batcher.loadAll(List.of())).isCompletedWithValue(Map.of());
    }

    @Test
    void loadAll_moreKeysThanABatchHolds_isSplitAndPutTogether() {
        Batcher<Integer, String> batcher = builder().maximumBatchSize(4).build();
        List<Integer> keys = IntStream.range(0, 10).boxed().toList();
        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(keys);

        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7), List.of(8, 9));
        assertThat(all.join()).hasSize(10).containsEntry(9, "v9");
    }

    @Test
    void loadAll_cancelled_withdrawsAllItsKeys() {
        Batcher<Integer, String> batcher = builder().maximumBatchSize(2).build();
        batcher.loadAll(List.of(1, 2)).cancel(false);
        batcher.loadAll(List.of(3, 4, 5)).cancel(false);

        executor.runAll();

        assertThat(loader.asked).isEmpty();
    }

    @Test
    void loadAll_whileOthersWait_doesNotOvertakeThem() {
        Batcher<Integer, String> batcher = builder().build();
        batcher.load(1);
        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(List.of(2, 3));

        executor.runAll();

        assertThat(loader.asked).containsExactly(List.of(1, 2, 3));
        assertThat(all).isCompletedWithValue(Map.of(2, "v2", 3, "v3"));
    }

    @Test
    void loadAll_bulkAndSingleCallsScheduledTogether_bothLeave() {
        Batcher<Integer, String> batcher = builder().build();
        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(List.of(1, 2));
        CompletableFuture<String> single = batcher.load(3);

        executor.runAll();

        assertThat(all).isCompletedWithValue(Map.of(1, "v1", 2, "v2"));
        assertThat(single).isCompletedWithValue("v3");
    }

    @Test
    void getAll_returnedMap_cannotBeModified() {
        Map<Integer, String> values = builder().build().getAll(new HashSet<>(List.of(1)));

        assertThatThrownBy(() -> values.put(2, "x")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void loadAll_nullKey_isRejectedAtOnce() {
        Batcher<Integer, String> batcher = builder().build();

        assertThatThrownBy(() -> batcher.loadAll(Arrays.asList(1, null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("keys must not contain null");
    }

    @Test
    void executor_refusesTheBatch_itsCallersFailAndTheSlotIsFree() {
        AtomicInteger refusals = new AtomicInteger(2);
        Batcher<Integer, String> batcher = Batcher.builder("users", loader)
                .maximumConcurrentBatches(1)
                .executor(task -> {
                    if (refusals.getAndDecrement() > 0) {
                        throw new RejectedExecutionException("shut down");
                    }
                    executor.execute(task);
                })
                .build();

        assertThatThrownBy(batcher.load(1)::join)
                .cause()
                .isInstanceOf(BatchRejectedException.class)
                .hasRootCauseInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(batcher.loadAll(List.of(1, 2))::join).hasCauseInstanceOf(BatchRejectedException.class);
        CompletableFuture<String> third = batcher.load(3);
        executor.runAll();
        assertThat(third).isCompletedWithValue("v3");
    }
}
