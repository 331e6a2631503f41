package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each caller's own outcome: exceptions that are nobody else's, results by key, loaders that answer otherwise, bad keys. */
class BatcherOutcomesTest {
    private final ManualExecutor executor = new ManualExecutor();

    private static Throwable failureOf(CompletableFuture<?> call) {
        try {
            call.join();
            return null;
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    @Test
    void failedBatch_ofManyCallers_givesEachAnExceptionOfItsOwn() {
        IllegalStateException down = new IllegalStateException("down");
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                    throw down;
                })
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.of(1, 1, 2).mapToObj(batcher::load).toList();
        executor.runAll();

        List<Throwable> failures =
                calls.stream().map(BatcherOutcomesTest::failureOf).toList();
        assertThat(failures)
                .doesNotHaveDuplicates()
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(BatchLoadException.class)
                        .hasCause(down));
        failures.get(0).addSuppressed(new IllegalStateException("mine"));
        assertThat(failures.get(1).getSuppressed()).isEmpty();
        assertThat(down.getSuppressed()).isEmpty();
    }

    @Test
    void missingKey_ofManyCallers_givesEachAnExceptionOfItsOwn() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> Map.of())
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.of(1, 1).mapToObj(batcher::load).toList();
        executor.runAll();

        assertThat(failureOf(calls.get(0)))
                .isInstanceOf(MissingValueException.class)
                .isNotSameAs(failureOf(calls.get(1)));
        assertThat(failureOf(calls.get(1))).isInstanceOf(MissingValueException.class);
    }

    @Test
    void close_withManyUnfinished_givesEachAnExceptionOfItsOwn() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> Map.of())
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.of(1, 2).mapToObj(batcher::load).toList();
        batcher.close(java.time.Duration.ZERO);

        assertThat(failureOf(calls.get(0)))
                .isInstanceOf(BatchingException.class)
                .isNotSameAs(failureOf(calls.get(1)));
    }

    @Test
    void getAllResults_missingKey_doesNotFailTheOthers() {
        Batcher<Integer, String> batcher = Batcher.of("users", keys -> Map.of(1, "one"));
        Map<Integer, Result<String>> results = batcher.getAllResults(List.of(1, 2));
        assertThat(results.keySet()).containsExactly(1, 2);
        assertThat(results.get(1)).isEqualTo(Result.success("one"));
        assertThat(results.get(2).failure()).isInstanceOf(MissingValueException.class);
        assertThatThrownBy(() -> results.get(2).value()).isInstanceOf(MissingValueException.class);
        assertThat(batcher.loadAllResults(List.of(1, 2)).join().get(1)).isEqualTo(Result.success("one"));
        assertThat(batcher.getAllResults(List.of())).isEmpty();
    }

    @Test
    void getAllResults_beyondOneBatch_orWithCallersThatRun_isTheSame() {
        Batcher<Integer, String> parts = Batcher.<Integer, String>builder("users", keys -> Map.of(1, "one"))
                .maximumBatchSize(2)
                .build();
        Batcher<Integer, String> own = Batcher.<Integer, String>builder("users", keys -> Map.of(1, "one"))
                .maximumBatchSize(2)
                .callerRuns(() -> true)
                .build();
        for (Batcher<Integer, String> batcher : List.of(parts, own)) {
            for (Map<Integer, Result<String>> results : List.of(
                    batcher.getAllResults(List.of(1, 2, 3)),
                    batcher.loadAllResults(List.of(1, 2, 3)).join())) {
                assertThat(results.keySet()).containsExactly(1, 2, 3);
                assertThat(results.get(1).isSuccess()).isTrue();
                assertThat(results.get(3).failure()).isInstanceOf(MissingValueException.class);
            }
        }
    }

    @Test
    void allResults_loaderFails_isTheFailureOfEach() {
        Batcher<Integer, String> batcher = Batcher.of("users", keys -> {
            throw new java.io.IOException("reset");
        });
        // loadAllResults failed as a whole.
        for (Map<Integer, Result<String>> results : List.of(
                batcher.getAllResults(List.of(1, 2)),
                batcher.loadAllResults(List.of(1, 2)).join())) {
            assertThat(results.values())
                    .extracting(Result::failure)
                    .doesNotHaveDuplicates()
                    .allSatisfy(failure -> assertThat(failure)
                            .isInstanceOf(BatchLoadException.class)
                            .hasRootCauseInstanceOf(java.io.IOException.class));
        }
    }

    @Test
    void listLoader_answersByPosition() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>listBuilder(
                        "users",
                        keys -> keys.stream()
                                .map(key -> key < 0 ? null : "v" + key)
                                .toList())
                .whenMissing(Missing.NULL)
                .build();
        assertThat(batcher.getAll(List.of(3, 1, 2))).isEqualTo(Map.of(1, "v1", 2, "v2", 3, "v3"));
        assertThat(batcher.get(-1)).isNull();
    }

    @Test
    void listLoader_ofAnotherLength_failsTheBatchAndTellsBoth() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>listBuilder("users", keys -> List.of("one"))
                .build();
        assertThatThrownBy(() -> batcher.getAll(List.of(1, 2)))
                .isInstanceOf(BatchLoadException.class)
                .hasMessageContaining("returned 1 values for 2 keys");
        Batcher<Integer, String> careless =
                Batcher.<Integer, String>listBuilder("users", keys -> null).build();
        assertThatThrownBy(() -> careless.get(1)).hasMessageContaining("returned null for 1 keys");
    }

    @Test
    void resultLoader_failureOfOneKey_isItsCallersAlone() {
        IllegalArgumentException bad = new IllegalArgumentException("bad");
        Batcher<Integer, String> batcher = Batcher.<Integer, String>resultBuilder("users", keys -> {
                    Map<Integer, Result<String>> results = new HashMap<>();
                    keys.forEach(key -> results.put(key, key == 13 ? Result.failure(bad) : Result.success("v" + key)));
                    return results;
                })
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.of(12, 13, 13).mapToObj(batcher::load).toList();
        executor.runAll();

        assertThat(calls.get(0)).isCompletedWithValue("v12");
        assertThat(failureOf(calls.get(1)))
                .isInstanceOf(BatchLoadException.class)
                .hasMessageContaining("13")
                .hasCause(bad)
                .isNotSameAs(failureOf(calls.get(2)));
        assertThatThrownBy(() -> batcher.getAll(List.of(12, 13))).hasCause(bad);
    }

    @Test
    void bisectFailures_oneBadKeyOf512_failsAloneWithin19Calls() {
        List<Integer> asked = new ArrayList<>();
        for (int bad : new int[] {0, 1, 255, 256, 400, 511}) {
            asked.clear();
            Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                        asked.add(keys.size());
                        if (keys.contains(bad)) {
                            throw new IllegalArgumentException("bad " + bad);
                        }
                        return keys.stream().collect(Collectors.toMap(key -> key, key -> "v" + key));
                    })
                    .maximumBatchSize(512)
                    .bisectFailures(true)
                    .executor(executor)
                    .build();
            List<CompletableFuture<String>> calls =
                    IntStream.range(0, 512).mapToObj(batcher::load).toList();
            executor.runAll();

            assertThat(asked).hasSizeLessThanOrEqualTo(19).startsWith(512, 256, 256);
            for (int key = 0; key < 512; key++) {
                if (key == bad) {
                    assertThat(failureOf(calls.get(key))).hasRootCauseMessage("bad " + bad);
                } else {
                    assertThat(calls.get(key)).isCompletedWithValue("v" + key);
                }
            }
            Map<Integer, Result<String>> results =
                    batcher.getAllResults(IntStream.range(0, 512).boxed().toList());
            assertThat(results.values().stream().filter(Result::isSuccess)).hasSize(511);
        }
    }

    @Test
    void bisectFailures_sourceDown_isGivenUpAfterAFewCalls() {
        List<Integer> asked = new ArrayList<>();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                    asked.add(keys.size());
                    throw new IllegalStateException("down");
                })
                .bisectFailures(true)
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 500).mapToObj(batcher::load).toList();
        executor.runAll();
        assertThat(asked).hasSize(15);
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedExceptionally());
    }

    @Test
    void bisectFailures_anErrorOrNotDeclared_isNotAskedAgain() {
        List<Integer> asked = new ArrayList<>();
        for (boolean declared : new boolean[] {true, false}) {
            asked.clear();
            Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                        asked.add(keys.size());
                        if (declared) {
                            throw new AssertionError();
                        }
                        throw new IllegalStateException();
                    })
                    .bisectFailures(declared)
                    .executor(executor)
                    .build();
            CompletableFuture<String> call = batcher.load(1);
            CompletableFuture<String> other = batcher.load(2);
            executor.runAll();
            assertThat(asked).containsExactly(2);
            assertThat(call).isCompletedExceptionally();
            assertThat(other).isCompletedExceptionally();
        }
    }

    @Test
    void partitionBy_keysOfTwoTenants_areNeverInOneCall() {
        List<Set<Integer>> asked = new ArrayList<>();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                    asked.add(new java.util.TreeSet<>(keys));
                    return keys.stream().collect(Collectors.toMap(key -> key, key -> "v" + key));
                })
                .partitionBy(key -> key % 10 == 0 ? null : key % 3)
                .maximumBatchSize(4)
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 40).mapToObj(batcher::load).toList();
        executor.runAll();
        for (int key = 0; key < 40; key++) {
            assertThat(calls.get(key)).isCompletedWithValue("v" + key);
        }
        CompletableFuture<Map<Integer, String>> all = batcher.loadAll(Arrays.asList(0, 1, 2, 3, 10, 11));
        executor.runAll();
        assertThat(all.join()).hasSize(6);
        assertThat(asked)
                .allSatisfy(keys -> assertThat(keys.stream()
                                .map(key -> key % 10 == 0 ? -1 : key % 3)
                                .distinct())
                        .hasSize(1));
        assertThat(asked).allSatisfy(keys -> assertThat(keys).hasSizeLessThanOrEqualTo(4));
    }

    @Test
    void maximumBatchBytes_boundsEachCall_andRejectsWhatFitsNone() {
        List<Set<Integer>> asked = new ArrayList<>();
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("users", keys -> {
                    asked.add(new java.util.TreeSet<>(keys));
                    return keys.stream().collect(Collectors.toMap(key -> key, key -> "v" + key));
                })
                .maximumBatchBytes(100, key -> key)
                .executor(executor)
                .build();
        List<CompletableFuture<String>> calls = IntStream.of(60, 30, 20, 100, 1, 101, 60)
                .mapToObj(batcher::load)
                .toList();
        executor.runAll();
        assertThat(asked).containsExactly(Set.of(30, 60), Set.of(20), Set.of(100), Set.of(1, 60));
        assertThat(failureOf(calls.get(5)))
                .isInstanceOf(BatchRejectedException.class)
                .hasMessageContaining("101 bytes")
                .hasMessageContaining("100");
        assertThatThrownBy(() -> batcher.get(101)).isInstanceOf(BatchRejectedException.class);
        asked.clear();
        assertThat(batcher.getAll(List.of(10, 20))).hasSize(2);
        assertThat(asked).containsExactly(Set.of(10, 20));
    }
}
