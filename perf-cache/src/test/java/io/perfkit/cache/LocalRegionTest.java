package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.perfkit.testkit.time.ManualClock;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A region without a shared tier: expiry, single-flight, and freshness rule 1. */
@Timeout(60)
class LocalRegionTest {

    private static final Duration TTL = Duration.ofMinutes(10);
    private static final Duration STALE = Duration.ofMinutes(5);

    private final ManualClock clock = new ManualClock();
    private final PerfCache cache = PerfCache.builder("shop")
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
    private final CacheRegion<String> region = cache.region("user", String.class, CachePolicy.of(TTL));
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        cache.close();
        threads.shutdownNow();
    }

    /** A load that another thread has begun and that does not end before it is told what it loaded. */
    private final class HeldLoad {

        private final CompletableFuture<String> loaded = new CompletableFuture<>();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final Future<String> call;

        HeldLoad(String key) throws InterruptedException {
            call = threads.submit(() -> region.getOrSet(key, () -> {
                begun.countDown();
                return loaded.get();
            }));
            begun.await();
        }

        String finish(String value) throws Exception {
            loaded.complete(value);
            return call.get();
        }
    }

    @Test
    void getOrSet_secondCall_answersWithoutLoading() {
        assertThat(region.getOrSet("a", () -> "1")).isEqualTo("1");
        assertThat(region.getOrSet("a", () -> "2")).isEqualTo("1");
        assertThat(region.getOrSet("a", key -> key + "3")).isEqualTo("1");
        assertThat(region.getIfPresent("a")).isEqualTo("1");
        assertThat(region.stats().loads()).isEqualTo(1);
        assertThat(region.stats().localHits()).isEqualTo(3);
    }

    @Test
    void getOrSet_ttlOver_loadsAgain() {
        region.getOrSet("a", () -> "1");
        clock.advance(TTL.minusNanos(1));
        assertThat(region.getOrSet("a", () -> "2")).isEqualTo("1");
        clock.advance(Duration.ofNanos(1));
        assertThat(region.getIfPresent("a")).isNull();
        assertThat(region.getOrSet("a", () -> "2")).isEqualTo("2");
    }

    @Test
    void getOrSet_ownTtl_livesThatLong() {
        region.getOrSet("a", Duration.ofSeconds(1), () -> "1");
        clock.advance(Duration.ofSeconds(1));
        assertThat(region.getOrSet("a", key -> "2")).isEqualTo("2");
    }

    @Test
    void getOrSet_loadTakesTime_ttlCountsFromItsEnd() {
        region.getOrSet("a", () -> {
            clock.advance(Duration.ofMinutes(5));
            return "1";
        });
        clock.advance(TTL.minusNanos(1));
        assertThat(region.getIfPresent("a")).isEqualTo("1");
    }

    @Test
    void staleWhileRevalidate_windowOver_waitsForTheLoad() {
        CacheRegion<String> reports = staleRegion();
        reports.getOrSet("a", () -> "old");
        clock.advance(TTL.plus(STALE));
        assertThat(reports.getOrSet("a", () -> "new")).isEqualTo("new");
    }

    @Test
    void staleWhileRevalidate_noThreadForTheRefresh_servesTheOldValueAndTriesAgain() {
        AtomicInteger attempts = new AtomicInteger();
        try (PerfCache own = PerfCache.builder("own")
                .ticker(clock::nanoTime)
                .executor(task -> {
                    attempts.incrementAndGet();
                    throw new java.util.concurrent.RejectedExecutionException("full");
                })
                .build()) {
            CacheRegion<String> reports = own.region(
                    "report",
                    String.class,
                    CachePolicy.builder().ttl(TTL).staleWhileRevalidate(STALE).build());
            reports.put("a", "old");
            clock.advance(TTL);
            int before = attempts.get();
            assertThat(reports.getOrSet("a", () -> "new")).isEqualTo("old");
            assertThat(reports.getOrSet("a", () -> "new")).isEqualTo("old");
            assertThat(attempts.get()).isGreaterThanOrEqualTo(before + 2);
        }
    }

    @Test
    void staleWhileRevalidate_refreshStillQueuesWhenTheWindowEnds_theCallerLoadsItself() {
        List<Runnable> background = new ArrayList<>();
        try (PerfCache own = PerfCache.builder("own")
                .ticker(clock::nanoTime)
                .executor(background::add)
                .build()) {
            CacheRegion<String> reports = own.region(
                    "report",
                    String.class,
                    CachePolicy.builder().ttl(TTL).staleWhileRevalidate(STALE).build());
            reports.getOrSet("a", () -> "old");
            clock.advance(TTL);
            reports.getOrSet("a", () -> "refreshed");
            clock.advance(STALE);
            assertThat(reports.getOrSet("a", () -> "own")).isEqualTo("own");
            List.copyOf(background).forEach(Runnable::run);
            assertThat(reports.getIfPresent("a")).isEqualTo("own");
            assertThat(reports.stats().loads()).isEqualTo(2);
        }
    }

    private CacheRegion<String> staleRegion() {
        return cache.region(
                "report",
                String.class,
                CachePolicy.builder().ttl(TTL).staleWhileRevalidate(STALE).build());
    }

    // Rule 1.

    @Test
    void invalidate_duringLoad_theLoadStoresNothing() throws Exception {
        HeldLoad load = new HeldLoad("a");
        region.invalidate("a");
        assertThat(load.finish("old")).isEqualTo("old");
        assertThat(region.getIfPresent("a")).isNull();
    }

    @Test
    void invalidatePattern_duringLoad_theLoadStoresNothing() throws Exception {
        HeldLoad load = new HeldLoad("42:profile");
        region.invalidatePattern("42:*");
        assertThat(load.finish("old")).isEqualTo("old");
        assertThat(region.getIfPresent("42:profile")).isNull();
    }

    @Test
    void invalidatePattern_otherKeyDuringLoad_theLoadIsStored() throws Exception {
        HeldLoad load = new HeldLoad("42:profile");
        region.invalidatePattern("43:*");
        load.finish("current");
        assertThat(region.getIfPresent("42:profile")).isEqualTo("current");
    }

    @Test
    void clear_duringLoad_theLoadStoresNothing() throws Exception {
        HeldLoad load = new HeldLoad("a");
        region.clear();
        load.finish("old");
        assertThat(region.getIfPresent("a")).isNull();
    }

    @Test
    void put_duringLoad_thePutValueStays() throws Exception {
        HeldLoad load = new HeldLoad("a");
        region.put("a", "put");
        assertThat(load.finish("old")).isEqualTo("old");
        assertThat(region.getIfPresent("a")).isEqualTo("put");
    }

    @Test
    void getOrSet_afterInvalidationDuringLoad_doesNotJoinTheOldLoad() throws Exception {
        for (Runnable invalidation :
                List.<Runnable>of(() -> region.invalidate("a"), () -> region.invalidatePattern("?"), region::clear)) {
            HeldLoad load = new HeldLoad("a");
            invalidation.run();
            assertThat(region.getOrSet("a", () -> "new")).isEqualTo("new");
            load.finish("old");
            assertThat(region.getOrSet("a", () -> "newer")).isEqualTo("new");
            region.invalidate("a");
        }
    }

    @Test
    void sweep_duringLoadBegunBefore_theLoadIsNotServed() throws Exception {
        HeldLoad load = new HeldLoad("a");
        region.invalidatePattern("a*");
        region.local().sweep();
        load.finish("old");
        assertThat(region.getIfPresent("a")).isNull();
    }

    @Test
    void sweep_manyPatterns_keepsWhatTheyDoNotMatch() {
        region.put("keep", "1");
        region.put("drop:1", "2");
        for (int i = 0; i < 3 * LocalTier.SWEEP_AT; i++) {
            region.invalidatePattern("drop:" + i + "*");
        }
        region.local().sweep();
        assertThat(region.getIfPresent("keep")).isEqualTo("1");
        assertThat(region.stats().localEntries()).isEqualTo(1);
    }

    @Test
    void invalidate_withoutSharedTier_isAcknowledgedAtOnce() {
        assertThat(region.invalidate("a").isAcknowledged()).isTrue();
        assertThat(region.put("a", "1").await(Duration.ZERO)).isTrue();
        assertThat(region.clear().acknowledged().toCompletableFuture()).isCompleted();
    }

    @Test
    void invalidatePattern_plainKeyWithEscapes_invalidatesThatKeyOnly() {
        region.put("a*", "1");
        region.put("ab", "2");
        region.invalidatePattern("a\\*");
        assertThat(region.getIfPresent("a*")).isNull();
        assertThat(region.getIfPresent("ab")).isEqualTo("2");
    }

    // Rule 7.

    @Test
    void getOrSet_thousandThreadsOnAColdKey_loadsOnce() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch everybodyIsHere = new CountDownLatch(1);
        List<Thread> callers = new ArrayList<>();
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            CompletableFuture<String> result = new CompletableFuture<>();
            results.add(result);
            Thread caller = new Thread(() -> {
                try {
                    result.complete(region.getOrSet("a", () -> {
                        loads.incrementAndGet();
                        everybodyIsHere.await();
                        return "value";
                    }));
                } catch (Throwable t) {
                    result.completeExceptionally(t);
                }
            });
            callers.add(caller);
            caller.start();
        }
        await().atMost(Duration.ofSeconds(50))
                .until(() -> callers.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
        everybodyIsHere.countDown();
        for (CompletableFuture<String> result : results) {
            assertThat(result.get()).isEqualTo("value");
        }
        assertThat(loads).hasValue(1);
        assertThat(region.stats().coalesced()).isEqualTo(999);
    }

    @Test
    void getOrSet_whileAnotherLoads_waitsForItInsteadOfLoading() throws Exception {
        HeldLoad load = new HeldLoad("a");
        Future<String> waiting = threads.submit(() -> region.getOrSet("a", () -> "second load"));
        assertThatThrownBy(() -> waiting.get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        load.finish("one");
        assertThat(waiting.get()).isEqualTo("one");
    }

    @Test
    void getOrSet_loaderThrows_everyWaiterGetsTheSameExceptionAndNothingIsCached() throws Exception {
        IllegalStateException failure = new IllegalStateException("no such user");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<String> leader = threads.submit(() -> region.getOrSet("a", () -> {
            begun.countDown();
            go.await();
            throw failure;
        }));
        begun.await();
        Future<String> waiter = threads.submit(() -> region.getOrSet("a", () -> "second load"));
        assertThatThrownBy(() -> waiter.get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        go.countDown();
        for (Future<String> call : List.of(leader, waiter)) {
            assertThatThrownBy(call::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThat(region.getOrSet("a", () -> "loaded")).isEqualTo("loaded");
    }

    @Test
    void getOrSet_loaderThrowsChecked_isWrappedOnce() {
        IOException failure = new IOException("down");
        assertThatThrownBy(() -> region.getOrSet("a", () -> {
                    throw failure;
                }))
                .isInstanceOf(CacheLoadException.class)
                .hasMessageContaining("'a'")
                .hasMessageContaining("'user'")
                .cause()
                .isSameAs(failure);
    }

    @Test
    void getOrSet_loaderThrowsError_reachesTheCallerUnchanged() {
        AssertionError failure = new AssertionError("broken");
        assertThatThrownBy(() -> region.getOrSet("a", () -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void getOrSet_loaderReturnsNull_isAnErrorThatSaysSo() {
        assertThatThrownBy(() -> region.getOrSet("a", () -> null))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("returned null");
    }

    @Test
    void getOrSet_loaderAsksForItsOwnKey_isAnErrorThatSaysSo() {
        assertThatThrownBy(() -> region.getOrSet("a", () -> region.getOrSet("a", () -> "inner")))
                .isInstanceOf(RecursiveLoadException.class)
                .hasMessageContaining("'a'");
        assertThat(region.getOrSet("a", () -> "afterwards")).isEqualTo("afterwards");
    }

    @Test
    void getOrSet_loaderAsksForOtherKeys_works() {
        CacheRegion<String> other = cache.region("other", String.class, CachePolicy.of(TTL));
        String value = region.getOrSet("a", () -> region.getOrSet("b", () -> other.getOrSet("a", () -> "deep")) + "er");
        assertThat(value).isEqualTo("deeper");
        assertThat(region.getIfPresent("b")).isEqualTo("deep");
    }

    @Test
    void getOrSet_twoLoadersAskForEachOthersKeys_isAnErrorInsteadOfADeadlock() throws Exception {
        CountDownLatch bothLoading = new CountDownLatch(2);
        List<Future<String>> calls = new ArrayList<>();
        for (String[] keys : List.of(new String[] {"a", "b"}, new String[] {"b", "a"})) {
            calls.add(threads.submit(() -> region.getOrSet(keys[0], () -> {
                bothLoading.countDown();
                bothLoading.await();
                return region.getOrSet(keys[1], () -> "inner");
            })));
        }
        for (Future<String> call : calls) {
            assertThatThrownBy(call::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RecursiveLoadException.class);
        }
    }

    @Test
    void getOrSet_interruptedWhileWaiting_throwsAndKeepsTheFlag() throws Exception {
        HeldLoad load = new HeldLoad("a");
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                region.getOrSet("a", () -> "second load");
            } catch (CacheException e) {
                flag.complete(Thread.currentThread().isInterrupted());
            }
        });
        waiter.start();
        waiter.interrupt();
        assertThat(flag.get()).isTrue();
        load.finish("one");
    }

    // Cost.

    @Test
    void getOrSet_functionFormLocalHit_allocatesNothing() {
        try (PerfCache own = PerfCache.builder("own").build()) {
            CacheRegion<String> users = own.region("user", String.class, CachePolicy.of(TTL));
            Function<String, String> loader = key -> "value";
            users.getOrSet("a", loader);
            ThreadMXBean allocation = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 200_000; i++) {
                users.getOrSet("a", loader);
            }
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 20; round++) {
                long before = allocation.getThreadAllocatedBytes(
                        Thread.currentThread().getId());
                for (int i = 0; i < 10_000; i++) {
                    users.getOrSet("a", loader);
                }
                best = Math.min(
                        best,
                        allocation.getThreadAllocatedBytes(
                                        Thread.currentThread().getId())
                                - before);
            }
            // The two readings themselves may cost a little; a hit that allocates costs at least 160,000.
            assertThat(best).isLessThan(1_000);
        }
    }
}
