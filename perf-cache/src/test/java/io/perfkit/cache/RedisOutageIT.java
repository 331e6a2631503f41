package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Freshness rule 6: the cache never takes the application down. Node A meets Redis through a proxy, node B directly. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class RedisOutageIT {

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofMinutes(10));
    private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    enum Fault {
        REFUSED(FaultProxy::refuse),
        DROPPED(FaultProxy::drop),
        HALF_OPEN(FaultProxy::halfOpen),
        SLOW(proxy -> proxy.delay(Duration.ofSeconds(5)));

        private final Consumer<FaultProxy> begin;

        Fault(Consumer<FaultProxy> begin) {
            this.begin = begin;
        }
    }

    private final Nodes nodes = new Nodes();
    private RedisServer redis;
    private FaultProxy proxy;
    private CacheRegion<String> a;
    private CacheRegion<String> b;

    @BeforeEach
    void start(RedisServer redis) {
        this.redis = redis;
        proxy = FaultProxy.to(redis.host(), redis.port());
        nodes.alsoClose(proxy);
        a = ready(nodes.node(
                        proxy.host(),
                        proxy.port(),
                        s -> s.commandTimeout(COMMAND_TIMEOUT)
                                .maxStaleness(Duration.ofSeconds(2))
                                .maximumPendingInvalidations(20))
                .region("user", String.class, POLICY));
        b = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
    }

    @AfterEach
    void stop() throws Exception {
        nodes.close();
    }

    private boolean isTripped() {
        return a.shared().isTripped();
    }

    private void openBreaker() {
        int[] i = {0};
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
            a.getOrSet("opening " + i[0]++, key -> "v");
            return isTripped();
        });
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void getOrSet_redisGone_noCallFailsAndNoneWaitsMuchLongerThanOneCommand(Fault fault) {
        fault.begin.accept(proxy);
        long longest = 0;
        for (int i = 0; i < 200; i++) {
            long start = System.nanoTime();
            assertThat(a.getOrSet("k" + i, key -> "loaded")).isEqualTo("loaded");
            longest = Math.max(longest, System.nanoTime() - start);
        }
        await().atMost(PATIENCE).until(this::isTripped);
        // One command's time limit, and room for a machine that is busy otherwise; the faults last 5 s and longer.
        assertThat(Duration.ofNanos(longest)).isLessThan(COMMAND_TIMEOUT.plusSeconds(3));
        assertThat(a.stats().sharedFailures()).isLessThan(40);

        proxy.heal();
        await().atMost(PATIENCE).until(() -> !isTripped() && a.shared().isFollowing());
        a.put("healed", "v").await(Duration.ofSeconds(5));
        assertThat(b.getIfPresent("healed")).isEqualTo("v");
    }

    @Test
    void getOrSet_breakerOpen_callersIssueNoCommand() {
        proxy.drop();
        openBreaker();
        proxy.refuse();
        await().atMost(PATIENCE).until(() -> proxy.openConnections() == 0);
        long bytes = proxy.bytesToServer();
        long failures = a.stats().sharedFailures();
        for (int i = 0; i < 10_000; i++) {
            assertThat(a.getOrSet("cold " + i, key -> "loaded")).isEqualTo("loaded");
            a.invalidate("cold " + i);
            a.put("put " + i, "v");
        }
        Found<String> none =
                a.shared().findAsync("k", Duration.ofSeconds(1), Runnable::run).join();
        assertThat(none).isNull();
        assertThat(a.shared().findAll(List.of("k", "l"), Duration.ofSeconds(1))).isEmpty();
        byte[] entry = EntryFormatGoldenTest.value();
        Found<String> stale = new Found.Present<>(
                "v",
                0,
                0,
                false,
                EntryFormatTest.value(EntryFormat.parse(entry, EntryFormatGoldenTest.SCHEMA)),
                EntryFormatGoldenTest.HEAD);
        assertThat(a.shared().claimRefresh("k", stale, Duration.ofSeconds(1)).join())
                .isTrue();
        a.shared().release("k", stale);
        assertThatThrownBy(() -> a.shared().keys("*")).isInstanceOf(CacheException.class);
        assertThat(a.shared().sweep().join()).isFalse();
        assertThat(proxy.bytesToServer()).isEqualTo(bytes);
        assertThat(a.stats().sharedFailures()).isEqualTo(failures);
    }

    @Test
    void invalidations_notAcknowledged_hideTheSharedEntryHereAndArriveAfterTheOutage() {
        for (String key : new String[] {"key", "pattern:1", "put"}) {
            b.put(key, "old").await(Duration.ofSeconds(5));
            assertThat(a.getOrSet(key, () -> "loaded")).isEqualTo("old");
        }
        proxy.drop();
        Map<String, Acknowledgement> sent = Map.of(
                "key", a.invalidate("key"),
                "pattern:1", a.invalidatePattern("pattern:*"),
                "put", a.put("put", "new"));
        assertThat(a.getOrSet("key", () -> "new")).isEqualTo("new");
        assertThat(a.getOrSet("pattern:1", () -> "new")).isEqualTo("new");
        assertThat(sent.values()).noneMatch(Acknowledgement::isAcknowledged);
        assertThat(b.getIfPresent("key")).isEqualTo("old");

        proxy.heal();
        for (Acknowledgement invalidation : sent.values()) {
            assertThat(invalidation.await(PATIENCE)).isTrue();
            Nodes.awaitApplied(b, invalidation);
        }
        assertThat(b.getIfPresent("key")).isNotEqualTo("old");
        assertThat(b.getIfPresent("pattern:1")).isNotEqualTo("old");
        assertThat(b.getIfPresent("put")).isNotEqualTo("old");
        await().atMost(PATIENCE).until(() -> a.stats().unacknowledged() == 0);
    }

    @Test
    void invalidation_swallowed_hidesTheSharedEntryOnThisNode() {
        b.put("k", "old").await(Duration.ofSeconds(5));
        proxy.drop();
        a.invalidate("k");
        assertThat(a.getIfPresent("k")).isNull();
        assertThat(a.getOrSet("k", () -> "new")).isEqualTo("new");
    }

    @Test
    void invalidations_beyondTheBacklog_becomeOneOfEverything() {
        for (int i = 0; i < 30; i++) {
            b.put("k" + i, "old").await(Duration.ofSeconds(5));
        }
        b.put("bystander", "old").await(Duration.ofSeconds(5));
        proxy.drop();
        List<Acknowledgement> sent = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            sent.add(a.invalidate("k" + i));
        }
        await().atMost(PATIENCE).until(() -> a.stats().unacknowledged() <= 20);
        assertThat(a.getIfPresent("bystander")).isNull();
        // Before it heals, the proxy must have seen something to swallow.
        await().atMost(PATIENCE).until(this::isTripped);
        proxy.heal();
        for (Acknowledgement invalidation : sent) {
            assertThat(invalidation.await(PATIENCE)).isTrue();
            Nodes.awaitApplied(b, invalidation);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(b.getIfPresent("k" + i)).isNull();
        }
        assertThat(b.getIfPresent("bystander")).isNull();
    }

    @Test
    void localEntries_withoutConfirmation_areNotServedPastMaxStaleness() {
        a.getOrSet("k", () -> "old");
        assertThat(a.getIfPresent("k")).isEqualTo("old");
        proxy.drop();
        b.invalidate("k").await(Duration.ofSeconds(5));
        await().atMost(Duration.ofSeconds(5)).until(() -> a.getIfPresent("k") == null);
        assertThat(a.getOrSet("k", () -> "new")).isEqualTo("new");

        proxy.heal();
        ready(a);
        await().atMost(PATIENCE).until(() -> !isTripped());
        assertThat(a.getIfPresent("k")).isNotEqualTo("old");
    }

    @Test
    void connectionsCut_nodeFollowsAgainAndHasMissedNothing() {
        a.getOrSet("k", () -> "old");
        for (int i = 0; i < 5; i++) {
            proxy.cut();
            Acknowledgement invalidation = b.invalidate("k");
            assertThat(invalidation.await(Duration.ofSeconds(5))).isTrue();
            Nodes.awaitApplied(a, invalidation);
            String value = "value " + i;
            assertThat(a.getOrSet("k", () -> value)).isEqualTo(value);
        }
        assertThat(a.stats().resyncs()).isZero();
    }

    @Test
    void build_redisDown_regionsWorkAndJoinLater() {
        proxy.refuse();
        CacheRegion<String> c = nodes.node(proxy.host(), proxy.port(), s -> s.commandTimeout(COMMAND_TIMEOUT))
                .region("user", String.class, POLICY);
        assertThat(c.getOrSet("k", () -> "loaded")).isEqualTo("loaded");
        Acknowledgement invalidation = c.invalidate("k");
        assertThat(invalidation.isAcknowledged()).isFalse();
        proxy.heal();
        ready(c);
        assertThat(invalidation.await(PATIENCE)).isTrue();
        b.put("k", "shared").await(Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> "shared".equals(c.getIfPresent("k")));
    }

    @Test
    void close_redisGone_endsInTimeAndTellsWaiters() {
        PerfCache cache = nodes.node(proxy.host(), proxy.port(), s -> s.commandTimeout(COMMAND_TIMEOUT));
        CacheRegion<String> c = ready(cache.region("user", String.class, POLICY));
        proxy.drop();
        Acknowledgement invalidation = c.invalidate("k");
        long start = System.nanoTime();
        cache.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(invalidation.acknowledged().toCompletableFuture()).isCompletedExceptionally();
    }
}
