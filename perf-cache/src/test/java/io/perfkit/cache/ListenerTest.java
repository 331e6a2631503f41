package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link CacheListener} hears of the shared tier's going down and coming up. */
@Timeout(30)
class ListenerTest {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Counters counters = new Counters("r", null);
    private final FailureLog failures = new FailureLog("c", CoarseClock.of(() -> 0));
    private final List<TierEvents> open = new ArrayList<>();

    private SharedBreaker breaker(CacheListener listener) {
        TierEvents told = new TierEvents("listener-test", new SafeListener(List.of(listener), failures));
        open.add(told);
        return new SharedBreaker("c", Duration.ofSeconds(5), failures, () -> {}, told);
    }

    private CacheListener listener() {
        return new CacheListener() {
            @Override
            public void onSharedTierDown(@Nullable Throwable cause) {
                events.add("down " + (cause == null ? "" : cause.getMessage()));
            }

            @Override
            public void onSharedTierUp() {
                events.add("up");
            }
        };
    }

    @AfterEach
    void close() {
        open.forEach(TierEvents::close);
    }

    private void fail(SharedBreaker breaker, String message) {
        assertThat(breaker.<String>call(
                        counters, () -> CompletableFuture.failedFuture(new IllegalStateException(message)), 0))
                .isNull();
    }

    private void awaitEvents(String... expected) {
        await().pollInterval(Duration.ofMillis(1))
                .untilAsserted(() -> assertThat(events).containsExactly(expected));
    }

    @Test
    void events_ofCommandsThatFail_areOneDownAndOneUp() {
        SharedBreaker breaker = breaker(listener());
        for (int i = 0; i < 20; i++) {
            fail(breaker, "no");
        }
        breaker.trip(new IllegalStateException("again"));
        breaker.reset();
        breaker.reset();
        awaitEvents("down no", "up");
    }

    @Test
    void listeners_several_areAllToldWhateverOneThrows() {
        CacheListener broken = new CacheListener() {
            @Override
            public void onHit(String region, String key, Tier tier, boolean stale) {
                throw new AssertionError("broken");
            }
        };
        CacheListener hears = new CacheListener() {
            @Override
            public void onHit(String region, String key, Tier tier, boolean stale) {
                events.add(region + " " + key);
            }
        };
        try (PerfCache cache = PerfCache.builder("several")
                .listener(hears)
                .listener(broken)
                .listener(hears)
                .build()) {
            CacheRegion<String> region = cache.region("r", String.class, CachePolicy.of(Duration.ofMinutes(1)));
            region.put("k", "v");
            assertThat(region.getIfPresent("k")).isEqualTo("v");
        }
        assertThat(events).containsExactly("r k", "r k");
    }

    @Test
    void events_ofTheBackgroundThread_nameWhatItNoticed() {
        SharedBreaker breaker = breaker(listener());
        breaker.trip(new IllegalStateException("refused"));
        breaker.trip(new IllegalStateException("refused again"));
        breaker.reset();
        breaker.trip(new IllegalStateException("gone"));
        awaitEvents("down refused", "up", "down gone");
    }

    @Test
    void events_afterClosing_areNoNews() {
        SharedBreaker breaker = breaker(listener());
        breaker.closing();
        breaker.trip(new IllegalStateException("closed"));
        breaker.reset();
        open.forEach(TierEvents::close);
        assertThat(events).isEmpty();
    }

    @Test
    void listener_thatBlocks_holdsUpNoCommand() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        SharedBreaker breaker = breaker(new CacheListener() {
            @Override
            public void onSharedTierDown(@Nullable Throwable cause) {
                blocked.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                events.add(Thread.currentThread().getName());
            }

            @Override
            public void onSharedTierUp() {
                events.add("up");
            }
        });
        for (int i = 0; i < 5; i++) {
            fail(breaker, "no");
        }
        assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
        breaker.reset();
        assertThat(breaker.<String>call(counters, () -> CompletableFuture.completedFuture("a"), 0))
                .isEqualTo("a");
        assertThat(events).isEmpty();
        release.countDown();
        awaitEvents("perfkit-cache-events-listener-test", "up");
    }

    @Test
    void listener_thatThrows_harmsNothing() {
        AtomicInteger called = new AtomicInteger();
        SharedBreaker breaker = breaker(new CacheListener() {
            @Override
            public void onSharedTierDown(@Nullable Throwable cause) {
                called.incrementAndGet();
                throw new AssertionError("a listener's own");
            }

            @Override
            public void onSharedTierUp() {
                called.incrementAndGet();
                throw new IllegalStateException("a listener's own");
            }
        });
        for (int i = 0; i < 3; i++) {
            breaker.trip(new IllegalStateException("no"));
            breaker.reset();
        }
        await().until(() -> called.get() == 6);
        assertThat(breaker.isTripped()).isFalse();
    }

    /** Commands that fail on several threads open it while another thread closes it, at any moment. */
    @Test
    void events_ofManyThreads_alternate() throws Exception {
        SharedBreaker breaker = breaker(listener());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<CompletableFuture<Void>> failing = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                failing.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 3_000; i++) {
                                fail(breaker, "no");
                            }
                        },
                        threads));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(failing.toArray(new CompletableFuture<?>[0]));
            while (!all.isDone()) {
                breaker.reset();
            }
            all.get(20, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        breaker.reset();
        breaker.trip(new IllegalStateException("last"));
        await().until(() -> !events.isEmpty() && events.get(events.size() - 1).equals("down last"));
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i)).startsWith(i % 2 == 0 ? "down" : "up");
        }
        assertThat(events).hasSizeGreaterThan(3);
    }
}
