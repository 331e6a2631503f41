package io.perfkit.cache;

import static io.perfkit.cache.Nodes.awaitApplied;
import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two nodes on a real Redis: what they share, and freshness rule 2 in interleavings that leave nothing to luck. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class SharedRegionIT {

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofMinutes(10));

    private final Nodes nodes = new Nodes();
    private RedisServer redis;
    private PerfCache cacheA;
    private PerfCache cacheB;
    private CacheRegion<String> a;
    private CacheRegion<String> b;

    @BeforeEach
    void start(RedisServer redis) {
        this.redis = redis;
        cacheA = nodes.node(redis.host(), redis.port());
        cacheB = nodes.node(redis.host(), redis.port());
        a = ready(cacheA.region("user", String.class, POLICY));
        b = ready(cacheB.region("user", String.class, POLICY));
    }

    @AfterEach
    void stop() throws Exception {
        nodes.close();
    }

    private String entry(String key) {
        return "perfkit:cache:" + nodes.name() + ":user:{:" + key + "}";
    }

    private void awaitShared(String key) {
        await().until(() -> (Long) redis.command("STRLEN", entry(key)) >= EntryLayout.FIXED_LENGTH);
    }

    /** A load on a node that has begun and waits to be told what it loaded. */
    private static final class HeldLoad {

        private final CompletableFuture<String> loaded = new CompletableFuture<>();
        private final CompletableFuture<String> result = new CompletableFuture<>();

        HeldLoad(CacheRegion<String> region, String key) throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(1);
            new Thread(() -> {
                        try {
                            result.complete(region.getOrSet(key, () -> {
                                begun.countDown();
                                return loaded.get();
                            }));
                        } catch (Throwable t) {
                            result.completeExceptionally(t);
                        }
                    })
                    .start();
            begun.await();
        }

        void finish(String value) {
            loaded.complete(value);
            result.join();
        }
    }

    @Test
    void getOrSet_loadedOnOneNode_isSharedWithTheOther() {
        assertThat(a.getOrSet("k", () -> "from a")).isEqualTo("from a");
        awaitShared("k");
        assertThat(b.getOrSet("k", () -> "from b")).isEqualTo("from a");
        assertThat(b.getOrSet("k", () -> "from b")).isEqualTo("from a");
        assertThat(b.stats().sharedHits()).isEqualTo(1);
        assertThat(b.stats().localHits()).isEqualTo(1);
        assertThat(b.stats().loads()).isZero();
    }

    @Test
    void getIfPresent_onlyInTheSharedTier_findsItAndKeepsItLocally() {
        assertThat(b.getIfPresent("k")).isNull();
        Acknowledgement put = a.put("k", "v");
        assertThat(put.await(Duration.ofSeconds(5))).isTrue();
        // Its event would remove a local copy that was made before.
        awaitApplied(b, put);
        assertThat(b.getIfPresent("k")).isEqualTo("v");
        assertThat(b.getIfPresent("k")).isEqualTo("v");
        assertThat(b.stats().sharedHits()).isEqualTo(1);
    }

    @Test
    void json_recordsAndKeysOfEveryKind_travel() {
        record User(String name, int age, List<String> tags) {}
        CacheRegion<User> usersA = ready(cacheA.region("json", User.class, POLICY));
        CacheRegion<User> usersB = ready(cacheB.region("json", User.class, POLICY));
        User user = new User("Zoë", 42, List.of("x", "y"));
        for (String key : List.of("", "}", "{a}", "é", "a b\n", "😀")) {
            usersA.put(key, user).await(Duration.ofSeconds(5));
            assertThat(usersB.getIfPresent(key)).isEqualTo(user);
        }
        assertThatThrownBy(() -> usersA.put("\uD800", user)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void localCopy_inheritsTheRemainingLifeOfTheSharedEntry() {
        ManualClock clock = new ManualClock();
        PerfCache cacheC = nodes.node(
                redis.host(), redis.port(), s -> s.ticker(clock::nanoTime).maxStaleness(Duration.ofDays(1)));
        CacheRegion<String> c = ready(cacheC.region("user", String.class, POLICY));
        a.getOrSet("k", Duration.ofSeconds(40), () -> "v");
        awaitShared("k");
        assertThat(c.getIfPresent("k")).isEqualTo("v");
        redis.command("DEL", entry("k"));
        clock.advance(Duration.ofSeconds(30));
        assertThat(c.getIfPresent("k")).isEqualTo("v");
        // The server's clock ran on a little between the confirmation that told us of it and the store.
        clock.advance(Duration.ofSeconds(13));
        assertThat(c.getIfPresent("k")).isNull();
    }

    @Test
    void staleWhileRevalidate_sharedEntryPastItsTtl_isServedAndLoadedAnewOnce() {
        CachePolicy policy = CachePolicy.builder()
                .ttl(Duration.ofMillis(1))
                .staleWhileRevalidate(Duration.ofMinutes(1))
                .build();
        CacheRegion<String> staleA = ready(cacheA.region("stale", String.class, policy));
        CacheRegion<String> staleB = ready(cacheB.region("stale", String.class, policy));
        staleA.put("k", "old").await(Duration.ofSeconds(5));
        AtomicInteger loads = new AtomicInteger();
        await().pollInterval(Duration.ofMillis(2)).until(() -> staleA.stats().unacknowledged() == 0);
        assertThat(staleB.getOrSet("k", Duration.ofHours(1), () -> "new " + loads.incrementAndGet()))
                .isIn("old");
        await().until(() -> "new 1".equals(staleB.getIfPresent("k")));
        assertThat(staleB.getOrSet("k", () -> "never")).isEqualTo("new 1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void localOnly_isNotShared() {
        CachePolicy policy = CachePolicy.builder().localOnly().build();
        cacheA.region("mine", String.class, policy).put("k", "v");
        assertThat(cacheB.region("mine", String.class, policy).getIfPresent("k"))
                .isNull();
    }

    @Test
    void remoteInvalidations_reachTheLocalTierOfTheOtherNode() {
        List<Map.Entry<String, java.util.function.Supplier<Acknowledgement>>> all = List.of(
                Map.entry("key", () -> a.invalidate("42:profile")),
                Map.entry("pattern", () -> a.invalidatePattern("42:*")),
                Map.entry("clear", () -> a.clear()),
                Map.entry("put", () -> a.put("42:profile", "put")));
        for (var each : all) {
            assertThat(b.getOrSet("42:profile", () -> "old")).as(each.getKey()).isEqualTo("old");
            Acknowledgement invalidation = each.getValue().get();
            awaitApplied(b, invalidation);
            invalidation.await(Duration.ofSeconds(5));
            assertThat(b.getIfPresent("42:profile"))
                    .as(each.getKey())
                    .isEqualTo(each.getKey().equals("put") ? "put" : null);
            b.invalidate("42:profile").await(Duration.ofSeconds(5));
        }
    }

    @Test
    void remoteInvalidation_idleReader_learnsOfItFromTheLogWithoutAsking() {
        b.getOrSet("k", () -> "old");
        Acknowledgement invalidation = a.invalidate("k");
        assertThat(invalidation.await(Duration.ofSeconds(5))).isTrue();
        awaitApplied(b, invalidation);
        assertThat(b.local().peek("k")).isNull();
        assertThat(b.stats().remoteInvalidations()).isEqualTo(1);
    }

    // Rule 2.

    /** A node to which no event of the log comes in time: only the fence stands between its load and Redis. */
    private CacheRegion<String> deafNode() {
        return deafNode(new DeafTier(redis));
    }

    private CacheRegion<String> deafNode(DeafTier deaf) {
        nodes.alsoClose(deaf);
        PerfCache cache = PerfCache.builder(nodes.name())
                .shared(deaf)
                .commandTimeout(Duration.ofSeconds(20))
                .maxStaleness(Duration.ofSeconds(60))
                .build();
        nodes.alsoClose(cache);
        return ready(cache.region("user", String.class, POLICY));
    }

    @Test
    void remoteInvalidate_duringLoad_theValueComesBackNowhere() throws Exception {
        HeldLoad load = new HeldLoad(b, "k");
        Acknowledgement invalidation = a.invalidate("k");
        assertThat(invalidation.await(Duration.ofSeconds(5))).isTrue();
        awaitApplied(b, invalidation);
        load.finish("old");
        assertThat(b.getIfPresent("k")).isNull();
        assertThat(a.getIfPresent("k")).isNull();
        assertThat(a.getOrSet("k", () -> "new")).isEqualTo("new");
    }

    @Test
    void remoteInvalidate_duringLoadOfADeafNode_theValueIsRefusedByTheSharedTier() throws Exception {
        CacheRegion<String> deaf = deafNode();
        HeldLoad load = new HeldLoad(deaf, "k");
        assertThat(a.invalidate("k").await(Duration.ofSeconds(5))).isTrue();
        load.finish("old");
        await().until(() -> deaf.stats().refusedStores() == 1);
        assertThat(a.getIfPresent("k")).isNull();
        assertThat(b.getOrSet("k", () -> "new")).isEqualTo("new");
    }

    @Test
    void remotePattern_duringLoadOfADeafNode_theStoredValueIsDeadToEveryReader() throws Exception {
        CacheRegion<String> deaf = deafNode();
        HeldLoad load = new HeldLoad(deaf, "42:profile");
        assertThat(a.invalidatePattern("42:*").await(Duration.ofSeconds(5))).isTrue();
        load.finish("old");
        awaitShared("42:profile");
        assertThat(a.getIfPresent("42:profile")).isNull();
        assertThat(b.getIfPresent("42:profile")).isNull();
        CacheRegion<String> late = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        assertThat(late.getIfPresent("42:profile")).isNull();
    }

    @Test
    void remoteInvalidate_duringLoadAndAnotherNodeLoadsMeanwhile_theNewValueStays() throws Exception {
        CacheRegion<String> deaf = deafNode();
        HeldLoad load = new HeldLoad(deaf, "k");
        a.invalidate("k").await(Duration.ofSeconds(5));
        assertThat(a.getOrSet("k", () -> "new")).isEqualTo("new");
        awaitShared("k");
        load.finish("old");
        await().until(() -> deaf.stats().refusedStores() == 1);
        CacheRegion<String> c = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        assertThat(c.getIfPresent("k")).isEqualTo("new");
    }

    @Test
    void remotePattern_duringLoad_theStoredValueIsDeadToEveryReader() throws Exception {
        HeldLoad load = new HeldLoad(b, "42:profile");
        Acknowledgement invalidation = a.invalidatePattern("42:*");
        assertThat(invalidation.await(Duration.ofSeconds(5))).isTrue();
        awaitApplied(b, invalidation);
        load.finish("old");
        // A node that was there, one that loaded, and one that comes later.
        assertThat(a.getIfPresent("42:profile")).isNull();
        assertThat(b.getIfPresent("42:profile")).isNull();
        CacheRegion<String> c = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        assertThat(c.getIfPresent("42:profile")).isNull();
        assertThat(c.getOrSet("42:profile", () -> "new")).isEqualTo("new");
    }

    @Test
    void remotePattern_entryStoredBefore_isDeadToEveryReaderAndReplaced() {
        b.getOrSet("42:profile", () -> "old");
        awaitShared("42:profile");
        Acknowledgement invalidation = a.invalidatePattern("42:*");
        invalidation.await(Duration.ofSeconds(5));
        CacheRegion<String> c = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        assertThat(c.getOrSet("42:profile", () -> "new")).isEqualTo("new");
        awaitApplied(a, invalidation);
        await().until(() -> "new".equals(a.getIfPresent("42:profile")));
    }

    @Test
    void remoteClear_duringLoad_theStoredValueIsDead() throws Exception {
        HeldLoad load = new HeldLoad(b, "k");
        a.clear().await(Duration.ofSeconds(5));
        load.finish("old");
        assertThat(a.getIfPresent("k")).isNull();
    }

    @Test
    void put_duringLoadOnAnotherNode_thePutValueStays() throws Exception {
        CacheRegion<String> deaf = deafNode();
        HeldLoad load = new HeldLoad(deaf, "k");
        Acknowledgement put = a.put("k", "put");
        assertThat(put.await(Duration.ofSeconds(5))).isTrue();
        load.finish("old");
        await().until(() -> deaf.stats().refusedStores() == 1);
        awaitApplied(b, put);
        assertThat(b.getIfPresent("k")).isEqualTo("put");
    }

    @Test
    void readerBehindTheLog_catchesUpBeforeItServesASharedEntry() {
        b.getOrSet("42:x", () -> "old");
        awaitShared("42:x");
        CacheRegion<String> c = deafNode();
        a.invalidatePattern("42:*").await(Duration.ofSeconds(5));
        assertThat(c.getIfPresent("42:x")).isNull();
        assertThat(c.stats().remoteInvalidations()).isEqualTo(1);
    }

    // Rule 6, its part about what this node reads. The rest is in RedisOutageIT.

    @Test
    void invalidation_notAcknowledgedWhileRedisCanBeRead_hidesTheSharedEntryOnThisNode() {
        DeafTier tier = new DeafTier(redis);
        CacheRegion<String> node = deafNode(tier);
        for (String key : List.of("k", "42:x", "put")) {
            a.put(key, "old").await(Duration.ofSeconds(5));
            assertThat(node.getIfPresent(key)).isEqualTo("old");
        }
        tier.mute();
        node.invalidate("k");
        node.invalidatePattern("42:*");
        node.put("put", "new");
        node.invalidate("unrelated");
        assertThat(node.getIfPresent("k")).isNull();
        assertThat(node.getIfPresent("42:x")).isNull();
        assertThat(node.getIfPresent("put")).isEqualTo("new");
        assertThat(node.getOrSet("k", () -> "new")).isEqualTo("new");
        assertThat(b.getIfPresent("k")).isEqualTo("old");
        node.clear();
        assertThat(node.getIfPresent("put")).isNull();
        assertThat(node.stats().unacknowledged()).isEqualTo(5);
    }

    // Hostile neighbours.

    @Test
    void foreignBytes_areAMissAndCounted() {
        for (String bytes : List.of("x", "hello world, this is not one of our entries at all, is it", "\u0001V")) {
            redis.command("SET", entry("k"), bytes);
            b.invalidate("other").await(Duration.ofSeconds(5));
            assertThat(b.getIfPresent("k")).isNull();
        }
        assertThat(b.stats().undecodable()).isEqualTo(3);
        assertThat(b.getOrSet("k", () -> "loaded")).isEqualTo("loaded");
    }

    @Test
    void entryOfAnotherType_isAMissAndReplaced() {
        cacheA.region("typed", String.class, POLICY).put("k", "not json").await(Duration.ofSeconds(5));
        CacheRegion<Integer> numbers = ready(cacheB.region("typed", Integer.class, POLICY));
        assertThat(numbers.getOrSet("k", () -> 7)).isEqualTo(7);
        assertThat(numbers.stats().undecodable()).isEqualTo(1);
    }

    @Test
    void logDeletedWithEventsInIt_isNoticedByTheHead() {
        b.getOrSet("k", () -> "old");
        awaitShared("k");
        // Three events that nobody can read any more, one of which may have been about k.
        String head = "perfkit:cache:{" + nodes.name() + ":user}:head";
        String[] parts = ((String) redis.command("GET", head)).split(" ");
        parts[2] = Long.toString(Long.parseLong(parts[2]) + 3);
        redis.command("SET", head, String.join(" ", parts));
        await().until(() -> b.stats().resyncs() > 0);
        ready(b);
        Entry<String> local = b.local().peek("k");
        assertThat(local == null || b.local().live("k", local) == null).isTrue();
    }
}
