package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.testkit.OwnServer;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A call for many keys goes to Redis in a few commands, and is shared like single ones. */
@ExtendWith(ServersExtension.class)
@Timeout(60)
class BulkCallIT {

    private static final int KEYS = 3_000;

    private final Nodes nodes = new Nodes();

    @AfterEach
    void stop() {
        nodes.close();
    }

    private static long scripts(RedisServer redis) {
        return String.valueOf(redis.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=([0-9]+),.*", "$1")))
                .sum();
    }

    @Test
    void getOrSetAll_ofManyColdKeys_plantsAndStoresInAFewCommands(@OwnServer RedisServer redis) {
        CacheRegion<String> here = region(redis);
        CacheRegion<String> there = region(redis);
        List<String> keys = IntStream.range(0, KEYS).mapToObj(i -> "k" + i).toList();
        AtomicInteger loads = new AtomicInteger();
        BulkLoader<String> loader = missing -> {
            loads.addAndGet(missing.size());
            return missing.stream().collect(Collectors.toMap(k -> k, k -> "v" + k));
        };
        long before = scripts(redis);
        Map<String, String> first = here.getOrSetAll(keys, loader);
        assertThat(first).hasSize(KEYS).containsEntry("k17", "vk17");
        await().untilAsserted(
                        () -> assertThat(there.getIfPresent("k" + (KEYS - 1))).isEqualTo("vk" + (KEYS - 1)));
        // A lease and a store for each 64 keys; the rest is the background's.
        assertThat(scripts(redis) - before).isBetween(2L * KEYS / 64, 4L * KEYS / 64);
        assertThat(there.getOrSetAll(keys, loader)).isEqualTo(first);
        assertThat(loads).hasValue(KEYS);
        assertThat(here.stats().sharedFailures()).isZero();
        assertThat(here.stats().refusedStores()).isZero();
    }

    /** Between the lease and the store, some of the keys are invalidated: those alone are refused. */
    @Test
    void getOrSetAll_keysInvalidatedMeanwhile_areRefusedAndNoOthers(RedisServer redis) {
        CacheRegion<String> here = region(redis);
        CacheRegion<String> there = region(redis);
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "k" + i).toList();
        here.getOrSetAll(keys, missing -> {
            assertThat(there.invalidateAll(List.of("k3", "k150")).await(Duration.ofSeconds(5)))
                    .isTrue();
            return missing.stream().collect(Collectors.toMap(k -> k, k -> "old"));
        });
        await().untilAsserted(() -> assertThat(there.getIfPresent("k199")).isEqualTo("old"));
        Map<String, String> seen =
                there.getOrSetAll(keys, missing -> missing.stream().collect(Collectors.toMap(k -> k, k -> "new")));
        assertThat(seen.entrySet().stream()
                        .filter(e -> e.getValue().equals("new"))
                        .map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("k3", "k150");
    }

    /** The time limit is one for what a server answers at a time, and not for how much a call asks. */
    @Test
    void getOrSetAll_aServerThatAnswersEachRoundInTime_readsLeasesAndStoresAllKeys(RedisServer redis) {
        CacheRegion<String> here = region(redis, new CountingTier(tier(redis), 50), Duration.ofMillis(350));
        CacheRegion<String> there = region(redis, new CountingTier(tier(redis), 50), Duration.ofMillis(350));
        List<String> keys = IntStream.range(0, 8_000).mapToObj(i -> "k" + i).toList();
        AtomicInteger loads = new AtomicInteger();
        BulkLoader<String> loader = missing -> {
            loads.addAndGet(missing.size());
            return missing.stream().collect(Collectors.toMap(k -> k, k -> "v" + k));
        };
        Map<String, String> first = here.getOrSetAll(keys, loader);
        await().untilAsserted(() -> assertThat(there.getIfPresent("k7999")).isEqualTo("vk7999"));
        assertThat(there.getOrSetAll(keys, loader)).isEqualTo(first);
        assertThat(loads).hasValue(8_000);
        assertThat(here.stats().sharedFailures() + there.stats().sharedFailures())
                .isZero();
    }

    @Test
    void getOrSetAll_aRoundIsLate_asksNothingMore(RedisServer redis) {
        CountingTier busy = new CountingTier(tier(redis), 0);
        CacheRegion<String> here = region(redis, busy, Duration.ofMillis(350));
        List<String> keys = IntStream.range(0, 8_000).mapToObj(i -> "k" + i).toList();
        busy.answeredReads = 2;
        Map<String, String> values =
                here.getOrSetAll(keys, missing -> missing.stream().collect(Collectors.toMap(k -> k, k -> "v" + k)));
        assertThat(values).hasSize(8_000);
        assertThat(busy.sent("r", "read")).isEqualTo(3);
        assertThat(here.stats().sharedFailures()).isOne();
    }

    /** More than may be unacknowledged, and nevertheless no invalidation of everything. */
    @Test
    void putAllAndInvalidateAll_ofTenThousandKeys_touchNoOthers(RedisServer redis) {
        CacheRegion<String> here = region(redis);
        CacheRegion<String> there = region(redis);
        Acknowledgement bystander = here.put("bystander", "stays");
        assertThat(bystander.await(Duration.ofSeconds(10))).isTrue();
        Map<String, String> values =
                IntStream.range(0, 10_000).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v" + i));
        Acknowledgement put = here.putAll(values);
        assertThat(put.await(Duration.ofSeconds(20))).isTrue();
        Nodes.awaitApplied(there, put);
        assertThat(there.getOrSetAll(values.keySet(), missing -> Map.of())).isEqualTo(values);
        Acknowledgement gone = here.invalidateAll(values.keySet());
        // Here at once, although most of them are still to be sent.
        assertThat(here.getIfPresent("k1")).isNull();
        assertThat(gone.await(Duration.ofSeconds(20))).isTrue();
        Nodes.awaitApplied(there, gone);
        assertThat(there.getOrSetAll(values.keySet(), missing -> Map.of())).isEmpty();
        assertThat(here.getIfPresent("bystander")).isEqualTo("stays");
        assertThat(there.getIfPresent("bystander")).isEqualTo("stays");
        assertThat(here.stats().unacknowledged()).isZero();
    }

    @Test
    void putAllAndInvalidateAll_ofManyKeys_areAcknowledgedAndSeenElsewhere(RedisServer redis) {
        CacheRegion<String> here = region(redis);
        CacheRegion<String> there = region(redis);
        Map<String, String> values =
                IntStream.range(0, 700).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v" + i));
        Acknowledgement put = here.putAll(values);
        assertThat(put.await(Duration.ofSeconds(10))).isTrue();
        Nodes.awaitApplied(there, put);
        assertThat(there.getOrSetAll(values.keySet(), missing -> Map.of())).isEqualTo(values);
        Acknowledgement gone = here.invalidateAll(values.keySet());
        assertThat(gone.await(Duration.ofSeconds(10))).isTrue();
        Nodes.awaitApplied(there, gone);
        assertThat(there.getOrSetAll(values.keySet(), missing -> Map.of())).isEmpty();
        assertThat(here.putAll(Map.of()).await(Duration.ZERO)).isTrue();
        assertThat(here.invalidateAll(List.of()).await(Duration.ZERO)).isTrue();
    }

    private SharedTier tier(RedisServer redis) {
        RedisClient client = RedisClient.create(redis.uri());
        nodes.alsoClose(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
        return RedisTier.of(client);
    }

    private CacheRegion<String> region(RedisServer redis, SharedTier tier, Duration timeout) {
        return ready(nodes.node(
                        redis.host(),
                        redis.port(),
                        b -> b.shared(tier).local(l -> l.maximumSize(100_000)).commandTimeout(timeout))
                .region("r", String.class, CachePolicy.of(Duration.ofHours(1))));
    }

    private CacheRegion<String> region(RedisServer redis) {
        return ready(
                nodes.node(redis.host(), redis.port()).region("r", String.class, CachePolicy.of(Duration.ofHours(1))));
    }
}
