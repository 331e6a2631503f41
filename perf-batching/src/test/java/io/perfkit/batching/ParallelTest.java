package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelTest {
    private static final List<Integer> THOUSAND =
            IntStream.range(0, 1000).boxed().toList();

    @Test
    void map_keepsTheOrder_andTheBound() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<String> results = Parallel.map(THOUSAND, 3, item -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            inside.decrementAndGet();
            return "r" + item;
        });
        assertThat(results).isEqualTo(THOUSAND.stream().map(item -> "r" + item).toList());
        assertThat(most.get()).isBetween(1, 3);
        assertThat(Parallel.map(List.<Integer>of(), 3, item -> item)).isEmpty();
        assertThat(Parallel.map(Arrays.asList(1, null), 1, item -> item)).containsExactly(1, null);
    }

    /** The caller is the fourth. One more would find all places taken, end, and be begun again, for every item. */
    @Test
    void map_ofManyItems_takesAsManyThreadsAsThereArePlacesBesideTheCallers() {
        CountDownLatch allInside = new CountDownLatch(4);
        AtomicInteger taken = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Parallel parallel = Parallel.builder(4)
                    .executor(task -> {
                        taken.incrementAndGet();
                        threads.execute(task);
                    })
                    .build();
            List<Integer> results = parallel.map(THOUSAND, item -> {
                allInside.countDown();
                allInside.await();
                return item;
            });
            assertThat(results).isEqualTo(THOUSAND);
            assertThat(taken).hasValue(3);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void map_oneFails_endsTheOthersAndTellsThePosition() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        AtomicBoolean wasInterrupted = new AtomicBoolean();
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> Parallel.map(THOUSAND, 2, item -> {
                    begun.incrementAndGet();
                    if (item == 0) {
                        entered.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            wasInterrupted.set(true);
                        }
                        return 0;
                    }
                    entered.await();
                    throw new IOException("reset");
                }))
                .isInstanceOf(ItemFailedException.class)
                .hasMessageContaining("position 1")
                .hasCauseInstanceOf(IOException.class);
        assertThat(wasInterrupted).isTrue();
        assertThat(begun.get()).isLessThan(100);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void mapResults_failures_areTheirItemsAlone_errorsToo() {
        List<Result<Integer>> results = Parallel.builder(4).build().mapResults(THOUSAND, item -> {
            if (item % 100 == 13) {
                throw new AssertionError("bad " + item);
            }
            return item;
        });
        for (int i = 0; i < 1000; i++) {
            if (i % 100 == 13) {
                assertThat(results.get(i).failure())
                        .isInstanceOf(ItemFailedException.class)
                        .hasRootCauseMessage("bad " + i);
            } else {
                assertThat(results.get(i).value()).isEqualTo(i);
            }
        }
    }

    @Test
    void map_callerInterrupted_interruptsItsTasksAndKeepsTheMark() throws Exception {
        CountDownLatch inside = new CountDownLatch(2);
        AtomicInteger interrupted = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean marked = new AtomicBoolean();
        Thread caller = new Thread(() -> {
            try {
                // The stream's consumer waits; in map the caller is inside the function itself.
                var unused = Parallel.stream(THOUSAND.stream(), 2, item -> {
                            inside.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.incrementAndGet();
                                throw e;
                            }
                            return item;
                        })
                        .toList();
            } catch (Throwable t) {
                failure.set(t);
                marked.set(Thread.currentThread().isInterrupted());
            }
        });
        caller.start();
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        caller.join(10_000);
        assertThat(failure.get()).isInstanceOf(BatchingException.class).hasMessageContaining("interrupted");
        assertThat(marked).isTrue();
        assertThat(interrupted).hasValue(2);
    }

    @Test
    void map_callerInterruptedWhileItWaitsForTheOthers_interruptsThemAndKeepsTheMark() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean marked = new AtomicBoolean();
        AtomicReference<Thread> self = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            self.set(Thread.currentThread());
            try {
                var unused = Parallel.builder(2).build().mapResults(List.of(0, 1), item -> {
                    if (Thread.currentThread() == self.get()) {
                        inside.await();
                        return item;
                    }
                    inside.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                    }
                    return item;
                });
            } catch (Throwable t) {
                failure.set(t);
                marked.set(Thread.currentThread().isInterrupted());
            }
        });
        caller.start();
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        caller.join(10_000);
        // By then it waits, or it was inside with its own item, which then fails for the same reason.
        assertThat(failure.get()).isInstanceOf(BatchingException.class).hasMessageContaining("interrupted");
        assertThat(marked).isTrue();
        assertThat(interrupted).hasValue(1);
    }

    @Test
    void map_asTheyEnd_aSlowItemIsLast() {
        CountDownLatch others = new CountDownLatch(99);
        List<Integer> results = Parallel.builder(2)
                .ordered(false)
                .build()
                .map(IntStream.range(0, 100).boxed().toList(), item -> {
                    if (item == 0) {
                        others.await();
                    } else {
                        others.countDown();
                    }
                    return item;
                });
        assertThat(results.indexOf(0)).isGreaterThan(90);
        assertThat(results)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void map_onAnExecutorThatRunsInTheCaller_orBeginsTooLate_orNever_isComplete() {
        assertThat(Parallel.builder(4).executor(Runnable::run).build().map(THOUSAND, item -> item))
                .isEqualTo(THOUSAND);
        assertThatThrownBy(() -> Parallel.builder(4)
                        .executor(Runnable::run)
                        .build()
                        .map(THOUSAND, item -> {
                            throw new IOException("no");
                        }))
                .isInstanceOf(ItemFailedException.class)
                .hasMessageContaining("position 0");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        ManualExecutor late = new ManualExecutor();
        AtomicInteger calls = new AtomicInteger();
        assertThat(Parallel.builder(4).executor(late).build().map(THOUSAND, item -> {
                    calls.incrementAndGet();
                    return item;
                }))
                .isEqualTo(THOUSAND);
        late.runAll();
        assertThat(calls).hasValue(1000);
    }

    @Test
    void stream_withoutEnd_isReadNoFurtherThanTheLookAhead() {
        AtomicInteger read = new AtomicInteger();
        try (Stream<Integer> results = Parallel.builder(2).maximumLookAhead(3).build().stream(
                Stream.generate(read::incrementAndGet), item -> item * 2)) {
            assertThat(results.limit(10)).containsExactly(2, 4, 6, 8, 10, 12, 14, 16, 18, 20);
        }
        assertThat(read.get()).isLessThanOrEqualTo(10 + 5);
    }

    @Test
    void stream_asTheyEnd_aSlowItemHoldsNobodyUp() {
        CountDownLatch others = new CountDownLatch(99);
        List<Integer> results = Parallel.builder(2).ordered(false).build().stream(
                        IntStream.range(0, 100).boxed(), item -> {
                            if (item == 0) {
                                others.await();
                            } else {
                                others.countDown();
                            }
                            return item;
                        })
                .toList();
        assertThat(results.indexOf(0)).isGreaterThan(90);
        assertThat(results)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void stream_closedEarly_interruptsWhatIsRunning_andClosesTheSource() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicBoolean closed = new AtomicBoolean();
        try (Stream<Integer> results = Parallel.stream(Stream.of(0, 1, 2).onClose(() -> closed.set(true)), 2, item -> {
            if (item == 1) {
                inside.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                }
            } else {
                inside.await();
            }
            return item;
        })) {
            assertThat(results.findFirst()).contains(0);
        }
        assertThat(interrupted).isTrue();
        assertThat(closed).isTrue();
    }

    @Test
    void executorWhoseOnlyThreadIsTheCallers_orThatRefuses_doesNotHang() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Parallel parallel = Parallel.builder(4).executor(one).build();
            CompletableFuture<List<Integer>> map =
                    CompletableFuture.supplyAsync(() -> parallel.map(THOUSAND, item -> item), one);
            CompletableFuture<List<Integer>> stream = CompletableFuture.supplyAsync(
                    () -> parallel.stream(Stream.of(1, 2, 3), item -> item).toList(), one);
            assertThat(map.get(10, TimeUnit.SECONDS)).isEqualTo(THOUSAND);
            assertThat(stream.get(10, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
        } finally {
            one.shutdownNow();
        }
        Parallel refused = Parallel.builder(4)
                .executor(task -> {
                    throw new java.util.concurrent.RejectedExecutionException();
                })
                .build();
        assertThat(refused.stream(Stream.of(1, 2, 3), item -> item)).containsExactly(1, 2, 3);
    }

    @Test
    void bulkhead_boundsWhatIsInside_andItsRefusalIsTheItems() {
        Bulkhead bulkhead = Bulkhead.of(
                "client",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(1)
                        .maxWaitDuration(Duration.ofSeconds(10))
                        .build());
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Parallel parallel = Parallel.builder(4).bulkhead(bulkhead).build();
        parallel.map(THOUSAND, item -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            return inside.decrementAndGet();
        });
        assertThat(most).hasValue(1);
        Bulkhead full = Bulkhead.of(
                "full",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(0)
                        .maxWaitDuration(Duration.ZERO)
                        .build());
        assertThat(Parallel.builder(1).bulkhead(full).build().mapResults(List.of(1), item -> item))
                .singleElement()
                .satisfies(result -> assertThat(result.failure()).hasCauseInstanceOf(BulkheadFullException.class));
    }

    @Test
    void parallel_insideALoader_thatAsksItsOwnBatcher_doesNotHang() throws Exception {
        AtomicReference<Batcher<Integer, Integer>> self = new AtomicReference<>();
        Batcher<Integer, Integer> batcher = Batcher.<Integer, Integer>listBuilder("tree", keys -> {
                    List<Integer> below = keys.stream()
                            .filter(key -> key > 0)
                            .map(key -> key - 1)
                            .toList();
                    Parallel.map(below, 3, key -> self.get().get(key));
                    return keys;
                })
                .maximumConcurrentBatches(1)
                .build();
        self.set(batcher);
        assertThat(batcher.load(5).get(10, TimeUnit.SECONDS)).isEqualTo(5);
    }
}
