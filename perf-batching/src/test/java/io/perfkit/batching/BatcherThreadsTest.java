package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What threads do to each other: slots, waiting for room, loads from inside, closing. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatcherThreadsTest {

    /** Lets each batch through only when the test says so. */
    private static final class Gate implements BatchLoader<Integer, String> {
        final RecordingLoader asked = new RecordingLoader();
        final Semaphore permits = new Semaphore(0);
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger mostRunning = new AtomicInteger();

        @Override
        public Map<Integer, String> load(java.util.Set<Integer> keys) throws Exception {
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                Map<Integer, String> values = asked.load(keys);
                permits.acquire();
                return values;
            } finally {
                running.decrementAndGet();
            }
        }

        void awaitRunning(int batches) {
            await().until(() -> running.get() == batches);
        }
    }

    private final Gate gate = new Gate();

    @Test
    void load_whileABatchRuns_gathersAndLeavesWhenTheSlotIsFree() throws Exception {
        Batcher<Integer, String> batcher =
                Batcher.builder("users", gate).maximumConcurrentBatches(1).build();
        CompletableFuture<String> first = batcher.load(0);
        gate.awaitRunning(1);
        List<CompletableFuture<String>> rest =
                IntStream.rangeClosed(1, 5).mapToObj(batcher::load).toList();

        gate.permits.release();
        first.get();
        gate.permits.release();
        for (CompletableFuture<String> call : rest) {
            call.get();
        }

        assertThat(gate.asked.asked).containsExactly(List.of(0), List.of(1, 2, 3, 4, 5));
        assertThat(gate.mostRunning).hasValue(1);
    }

    @Test
    void maximumConcurrentBatches_neverExceeded_byLoadsGetsAndBulkCallsTogether() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Batcher<Integer, Integer> batcher = Batcher.<Integer, Integer>builder("squares", keys -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Map<Integer, Integer> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, key * key));
                    Thread.yield();
                    running.decrementAndGet();
                    return values;
                })
                .maximumConcurrentBatches(2)
                .maximumBatchSize(7)
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int offset = t;
            workers.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 3000; i++) {
                            int key = i * 8 + offset;
                            switch (i % 4) {
                                case 0 -> assertThat(batcher.get(key)).isEqualTo(key * key);
                                case 1 -> assertThat(batcher.load(key).join()).isEqualTo(key * key);
                                case 2 ->
                                    assertThat(batcher.getAll(List.of(key, key + 1)))
                                            .containsEntry(key, key * key);
                                default ->
                                    assertThat(batcher.loadAll(List.of(key, 1)).join())
                                            .containsEntry(key, key * key);
                            }
                        }
                    },
                    threads));
        }
        for (CompletableFuture<Void> worker : workers) {
            worker.get();
        }
        threads.shutdown();

        assertThat(most.get()).isBetween(1, 2);
        await().until(() -> batcher.stats().runningBatches() == 0);
        assertThat(batcher.stats().pending()).isZero();
    }

    @Test
    void load_whileTheLoaderRuns_isNotBlocked() throws Exception {
        Batcher<Integer, String> batcher =
                Batcher.builder("users", gate).maximumConcurrentBatches(1).build();
        batcher.load(0);
        gate.awaitRunning(1);

        // No lock is held: arrivals, statistics, flush and cancellation all go through while the loader is inside.
        CompletableFuture<String> call = batcher.load(1);
        batcher.flush();
        assertThat(batcher.stats().pending()).isEqualTo(1);
        assertThat(batcher.stats().runningBatches()).isEqualTo(1);
        assertThat(call.cancel(false)).isTrue();
        assertThat(batcher.stats().pending()).isZero();
        gate.permits.release(2);
    }

    @Test
    void maximumPending_wait_letsThreadsInFirstComeFirstServed() throws Exception {
        Batcher<Integer, String> batcher = Batcher.builder("users", gate)
                .maximumConcurrentBatches(1)
                .maximumBatchSize(1)
                .maximumPending(1, Overflow.WAIT)
                .build();
        batcher.load(0);
        gate.awaitRunning(1);
        batcher.load(1);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 2; i <= 4; i++) {
            int key = i;
            Thread thread = new Thread(() -> batcher.load(key));
            thread.start();
            waiting.add(thread);
            await().until(() -> thread.getState() == Thread.State.WAITING);
        }
        assertThat(batcher.stats().pending()).isEqualTo(1);

        gate.permits.release(5);
        for (Thread thread : waiting) {
            thread.join();
        }
        await().until(() -> gate.asked.asked.size() == 5);

        assertThat(gate.asked.asked).containsExactly(List.of(0), List.of(1), List.of(2), List.of(3), List.of(4));
    }

    @Test
    void maximumPending_waitInterrupted_failsTheCallAndKeepsTheInterrupt() throws Exception {
        Batcher<Integer, String> batcher = Batcher.builder("users", gate)
                .maximumConcurrentBatches(1)
                .maximumPending(1, Overflow.WAIT)
                .build();
        batcher.load(0);
        gate.awaitRunning(1);
        CompletableFuture<String> inside = batcher.load(1);
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            CompletableFuture<String> call = batcher.load(2);
            outcome.set(List.of(
                    call.isCompletedExceptionally(), Thread.currentThread().isInterrupted()));
        });
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        thread.interrupt();
        thread.join();

        assertThat(outcome.get()).isEqualTo(List.of(true, true));
        gate.permits.release(2);
        assertThat(inside.get()).isEqualTo("v1");
    }

    @Test
    void get_interruptedWhileWaiting_withdrawsTheCall() throws Exception {
        Batcher<Integer, String> batcher =
                Batcher.builder("users", gate).maximumConcurrentBatches(1).build();
        batcher.load(0);
        gate.awaitRunning(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                batcher.get(1);
            } catch (BatchingException e) {
                failure.set(e);
            }
        });
        thread.start();
        await().until(() -> batcher.stats().pending() == 1);
        thread.interrupt();
        thread.join();
        gate.permits.release(1);
        batcher.close();

        assertThat(failure.get()).hasMessageContaining("interrupted while waiting for the key 1");
        assertThat(gate.asked.asked).containsExactly(List.of(0));
    }

    @Test
    void load_chainedInCompletions_doesNotHangEvenWithOneSlotOnePlaceAndBlockingCompletions() {
        Batcher<Integer, Integer> next = Batcher.<Integer, Integer>builder("next", keys -> {
                    Map<Integer, Integer> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, key + 1));
                    return values;
                })
                .maximumConcurrentBatches(1)
                .maximumPending(1, Overflow.WAIT)
                .build();

        CompletableFuture<Integer> chain = next.load(0);
        for (int i = 0; i < 200; i++) {
            chain = chain.thenCompose(next::load);
        }
        for (int i = 0; i < 50; i++) {
            chain = chain.thenApply(value -> next.load(value).join());
            chain = chain.thenApply(next::get);
        }

        assertThat(chain.join()).isEqualTo(301);
    }

    @Test
    void load_whatGatheredMeanwhile_leavesThoughACompletionWaitsForIt() throws Exception {
        Batcher<Integer, String> batcher =
                Batcher.builder("users", gate).maximumConcurrentBatches(1).build();
        CompletableFuture<String> first = batcher.load(1);
        gate.awaitRunning(1);
        CompletableFuture<String> gathered = batcher.load(2);
        CompletableFuture<String> both = first.thenApply(value -> value + gathered.join());

        gate.permits.release(2);

        assertThat(both.get(10, TimeUnit.SECONDS)).isEqualTo("v1v2");
    }

    @Test
    void load_manyInACompletionOnTheExecutorsOnlyThread_areLetInBeyondTheBound() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Batcher<Integer, String> batcher = Batcher.builder("users", gate)
                    .executor(one)
                    .maximumPending(1, Overflow.WAIT)
                    .build();
            CompletableFuture<String> first = batcher.load(0);
            gate.awaitRunning(1);
            List<CompletableFuture<String>> inner = Collections.synchronizedList(new ArrayList<>());
            CompletableFuture<Void> entered =
                    first.thenAccept(value -> IntStream.rangeClosed(1, 100).forEach(i -> inner.add(batcher.load(i))));

            gate.permits.release(2);

            entered.get(10, TimeUnit.SECONDS);
            for (CompletableFuture<String> call : inner) {
                call.get(10, TimeUnit.SECONDS);
            }
            assertThat(inner).hasSize(100);
        } finally {
            one.shutdownNow();
        }
    }

    /** Each value is the sum of the numbers below the key, which the loader asks the batcher for. */
    private static Batcher<Integer, Integer> recursive(boolean blockingGet) {
        AtomicReference<Batcher<Integer, Integer>> self = new AtomicReference<>();
        self.set(Batcher.<Integer, Integer>builder("sums", keys -> {
                    Map<Integer, Integer> values = new HashMap<>();
                    for (int key : keys) {
                        if (key == 0) {
                            values.put(0, 0);
                        } else {
                            int below = blockingGet
                                    ? self.get().get(key - 1)
                                    : self.get().load(key - 1).join();
                            values.put(key, below + key);
                        }
                    }
                    return values;
                })
                .maximumConcurrentBatches(1)
                .maximumPending(1, Overflow.WAIT)
                .build());
        return self.get();
    }

    @Test
    void load_fromInsideTheLoader_doesNotHang() {
        assertThat(recursive(false).load(50).join()).isEqualTo(1275);
        assertThat(recursive(false).get(50)).isEqualTo(1275);
    }

    @Test
    void get_fromInsideTheLoader_doesNotHang() {
        assertThat(recursive(true).load(50).join()).isEqualTo(1275);
        assertThat(recursive(true).get(50)).isEqualTo(1275);
    }

    @Test
    void load_twoBatchersWhoseLoadersAskEachOther_doNotHang() throws Exception {
        AtomicReference<Batcher<Integer, Integer>> even = new AtomicReference<>();
        AtomicReference<Batcher<Integer, Integer>> odd = new AtomicReference<>();
        for (AtomicReference<Batcher<Integer, Integer>> one : List.of(even, odd)) {
            AtomicReference<Batcher<Integer, Integer>> other = one == even ? odd : even;
            one.set(Batcher.<Integer, Integer>builder("half", keys -> {
                        Map<Integer, Integer> values = new HashMap<>();
                        for (int key : keys) {
                            int below = key == 0
                                    ? 0
                                    : key % 3 == 0
                                            ? other.get().get(key - 1)
                                            : other.get().load(key - 1).join();
                            values.put(key, below + key);
                        }
                        return values;
                    })
                    .maximumConcurrentBatches(1)
                    .maximumPending(2, Overflow.WAIT)
                    .build());
        }
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Batcher<Integer, Integer> start = i % 2 == 0 ? even.get() : odd.get();
            calls.add(CompletableFuture.supplyAsync(() -> start.get(20), Executors.newSingleThreadExecutor(daemon())));
        }
        for (CompletableFuture<Integer> call : calls) {
            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(210);
        }
    }

    @Test
    void get_inACompletionOnTheExecutorsOnlyThread_runsWhatIsScheduledItself() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Batcher<Integer, String> batcher = Batcher.builder("users", gate)
                    .executor(one)
                    .maximumConcurrentBatches(1)
                    .build();
            CompletableFuture<String> first = batcher.load(1);
            gate.awaitRunning(1);
            CompletableFuture<String> nested = first.thenApply(value -> {
                CompletableFuture<String> scheduledBehindUs = batcher.load(2);
                return batcher.get(3) + scheduledBehindUs.join();
            });

            gate.permits.release(2);

            assertThat(nested.get(10, TimeUnit.SECONDS)).isEqualTo("v3v2");
            assertThat(gate.asked.asked).containsExactly(List.of(1), List.of(2, 3));
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void close_drains_thenRejects() throws Exception {
        Batcher<Integer, String> batcher = Batcher.builder("users", gate)
                .maximumConcurrentBatches(1)
                .maximumBatchSize(2)
                .window(Duration.ofHours(1))
                .build();
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 5).mapToObj(batcher::load).toList();
        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(batcher::close, Executors.newSingleThreadExecutor(daemon()));
        gate.awaitRunning(1);
        await().until(() -> batcher.load(9).isCompletedExceptionally());
        assertThat(closing).isNotDone();

        gate.permits.release(10);
        closing.get();

        assertThat(calls).allMatch(call -> call.isDone() && !call.isCompletedExceptionally());
        assertThatThrownBy(() -> batcher.get(1))
                .isInstanceOf(BatchRejectedException.class)
                .hasMessageContaining("batcher 'users' is closed, so the key 1 is rejected");
        assertThatThrownBy(() -> batcher.getAll(List.of(1))).isInstanceOf(BatchRejectedException.class);
        assertThat(batcher.loadAll(List.of(1))).isCompletedExceptionally();
        batcher.close();
    }

    @Test
    void close_callsUnderWayEndInTime_areReported() {
        Batcher<Integer, String> batcher =
                Batcher.builder("users", gate).maximumConcurrentBatches(1).build();
        CompletableFuture<String> running = batcher.load(1);
        gate.awaitRunning(1);
        CompletableFuture<String> pending = batcher.load(2);
        gate.permits.release(2);

        CloseReport report = batcher.close(Duration.ofSeconds(30));

        assertThat(running).isCompletedWithValue("v1");
        assertThat(pending).isCompletedWithValue("v2");
        assertThat(report.unfinished()).isZero();
        assertThat(report.ended()).isLessThanOrEqualTo(2);
    }

    @Test
    void close_timePasses_failsWhatIsLeftNamingIt() {
        Batcher<Integer, String> batcher =
                Batcher.builder("users", gate).maximumConcurrentBatches(1).build();
        CompletableFuture<String> running = batcher.load(1);
        gate.awaitRunning(1);
        CompletableFuture<String> pending = batcher.load(2);

        assertThat(batcher.close(Duration.ofMillis(10))).isEqualTo(new CloseReport(0, 2));

        for (CompletableFuture<String> call : List.of(running, pending)) {
            assertThatThrownBy(call::join)
                    .cause()
                    .isInstanceOf(BatchingException.class)
                    .hasMessageContaining("batcher 'users' was closed, and after PT0.01S 2 calls were unfinished")
                    .hasMessageContaining("for the keys 1, 2");
        }
        gate.permits.release(2);
        await().until(() -> gate.running.get() == 0);
        batcher.close();
        assertThat(gate.asked.asked).containsExactly(List.of(1));
    }

    /** Found by BatcherProperties: expired calls had left the queue but not ended when close returned. */
    @Test
    void close_again_whenNothingIsLeftButAHangingLoader_returnsAtOnce() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Batcher<Integer, String> batcher = Batcher.of("hangs", keys -> {
            inside.countDown();
            never.await();
            return Map.of();
        });
        CompletableFuture<String> single = batcher.load(1);
        inside.await();
        batcher.close(Duration.ZERO);
        assertThat(single).isCompletedExceptionally();

        long begun = System.nanoTime();
        batcher.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        never.countDown();
    }

    @Test
    void close_whileABulkCallWaitsForTheExecutor_failsIt() {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("stuck", new RecordingLoader())
                .executor(new ManualExecutor())
                .build();
        CompletableFuture<Map<Integer, String>> bulk = batcher.loadAll(List.of(1, 2));
        assertThat(batcher.close(Duration.ZERO)).isEqualTo(new CloseReport(0, 2));
        assertThat(bulk)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("2 calls were unfinished, for the keys 1, 2");
    }

    @Test
    void close_whileExpiredCallsAreBeingFailed_waitsForThem() throws Exception {
        ManualScheduler time = new ManualScheduler();
        ManualExecutor executor = new ManualExecutor();
        Batcher<Integer, String> batcher = Batcher.builder("users", gate)
                .executor(executor)
                .scheduler(time)
                .ticker(time::nanoTime)
                .timeout(Duration.ofSeconds(1))
                .build();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<String> first = batcher.load(1);
        CompletableFuture<String> second = batcher.load(2);
        first.whenComplete((value, failure) -> {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Thread expiring = new Thread(() -> time.advance(Duration.ofSeconds(1)));
        expiring.start();
        entered.await();
        executor.runAll();
        Thread closing = new Thread(batcher::close);
        closing.start();
        await().until(() ->
                closing.getState() == Thread.State.TIMED_WAITING || closing.getState() == Thread.State.TERMINATED);
        assertThat(closing.isAlive()).isTrue();
        assertThat(second).isNotDone();

        released.countDown();
        closing.join();

        assertThat(second).isCompletedExceptionally();
        expiring.join();
        time.shutdownNow();
    }

    @Test
    void close_fromInsideALoader_doesNotWaitForItself() throws Exception {
        AtomicReference<Batcher<Integer, Integer>> self = new AtomicReference<>();
        self.set(Batcher.of("closing", keys -> {
            self.get().close();
            return Map.of(1, 1);
        }));

        assertThat(self.get().load(1).get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(self.get().load(1)).isCompletedExceptionally();
    }

    /** Found by a random program: it waited for 30 seconds, for what its own thread was about to fail next. */
    @Test
    void close_inACompletionOfWhatACloseFails_doesNotWaitForTheRest() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch otherFailed = new CountDownLatch(1);
        Executor threads = task -> daemon().newThread(task).start();
        Batcher<Integer, Integer> batcher = Batcher.<Integer, Integer>builder("users", keys -> {
                    entered.countDown();
                    otherFailed.await();
                    return Map.of(1, 1);
                })
                .maximumConcurrentBatches(1)
                .build();
        CompletableFuture<Integer> inItsOwnThread = CompletableFuture.supplyAsync(() -> batcher.get(1), threads);
        entered.await();
        CompletableFuture<?> closes = batcher.load(2).whenComplete((value, failure) -> batcher.close());
        CompletableFuture<?> lets = batcher.load(3).whenComplete((value, failure) -> otherFailed.countDown());
        CompletableFuture<CloseReport> closed =
                CompletableFuture.supplyAsync(() -> batcher.close(Duration.ZERO), threads);
        assertThat(closed.get(10, TimeUnit.SECONDS).unfinished()).isBetween(2, 3);
        assertThat(inItsOwnThread.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(closes).isCompletedExceptionally();
        assertThat(lets).isCompletedExceptionally();
    }

    @Test
    void close_waitsForTheCompletionsAndForGetsInTheirOwnThreads() throws Exception {
        Batcher<Integer, String> batcher = Batcher.builder("users", gate).build();
        CompletableFuture<String> get =
                CompletableFuture.supplyAsync(() -> batcher.get(1), Executors.newSingleThreadExecutor(daemon()));
        gate.awaitRunning(1);
        Thread closing = new Thread(batcher::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);

        gate.permits.release();

        assertThat(get.get()).isEqualTo("v1");
        closing.join();
    }

    /** Idle threads are kept for a tenth of a second, to be seen ending; the full run waits as an application would. */
    @Test
    void idle_afterWork_leavesNoThread() throws Exception {
        Batcher<Integer, Integer> batcher = idleAfterWork();
        Map<ThreadPoolExecutor, Long> keptNanos = new HashMap<>();
        for (Executor ours : List.of(Timer.Shared.SCHEDULER, BackgroundThreads.shared())) {
            if (ours instanceof ThreadPoolExecutor pool) { // on Java 21 and newer, only the timer
                keptNanos.put(pool, pool.getKeepAliveTime(TimeUnit.NANOSECONDS));
            }
        }
        assertThat(keptNanos.values())
                .allMatch(nanos -> nanos <= Duration.ofSeconds(10).toNanos());
        keptNanos.keySet().forEach(pool -> pool.setKeepAliveTime(100, TimeUnit.MILLISECONDS));
        try {
            awaitNoThread(batcher);
        } finally {
            keptNanos.forEach((pool, nanos) -> pool.setKeepAliveTime(nanos, TimeUnit.NANOSECONDS));
        }
    }

    @Test
    @Tag("full")
    void idle_afterWork_leavesNoThreadAfterTheTimeOfAnApplication() throws Exception {
        awaitNoThread(idleAfterWork());
    }

    private static Batcher<Integer, Integer> idleAfterWork() throws Exception {
        // Deadlines of calls in tests before this one, which may be half a minute away: they keep the thread, too.
        List.copyOf(Timer.Shared.SCHEDULER.getQueue()).forEach(Timer.Shared.SCHEDULER::remove);
        Batcher<Integer, Integer> batcher = Batcher.<Integer, Integer>builder("idle", keys -> Map.of(1, 1))
                .timeout(Duration.ofSeconds(2))
                .build();
        assertThat(batcher.load(1).get()).isEqualTo(1);
        // The shared timer, armed for the deadline; on Java 17 the pool's thread as well.
        assertThat(namesOfOurThreads()).contains("perfkit-batching-timer-");
        return batcher;
    }

    private static void awaitNoThread(Batcher<Integer, Integer> batcher) throws Exception {
        await().atMost(Duration.ofSeconds(26))
                .untilAsserted(() -> assertThat(namesOfOurThreads()).isEmpty());
        assertThat(batcher.load(1).get()).isEqualTo(1);
    }

    private static String namesOfOurThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("perfkit-batching"))
                .collect(Collectors.joining(" "));
    }

    private static java.util.concurrent.ThreadFactory daemon() {
        return BackgroundThreads.daemonFactory("test");
    }

    @Test
    void defaultExecutor_onJava21AndNewer_runsBatchesOnVirtualThreads() throws Exception {
        Batcher<Integer, String> batcher = Batcher.<Integer, String>builder("where", keys -> {
                    Map<Integer, String> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, Thread.currentThread().toString()));
                    return values;
                })
                .build();

        String thread = batcher.load(1).get();

        if (Runtime.version().feature() >= 21) {
            assertThat(thread).startsWith("VirtualThread");
        } else {
            assertThat(thread).contains("perfkit-batching-");
        }
    }
}
