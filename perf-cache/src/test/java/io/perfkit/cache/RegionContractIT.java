package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.CachePolicy.OnUnreachable;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a region does, seen from outside: in every combination of tiers, through views, for each kind of call and each
 * option of a policy. Judged are the values, the number of loads, and what each call asks of Redis.
 *
 * <p>Values that are to end are loaded through a view whose ttl is short: in the local tier by a clock that is moved, in
 * the shared one by Redis's own. What is loaded after them stays for an hour.
 */
@ExtendWith(ServersExtension.class)
@Timeout(60)
class RegionContractIT {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(80);
    /** Long enough for what goes on by itself to show. */
    private static final Duration A_WHILE = Duration.ofMillis(25);

    enum Tiers {
        LOCAL,
        BOTH,
        SHARED_ONLY,
        VIEW_WITH_TTL,
        COPYING
    }

    private static final String NAME = "contract-" + UUID.randomUUID();
    private static final ManualClock CLOCK = new ManualClock();
    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final Map<String, CacheRegion<String>> REGIONS = new HashMap<>();
    private static final AtomicInteger KEYS = new AtomicInteger();
    private static ExecutorService threads;
    private static RedisServer server;
    private static CountingTier counting;
    private static CountingTier countingOther;
    private static PerfCache local;
    private static PerfCache shared;
    private static PerfCache otherNode;
    /** A node that does not wait for long. */
    private static PerfCache hasty;

    private static CountingTier countingHasty;

    @BeforeAll
    static void start(RedisServer redis) {
        threads = Executors.newCachedThreadPool();
        server = redis;
        local = PerfCache.builder(NAME).ticker(CLOCK::nanoTime).build();
        counting = new CountingTier(tier(redis));
        shared = PerfCache.builder(NAME)
                .shared(counting)
                .ticker(System::nanoTime)
                .commandTimeout(Duration.ofSeconds(5))
                .build();
        countingOther = new CountingTier(tier(redis));
        otherNode = PerfCache.builder(NAME)
                .shared(countingOther)
                .ticker(System::nanoTime)
                .commandTimeout(Duration.ofSeconds(5))
                .build();
        countingHasty = new CountingTier(tier(redis));
        hasty = PerfCache.builder(NAME)
                .shared(countingHasty)
                .ticker(System::nanoTime)
                .commandTimeout(Duration.ofMillis(400))
                .build();
        OPEN.addAll(List.of(local, shared, otherNode, hasty));
    }

    private static SharedTier tier(RedisServer redis) {
        RedisClient client = RedisClient.create(redis.uri());
        OPEN.add(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
        return RedisTier.of(client);
    }

    @AfterAll
    static void stop() throws Exception {
        threads.shutdownNow();
        for (int i = OPEN.size() - 1; i >= 0; i--) {
            OPEN.get(i).close();
        }
    }

    static List<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        for (Tiers tiers : Tiers.values()) {
            for (LoadCall call : LoadCall.values()) {
                all.add(Arguments.of(tiers, call));
            }
        }
        return all;
    }

    static List<Arguments> sharing() {
        return all().stream().filter(a -> a.get()[0] != Tiers.LOCAL).toList();
    }

    /** Those of them that hold a thread, which can be interrupted. */
    static List<Arguments> blocking() {
        return sharing().stream().filter(a -> a.get()[1] != LoadCall.ASYNC).toList();
    }

    /** One key of one region, as one kind of call sees it. */
    private static final class Subject {

        final Tiers tiers;
        final LoadCall call;
        final String name;
        final CacheRegion<String> region;
        final String key;
        final AtomicInteger loads = new AtomicInteger();

        private Subject(Subject beside, String key) {
            this.tiers = beside.tiers;
            this.call = beside.call;
            this.name = beside.name;
            this.region = beside.region;
            this.key = key;
        }

        Subject(Tiers tiers, LoadCall call, String option, UnaryOperator<CachePolicy.Builder> policy) {
            this(tiers, call, option, policy, tiers == Tiers.LOCAL ? local : shared);
        }

        Subject(Tiers tiers, LoadCall call, String option, UnaryOperator<CachePolicy.Builder> policy, PerfCache cache) {
            this.tiers = tiers;
            this.call = call;
            this.key = "k" + KEYS.incrementAndGet();
            this.name = option + (tiers == Tiers.SHARED_ONLY ? "-shared-only" : "");
            region = view(node(cache, policy));
        }

        CacheRegion<String> node(PerfCache cache, UnaryOperator<CachePolicy.Builder> policy) {
            CachePolicy.Builder builder = policy.apply(CachePolicy.builder().ttl(HOUR));
            CachePolicy built = (tiers == Tiers.SHARED_ONLY ? builder.sharedOnly() : builder).build();
            return REGIONS.computeIfAbsent(System.identityHashCode(cache) + name, n -> {
                CacheRegion<String> region = cache.region(name, String.class, built);
                return region.shared() == null ? region : Nodes.ready(region);
            });
        }

        CacheRegion<String> view(CacheRegion<String> plain) {
            return switch (tiers) {
                case VIEW_WITH_TTL -> plain.withTtl(HOUR.multipliedBy(2));
                case COPYING -> plain.copying(String::new);
                default -> plain;
            };
        }

        String get(LoadCall.Loader loader) {
            return getAt(region, loader);
        }

        String getAt(CacheRegion<String> node, LoadCall.Loader loader) {
            return call.get(
                    node,
                    key,
                    () -> {
                        loads.incrementAndGet();
                        return loader.load();
                    },
                    threads);
        }

        /** Has a value that is past its ttl, wherever it is. */
        Subject past(String value) {
            past(value, new String[] {key});
            return this;
        }

        /** The same for one that is this, and for others beside it. */
        List<Subject> past(String value, String... keys) {
            List<Subject> all = new ArrayList<>();
            for (String each : keys) {
                Subject subject = new Subject(this, each);
                region.withTtl(SHORT).getOrSet(each, () -> value);
                subject.stored();
                all.add(subject);
            }
            later(SHORT);
            counting.taken(name);
            return all;
        }

        /** Lets time go by, for the tiers that this one has. */
        void later(Duration time) {
            if (tiers == Tiers.LOCAL) {
                CLOCK.advance(time);
            } else {
                pass(time.plusMillis(5));
            }
        }

        String inRedis() {
            return "perfkit:cache:" + NAME + ":" + name + ":{:" + key + "}";
        }

        /** Until the value that was loaded stands in Redis. */
        void stored() {
            stored(1);
        }

        void stored(int times) {
            if (tiers != Tiers.LOCAL) {
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> counting.stored(name, key) >= times);
            }
        }

        /** The value is loaded in the background, and then nothing goes on any more. */
        void refreshed(int wanted) {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> loads.get() == wanted && !region.local().isLoading(key));
            pass(A_WHILE);
            assertThat(loads).as("loads").hasValue(wanted);
        }

        /** What was asked of Redis since; for both tiers and the shared one alone. */
        void cost(Map<String, Integer> both, Map<String, Integer> sharedOnly) {
            if (tiers != Tiers.LOCAL) {
                Map<String, Integer> expected = tiers == Tiers.SHARED_ONLY ? sharedOnly : both;
                assertThat(counting.taken(name)).as("commands").isEqualTo(new TreeMap<>(expected));
            }
        }
    }

    private static void pass(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> System.nanoTime() - until >= 0);
    }

    private static Map<String, Integer> reads(int count) {
        return count == 0 ? Map.of() : Map.of("read", count);
    }

    private static String down() throws IOException {
        throw new IOException("down");
    }

    @ParameterizedTest
    @MethodSource("all")
    void miss_thenHit_loadsOnceAndKeeps(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "miss", policy -> policy);
        assertThat(subject.get(() -> "1")).isEqualTo("1");
        subject.stored();
        subject.cost(Map.of("read", 1, "lease", 1, "store", 1), Map.of("read", 1, "lease", 1, "store", 1));
        String second = subject.get(() -> "2");
        assertThat(second).isEqualTo("1");
        subject.cost(reads(0), reads(1));
        assertThat(subject.loads).hasValue(1);
        if (tiers == Tiers.COPYING) {
            assertThat(subject.get(() -> "3")).isNotSameAs(second);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void nothingStaleAllowed_pastTheTtl_waitsForTheLoad(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "plain", policy -> policy).past("old");
        assertThat(subject.get(() -> "new")).isEqualTo("new");
        subject.stored(2);
        assertThat(subject.get(() -> "newer")).isEqualTo("new");
        assertThat(subject.loads).hasValue(1);
    }

    /** A shared tier alone once loaded nothing, and asked Redis for ever. */
    @ParameterizedTest
    @MethodSource("all")
    void staleWhileRevalidate_pastTheTtl_servesOnceMoreAndLoadsOnceInTheBackground(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "swr", policy -> policy.staleWhileRevalidate(HOUR)).past("old");
        long served = subject.region.stats().staleServed();
        CompletableFuture<String> held = new CompletableFuture<>();
        assertThat(subject.get(held::get)).isEqualTo("old");
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> subject.loads.get() == 1);
        assertThat(subject.get(held::get)).as("while it is loaded").isEqualTo("old");
        held.complete("new");
        subject.refreshed(1);
        assertThat(subject.region.stats().staleServed() - served).isEqualTo(2);
        subject.cost(Map.of("read", 1, "store", 1), Map.of("read", 3, "store", 1));
        assertThat(subject.get(() -> "newer")).isEqualTo("new");
        subject.refreshed(1);
        subject.cost(reads(0), reads(1));
    }

    @ParameterizedTest
    @MethodSource("all")
    void staleWhileRevalidate_refreshFails_servesOnAndTriesAgainAfterASecond(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "swr", policy -> policy.staleWhileRevalidate(HOUR)).past("old");
        assertThat(subject.get(RegionContractIT::down)).isEqualTo("old");
        subject.refreshed(1);
        assertThat(subject.get(RegionContractIT::down)).isEqualTo("old");
        subject.refreshed(1);
        if (tiers == Tiers.LOCAL) {
            subject.later(Duration.ofSeconds(1));
            assertThat(subject.get(RegionContractIT::down)).isEqualTo("old");
            subject.refreshed(2);
        }
    }

    /** Neither in the window for refreshes nor for a load that fails. */
    @ParameterizedTest
    @MethodSource("all")
    void stale_invalidated_isNotServed(Tiers tiers, LoadCall call) {
        Subject any = new Subject(
                tiers,
                call,
                "stale",
                policy -> policy.staleWhileRevalidate(HOUR).staleIfError(HOUR));
        List<Subject> all = any.past("old", any.key + "key", any.key + "pattern", any.key + "clear");
        all.get(0).region.invalidate(all.get(0).key);
        all.get(1).region.invalidatePattern(any.key + "p*");
        assertThat(all.get(0).get(() -> "new")).isEqualTo("new");
        assertThat(all.get(1).get(() -> "new")).isEqualTo("new");
        assertThat(any.region.clear().await(Duration.ofSeconds(10))).isTrue();
        assertThatThrownBy(() -> all.get(2).get(RegionContractIT::down)).hasRootCauseMessage("down");
    }

    @ParameterizedTest
    @MethodSource("all")
    void expire_staleAllowed_servesOnceMoreAndLoadsOnceInTheBackground(Tiers tiers, LoadCall call) {
        for (boolean pattern : new boolean[] {false, true}) {
            Subject subject = new Subject(tiers, call, "swr", policy -> policy.staleWhileRevalidate(HOUR));
            subject.get(() -> "old");
            subject.stored();
            Invalidation expiry =
                    pattern ? subject.region.expirePattern(subject.key + "*") : subject.region.expire(subject.key);
            assertThat(expiry.await(Duration.ofSeconds(10))).isTrue();
            counting.taken(subject.name);
            assertThat(subject.get(() -> "new")).isEqualTo("old");
            subject.refreshed(2);
            subject.cost(Map.of("read", 1, "store", 1), Map.of("read", 2, "store", 1));
            assertThat(subject.get(() -> "newer")).isEqualTo("new");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void staleIfError_loadFails_standsInForASecondWithoutAnotherTry(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "error", policy -> policy.staleIfError(HOUR)).past("old");
        assertThat(subject.get(RegionContractIT::down)).isEqualTo("old");
        assertThat(subject.get(() -> "not tried")).isEqualTo("old");
        assertThat(subject.loads).hasValue(1);
        if (tiers == Tiers.LOCAL) {
            // Past the second, the stale value does not stand in the way of the next one.
            subject.later(Duration.ofSeconds(1));
            assertThat(subject.get(() -> "new")).isEqualTo("new");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void refreshAhead_nearTheEnd_servesAndLoadsOnceInTheBackground(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "ahead", policy -> policy.refreshAhead(1_000));
        Duration took = Duration.ofMillis(10);
        subject.region.withTtl(Duration.ofSeconds(5)).getOrSet(subject.key, () -> {
            CLOCK.advance(took);
            if (tiers != Tiers.LOCAL) {
                pass(took);
            }
            return "old";
        });
        subject.stored();
        // Each call refreshes with a probability of exp(-5 s / (1,000 * 10 ms)), which is 0.6. On a busy machine, Redis
        // has the value so late that a refresh may take it for a newer one: then another call sets off the next.
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> {
            if (subject.loads.get() == 0 && !subject.region.local().isLoading(subject.key)) {
                assertThat(subject.get(() -> "new")).isEqualTo("old");
            }
            return subject.loads.get() > 0
                    && !subject.region.local().isLoading(subject.key)
                    && "new".equals(subject.region.getIfPresent(subject.key));
        });
        // A shared tier alone may be read once more between the load and its store.
        assertThat(subject.loads.get()).as("loads").isBetween(1, tiers == Tiers.SHARED_ONLY ? 2 : 1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void nullTtl_absence_isKeptForItsTime(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "null", policy -> policy.nullTtl(Duration.ofMinutes(1)));
        assertThat(subject.get(() -> null)).isNull();
        subject.stored();
        assertThat(subject.get(() -> "there")).isNull();
        assertThat(subject.region.getIfPresent(subject.key)).isNull();
        assertThat(subject.loads).hasValue(1);
        if (tiers == Tiers.LOCAL) {
            subject.later(Duration.ofMinutes(1));
            assertThat(subject.get(() -> "there")).isEqualTo("there");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void loadTimeout_staleValueThere_isServedAfterTheSoftOneAndTheLateOneIsStored(Tiers tiers, LoadCall call) {
        // A stale value that only Redis has must have been read by then.
        Duration soft = Duration.ofMillis(tiers == Tiers.SHARED_ONLY ? 300 : 10);
        Subject subject = new Subject(
                        tiers,
                        call,
                        "soft",
                        policy -> policy.staleIfError(HOUR).loadTimeout(soft, Duration.ofSeconds(30)))
                .past("old");
        CompletableFuture<String> late = new CompletableFuture<>();
        assertThat(subject.get(late::get)).isEqualTo("old");
        late.complete("new");
        subject.refreshed(1);
        assertThat(subject.get(() -> "newer")).isEqualTo("new");
    }

    /** Only Redis has the stale value, and takes longer than the soft timeout to say so. */
    @ParameterizedTest
    @MethodSource("sharing")
    void loadTimeout_redisIsLaterThanTheSoftOne_staleValueIsServedAsItComes(Tiers tiers, LoadCall call)
            throws Exception {
        UnaryOperator<CachePolicy.Builder> policy =
                p -> p.staleIfError(HOUR).loadTimeout(Duration.ofMillis(5), Duration.ofSeconds(30));
        Subject subject = new Subject(tiers, call, "soft-late", policy).past("old");
        CacheRegion<String> other = subject.view(subject.node(otherNode, policy));
        CompletableFuture<Void> read = new CompletableFuture<>();
        countingOther.holdReads(subject.name, read);
        CompletableFuture<String> late = new CompletableFuture<>();
        Future<String> answer = threads.submit(() -> subject.getAt(other, late::get));
        pass(A_WHILE);
        assertThat(answer.isDone()).isFalse();
        read.complete(null);
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("old");
        late.complete("new");
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> !other.local().isLoading(subject.key));
        assertThat(subject.loads).hasValue(1);
    }

    /** What a call for many keys has found fresh is a part of its answer beside what is stale. */
    @ParameterizedTest
    @EnumSource(Tiers.class)
    void loadTimeout_manyKeys_freshOnesAndStaleOnesAreServedTogether(Tiers tiers) {
        Subject subject = new Subject(
                        tiers,
                        LoadCall.BULK,
                        "soft-many",
                        policy -> policy.staleIfError(HOUR).loadTimeout(Duration.ofMillis(5), Duration.ofSeconds(30)))
                .past("old");
        String fresh = subject.key + "-fresh";
        subject.region.put(fresh, "fresh").await(Duration.ofSeconds(5));
        CompletableFuture<String> late = new CompletableFuture<>();
        List<String> keys = List.of(fresh, subject.key);
        try {
            assertThat(subject.region.getOrSetAll(keys, missing -> Map.of(subject.key, late.get())))
                    .containsExactly(Map.entry(fresh, "fresh"), Map.entry(subject.key, "old"));
        } finally {
            late.complete("new");
        }
    }

    @ParameterizedTest
    @EnumSource(Tiers.class)
    void manyKeys_oneLoadOfWhatIsMissing_inTheOrderOfTheKeys(Tiers tiers) {
        Subject subject = new Subject(tiers, LoadCall.BULK, "many", policy -> policy);
        String there = subject.key;
        subject.get(() -> "there");
        subject.stored();
        counting.taken(subject.name);
        List<List<String>> asked = new ArrayList<>();
        BulkLoader<String> loader = missing -> {
            asked.add(List.copyOf(missing));
            return Map.of(there + "c", "c", there + "a", "a", there + "unasked", "this");
        };
        List<String> keys = List.of(there + "c", there, there + "none", there + "a", there);
        assertThat(subject.region.getOrSetAll(keys, loader))
                .containsExactly(Map.entry(there + "c", "c"), Map.entry(there, "there"), Map.entry(there + "a", "a"));
        assertThat(asked).containsExactly(List.of(there + "c", there + "none", there + "a"));
        subject.cost(Map.of("read", 1, "lease", 1, "store", 1), Map.of("read", 1, "lease", 1, "store", 1));
        assertThat(subject.region.getOrSetAll(List.of(there + "a", there), loader))
                .hasSize(2);
        subject.cost(reads(0), reads(1));
        assertThat(asked).hasSize(1);
        assertThat(subject.region.getIfPresent(there + "unasked")).isNull();
        assertThat(subject.region.getOrSetAll(List.of(), loader)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void schemaVersion_changed_olderEntriesAreMisses(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "schema", policy -> policy);
        subject.get(() -> "of version 1");
        subject.stored();
        CacheRegion<String> next = subject.view(newVersion(subject));
        long undecodable = next.stats().undecodable();
        assertThat(next.getIfPresent(subject.key)).isNull();
        assertThat(next.stats().undecodable() - undecodable).isEqualTo(1);
        assertThat(subject.getAt(next, () -> "of version 2")).isEqualTo("of version 2");
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> countingOther.stored(subject.name, subject.key) == 1);
        assertThat(subject.getAt(next, () -> "again")).isEqualTo("of version 2");
        assertThat(subject.loads).hasValue(2);
    }

    private static CacheRegion<String> newVersion(Subject subject) {
        return REGIONS.computeIfAbsent("version 2 of " + subject.name, n -> {
            CachePolicy.Builder policy = CachePolicy.builder().ttl(HOUR).schemaVersion(2);
            CachePolicy built = (subject.tiers == Tiers.SHARED_ONLY ? policy.sharedOnly() : policy).build();
            return Nodes.ready(otherNode.region(subject.name, String.class, built));
        });
    }

    /** Every kind of change that a region has, of keys that it makes different from all others. */
    private static Map<String, Function<CacheRegion<String>, Acknowledgement>> changes(String key) {
        Map<String, Function<CacheRegion<String>, Acknowledgement>> changes = new LinkedHashMap<>();
        changes.put(key + "put", r -> r.put(key + "put", "put"));
        changes.put(key + "putAll", r -> r.putAll(Map.of(key + "putAll", "put")));
        changes.put(key + "invalidate", r -> r.invalidate(key + "invalidate"));
        changes.put(key + "invalidateAll", r -> r.invalidateAll(List.of(key + "invalidateAll")));
        changes.put(key + "pattern", r -> r.invalidatePattern(key + "pat*"));
        changes.put(key + "tag", r -> r.invalidateTag(key + "tag"));
        changes.put(key + "expire", r -> r.expire(key + "expire"));
        changes.put(key + "byPattern", r -> r.expirePattern(key + "by*"));
        return changes;
    }

    /**
     * Both options, for changes that do not reach Redis: they take effect here at once, whatever reads, and elsewhere as soon
     * as they get through. Who wants to know that they have is told that they have not.
     */
    @ParameterizedTest
    @EnumSource(OnUnreachable.class)
    void onUnreachable_changesDoNotArrive_holdHereAndAreSentAgain(OnUnreachable option) throws Exception {
        UnaryOperator<CachePolicy.Builder> policy = p -> p.onUnreachable(option);
        Map<Subject, Map<String, Function<CacheRegion<String>, Acknowledgement>>> all = new LinkedHashMap<>();
        Map<Tiers, CacheRegion<String>> others = new EnumMap<>(Tiers.class);
        for (Arguments each : sharing()) {
            Tiers tiers = (Tiers) each.get()[0];
            Subject subject = new Subject(tiers, (LoadCall) each.get()[1], "unreachable-" + option, policy, hasty);
            others.computeIfAbsent(tiers, t -> subject.view(subject.node(otherNode, policy)));
            all.put(subject, changes(subject.key));
            all.get(subject).keySet().forEach(key -> {
                subject.region.getOrSet(key, (k, context) -> {
                    context.tags(key);
                    return "old";
                });
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> "old".equals(others.get(tiers).getIfPresent(key)));
            });
        }
        countingHasty.losesChanges = true;
        List<Future<Acknowledgement>> sent = new ArrayList<>();
        all.forEach((subject, changes) ->
                changes.values().forEach(change -> sent.add(threads.submit(() -> change.apply(subject.region)))));
        List<Acknowledgement> unacknowledged = new ArrayList<>();
        for (Future<Acknowledgement> each : sent) {
            if (option == OnUnreachable.CONTINUE) {
                unacknowledged.add(each.get(10, TimeUnit.SECONDS));
            } else {
                assertThatThrownBy(() -> each.get(10, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOf(CacheException.class)
                        .hasMessageMatching(
                                "The shared tier did not acknowledge the invalidation \\(\\w+, '.*'\\) of region "
                                        + "'unreachable-FAIL(-shared-only)?' within PT0.4S. It has taken effect on this node, hides what "
                                        + "it invalidates from it, and is sent again until acknowledged; other nodes may serve the old "
                                        + "value until then");
            }
        }
        assertThat(unacknowledged).noneMatch(Acknowledgement::isAcknowledged);
        all.forEach((subject, changes) -> changes.keySet().forEach(key -> {
            assertThat(others.get(subject.tiers).getIfPresent(key)).as(key).isEqualTo("old");
            assertThat(subject.call.get(subject.region, key, () -> "new", threads))
                    .as(key)
                    .isIn("new", "put");
        }));
        countingHasty.losesChanges = false;
        for (Acknowledgement each : unacknowledged) {
            assertThat(each.await(Duration.ofSeconds(10))).isTrue();
        }
        all.forEach((subject, changes) -> {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> subject.region.stats().unacknowledged() == 0);
            changes.keySet()
                    .forEach(key -> await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> !"old".equals(others.get(subject.tiers).getIfPresent(key))));
            await().ignoreExceptions()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> subject.region.invalidate(subject.key).isAcknowledged()
                            || option == OnUnreachable.CONTINUE);
        });
    }

    @Test
    void onUnreachableFail_withoutASharedTier_isRefused() {
        CachePolicy policy =
                CachePolicy.builder().onUnreachable(OnUnreachable.FAIL).build();
        assertThatThrownBy(() -> local.region("unreachable", String.class, policy))
                .isInstanceOf(CacheException.class)
                .hasMessageStartingWith("Region 'unreachable' of cache '" + NAME + "' asks for the shared tier by")
                .hasMessageEndingWith("and the cache has none: build it with shared(...)");
    }

    @ParameterizedTest
    @EnumSource(LoadCall.class)
    void localOnly_inACacheWithASharedTier_asksRedisNothing(LoadCall call) {
        CacheRegion<String> here = localOnly(shared);
        CacheRegion<String> there = localOnly(otherNode);
        String key = "local-only" + KEYS.incrementAndGet();
        assertThat(call.get(here, key, () -> "here", threads)).isEqualTo("here");
        assertThat(call.get(here, key, () -> "again", threads)).isEqualTo("here");
        assertThat(call.get(there, key, () -> "there", threads)).isEqualTo("there");
        here.invalidate(key).await(Duration.ofSeconds(5));
        assertThat(call.get(here, key, () -> "new", threads)).isEqualTo("new");
        assertThat(call.get(there, key, () -> "new", threads)).isEqualTo("there");
        assertThat(counting.taken("local-only")).isEmpty();
    }

    private static CacheRegion<String> localOnly(PerfCache cache) {
        return REGIONS.computeIfAbsent(
                System.identityHashCode(cache) + "local-only",
                n -> cache.region(
                        "local-only",
                        String.class,
                        CachePolicy.builder().ttl(HOUR).localOnly().build()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void loadTimeout_nothingThere_tellsTheCallerAfterTheHardOne(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(
                tiers, call, "hard", policy -> policy.loadTimeout(Duration.ofMillis(5), Duration.ofMillis(50)));
        CompletableFuture<String> late = new CompletableFuture<>();
        assertThatThrownBy(() -> subject.get(late::get))
                .isInstanceOf(LoadTimeoutException.class)
                .hasMessage("The load of key '" + subject.key + "' of region '" + subject.name
                        + "' took longer than PT0.05S, the hard loadTimeout of its policy. It goes on, and stores its "
                        + "value when it ends");
        late.complete("late");
        subject.refreshed(1);
        subject.stored();
        assertThat(subject.region.getIfPresent(subject.key)).isEqualTo("late");
    }

    @ParameterizedTest
    @MethodSource("all")
    void ttlJitter_atTheFullTtl_nothingIsLeft(Tiers tiers, LoadCall call) {
        Subject subject = new Subject(tiers, call, "jitter", policy -> policy.ttlJitter(0.9)).past("old");
        assertThat(subject.get(() -> "new")).isEqualTo("new");
    }

    /** By the clock that is moved, or by the time that Redis gives the entries. */
    @ParameterizedTest
    @MethodSource("all")
    void ttlJitter_manyValues_liveBetweenTheShortestAndTheFullTtl(Tiers tiers, LoadCall call) {
        int count = tiers == Tiers.LOCAL ? 200 : 20;
        List<Subject> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Subject subject = new Subject(tiers, call, "jitter-half", policy -> policy.ttlJitter(0.5));
            subject.getAt(
                    subject.tiers == Tiers.VIEW_WITH_TTL ? subject.region.withTtl(HOUR) : subject.region, () -> "v");
            all.add(subject);
        }
        if (tiers == Tiers.LOCAL) {
            CLOCK.advance(HOUR.dividedBy(2).minusNanos(1));
            assertThat(present(all)).isEqualTo(count);
            CLOCK.advance(HOUR.dividedBy(4));
            // Six standard deviations to each side.
            assertThat(present(all)).isBetween(58L, 142L);
            CLOCK.advance(HOUR.dividedBy(4).plusNanos(1));
            assertThat(present(all)).isZero();
            return;
        }
        List<Long> lives = new ArrayList<>();
        for (Subject subject : all) {
            subject.stored();
            lives.add((Long) server.command("PTTL", subject.inRedis()));
        }
        long half = HOUR.toMillis() / 2;
        assertThat(lives).allSatisfy(life -> assertThat(life).isBetween(half - 20_000, 2 * half));
        assertThat(Collections.max(lives) - Collections.min(lives)).isGreaterThan(half / 10);
    }

    private static long present(List<Subject> all) {
        return all.stream()
                .filter(each -> each.region.getIfPresent(each.key) != null)
                .count();
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void compressAbove_largeValue_isWholeOnTheOtherNode(Tiers tiers, LoadCall call) {
        UnaryOperator<CachePolicy.Builder> policy = p -> p.compressAbove(100);
        Subject subject = new Subject(tiers, call, "compress", policy);
        String large = "abcdefghij".repeat(1_000);
        subject.get(() -> large);
        subject.stored();
        assertThat((Long) server.command("STRLEN", subject.inRedis())).isLessThan(1_000);
        CacheRegion<String> other = subject.view(subject.node(otherNode, policy));
        assertThat(subject.getAt(other, () -> "loaded")).isEqualTo(large);
        assertThat(subject.loads).hasValue(1);
    }

    /** Each node once loaded for itself where calls were bulk. */
    @ParameterizedTest
    @MethodSource("sharing")
    void crossNodeLoads_pastTheTtl_oneNodeLoadsForBoth(Tiers tiers, LoadCall call) throws Exception {
        for (boolean stale : new boolean[] {true, false}) {
            UnaryOperator<CachePolicy.Builder> policy =
                    p -> (stale ? p.staleWhileRevalidate(HOUR) : p).crossNodeLoads(Duration.ofSeconds(30));
            Subject subject = new Subject(tiers, call, stale ? "cross-swr" : "cross", policy);
            CacheRegion<String> other = subject.view(subject.node(otherNode, policy));
            subject.past("old");
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<String> held = new CompletableFuture<>();
            LoadCall.Loader loader = () -> {
                begun.countDown();
                return held.get();
            };
            Future<String> here = threads.submit(() -> subject.get(loader));
            begun.await();
            Future<String> there = threads.submit(() -> subject.getAt(other, () -> "loaded twice"));
            if (stale) {
                assertThat(there.get()).isEqualTo("old");
                // The node that does not load has found that out, and asks again later.
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            Entry<String> kept = other.local().peek(subject.key);
                            return (kept == null ? other.local().retryAt(subject.key) : kept.retryAt()) != 0;
                        });
            }
            pass(A_WHILE);
            held.complete("new");
            assertThat(here.get()).isEqualTo(stale ? "old" : "new");
            assertThat(there.get()).isEqualTo(stale ? "old" : "new");
            subject.refreshed(1);
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .untilAsserted(() -> assertThat(subject.getAt(other, () -> "loaded twice"))
                            .isEqualTo("new"));
            assertThat(subject.loads).hasValue(1);
        }
    }

    /** What a call sees that is interrupted as soon as it has come so far, and whether its thread keeps the flag. */
    private static String interrupted(Subject subject, CacheRegion<String> node, BooleanSupplier soFar)
            throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        Thread asks = new Thread(() -> {
            try {
                seen.complete(subject.getAt(node, () -> "loaded by the interrupted"));
            } catch (CacheException e) {
                seen.complete(Thread.currentThread().isInterrupted() + " " + e.getMessage());
            }
        });
        asks.start();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(soFar::getAsBoolean);
        asks.interrupt();
        return seen.get(10, TimeUnit.SECONDS);
    }

    /** Its question to Redis has no answer then, so it has no lease, and must not load beside the node that has one. */
    @ParameterizedTest
    @MethodSource("blocking")
    void crossNodeLoads_interruptedWhileItAsksRedis_failsAlone(Tiers tiers, LoadCall call) throws Exception {
        UnaryOperator<CachePolicy.Builder> policy = p -> p.crossNodeLoads(Duration.ofSeconds(30));
        Subject subject = new Subject(tiers, call, "cross-asks", policy);
        CacheRegion<String> other = subject.view(subject.node(otherNode, policy));
        CompletableFuture<Void> read = new CompletableFuture<>();
        countingOther.holdReads(subject.name, read);
        countingOther.taken(subject.name);
        assertThat(interrupted(subject, other, () -> countingOther.sent(subject.name, "read") == 1))
                .startsWith("true Interrupted while waiting");
        read.complete(null);
        assertThat(subject.loads).hasValue(0);
        assertThat(subject.get(() -> "of the innocent")).isEqualTo("of the innocent");
        assertThat(subject.getAt(other, () -> "loaded twice")).isEqualTo("of the innocent");
    }

    /** What it has claimed without ever knowing, others may load at once. */
    @ParameterizedTest
    @MethodSource("blocking")
    void crossNodeLoads_interruptedWhileItClaims_leavesTheLoadToOthers(Tiers tiers, LoadCall call) throws Exception {
        UnaryOperator<CachePolicy.Builder> policy = p -> p.staleIfError(HOUR).crossNodeLoads(Duration.ofSeconds(30));
        Subject subject = new Subject(tiers, call, "cross-claims", policy).past("old");
        CacheRegion<String> other = subject.view(subject.node(otherNode, policy));
        CompletableFuture<Void> claimed = new CompletableFuture<>();
        countingOther.holdClaims(subject.name, claimed);
        countingOther.taken(subject.name);
        assertThat(interrupted(subject, other, () -> countingOther.sent(subject.name, "claim") == 1))
                .startsWith("true Interrupted while waiting for another node's load");
        claimed.complete(null);
        Future<String> innocent = threads.submit(() -> subject.get(() -> "of the innocent"));
        assertThat(innocent.get(10, TimeUnit.SECONDS)).isEqualTo("of the innocent");
        assertThat(subject.loads).hasValue(1);
    }

    /** A call that is interrupted while it waits for another node's load fails, and leaves the key to others. */
    @ParameterizedTest
    @MethodSource("blocking")
    void crossNodeLoads_interruptedWhileAnotherNodeLoads_failsAlone(Tiers tiers, LoadCall call) throws Exception {
        UnaryOperator<CachePolicy.Builder> policy = p -> p.crossNodeLoads(Duration.ofSeconds(30));
        Subject subject = new Subject(tiers, call, "cross", policy);
        CacheRegion<String> other = subject.view(subject.node(otherNode, policy));
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> held = new CompletableFuture<>();
        Future<String> there = threads.submit(() -> subject.getAt(other, () -> {
            begun.countDown();
            return held.get();
        }));
        begun.await();
        CompletableFuture<Future<String>> second = new CompletableFuture<>();
        assertThat(interrupted(subject, subject.region, () -> {
                    if (!subject.region.local().isLoading(subject.key)) {
                        return false;
                    }
                    second.complete(threads.submit(() -> subject.get(() -> "loaded by the innocent")));
                    pass(A_WHILE);
                    return true;
                }))
                .startsWith("true Interrupted while waiting for another node's load");
        Future<String> innocent = second.join();
        held.complete("by the other node");
        assertThat(there.get()).isEqualTo("by the other node");
        assertThat(innocent.get(10, TimeUnit.SECONDS)).isEqualTo("by the other node");
        assertThat(subject.loads).hasValue(1);
    }

    /** A bulk call holds leases besides its claims; those who want what is absent must not wait for their end. */
    @Test
    void crossNodeLoads_bulkInterruptedWhileItClaims_leavesWhatIsAbsentToOthersToo() throws Exception {
        UnaryOperator<CachePolicy.Builder> policy = p -> p.staleIfError(HOUR).crossNodeLoads(Duration.ofSeconds(30));
        Subject subject = new Subject(Tiers.BOTH, LoadCall.BULK, "cross-claims-many", policy).past("old");
        CacheRegion<String> other = subject.node(otherNode, policy);
        String absent = subject.key + "-absent";
        CompletableFuture<Void> claimed = new CompletableFuture<>();
        countingOther.holdClaims(subject.name, claimed);
        countingOther.taken(subject.name);
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        Thread asks = new Thread(() -> {
            try {
                other.getOrSetAll(List.of(subject.key, absent), keys -> Map.of());
                seen.complete(new AssertionError("it was answered"));
            } catch (CacheException e) {
                seen.complete(e);
            }
        });
        asks.start();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> countingOther.sent(subject.name, "claim") == 1);
        asks.interrupt();
        assertThat(seen.get(10, TimeUnit.SECONDS)).hasMessageStartingWith("Interrupted while waiting");
        claimed.complete(null);
        Future<Map<String, String>> innocent = threads.submit(() -> subject.region.getOrSetAll(
                List.of(subject.key, absent), keys -> Map.of(subject.key, "new", absent, "first")));
        assertThat(innocent.get(10, TimeUnit.SECONDS))
                .containsExactly(Map.entry(subject.key, "new"), Map.entry(absent, "first"));
    }

    /** With a time limit, a call looks on its own thread and then has its load led by another. */
    @ParameterizedTest
    @MethodSource("all")
    void loadTimeout_hitAndMiss_areCountedOnce(Tiers tiers, LoadCall call) {
        UnaryOperator<CachePolicy.Builder> policy = p -> p.loadTimeout(Duration.ofSeconds(20), Duration.ofSeconds(30));
        Subject subject = new Subject(tiers, call, "timed-counts", policy);
        CacheStats before = subject.region.stats();
        assertThat(subject.get(() -> "1")).isEqualTo("1");
        subject.stored();
        assertThat(subject.get(() -> "2")).isEqualTo("1");
        CacheStats after = subject.region.stats();
        assertThat(after.misses() - before.misses()).as("misses").isEqualTo(1);
        assertThat(after.loads() - before.loads()).as("loads").isEqualTo(1);
        assertThat(after.coalesced() - before.coalesced()).as("coalesced").isZero();
        boolean shared = tiers == Tiers.SHARED_ONLY;
        assertThat(after.localHits() - before.localHits()).as("local hits").isEqualTo(shared ? 0 : 1);
        assertThat(after.sharedHits() - before.sharedHits()).as("shared hits").isEqualTo(shared ? 1 : 0);
    }
}
