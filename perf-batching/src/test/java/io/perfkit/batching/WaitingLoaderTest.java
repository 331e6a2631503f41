package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loader that waits for a batcher: what happens to its slot, to its thread, and to what is scheduled meanwhile. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitingLoaderTest {
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final CountDownLatch finish = new CountDownLatch(1);

    @AfterEach
    void stop() {
        finish.countDown();
        callers.shutdownNow();
    }

    private static Map<Integer, Integer> same(Set<Integer> keys) {
        Map<Integer, Integer> values = new HashMap<>();
        keys.forEach(key -> values.put(key, key));
        return values;
    }

    private static void pass(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private CompletableFuture<Integer> inAThread(Batcher<Integer, Integer> batcher, int key) {
        return CompletableFuture.supplyAsync(() -> batcher.get(key), callers);
    }

    /** It took the slot of a run that was scheduled although another slot was free; the run's call waited for its end. */
    @Test
    void loaderThatGoesOn_besideAFreeSlot_takesThatAndNotTheOneOfAScheduledRun() throws Exception {
        ManualExecutor executor = new ManualExecutor();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        Batcher<Integer, Integer> inner = Batcher.of("inner", keys -> {
            asked.countDown();
            pass(answer);
            return same(keys);
        });
        Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                    if (keys.contains(0)) {
                        assertThat(inner.load(1).join()).isEqualTo(1);
                        goesOn.countDown();
                        pass(finish);
                    }
                    return same(keys);
                })
                .maximumConcurrentBatches(2)
                .executor(executor)
                .build();
        CompletableFuture<Integer> first = inAThread(outer, 0);
        pass(asked);
        CompletableFuture<Integer> second = outer.load(9);
        assertThat(executor.size()).isEqualTo(1);
        answer.countDown();
        pass(goesOn);
        executor.runAll();
        assertThat(second).isCompletedWithValue(9);
        finish.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isZero();
    }

    /** It helped only with what was scheduled before it waited; what it waited for came when a slot became free. */
    @Test
    void loaderOnTheOnlyThread_isWokenForWhatIsScheduledWhileItWaits() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        try {
            Batcher<Integer, Integer> inner = Batcher.<Integer, Integer>builder("inner", keys -> {
                        if (keys.contains(1)) {
                            held.countDown();
                            pass(release);
                        }
                        return same(keys);
                    })
                    .maximumConcurrentBatches(1)
                    .executor(one)
                    .build();
            Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                        thread.set(Thread.currentThread());
                        return Map.of(5, inner.load(2).join() + inner.get(3));
                    })
                    .executor(one)
                    .build();
            CompletableFuture<Integer> holder = inAThread(inner, 1);
            pass(held);
            CompletableFuture<Integer> call = outer.load(5);
            await().until(() -> thread.get() != null && thread.get().getState() == Thread.State.WAITING);
            release.countDown();
            assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(5);
            assertThat(holder.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        } finally {
            one.shutdownNow();
        }
    }

    /** It waited for its own thread until its time was over. */
    @Test
    void loaderOnTheOnlyThread_thatWaitsForALimitedTime_carriesOutWhatNobodyElseDoes() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Batcher<Integer, Integer> inner = Batcher.<Integer, Integer>builder("inner", WaitingLoaderTest::same)
                    .executor(one)
                    .build();
            Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                        return Map.of(5, inner.load(2).get(20, TimeUnit.SECONDS));
                    })
                    .executor(one)
                    .build();
            assertThat(outer.load(5).get(10, TimeUnit.SECONDS)).isEqualTo(2);
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void waitForALimitedTime_whereNothingComes_endsInTime() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        CountDownLatch held = new CountDownLatch(1);
        try {
            Batcher<Integer, Integer> inner = Batcher.<Integer, Integer>builder("inner", keys -> {
                        held.countDown();
                        pass(finish);
                        return same(keys);
                    })
                    .maximumConcurrentBatches(1)
                    .executor(one)
                    .build();
            Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                        try {
                            return Map.of(5, inner.load(2).get(50, TimeUnit.MILLISECONDS));
                        } catch (TimeoutException late) {
                            return Map.of(5, -1);
                        }
                    })
                    .executor(one)
                    .build();
            CompletableFuture<Integer> holder = inAThread(inner, 1);
            pass(held);
            assertThat(outer.load(5).get(10, TimeUnit.SECONDS)).isEqualTo(-1);
            finish.countDown();
            assertThat(holder.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void completionOnTheOnlyThread_thatAsksWithinAWindow_isWokenAtItsEnd() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try (Batcher<Integer, Integer> batcher = Batcher.<Integer, Integer>builder("users", WaitingLoaderTest::same)
                .window(Duration.ofMillis(5))
                .executor(one)
                .build()) {
            assertThat(batcher.load(1).thenApply(value -> batcher.get(2)).get(10, TimeUnit.SECONDS))
                    .isEqualTo(2);
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void joinOnTheOnlyThread_thatIsInterrupted_goesOnWaiting_andRemainsInterrupted() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        AtomicReference<Boolean> wasInterrupted = new AtomicReference<>();
        try {
            Batcher<Integer, Integer> inner = Batcher.<Integer, Integer>builder("inner", keys -> {
                        if (keys.contains(1)) {
                            held.countDown();
                            pass(release);
                        }
                        return same(keys);
                    })
                    .maximumConcurrentBatches(1)
                    .executor(one)
                    .build();
            Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                        thread.set(Thread.currentThread());
                        int value = inner.load(2).join();
                        wasInterrupted.set(Thread.interrupted());
                        return Map.of(5, value);
                    })
                    .executor(one)
                    .build();
            CompletableFuture<Integer> holder = inAThread(inner, 1);
            pass(held);
            CompletableFuture<Integer> call = outer.load(5);
            await().until(() -> thread.get() != null && thread.get().getState() == Thread.State.WAITING);
            thread.get().interrupt();
            await().until(() -> thread.get().getState() == Thread.State.WAITING);
            release.countDown();
            assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(wasInterrupted.get()).isTrue();
            assertThat(holder.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        } finally {
            one.shutdownNow();
        }
    }

    /** It took its slot again after the first of two steps, and then waited with it for the second, which needs it. */
    @Test
    void composedCall_isOpenUntilItsSecondStepHasEnded() throws Exception {
        ManualExecutor executor = new ManualExecutor();
        CountDownLatch waits = new CountDownLatch(1);
        AtomicReference<Batcher<Integer, Integer>> self = new AtomicReference<>();
        Batcher<Integer, Integer> inner = Batcher.of("inner", WaitingLoaderTest::same);
        Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                    if (keys.contains(0)) {
                        CompletableFuture<Integer> composed =
                                inner.load(1).thenCompose(value -> self.get().load(value + 1));
                        await().until(() -> executor.size() == 1);
                        assertThat(inner.get(5)).isEqualTo(5);
                        waits.countDown();
                        CompletableFuture.allOf(composed).join();
                        assertThat(composed.join()).isEqualTo(2);
                    }
                    return same(keys);
                })
                .maximumConcurrentBatches(1)
                .executor(executor)
                .build();
        self.set(outer);
        CompletableFuture<Integer> call = inAThread(outer, 0);
        pass(waits);
        executor.runAll();
        assertThat(call.get(10, TimeUnit.SECONDS)).isZero();
    }

    /** What it no longer waits for was open when it looked, and withdrawn only afterwards. */
    @Test
    void loaderWhoseGetAllFails_goesOnWithItsSlot() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger slots = new AtomicInteger(-1);
        AtomicReference<Batcher<Integer, Integer>> self = new AtomicReference<>();
        Batcher<Integer, Integer> inner = Batcher.<Integer, Integer>builder("inner", keys -> {
                    if (keys.contains(1)) {
                        held.countDown();
                        pass(release);
                    }
                    if (keys.contains(13)) {
                        throw new IllegalStateException("bad");
                    }
                    if (keys.contains(3)) {
                        pass(finish);
                    }
                    return same(keys);
                })
                .maximumConcurrentBatches(1)
                .maximumBatchSize(1)
                .build();
        Batcher<Integer, Integer> outer = Batcher.<Integer, Integer>builder("outer", keys -> {
                    try {
                        var unused = inner.getAll(List.of(13, 3));
                    } catch (BatchLoadException bad) {
                        slots.set(self.get().dispatcher.slots.held());
                    }
                    return same(keys);
                })
                .maximumConcurrentBatches(1)
                .build();
        self.set(outer);
        CompletableFuture<Integer> holder = inAThread(inner, 1);
        pass(held);
        CompletableFuture<Integer> call = inAThread(outer, 0);
        await().until(() -> inner.stats().pending() == 2);
        release.countDown();
        assertThat(call.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(slots).hasValue(1);
        finish.countDown();
        assertThat(holder.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }
}
