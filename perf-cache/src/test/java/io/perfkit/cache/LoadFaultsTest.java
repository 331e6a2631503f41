package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a load's thread and its failure are to others: interruption, full executors, exceptions as they were thrown. */
@Timeout(60)
class LoadFaultsTest {

    private static final CachePolicy PLAIN = CachePolicy.of(Duration.ofHours(1));
    private static final CachePolicy TIMED = CachePolicy.builder()
            .loadTimeout(Duration.ofSeconds(10), Duration.ofSeconds(20))
            .build();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<PerfCache> caches = new ArrayList<>();

    @AfterEach
    void close() {
        threads.shutdownNow();
        caches.forEach(PerfCache::close);
    }

    private PerfCache cache(PerfCache.Builder builder) {
        PerfCache cache = builder.build();
        caches.add(cache);
        return cache;
    }

    private CacheRegion<String> region(CachePolicy policy) {
        return cache(PerfCache.builder("faults")).region("r", String.class, policy);
    }

    private Future<String> waitsToo(CacheRegion<String> region, LoadCall call) throws InterruptedException {
        CountDownLatch asks = new CountDownLatch(1);
        Future<String> waiter = threads.submit(() -> {
            asks.countDown();
            return call.get(region, "k", () -> "loaded by the innocent", threads);
        });
        asks.await();
        assertThatThrownBy(() -> waiter.get(20, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        return waiter;
    }

    // interruption

    /** The leader is interrupted, and fails in the ways that loaders have. */
    @ParameterizedTest
    @EnumSource(
            value = LoadCall.class,
            names = {"WAITING", "BULK"})
    void interruptedLeader_failsAlone_andKeepsItsFlag(LoadCall leaderCall) throws Exception {
        for (String how : List.of("thrown", "wrapped", "flag")) {
            CacheRegion<String> region = region(PLAIN);
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<Throwable> seen = new CompletableFuture<>();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread leader = new Thread(() -> {
                seen.complete(catchThrowable(() -> leaderCall.get(
                        region,
                        "k",
                        () -> {
                            begun.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                switch (how) {
                                    case "thrown" -> throw e;
                                    case "wrapped" -> throw new IllegalStateException(e);
                                    default -> {
                                        Thread.currentThread().interrupt();
                                        throw new IOException("closed");
                                    }
                                }
                            }
                            return "";
                        },
                        threads)));
                flag.complete(Thread.currentThread().isInterrupted());
            });
            leader.start();
            begun.await();
            List<Future<String>> waiters = new ArrayList<>();
            for (LoadCall call : LoadCall.values()) {
                waiters.add(waitsToo(region, call));
            }
            leader.interrupt();
            for (Future<String> waiter : waiters) {
                assertThat(waiter.get(10, TimeUnit.SECONDS)).as(how).isEqualTo("loaded by the innocent");
            }
            assertThat(seen.get()).as(how).isInstanceOf(RuntimeException.class);
            assertThat(flag.get()).as("flag, " + how).isTrue();
            assertThat(region.stats().loads()).as("loads that succeeded").isEqualTo(1);
        }
    }

    /** It is served the stale value, as with any failure, but for those who wait the load has only not been tried. */
    @ParameterizedTest
    @EnumSource(
            value = LoadCall.class,
            names = {"WAITING", "BULK"})
    void interruptedLeader_hasAStaleValue_theOthersStillLoad(LoadCall leaderCall) throws Exception {
        ManualClock clock = new ManualClock();
        CacheRegion<String> region = cache(PerfCache.builder("faults").ticker(clock::nanoTime))
                .region(
                        "r",
                        String.class,
                        CachePolicy.builder()
                                .ttl(Duration.ofHours(1))
                                .staleIfError(Duration.ofHours(1))
                                .build());
        region.put("k", "old");
        clock.advance(Duration.ofMinutes(70));
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> seen = new CompletableFuture<>();
        Thread leader = new Thread(() -> seen.complete(leaderCall.get(
                region,
                "k",
                () -> {
                    begun.countDown();
                    new CountDownLatch(1).await();
                    return "";
                },
                threads)));
        leader.start();
        begun.await();
        List<Future<String>> waiters = new ArrayList<>();
        for (LoadCall call : LoadCall.values()) {
            waiters.add(waitsToo(region, call));
        }
        leader.interrupt();
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("old");
        for (Future<String> waiter : waiters) {
            assertThat(waiter.get(10, TimeUnit.SECONDS)).isEqualTo("loaded by the innocent");
        }
    }

    /** Of an asynchronous load, the thread that is interrupted is one of the loader's. */
    @Test
    void interruptedAsynchronousLoad_failsItsCallerAlone() throws Exception {
        for (RuntimeException thrown : List.of(
                new IllegalStateException(new InterruptedException()),
                new CompletionException(new InterruptedException()))) {
            CacheRegion<String> region = region(PLAIN);
            CompletableFuture<String> stage = new CompletableFuture<>();
            CompletableFuture<String> leader = region.getOrSetAsync("k", key -> stage);
            Future<String> waiter = waitsToo(region, LoadCall.ASYNC);
            Future<String> bulk = waitsToo(region, LoadCall.BULK);
            stage.completeExceptionally(thrown);
            assertThat(waiter.get(10, TimeUnit.SECONDS)).isEqualTo("loaded by the innocent");
            assertThat(bulk.get(10, TimeUnit.SECONDS)).isEqualTo("loaded by the innocent");
            assertThatThrownBy(leader::join).hasRootCauseInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    /** A loader that is always interrupted must end, on whatever thread it runs. */
    @ParameterizedTest
    @EnumSource(LoadCall.class)
    void loaderThatAlwaysThrowsInterruptedException_isThrownToItsCaller(LoadCall call) {
        for (CachePolicy policy : List.of(PLAIN, TIMED)) {
            CacheRegion<String> region = region(policy);
            AtomicInteger loads = new AtomicInteger();
            assertThatThrownBy(() -> call.get(
                            region,
                            "k",
                            () -> {
                                loads.incrementAndGet();
                                throw new InterruptedException("by itself");
                            },
                            threads))
                    .isInstanceOf(CacheLoadException.class)
                    .hasRootCauseMessage("by itself");
            assertThat(loads).hasValue(1);
            Thread.interrupted();
        }
    }

    @Test
    void memoizer_interruptedLeader_failsAlone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        Memoizer<String, String> memoizer = Memoizer.of(
                key -> {
                    if (calls.incrementAndGet() > 1) {
                        return "computed again";
                    }
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return "";
                },
                10);
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        Thread leader = new Thread(() -> seen.complete(catchThrowable(() -> memoizer.apply("k"))));
        leader.start();
        begun.await();
        CompletableFuture<String> innocent = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                innocent.complete(memoizer.apply("k"));
            } catch (RuntimeException e) {
                innocent.completeExceptionally(e);
            }
        });
        waiter.start();
        await().pollDelay(Duration.ZERO).until(() -> waiter.getState() == Thread.State.WAITING);
        leader.interrupt();
        assertThat(innocent.get(10, TimeUnit.SECONDS)).isEqualTo("computed again");
        assertThat(seen.get()).hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(memoizer.apply("k")).isEqualTo("computed again");
        assertThat(calls).hasValue(2);
    }

    // exceptions as they were thrown

    /** The leader and those who wait get the very exception, also one that looks like an envelope of the JDK's. */
    @ParameterizedTest
    @EnumSource(LoadCall.class)
    void loaderThrowsCompletionException_everybodyGetsExactlyThat(LoadCall call) throws Exception {
        for (CachePolicy policy : List.of(PLAIN, TIMED)) {
            CacheRegion<String> region = region(policy);
            CompletionException thrown = new CompletionException(new IOException("inside"));
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            LoadCall.Loader loader = () -> {
                begun.countDown();
                go.await();
                throw thrown;
            };
            Future<Throwable> leader = threads.submit(() -> seen(region, call, loader));
            begun.await();
            List<Future<Throwable>> waiters = new ArrayList<>();
            for (LoadCall each : LoadCall.values()) {
                waiters.add(threads.submit(() -> seen(region, each, () -> "not loaded")));
            }
            assertThatThrownBy(() -> waiters.get(0).get(20, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            go.countDown();
            assertThat(leader.get()).isSameAs(thrown);
            for (Future<Throwable> waiter : waiters) {
                // Who came too late for the failed load has loaded for himself.
                assertThat(waiter.get()).isIn(thrown, null);
            }
            assertThat(waiters.get(0).get()).isSameAs(thrown);
        }
    }

    private Throwable seen(CacheRegion<String> region, LoadCall call, LoadCall.Loader loader) {
        if (call == LoadCall.ASYNC) {
            return region.getOrSetAsync("k", key -> LoadCall.stage(loader, threads))
                    .handle((value, failure) -> failure)
                    .join();
        }
        return catchThrowable(() -> call.get(region, "k", loader, threads));
    }

    @ParameterizedTest
    @EnumSource(LoadCall.class)
    void loaderThrowsExecutionException_isWrappedOnceWithItself(LoadCall call) {
        ExecutionException thrown = new ExecutionException(new IOException("inside"));
        for (CachePolicy policy : List.of(PLAIN, TIMED)) {
            CacheRegion<String> region = region(policy);
            assertThatThrownBy(() -> call.get(
                            region,
                            "k",
                            () -> {
                                throw thrown;
                            },
                            threads))
                    .isInstanceOf(CacheLoadException.class)
                    .cause()
                    .isSameAs(thrown);
        }
    }

    /** A stage that depends on another one has its failure in an envelope of the JDK's, which the loader did not throw. */
    @Test
    void asynchronousLoader_stageDependsOnAnother_everybodyGetsWhatWasThrown() throws Exception {
        for (CachePolicy policy : List.of(PLAIN, TIMED)) {
            for (Throwable thrown : List.of(
                    new IllegalStateException("down"),
                    new StackOverflowError("error"),
                    new CompletionException(new IOException("inside")))) {
                CacheRegion<String> region = region(policy);
                CompletableFuture<String> source = new CompletableFuture<>();
                CompletableFuture<String> leader = region.getOrSetAsync(
                                "k",
                                key -> source.thenApply(v -> {
                                    throw Flight.<RuntimeException>unchanged(thrown);
                                }))
                        .thenApply(v -> "");
                List<Future<Throwable>> waiters = new ArrayList<>();
                for (LoadCall call : List.of(LoadCall.WAITING, LoadCall.BULK)) {
                    CompletableFuture<Throwable> seen = new CompletableFuture<>();
                    Thread waiter = new Thread(() ->
                            seen.complete(catchThrowable(() -> call.get(region, "k", () -> "not loaded", threads))));
                    // With a time limit, another thread than the caller's waits for the flight.
                    CompletableFuture<?> flight =
                            Objects.requireNonNull(region.local().flight("k")).result();
                    int waiting = flight.getNumberOfDependents();
                    waiter.start();
                    await().pollDelay(Duration.ZERO).until(() -> flight.getNumberOfDependents() > waiting);
                    waiters.add(seen);
                }
                source.complete("");
                for (Future<Throwable> waiter : waiters) {
                    assertThat(waiter.get()).isSameAs(thrown);
                }
                Throwable seen = catchThrowable(leader::join);
                assertThat(thrown instanceof CompletionException ? seen : seen.getCause())
                        .isSameAs(thrown);
            }
        }
    }

    /** Also one of the JDK's envelopes, if it is the loader that lets it pass. */
    @Test
    void loaderJoinsAFailedStage_everybodyGetsWhatJoinHasThrown() {
        CompletableFuture<String> failed = CompletableFuture.<String>failedFuture(new IllegalStateException("x"))
                .thenApply(v -> v);
        Throwable joined = catchThrowable(failed::join);
        CacheRegion<String> region = region(PLAIN);
        assertThat(catchThrowable(() -> region.getOrSet("k", failed::join))).isSameAs(joined);
        assertThat(catchThrowable(() -> region.getOrSetAsync("k", key -> {
                            failed.join();
                            return failed;
                        })
                        .join()))
                .isSameAs(joined);
    }

    @Test
    void asynchronousLoader_hidesAnInterruption_callersFlagIsSetAgain() {
        CacheRegion<String> region = region(PLAIN);
        CompletableFuture<String> result = region.getOrSetAsync("k", key -> {
            throw new IllegalStateException(new InterruptedException());
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(result::join).hasRootCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void memoizer_functionThrowsCompletionException_waitersGetExactlyThat() throws Exception {
        CompletionException thrown = new CompletionException(new IOException("inside"));
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Memoizer<String, String> memoizer = Memoizer.of(
                key -> {
                    begun.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    throw thrown;
                },
                10);
        Future<Throwable> leader = threads.submit(() -> catchThrowable(() -> memoizer.apply("k")));
        begun.await();
        Future<Throwable> waiter = threads.submit(() -> catchThrowable(() -> memoizer.apply("k")));
        assertThatThrownBy(() -> waiter.get(20, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        go.countDown();
        assertThat(leader.get()).isSameAs(thrown);
        assertThat(waiter.get()).isSameAs(thrown);
    }

    // threads

    /** As many outer loads as the executor has threads, each of which needs an inner one. */
    @ParameterizedTest
    @EnumSource(LoadCall.class)
    void nestedLoads_executorFullOfOuterOnes_areAnswered(LoadCall inner) throws Exception {
        for (LoadCall outer : List.of(LoadCall.WAITING, LoadCall.BULK)) {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(2, 2, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            try {
                PerfCache cache = cache(PerfCache.builder("nested").executor(pool));
                CacheRegion<String> page = cache.region("page", String.class, TIMED);
                CacheRegion<String> part = cache.region("part", String.class, TIMED);
                CountDownLatch both = new CountDownLatch(2);
                List<Future<String>> answers = new ArrayList<>();
                for (String key : List.of("a", "b")) {
                    answers.add(threads.submit(() -> outer.get(
                            page,
                            key,
                            () -> {
                                both.countDown();
                                both.await();
                                return "<" + inner.get(part, key, () -> key, threads) + ">";
                            },
                            threads)));
                }
                assertThat(answers.get(0).get(8, TimeUnit.SECONDS)).isEqualTo("<a>");
                assertThat(answers.get(1).get(8, TimeUnit.SECONDS)).isEqualTo("<b>");
            } finally {
                pool.shutdownNow();
            }
        }
    }

    /** The application's tasks run on the cache's executor, and load there; what their loaders need must not queue. */
    @ParameterizedTest
    @EnumSource(LoadCall.class)
    void nestedLoad_outerOneOnAThreadOfTheExecutor_isAnswered(LoadCall outer) throws Exception {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        try {
            PerfCache cache = cache(PerfCache.builder("nested").executor(pool));
            CacheRegion<String> page = cache.region("page", String.class, PLAIN);
            CacheRegion<String> part = cache.region("part", String.class, TIMED);
            Future<String> answer = pool.submit(() -> switch (outer) {
                case WAITING -> page.getOrSet("k", () -> part.getOrSet("k", () -> "inner"));
                case ASYNC ->
                    page.getOrSetAsync("k", key -> CompletableFuture.completedFuture(part.getOrSet("k", () -> "inner")))
                            .join();
                case BULK ->
                    page.getOrSetAll(List.of("k"), keys -> Map.of("k", part.getOrSet("k", () -> "inner")))
                            .get("k");
            });
            assertThat(answer.get(8, TimeUnit.SECONDS)).isEqualTo("inner");
        } finally {
            pool.shutdownNow();
        }
    }

    /** The inner key is queued by a caller already: who loads takes it out of the queue. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nestedLoad_ofAKeyThatQueuesForAThread_takesItOver(boolean timed) throws Exception {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        try {
            PerfCache cache = cache(PerfCache.builder("nested").executor(pool));
            CacheRegion<String> page = cache.region("page", String.class, TIMED);
            CacheRegion<String> part = cache.region("part", String.class, timed ? TIMED : PLAIN);
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch queued = new CountDownLatch(1);
            Future<String> outer = threads.submit(() -> page.getOrSet("k", () -> {
                begun.countDown();
                queued.await();
                return "<" + part.getOrSet("k", () -> "inner") + ">";
            }));
            begun.await();
            Future<String> ordinary = threads.submit(() -> part.getOrSet("k", () -> "ordinary"));
            await().pollDelay(Duration.ZERO).until(() -> timed ? pool.getQueue().size() == 1 : ordinary.isDone());
            queued.countDown();
            assertThat(outer.get(8, TimeUnit.SECONDS)).isEqualTo(timed ? "<inner>" : "<ordinary>");
            assertThat(ordinary.get(8, TimeUnit.SECONDS)).isEqualTo(timed ? "inner" : "ordinary");
        } finally {
            pool.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(LoadCall.class)
    void timedLoad_executorTakesNoMore_runsOnItsCallersThread(LoadCall call) {
        PerfCache cache = cache(PerfCache.builder("full").executor(task -> {
            throw new java.util.concurrent.RejectedExecutionException("full");
        }));
        CacheRegion<String> region = cache.region("r", String.class, TIMED);
        assertThat(call.get(region, "k", () -> "loaded", threads)).isEqualTo("loaded");
    }

    @Test
    void timedBulkLoad_thatAsksForItsOwnKey_isToldSoAtOnce() {
        CacheRegion<String> region = region(TIMED);
        assertThatThrownBy(() -> region.getOrSetAll(
                        List.of("a"), keys -> region.getOrSetAll(List.of("a"), inner -> Map.of("a", "inner"))))
                .isInstanceOf(RecursiveLoadException.class);
    }

    // do not store

    @Test
    void contextTtl_zeroOrLess_isAnsweredAndNotStored() {
        CacheRegion<String> region = region(PLAIN);
        AtomicInteger loads = new AtomicInteger();
        Stream.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(-1)).forEach(ttl -> {
            ContextLoader<String> loader = (key, context) -> {
                context.ttl(ttl);
                return "v" + loads.incrementAndGet();
            };
            assertThat(region.getOrSet("k", loader)).isEqualTo("v" + loads.get());
            assertThat(region.getIfPresent("k")).as("after " + ttl).isNull();
            assertThat(region.getOrSetAsync("k", (key, context) -> {
                                context.ttl(ttl);
                                return CompletableFuture.completedFuture("async");
                            })
                            .join())
                    .isEqualTo("async");
            assertThat(region.getIfPresent("k")).isNull();
        });
        assertThat(loads).hasValue(3);
        assertThat(region.getOrSet("k", (key, context) -> {
                    context.ttl(Duration.ZERO).ttl(Duration.ofSeconds(5));
                    return "kept";
                }))
                .isEqualTo("kept");
        assertThat(region.getIfPresent("k")).as("the last word counts").isEqualTo("kept");
    }
}
