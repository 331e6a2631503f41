package io.perfkit.cache;

import static io.perfkit.cache.Nodes.awaitApplied;
import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.SocketAddressResolver;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.testkit.OwnServer;
import io.perfkit.testkit.RedisReplicaSet;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.proxy.FaultProxy;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Freshness rule 5: whatever the server has lost, no old value comes back. */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class ServerIdentityIT {

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofMinutes(10));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Nodes nodes = new Nodes();

    @AfterEach
    void stop() {
        nodes.close();
    }

    /** A node whose client is led to another server when it reconnects, as by a sentinel or a name. */
    private final class Led {

        private final ClientResources resources;
        private volatile InetSocketAddress address;
        private final CacheRegion<String> region;

        Led(String host, int port) {
            address = new InetSocketAddress(host, port);
            resources = ClientResources.builder()
                    .socketAddressResolver(new SocketAddressResolver() {
                        @Override
                        public SocketAddress resolve(RedisURI uri) {
                            return address;
                        }
                    })
                    .build();
            RedisClient client = RedisClient.create(resources, RedisURI.create(host, port));
            PerfCache cache = PerfCache.builder(nodes.name())
                    .shared(RedisTier.of(client))
                    .commandTimeout(Duration.ofSeconds(2))
                    .build();
            nodes.alsoClose(() -> resources.shutdown().await(2_000));
            nodes.alsoClose(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
            nodes.alsoClose(cache);
            region = ready(cache.region("user", String.class, POLICY));
        }

        void leadTo(RedisServer server) {
            leadTo(server.host(), server.port());
        }

        void leadTo(String host, int port) {
            address = new InetSocketAddress(host, port);
        }
    }

    private String key(String part) {
        return "perfkit:cache:{" + nodes.name() + ":user}:" + part;
    }

    private String entry(String key) {
        return "perfkit:cache:" + nodes.name() + ":user:{:" + key + "}";
    }

    private static Acknowledgement acknowledged(Acknowledgement invalidation) {
        assertThat(invalidation.await(PATIENCE)).isTrue();
        return invalidation;
    }

    /** On a machine that is busy otherwise, a store may be given up. */
    private void putShared(RedisServer redis, CacheRegion<String> region, String key) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
            acknowledged(region.put(key, "old"));
            return (Long) redis.command("STRLEN", entry(key)) > EntryLayout.FIXED_LENGTH;
        });
    }

    private static void awaitSharedAgain(CacheRegion<String> region) {
        await().atMost(PATIENCE)
                .until(() -> region.shared().isFollowing() && !region.shared().isTripped());
    }

    private long incarnation(RedisServer redis) {
        return Long.parseUnsignedLong(((String) redis.command("GET", key("head"))).split(" ")[1], 16);
    }

    @Test
    void killedAndStartedEmpty_nothingOlderIsTrusted(@OwnServer RedisServer redis) {
        CacheRegion<String> a = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        CacheRegion<String> b = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        acknowledged(a.put("k", "old"));
        assertThat(b.getIfPresent("k")).isEqualTo("old");
        long before = incarnation(redis);
        redis.kill();
        redis.startEmpty();
        awaitSharedAgain(a);
        awaitSharedAgain(b);
        assertThat(incarnation(redis)).isNotEqualTo(before);
        assertThat(a.getIfPresent("k")).isNull();
        assertThat(b.getIfPresent("k")).isNull();
        assertThat(a.getOrSet("k", () -> "new")).isEqualTo("new");
        await().atMost(PATIENCE).until(() -> "new".equals(b.getIfPresent("k")));
    }

    @Test
    void killedAndStartedWithAnOldSnapshot_whatWasInvalidatedSinceStaysGone(@OwnServer RedisServer redis) {
        CacheRegion<String> a = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        FaultProxy proxy = FaultProxy.to(redis.host(), redis.port());
        nodes.alsoClose(proxy);
        CacheRegion<String> away =
                ready(nodes.node(proxy.host(), proxy.port(), s -> s.maxStaleness(Duration.ofMinutes(5)))
                        .region("user", String.class, POLICY));
        for (String key : List.of("k", "42:x", "away")) {
            putShared(redis, a, key);
        }
        redis.command("SAVE");
        acknowledged(a.invalidate("k"));
        Acknowledgement last = acknowledged(a.invalidatePattern("42:*"));
        awaitApplied(away, last);
        // A node that is away while all this happens, with a copy of its own.
        assertThat(away.getIfPresent("away")).isEqualTo("old");
        proxy.refuse();
        redis.kill();
        redis.start();
        assertThat(redis.command("EXISTS", entry("k"))).isEqualTo(1L);
        awaitSharedAgain(a);
        assertThat(a.getIfPresent("k")).isNull();
        assertThat(a.getIfPresent("42:x")).isNull();
        // As many events as were lost, so that the epoch is the one that the other node has seen.
        acknowledged(a.invalidate("away"));
        acknowledged(a.invalidate("other"));
        CacheRegion<String> late = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        assertThat(late.getIfPresent("k")).isNull();
        assertThat(late.getIfPresent("42:x")).isNull();
        proxy.heal();
        await().atMost(PATIENCE).until(() -> away.stats().resyncs() > 0);
        awaitSharedAgain(away);
        assertThat(away.getIfPresent("away")).isNull();
        assertThat(away.getIfPresent("k")).isNull();
    }

    @Test
    void laggingReplicaPromoted_lostInvalidationsAreNotForgotten() {
        RedisReplicaSet set = RedisReplicaSet.start();
        nodes.alsoClose(set);
        Led a = new Led(set.primary().host(), set.primary().port());
        Led b = new Led(set.primary().host(), set.primary().port());
        for (String key : List.of("k", "42:x", "b")) {
            putShared(set.primary(), a.region, key);
        }
        set.awaitReplication();
        set.replicationLink().stall();
        acknowledged(a.region.invalidate("k"));
        Acknowledgement last = acknowledged(a.region.invalidatePattern("42:*"));
        awaitApplied(b.region, last);
        assertThat(b.region.getIfPresent("b")).isEqualTo("old");
        set.promoteReplica();
        assertThat(set.replica().command("EXISTS", entry("k"))).isEqualTo(1L);
        a.leadTo(set.replica());
        set.primary().kill();
        awaitSharedAgain(a.region);
        assertThat(a.region.getIfPresent("k")).isNull();
        assertThat(a.region.getIfPresent("42:x")).isNull();
        // The promoted one issues as many events as it lost, before the other node looks.
        acknowledged(a.region.invalidate("b"));
        acknowledged(a.region.invalidate("other"));
        long resyncs = b.region.stats().resyncs();
        b.leadTo(set.replica());
        await().atMost(PATIENCE).until(() -> b.region.stats().resyncs() > resyncs);
        awaitSharedAgain(b.region);
        for (String key : List.of("k", "42:x", "b")) {
            assertThat(b.region.getIfPresent(key)).as(key).isNull();
        }
    }

    @Test
    void reconnectedBehindOurBack_noAnswerOfTheOtherServerIsBelieved() throws Exception {
        RedisReplicaSet set = RedisReplicaSet.start();
        nodes.alsoClose(set);
        FaultProxy first = FaultProxy.to(set.primary().host(), set.primary().port());
        FaultProxy second = FaultProxy.to(set.replica().host(), set.replica().port());
        nodes.alsoClose(first);
        nodes.alsoClose(second);
        Led a = new Led(first.host(), first.port());
        putShared(set.primary(), a.region, "k");
        set.awaitReplication();
        set.promoteReplica();
        acknowledged(a.region.invalidate("k"));
        RedisServer other = set.replica();
        // The other server has the entry, and pretends to have seen as many events.
        other.command("SET", "saved-head", (String) set.primary().command("GET", key("head")));
        assertThat(other.command("COPY", entry("k"), "saved-entry")).isEqualTo(1L);

        AtomicBoolean running = new AtomicBoolean(true);
        AtomicLong reads = new AtomicLong();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread reader = new Thread(() -> {
                while (running.get()) {
                    Found<String> found = a.region.shared().find("k", Duration.ofMillis(50));
                    if (found != null) {
                        reads.incrementAndGet();
                        if (found instanceof Found.Present<String> present) {
                            wrong.add(String.valueOf(present.value()));
                        }
                    }
                }
            });
            reader.start();
            readers.add(reader);
        }
        for (int i = 0; i < 12; i++) {
            boolean toSecond = i % 2 == 0;
            if (toSecond) {
                other.command("COPY", "saved-entry", entry("k"), "REPLACE");
                other.command("COPY", "saved-head", key("head"), "REPLACE");
            }
            FaultProxy next = toSecond ? second : first;
            a.leadTo(next.host(), next.port());
            long seen = reads.get();
            (toSecond ? first : second).cut();
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .until(() -> next.openConnections() >= 2
                            && a.region.shared().isFollowing()
                            && !a.region.shared().isTripped()
                            && reads.get() > seen + 50);
        }
        running.set(false);
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void connectedToAReplica_isNotUsed() {
        RedisReplicaSet set = RedisReplicaSet.start();
        nodes.alsoClose(set);
        CacheRegion<String> a =
                ready(nodes.node(set.primary().host(), set.primary().port()).region("user", String.class, POLICY));
        acknowledged(a.put("k", "v"));
        set.awaitReplication();
        CacheRegion<String> b =
                nodes.node(set.replica().host(), set.replica().port()).region("user", String.class, POLICY);
        assertThat(b.getIfPresent("k")).isNull();
        assertThat(b.shared().isFollowing()).isFalse();
    }

    @Test
    void headEvictedOrDamaged_nothingOlderIsTrusted(RedisServer redis) {
        CacheRegion<String> a = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        CacheRegion<String> b = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        List<Runnable> damages = List.of(
                () -> redis.command("DEL", key("head")),
                () -> redis.command("SET", key("head"), "2 0000000000000007 12 13 0 abc"),
                () -> redis.command("SET", key("head"), "\u0000\u0001 hostile"),
                () -> redis.command("SET", key("head"), "2 0000000000000007 999999999999999999999 0 0 abc"),
                () -> {
                    redis.command("DEL", key("head"));
                    redis.command("HSET", key("head"), "i", "1");
                },
                () -> redis.command("DEL", key("head"), key("log")));
        for (Runnable damage : damages) {
            acknowledged(a.put("k", "old"));
            await().atMost(PATIENCE).until(() -> "old".equals(b.getIfPresent("k")));
            long before = incarnation(redis);
            long resyncs = b.stats().resyncs();
            long resyncsOfA = a.stats().resyncs();
            damage.run();
            await().atMost(PATIENCE).until(() -> b.stats().resyncs() > resyncs);
            // Until it has noticed too, it may serve what it has.
            await().atMost(PATIENCE).until(() -> a.stats().resyncs() > resyncsOfA);
            ready(a);
            ready(b);
            assertThat(b.getIfPresent("k")).isNull();
            assertThat(a.getOrSet("k", () -> "new")).isEqualTo("new");
            assertThat(incarnation(redis)).isNotEqualTo(before);
        }
    }

    @Test
    void logLost_whoIsBehindTrustsNothingOlder(RedisServer redis) {
        DeafTier tier = new DeafTier(redis);
        nodes.alsoClose(tier);
        PerfCache cache = PerfCache.builder(nodes.name())
                .shared(tier)
                .commandTimeout(Duration.ofSeconds(20))
                .maxStaleness(Duration.ofSeconds(60))
                .build();
        nodes.alsoClose(cache);
        CacheRegion<String> deaf = ready(cache.region("user", String.class, POLICY));
        CacheRegion<String> a = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        acknowledged(a.put("42:x", "old"));
        acknowledged(a.put("other", "v"));
        assertThat(deaf.getIfPresent("42:x")).isEqualTo("old");
        acknowledged(a.invalidatePattern("42:*"));
        redis.command("DEL", key("log"));
        acknowledged(a.invalidate("unrelated"));
        assertThat(deaf.getIfPresent("other")).isNull();
        await().atMost(PATIENCE)
                .until(() -> deaf.stats().resyncs() == 1 && deaf.shared().isFollowing());
        assertThat(deaf.getIfPresent("42:x")).isNull();
        assertThat(deaf.getIfPresent("other")).isEqualTo("v");
    }

    @Test
    void tombstonesLost_whatTheyKilledStaysDead(RedisServer redis) {
        CacheRegion<String> a = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        acknowledged(a.put("42:x", "old"));
        acknowledged(a.put("other", "v"));
        acknowledged(a.invalidatePattern("42:*"));
        long before = incarnation(redis);
        redis.command("DEL", key("dead"));
        CacheRegion<String> late = ready(nodes.node(redis.host(), redis.port()).region("user", String.class, POLICY));
        assertThat(late.getIfPresent("42:x")).isNull();
        assertThat(incarnation(redis)).isNotEqualTo(before);
    }
}
