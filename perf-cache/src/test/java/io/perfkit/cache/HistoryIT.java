package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.SharedRegion.Found;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random calls on three nodes at once, each reaching Redis through a proxy that delays, cuts and swallows, with every
 * read checked against rules 1 and 2.
 *
 * <p>A counter orders what happens in this JVM. A loaded value <em>is</em> the number that the counter had when its load
 * began; a put value counts as begun when the put was acknowledged, since until then it may take effect at any moment.
 * Each invalidation has the number of its start. A read must not return a value from before an invalidation that
 *
 * <ul>
 *   <li>had returned on the same node when the read began (rule 1), or
 *   <li>had been acknowledged when the read began, where the read asks the shared tier (rule 2), or
 *   <li>had been acknowledged with an epoch that the node had applied when the read began (rule 2, local tiers).
 * </ul>
 */
@ExtendWith(ServersExtension.class)
@Timeout(180)
class HistoryIT {

    private static final Duration DURATION = Duration.ofMillis(Long.getLong("perfkit.history.millis", 8_000));
    private static final int NODES = 3;
    private static final int THREADS_PER_NODE = 2;
    private static final int KEYS = 6;

    private final AtomicLong order = new AtomicLong();
    private final Map<String, Long> putsUntil = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong loadedReads = new AtomicLong();

    /** Per key: the highest start of an invalidation that every shared read must respect. */
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    /** Per key: the starts of acknowledged invalidations by their epochs. */
    private final Map<String, ConcurrentSkipListMap<Long, Long>> byEpoch = new ConcurrentHashMap<>();

    private final class Node {

        final int number;
        final CacheRegion<String> region;
        final FaultProxy proxy;
        /** Per key: the highest start of an invalidation that has returned on this node. */
        final Map<String, Long> returned = new ConcurrentHashMap<>();

        Node(int number, CacheRegion<String> region, FaultProxy proxy) {
            this.number = number;
            this.region = region;
            this.proxy = proxy;
        }

        void run(long seed, long end) {
            Random random = new Random(seed);
            while (System.nanoTime() < end) {
                String key = key(random);
                int dice = random.nextInt(100);
                if (dice < 80) {
                    read(key, random);
                } else if (dice < 90) {
                    readShared(key);
                } else if (dice < 93) {
                    invalidate(List.of(key), "invalidate", () -> region.invalidate(key));
                } else if (dice < 96) {
                    String group = key.substring(0, 1);
                    invalidate(group(group), "pattern", () -> region.invalidatePattern(group + "*"));
                } else if (dice < 99) {
                    put(key);
                } else {
                    invalidate(keys(), "clear", region::clear);
                }
            }
        }

        private void read(String key, Random random) {
            long pause = random.nextInt(4) == 0 ? random.nextInt(3_000_000) : 0;
            long mustBe = returned.getOrDefault(key, 0L);
            long mustBeApplied = applied(key);
            String value = region.getOrSet(key, () -> {
                String begun = "L" + order.incrementAndGet();
                if (pause > 0) {
                    LockSupport.parkNanos(pause);
                }
                return begun;
            });
            check("rule 1", key, value, mustBe);
            check("rule 2 (applied)", key, value, mustBeApplied);
        }

        private void readShared(String key) {
            long mustBe = Math.max(returned.getOrDefault(key, 0L), acknowledged.getOrDefault(key, 0L));
            Found<String> found = region.shared().find(key, SharedRegion.LEASE_LIFE);
            if (found != null && found.value() != null) {
                loadedReads.incrementAndGet();
                check("rule 2 (shared)", key, found.value(), mustBe);
            }
        }

        /** The highest start among the latest invalidations of the key that this node has applied. */
        private long applied(String key) {
            Position position = region.shared().log().position();
            ConcurrentSkipListMap<Long, Long> epochs = byEpoch.get(key);
            if (position == null || epochs == null) {
                return 0;
            }
            long highest = 0;
            int looked = 0;
            for (long start :
                    epochs.headMap(position.epoch(), true).descendingMap().values()) {
                highest = Math.max(highest, start);
                if (++looked == 20) {
                    break;
                }
            }
            return highest;
        }

        private void put(String key) {
            String value = "P" + order.incrementAndGet();
            putsUntil.put(value, Long.MAX_VALUE);
            Invalidation[] put = new Invalidation[1];
            invalidate(List.of(key), "put", () -> put[0] = region.put(key, value));
            put[0].epoch().thenAccept(epoch -> putsUntil.put(value, order.incrementAndGet()));
        }

        private void invalidate(List<String> keys, String what, java.util.function.Supplier<Invalidation> call) {
            long start = order.incrementAndGet();
            Invalidation invalidation = call.get();
            keys.forEach(key -> returned.merge(key, start, Math::max));
            invalidation
                    .epoch()
                    .thenAccept(epoch -> keys.forEach(key -> {
                        acknowledged.merge(key, start, Math::max);
                        byEpoch.computeIfAbsent(key, k -> new ConcurrentSkipListMap<>())
                                .merge(epoch, start, Math::max);
                    }));
        }

        private void check(String rule, String key, String value, long mustBe) {
            reads.incrementAndGet();
            long begun =
                    value.charAt(0) == 'P' ? putsUntil.getOrDefault(value, 0L) : Long.parseLong(value.substring(1));
            if (begun < mustBe) {
                violations.add(rule + ": node " + number + " read " + value + " of " + key + ", begun at " + begun
                        + ", after an invalidation that started at " + mustBe);
            }
        }

        private void disturb(Random random) {
            switch (random.nextInt(6)) {
                case 0 -> proxy.cut();
                case 1 -> proxy.delay(Duration.ofMillis(random.nextInt(60)));
                case 2 -> proxy.drop();
                default -> proxy.heal();
            }
        }
    }

    private static String key(Random random) {
        int n = random.nextInt(KEYS);
        return (n % 2 == 0 ? "a" : "b") + n;
    }

    private static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (int n = 0; n < KEYS; n++) {
            keys.add((n % 2 == 0 ? "a" : "b") + n);
        }
        return keys;
    }

    private static List<String> group(String group) {
        return keys().stream().filter(key -> key.startsWith(group)).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomHistory_underFaults_keepsRulesOneAndTwo(long seed, RedisServer redis) throws Exception {
        Random random = new Random(seed);
        try (Nodes open = new Nodes()) {
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                int number = i;
                FaultProxy proxy = FaultProxy.to(redis.host(), redis.port());
                open.alsoClose(proxy);
                PerfCache cache = open.node(
                        proxy.host(),
                        proxy.port(),
                        s -> s.commandTimeout(Duration.ofMillis(number == 0 ? 1_000 : 100))
                                .maxStaleness(Duration.ofSeconds(1))
                                .maximumPendingInvalidations(200));
                nodes.add(new Node(
                        i, ready(cache.region("r", String.class, CachePolicy.of(Duration.ofMinutes(5)))), proxy));
            }
            long end = System.nanoTime() + DURATION.toNanos();
            List<Thread> threads = new ArrayList<>();
            for (Node node : nodes) {
                for (int i = 0; i < THREADS_PER_NODE; i++) {
                    long own = random.nextLong();
                    Thread thread = new Thread(() -> {
                        try {
                            node.run(own, end);
                        } catch (Throwable t) {
                            violations.add("a call failed: " + t);
                        }
                    });
                    thread.start();
                    threads.add(thread);
                }
            }
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50 + random.nextInt(250)));
                // The first node stays well, so that there is always somebody who is right.
                nodes.get(1 + random.nextInt(NODES - 1)).disturb(random);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            CacheStats stats = nodes.get(0).region.stats();
            System.out.printf(
                    "history: seed %d, %d checked reads, %d of the shared tier, node 0: %s%n",
                    seed, reads.get(), loadedReads.get(), stats);
            assertThat(violations).as("seed " + seed).isEmpty();
            assertThat(reads.get()).isGreaterThan(2_000);
            assertThat(loadedReads.get()).isGreaterThan(50);
            assertThat(stats.localHits()).isPositive();
            assertThat(stats.sharedHits()).isPositive();
        }
    }
}
