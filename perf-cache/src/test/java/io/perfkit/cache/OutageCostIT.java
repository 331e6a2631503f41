package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Freshness rule 6, in time: what a call costs while Redis is slow or gone, until the breaker opens. Node A meets Redis
 * through a proxy, node B directly.
 *
 * <p>A call may wait for one command timeout and its own load. What it took beyond its load is compared with one and a
 * half timeouts: a call that waited for two commands in a row would take two. The half is for a machine that does other
 * things, too; what it keeps a thread from that does nothing but wake up is added.
 */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class OutageCostIT {

    private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(600);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CALLERS = 4;

    enum Fault {
        REFUSED(FaultProxy::refuse),
        CUT(FaultProxy::cut),
        DROPPED(FaultProxy::drop),
        HALF_OPEN(FaultProxy::halfOpen),
        SLOW(proxy -> proxy.delay(Duration.ofSeconds(5)));

        private final Consumer<FaultProxy> happen;

        Fault(Consumer<FaultProxy> happen) {
            this.happen = happen;
        }
    }

    /** The longest time by which a thread woke up late that had nothing to do. */
    private static final class Stalls implements AutoCloseable {

        private final AtomicLong longest = new AtomicLong();
        private final Thread thread = new Thread(() -> {
            long last = System.nanoTime();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                long now = System.nanoTime();
                longest.accumulateAndGet(now - last, Math::max);
                last = now;
            }
        });

        Stalls() {
            thread.setDaemon(true);
            thread.start();
        }

        long longest() {
            return longest.get();
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    private final Nodes nodes = new Nodes();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger keys = new AtomicInteger();
    private final AtomicLong longest = new AtomicLong();
    private RedisServer redis;
    private FaultProxy proxy;
    private PerfCache cacheOfA;
    private CacheRegion<String> a;
    private CacheRegion<String> b;

    @BeforeEach
    void start(RedisServer redis) {
        this.redis = redis;
        proxy = FaultProxy.to(redis.host(), redis.port());
        nodes.alsoClose(proxy);
        cacheOfA = nodes.node(
                proxy.host(),
                proxy.port(),
                s -> s.commandTimeout(COMMAND_TIMEOUT).maxStaleness(Duration.ofSeconds(2)));
        a = ready(cacheOfA.region("user", String.class, CachePolicy.of(Duration.ofMinutes(10))));
        CachePolicy asking = CachePolicy.builder().sharedOnly().build();
        b = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, asking));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        nodes.close();
    }

    private String load(AtomicLong took) {
        long start = System.nanoTime();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        took.addAndGet(System.nanoTime() - start);
        return "loaded";
    }

    /** One call of each form, for keys that nobody has. */
    private void call() {
        int n = keys.incrementAndGet();
        String key = "k" + n;
        AtomicLong loading = new AtomicLong();
        long start = System.nanoTime();
        switch (n % 4) {
            case 0 -> assertThat(a.getIfPresent(key)).isNull();
            case 1 -> assertThat(a.getOrSet(key, () -> load(loading))).isEqualTo("loaded");
            case 2 ->
                assertThat(a.getOrSetAll(
                                List.of(key, key + "b"), missing -> Map.of(key, load(loading), key + "b", "b")))
                        .hasSize(2);
            default -> {
                a.put(key, "put");
                a.invalidate(key);
                a.invalidatePattern(key + "*");
            }
        }
        longest.accumulateAndGet(System.nanoTime() - start - loading.get(), Math::max);
    }

    @ParameterizedTest
    @EnumSource
    void calls_untilTheBreakerOpens_waitForOneCommandAtMostAndNeverFail(Fault fault) throws Exception {
        try (Stalls stalls = new Stalls()) {
            AtomicBoolean goesOn = new AtomicBoolean(true);
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> {
                    while (goesOn.get()) {
                        call();
                    }
                }));
            }
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
            fault.happen.accept(proxy);
            while (fault == Fault.CUT ? System.nanoTime() < end : cacheOfA.isSharedTierUp()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                if (fault == Fault.CUT) {
                    proxy.cut();
                }
            }
            goesOn.set(false);
            for (Future<?> caller : callers) {
                caller.get();
            }
            assertThat(Duration.ofNanos(longest.get() - stalls.longest()))
                    .isLessThan(COMMAND_TIMEOUT.plus(COMMAND_TIMEOUT.dividedBy(2)));
        }
        proxy.heal();
        proxy.cut();
        await().atMost(PATIENCE)
                .until(() -> cacheOfA.isSharedTierUp() && a.shared().isFollowing());
        assertThat(a.put("healed", "v").await(PATIENCE)).isTrue();
        assertThat(b.getIfPresent("healed")).isEqualTo("v");
    }

    /** The read of an entry, and then the events that it shows to be missing, would be two commands. */
    @Test
    void calls_redisSlowAndTheNodeBehind_waitForOneCommandAtMost() throws Exception {
        for (int i = 0; i < 8; i++) {
            assertThat(b.put("shared" + i, "v").await(PATIENCE)).isTrue();
        }
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Future<?> changes = threads.submit(() -> {
            while (goesOn.get()) {
                b.invalidate("other").await(PATIENCE);
            }
        });
        proxy.delay(COMMAND_TIMEOUT.multipliedBy(45).dividedBy(100));
        try (Stalls stalls = new Stalls()) {
            for (int i = 0; i < 8; i++) {
                long start = System.nanoTime();
                a.getOrSet("shared" + i, () -> "loaded");
                longest.accumulateAndGet(System.nanoTime() - start, Math::max);
            }
            assertThat(Duration.ofNanos(longest.get() - stalls.longest()))
                    .isLessThan(COMMAND_TIMEOUT.plus(COMMAND_TIMEOUT.dividedBy(2)));
        } finally {
            goesOn.set(false);
            changes.get();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CUT")
    void invalidations_notAcknowledged_hideHereAllTheTimeAndArriveAfterwards(Fault fault) {
        for (String key : List.of("key", "pattern:1", "put")) {
            assertThat(b.put(key, "old").await(PATIENCE)).isTrue();
        }
        b.getOrSet("tagged", (key, context) -> {
            context.tags("t");
            return "old";
        });
        List<String> all = List.of("key", "pattern:1", "put", "tagged");
        all.forEach(key ->
                await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> "old".equals(a.getIfPresent(key))));

        fault.happen.accept(proxy);
        List<Acknowledgement> sent = List.of(
                a.invalidate("key"), a.invalidatePattern("pattern:*"), a.put("put", "new"), a.invalidateTag("t"));
        do {
            all.forEach(key -> assertThat(a.getIfPresent(key)).as(key).isNotEqualTo("old"));
        } while (cacheOfA.isSharedTierUp());
        // Also without asking Redis, and after the local entries have lost their trust.
        all.forEach(key -> assertThat(a.getOrSet(key, () -> "new")).as(key).isEqualTo("new"));
        assertThat(sent).noneMatch(Acknowledgement::isAcknowledged);

        proxy.heal();
        proxy.cut();
        for (Acknowledgement invalidation : sent) {
            assertThat(invalidation.await(PATIENCE)).isTrue();
        }
        all.forEach(key -> assertThat(b.getIfPresent(key)).as(key).isNotEqualTo("old"));
        all.forEach(key -> assertThat(a.getIfPresent(key)).as(key).isNotEqualTo("old"));
    }
}
