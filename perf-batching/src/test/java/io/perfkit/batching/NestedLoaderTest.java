package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loaders that ask batchers: the bound holds for what goes on after the wait, and nothing waits for itself. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NestedLoaderTest {
    /** How a loader waits for what it asks. */
    enum Wait {
        GET((batcher, key) -> batcher.get(key)),
        JOIN((batcher, key) -> batcher.load(key).join()),
        DERIVED((batcher, key) -> batcher.load(key).thenApply(value -> value).join()),
        TWO((batcher, key) -> {
            CompletableFuture<Integer> first = batcher.load(key);
            CompletableFuture<Integer> second = batcher.load(key + 1);
            return first.join() + second.join() - second.join();
        }),
        ALL((batcher, key) -> batcher.loadAll(List.of(key, key + 1)).join().get(key)),
        ALL_OF((batcher, key) -> {
            CompletableFuture<Integer> first = batcher.load(key);
            CompletableFuture<Integer> second = batcher.load(key + 1);
            CompletableFuture.allOf(first, second).join();
            return first.join();
        }),
        GET_ALL((batcher, key) -> batcher.getAll(List.of(key, key + 1)).get(key));

        final BiFunction<Batcher<Integer, Integer>, Integer, Integer> way;

        Wait(BiFunction<Batcher<Integer, Integer>, Integer, Integer> way) {
            this.way = way;
        }
    }

    private static Map<Integer, Integer> same(Set<Integer> keys) {
        Map<Integer, Integer> values = new HashMap<>();
        keys.forEach(key -> values.put(key, key));
        return values;
    }

    @ParameterizedTest
    @EnumSource(Wait.class)
    void loadersThatWait_goOnWithinTheBound(Wait wait) throws Exception {
        int slots = 2;
        AtomicInteger going = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Batcher<Integer, Integer> inner = Batcher.<Integer, Integer>builder("inner", keys -> {
                    spin(20);
                    return same(keys);
                })
                .maximumConcurrentBatches(1)
                .build();
        Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                    int asked = wait.way.apply(inner, keys.iterator().next());
                    most.accumulateAndGet(going.incrementAndGet(), Math::max);
                    spin(50);
                    going.decrementAndGet();
                    assertThat(asked).isEqualTo(keys.iterator().next());
                    return same(keys);
                })
                .maximumConcurrentBatches(slots)
                .maximumBatchSize(1)
                .build();

        List<CompletableFuture<Integer>> calls =
                IntStream.range(0, 200).mapToObj(outer::load).toList();
        for (int i = 0; i < 200; i++) {
            assertThat(calls.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(most.get()).isBetween(1, slots);
        outer.close();
        assertThat(outer.dispatcher.slots.isIdle()).isTrue();
        assertThat(inner.stats().runningBatches()).isZero();
    }

    private static void spin(int micros) {
        long until = System.nanoTime() + micros * 1000L;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void threeBatchers_onAnExecutorOfOneThread_thatAskEachOther_doNotHang(int slots) throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            List<Batcher<Integer, Integer>> three = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int own = i;
                three.add(Batcher.<Integer, Integer>builder("b" + i, keys -> {
                            for (int key : keys) {
                                if (key > 0) {
                                    Wait wait = Wait.values()[key % Wait.values().length];
                                    int next = (own + key) % 3;
                                    if (wait != Wait.ALL_OF) {
                                        var unused = wait.way.apply(three.get(next), key - 4);
                                    }
                                }
                            }
                            return same(keys);
                        })
                        .maximumConcurrentBatches(slots)
                        .maximumBatchSize(2)
                        .executor(one)
                        .build());
            }
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int key = 0; key < 120; key++) {
                calls.add(three.get(key % 3).load(key % 12));
            }
            for (CompletableFuture<Integer> call : calls) {
                call.get(20, TimeUnit.SECONDS);
            }
            for (Batcher<Integer, Integer> batcher : three) {
                assertThat(batcher.close(java.time.Duration.ofSeconds(5)).unfinished())
                        .isZero();
            }
        } finally {
            one.shutdownNow();
        }
    }

    /** Once in thirty, two threads held the slot of one batcher each and waited for the other's. */
    @RepeatedTest(10)
    void manyThreads_thatAskTwoBatchersOfEachOther_atEveryBound_doNotHang() throws Exception {
        for (int slots = 1; slots <= 3; slots++) {
            List<Batcher<Integer, Integer>> two = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int own = i;
                two.add(Batcher.<Integer, Integer>builder("b" + i, keys -> {
                            for (int key : keys) {
                                if (key > 0) {
                                    Wait wait = Wait.values()[
                                            ThreadLocalRandom.current().nextInt(Wait.values().length)];
                                    var unused = wait.way.apply(two.get(1 - own), key - 3);
                                }
                            }
                            return same(keys);
                        })
                        .maximumConcurrentBatches(slots)
                        .maximumBatchSize(3)
                        .build());
            }
            CountDownLatch start = new CountDownLatch(1);
            List<CompletableFuture<Integer>> threads = new ArrayList<>();
            ExecutorService pool = Executors.newCachedThreadPool();
            for (int t = 0; t < 8; t++) {
                int seed = t;
                threads.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                start.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            int sum = 0;
                            for (int i = 0; i < 40; i++) {
                                sum += two.get((seed + i) % 2).get((seed + i) % 8);
                            }
                            return sum;
                        },
                        pool));
            }
            start.countDown();
            try {
                for (CompletableFuture<Integer> thread : threads) {
                    thread.get(20, TimeUnit.SECONDS);
                }
            } finally {
                pool.shutdownNow();
            }
            for (Batcher<Integer, Integer> batcher : two) {
                assertThat(batcher.close(java.time.Duration.ofSeconds(5)).unfinished())
                        .isZero();
                assertThat(batcher.stats().runningBatches()).isZero();
            }
        }
    }
}
