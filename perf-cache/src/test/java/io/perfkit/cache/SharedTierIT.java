package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.PendingInvalidations.Item;
import io.perfkit.cache.SharedChanges.Putting;
import io.perfkit.cache.SharedStores.Loaded;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Kind;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What two nodes do to a real Redis, below the level of loading. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class SharedTierIT {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final String cache = "it[*]-" + UUID.randomUUID();
    private final List<SharedNode> open = new ArrayList<>();
    private RedisServer redis;
    private SharedNode a;
    private SharedNode b;

    @BeforeEach
    void start(RedisServer redis) {
        this.redis = redis;
        a = node(0);
        b = node(0);
    }

    private SharedNode node(int schemaVersion) {
        SharedNode node = new SharedNode(cache, RedisClient.create(redis.uri()), schemaVersion);
        open.add(node);
        return node;
    }

    @AfterEach
    void stop() {
        open.forEach(SharedNode::close);
    }

    private String entry(String key) {
        return "perfkit:cache:" + cache + ":user:{:" + key + "}";
    }

    private static Item item(Kind kind, String subject) {
        boolean glob = kind == Kind.PATTERN || kind == Kind.DUE_PATTERN;
        return new Item(kind, subject, glob ? Glob.of(subject) : null);
    }

    private long calls(String command) {
        return String.valueOf(redis.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=([0-9]+),.*", "$1")))
                .sum();
    }

    @Test
    void hit_isOneCommandWithoutAScript() {
        a.load("k", "v", SharedNode.life(60));
        assertThat(b.value("k")).isEqualTo("v");
        long reads = calls("mget");
        long scripts = calls("eval") + calls("evalsha");
        for (int i = 0; i < 500; i++) {
            assertThat(b.value("k")).isEqualTo("v");
        }
        assertThat(calls("mget") - reads).isEqualTo(500);
        // Confirmations of the position go on meanwhile.
        assertThat(calls("eval") + calls("evalsha") - scripts).isLessThan(50);
    }

    @Test
    void miss_plantsOneLease_ofWhichOneNodeKnowsThatItIsIts() {
        Found<String> first = a.find("k");
        Found<String> second = b.find("k");
        assertThat(first.present()).isFalse();
        assertThat(first.leaseIsOurs()).isTrue();
        assertThat(second.leaseIsOurs()).isFalse();
        assertThat(second.fence()).isEqualTo(first.fence());
        assertThat(a.find("k").leaseIsOurs()).isFalse();
        assertThat((Long) redis.command("PTTL", entry("k"))).isBetween(1L, SharedNode.LEASE.toMillis());
    }

    /** As between two nodes that both found nothing. */
    @Test
    void lease_whereSomethingStands_isOnlyPlantedOverWhatWasExpected() {
        a.load("k", "v", SharedNode.life(60));
        byte[] lease = new EntryFormat().lease();
        SharedTier.Region region = a.region.remote();
        byte[] standing = region.lease("k", lease, SharedNode.LEASE, new byte[0])
                .toCompletableFuture()
                .join()
                .bytes();
        byte[] fence = a.find("k").fence();
        assertThat(standing).startsWith(fence).hasSizeGreaterThan(fence.length);
        region.lease("k", lease, SharedNode.LEASE, lease).toCompletableFuture().join();
        assertThat(b.value("k")).isEqualTo("v");
        region.lease("k", lease, SharedNode.LEASE, fence).toCompletableFuture().join();
        assertThat(b.find("k").fence()).isEqualTo(lease);
    }

    @Test
    void release_onlyRemovesTheLeaseThatIsOurs() {
        Found<String> ours = a.find("k");
        Found<String> theirs = b.find("k");
        b.region.release("k", theirs);
        assertThat(b.find("k").fence()).isEqualTo(ours.fence());
        a.region.release("k", ours);
        await().until(() -> redis.command("EXISTS", entry("k")).equals(0L));
        a.load("k", "v", SharedNode.life(60));
        a.region.release("k", ours);
        assertThat(b.value("k")).isEqualTo("v");
        assertThat(b.value("k")).isEqualTo("v");
    }

    @Test
    void claimRefresh_isGivenToOneNodeForATime() {
        a.load("k", "v", SharedNode.life(60));
        Found<String> found = a.find("k");
        assertThat(claims(a, "k", found)).isTrue();
        assertThat(claims(b, "k", b.find("k"))).isFalse();
        assertThat(claims(b, "}", found)).isTrue();
        await().until(() -> claims(b, "k", b.find("k")));
    }

    @Test
    void claimRefresh_givenUpOrOfAnotherEntry_isFreeAtOnce() {
        a.load("k", "v", SharedNode.life(60));
        Found<String> found = a.find("k");
        Duration aMinute = Duration.ofMinutes(1);
        assertThat(a.region.claimRefresh("k", found, aMinute).join()).isTrue();
        a.region.release("k", found);
        await().until(() -> b.region.claimRefresh("k", b.find("k"), aMinute).join());
        a.invalidate(item(Kind.KEY, "k"));
        a.load("k", "v2", SharedNode.life(60));
        assertThat(a.region.claimRefresh("k", a.find("k"), aMinute).join()).isTrue();
    }

    private static boolean claims(SharedNode node, String key, Found<String> found) {
        return node.region.claimRefresh(key, found, Duration.ofMillis(300)).join();
    }

    @Test
    void value_comesBackWithItsLifeAndTags() {
        a.load("k", "v", SharedNode.life(60, "red", "größe"));
        Found.Present<String> found = b.present("k");
        assertThat(found.value()).isEqualTo("v");
        assertThat(found.tags()).containsExactly("red", "größe");
        assertThat(found.loadNanos()).isEqualTo(99);
        assertThat(found.due()).isFalse();
        assertThat(found.freshFor()).isBetween(50 * SECOND, 60 * SECOND);
        assertThat(found.staleFor() - found.freshFor()).isEqualTo(7 * SECOND);
        assertThat(found.liveFor()).isEqualTo(found.staleFor());
        assertThat((Long) redis.command("PTTL", entry("k"))).isBetween(55_000L, 67_000L);
    }

    @Test
    void life_isNeverOverestimated() {
        a.load("k", "v", SharedNode.life(60));
        for (int i = 0; i < 200; i++) {
            long before = (Long) redis.command("PTTL", entry("k"));
            long left = TimeUnit.NANOSECONDS.toMillis(b.present("k").liveFor());
            long after = (Long) redis.command("PTTL", entry("k"));
            // The server rounds to milliseconds; how much too little it is depends on how slow the last answer was.
            assertThat(left).isBetween(after - 2_000, before + 1);
        }
    }

    @Test
    void expiredValue_pastItsTime_isReplacedByALease() {
        a.load("k", "v", new Life(SECOND / 5, 0, 0, 0, List.of()));
        await().pollInterval(Duration.ofMillis(5)).until(() -> b.find("k").leaseIsOurs());
    }

    @Test
    void cachedAbsence_isPresentAndNull() {
        Found<String> miss = a.find("k");
        a.region.store("k", miss, a.region.encode(null), SharedNode.life(60));
        await().until(() -> b.find("k").present());
        assertThat(b.present("k").value()).isNull();
    }

    @Test
    void largeValue_isCompressed() {
        String value = "the same again, ".repeat(10_000);
        a.load("k", value, SharedNode.life(60));
        assertThat((Long) redis.command("STRLEN", entry("k"))).isLessThan(5_000);
        assertThat(b.value("k")).isEqualTo(value);
        assertThat(a.encoded("short").compressed()).isFalse();
    }

    @Test
    void tooLargeValue_isNotShared() {
        assertThat(a.region.encode("x".repeat(EntryFormat.MAXIMUM_ENTRY_SIZE + 1)))
                .isNull();
        assertThat(a.counters.sharedFailures.sum()).isEqualTo(1);
    }

    @Test
    void tag_killsTheValuesThatHaveIt() {
        a.load("red", "v", SharedNode.life(60, "x", "red"));
        a.load("blue", "v", SharedNode.life(60, "blue"));
        b.invalidate(item(Kind.TAG, "red"));
        assertThat((Long) redis.command("STRLEN", entry("red"))).isGreaterThan(EntryLayout.FIXED_LENGTH);
        SharedNode late = node(0);
        assertThat(late.find("red").present()).isFalse();
        assertThat(a.find("red").present()).isFalse();
        assertThat(a.value("blue")).isEqualTo("v");
        a.load("late", "v", SharedNode.life(60, "red"));
        assertThat(late.value("late")).isEqualTo("v");
        assertThat(late.value("blue")).isEqualTo("v");
    }

    @Test
    void expireKey_valueIsDueButUsable_andALoadInFlightIsRefused() {
        a.load("k", "v", SharedNode.life(60, "red"));
        Found<String> inFlight = a.find("k");
        b.invalidate(item(Kind.DUE_KEY, "k"));
        for (SharedNode node : List.of(a, b, node(0))) {
            Found.Present<String> found = node.present("k");
            assertThat(found.value()).isEqualTo("v");
            assertThat(found.due()).isTrue();
            assertThat(found.freshFor()).isNotPositive();
            assertThat(found.staleFor()).isGreaterThan(50 * SECOND);
            assertThat(found.tags()).containsExactly("red");
        }
        a.store("k", inFlight, "old", SharedNode.life(60));
        await().until(() -> a.counters.refusedStores.sum() == 1);
        Found<String> due = a.find("k");
        a.store("k", due, "new", SharedNode.life(60));
        await().until(() -> "new".equals(b.value("k")));
        assertThat(b.present("k").due()).isFalse();
    }

    @Test
    void expireKey_whereALeaseStands_theLoadInFlightIsRefused() {
        Found<String> inFlight = a.find("k");
        b.invalidate(item(Kind.DUE_KEY, "k"));
        a.store("k", inFlight, "old", SharedNode.life(60));
        await().until(() -> a.counters.refusedStores.sum() == 1);
        assertThat(b.find("k").present()).isFalse();
    }

    @Test
    void expirePattern_valuesAreDueButUsable() {
        a.load("42:x", "v", SharedNode.life(60));
        a.load("43:x", "v", SharedNode.life(60));
        b.invalidate(item(Kind.DUE_PATTERN, "42:*"));
        for (SharedNode node : List.of(a, b, node(0))) {
            assertThat(node.present("42:x").due()).isTrue();
            assertThat(node.value("42:x")).isEqualTo("v");
            assertThat(node.present("43:x").due()).isFalse();
        }
        Found<String> due = a.find("42:x");
        a.store("42:x", due, "new", SharedNode.life(60));
        await().until(() -> "new".equals(b.value("42:x")));
        assertThat(b.present("42:x").due()).isFalse();
    }

    @Test
    void deadValue_isReplacedByALeaseThatOneNodeOwns() {
        a.load("42:x", "v", SharedNode.life(60));
        b.invalidate(item(Kind.PATTERN, "42:*"));
        assertThat(a.find("42:x").leaseIsOurs()).isTrue();
        assertThat(b.find("42:x").leaseIsOurs()).isFalse();
    }

    @Test
    void findAll_findsValuesAndPlantsLeases() {
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "k" + i).toList();
        Map<String, Found<String>> misses = a.region.findAll(keys, SharedNode.LEASE);
        assertThat(misses).containsOnlyKeys(keys.toArray(new String[0]));
        assertThat(misses.values()).allMatch(Found::leaseIsOurs);
        List<Loaded<String>> loaded = keys.stream()
                .filter(key -> !key.endsWith("7"))
                .map(key -> new Loaded<>(key, misses.get(key), a.encoded("v" + key), SharedNode.life(60)))
                .toList();
        a.region.storeAll(loaded);
        await().until(() -> b.find("k199").present());
        b.invalidate(item(Kind.PATTERN, "k1?"));
        long reads = calls("mget");
        Map<String, Found<String>> found = a.region.findAll(keys, SharedNode.LEASE);
        assertThat(calls("mget") - reads).isEqualTo(4);
        for (String key : keys) {
            boolean gone = key.endsWith("7") || key.matches("k1.");
            assertThat(SharedNode.value(found.get(key))).as(key).isEqualTo(gone ? null : "v" + key);
            assertThat(found.get(key).leaseIsOurs()).as(key).isEqualTo(key.matches("k1.") && !key.equals("k17"));
        }
    }

    /** The node that loads has not heard of what another one does meanwhile: only the fence tells. */
    @Test
    void storeAll_keysInvalidatedMeanwhile_areRefusedAndNoOthers() {
        List<String> keys = IntStream.range(0, 100).mapToObj(i -> "k" + i).toList();
        Map<String, Found<String>> misses = a.region.findAll(keys, SharedNode.LEASE);
        b.invalidate(item(Kind.KEY, "k3"));
        b.invalidate(item(Kind.KEY, "k77"));
        a.region.storeAll(keys.stream()
                .map(key -> new Loaded<>(key, misses.get(key), a.encoded("old"), SharedNode.life(60)))
                .toList());
        await().until(() -> a.counters.refusedStores.sum() == 2);
        await().until(() -> b.find("k99").present());
        assertThat(keys.stream().filter(key -> !b.find(key).present())).containsExactly("k3", "k77");
    }

    @Test
    void putAllAndInvalidateAll_reachTheOtherNode() {
        List<String> keys = IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
        List<Putting> values = keys.stream()
                .map(key -> new Putting(key, a.encoded("v" + key), SharedNode.life(60), false, () -> true, () -> {}))
                .toList();
        Invalidation put = a.region.putAll(values);
        assertThat(put.await(Duration.ofSeconds(20))).isTrue();
        assertThat(b.region.findAll(keys, SharedNode.LEASE).values()).allMatch(Found::present);
        Invalidation gone = b.region.invalidateAll(
                keys.stream().map(key -> item(Kind.KEY, key)).toList(),
                keys.stream().<Runnable>map(key -> () -> {}).toList());
        assertThat(gone.await(Duration.ofSeconds(20))).isTrue();
        assertThat(gone.epoch().join()).isEqualTo(put.epoch().join() + 50);
        assertThat(a.region.findAll(keys, SharedNode.LEASE).values()).noneMatch(Found::present);
    }

    @Test
    void findAsync_doesWhatFindDoes() {
        Found<String> miss =
                a.region.findAsync("k", SharedNode.LEASE, Runnable::run).join();
        assertThat(miss.leaseIsOurs()).isTrue();
        a.store("k", miss, "v", SharedNode.life(60));
        await().until(() -> "v"
                .equals(SharedNode.value(
                        b.region.findAsync("k", SharedNode.LEASE, Runnable::run).join())));
        a.invalidate(item(Kind.PATTERN, "k*"));
        assertThat(b.region
                        .findAsync("k", SharedNode.LEASE, Runnable::run)
                        .join()
                        .present())
                .isFalse();
    }

    @Test
    void schemaVersions_theNewerReplacesTheOlderAndNotTheOtherWayRound() {
        SharedNode next = node(1);
        a.load("k", "old form", SharedNode.life(60));
        Found<String> miss = next.find("k");
        assertThat(miss.leaseIsOurs()).isTrue();
        next.store("k", miss, "new form", SharedNode.life(60));
        await().until(() -> "new form".equals(next.value("k")));
        Found<String> left = a.find("k");
        assertThat(left.present()).isFalse();
        assertThat(left.fence()).isNull();
        assertThat(next.value("k")).isEqualTo("new form");
        assertThat(a.counters.undecodable.sum()).isPositive();
        // Invalidations know no versions.
        a.invalidate(item(Kind.KEY, "k"));
        assertThat(next.find("k").present()).isFalse();
    }

    @Test
    void entriesOfOtherFormats_olderAndForeignOnesAreReplaced_newerOnesAreLeft() {
        redis.command("SET", entry("one"), "\u0001V an entry of version 1, which is no more");
        redis.command("SET", entry("foreign"), "hello");
        redis.command("SET", entry("empty"), "");
        redis.command("RPUSH", entry("list"), "x");
        redis.command("SET", entry("three"), "\u0003V an entry of version 3");
        for (String key : List.of("one", "foreign", "empty", "list")) {
            Found<String> miss = a.find(key);
            assertThat(miss.leaseIsOurs()).as(key).isTrue();
            a.store(key, miss, "v", SharedNode.life(60));
            await().until(() -> "v".equals(b.value(key)));
        }
        Found<String> left = a.find("three");
        assertThat(left.present()).isFalse();
        assertThat(left.fence()).isNull();
        assertThat(redis.command("GET", entry("three"))).isEqualTo("\u0003V an entry of version 3");
    }

    @Test
    void keys_onlyThoseOfLiveValuesThatMatch() {
        List<String> odd = List.of("a}b", "a*b", "a[b", "a\\", "", "é", "a b", "a:refresh");
        for (String key : odd) {
            a.load(key, "v", SharedNode.life(60));
        }
        for (int i = 0; i < 30; i++) {
            a.load("n" + i, "v", SharedNode.life(60, "t".repeat(400)));
        }
        a.find("lease");
        a.region.claimRefresh("a}b", a.find("a}b"), Duration.ofMinutes(1)).join();
        b.invalidate(item(Kind.PATTERN, "n1?"));
        assertThat(b.region.keys("*").distinct().filter(odd::contains)).containsExactlyInAnyOrderElementsOf(odd);
        assertThat(b.region.keys("n*").distinct()).hasSize(20);
        assertThat(b.region.keys("n2?").distinct()).hasSize(10).allMatch(key -> key.matches("n2."));
        assertThat(b.region.keys("a\\*b")).containsExactly("a*b");
        assertThat(b.region.keys("a[*]b").distinct()).containsExactly("a*b");
        assertThat(b.region.keys("a\\").distinct()).containsExactly("a\\");
        assertThat(b.region.keys("lease")).isEmpty();
    }

    @Test
    void sweep_removesWhatIsDeadAndNothingElse() {
        for (int i = 0; i < 300; i++) {
            a.store("dead" + i, a.find("dead" + i), "v", SharedNode.life(60));
        }
        a.load("tagged", "v", SharedNode.life(60, "red", "x".repeat(500)));
        a.load("live", "v", SharedNode.life(60));
        a.load("soft", "v", SharedNode.life(60));
        a.find("lease");
        await().until(() -> b.region.keys("dead*").distinct().count() == 300);
        b.invalidate(item(Kind.PATTERN, "dead*"));
        b.invalidate(item(Kind.TAG, "red"));
        b.invalidate(item(Kind.DUE_PATTERN, "soft*"));
        await().until(() -> a.region.position().epoch() == 3);
        assertThat(a.region.sweep().join()).isTrue();
        assertThat(a.counters.swept.sum()).isEqualTo(301);
        assertThat(redis.command("EXISTS", entry("dead7"), entry("tagged"))).isEqualTo(0L);
        assertThat(redis.command("EXISTS", entry("live"), entry("soft"), entry("lease")))
                .isEqualTo(3L);
        // The other node sees that it is done.
        assertThat(b.region.sweep().join()).isFalse();
        assertThat(a.region.sweep().join()).isFalse();
    }
}
