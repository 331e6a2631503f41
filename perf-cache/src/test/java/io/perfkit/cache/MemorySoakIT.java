package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.OwnServer;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same as {@link MemorySoakTest} with a shared tier: neither Redis nor a node that listens grows. */
@ExtendWith(ServersExtension.class)
class MemorySoakIT {

    private static final int WEIGHINGS = 10;
    private static final int IN_FLIGHT = 500;
    private static final long NOISE = 2L << 20;
    /** 10,000 events and 512 tombstones. */
    private static final long MAXIMUM_IN_REDIS = 4L << 20;

    private final Nodes nodes = new Nodes();

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    @Timeout(90)
    void patterns_many_leaveNothingInRedisNorInTheHeap(@OwnServer RedisServer redis) {
        soak(redis, 30_000);
    }

    @Test
    @Tag("full")
    void patterns_aMillion_leaveNothingInRedisNorInTheHeap(@OwnServer RedisServer redis) {
        soak(redis, 1_000_000);
    }

    private void soak(RedisServer redis, int patterns) {
        CacheRegion<String> one = node(redis);
        CacheRegion<String> other = node(redis);
        List<Long> heap = new ArrayList<>();
        List<Long> memory = new ArrayList<>();
        Deque<Invalidation> inFlight = new ArrayDeque<>();
        for (int weighing = 0; weighing < WEIGHINGS; weighing++) {
            Invalidation last = null;
            for (int i = 0; i < patterns / WEIGHINGS; i++) {
                String subject = "dead:" + weighing + ":" + i;
                last = i % 4 == 0 ? one.invalidateTag(subject) : one.invalidatePattern(subject + ":*");
                inFlight.add(last);
                if (inFlight.size() > IN_FLIGHT) {
                    assertThat(inFlight.remove().await(Duration.ofSeconds(20))).isTrue();
                }
                if (i % 10 == 0) {
                    String key = "live:" + i % 1_000;
                    assertThat(other.getOrSet(key, k -> k)).isEqualTo(key);
                }
            }
            assertThat(last.await(Duration.ofSeconds(20))).isTrue();
            Nodes.awaitApplied(one, last);
            Nodes.awaitApplied(other, last);
            heap.add(MemorySoakTest.heapAfterCollection());
            memory.add(memoryOfTheLog(redis));
        }
        assertThat(other.stats().resyncs()).isZero();
        assertThat(memory).allSatisfy(bytes -> assertThat(bytes).isLessThan(MAXIMUM_IN_REDIS));
        assertThat(growth(memory))
                .as("growth of the log and the tombstones in " + memory)
                .isLessThan(NOISE / 4);
        assertThat(growth(heap)).as("growth of the heap in " + heap).isLessThan(NOISE);
    }

    private CacheRegion<String> node(RedisServer redis) {
        return ready(nodes.node(redis.host(), redis.port(), s -> s.maximumPendingInvalidations(10 * IN_FLIGHT))
                .region("r", String.class, CachePolicy.of(Duration.ofHours(1))));
    }

    /** Of everything but the entries. */
    private static long memoryOfTheLog(RedisServer redis) {
        long sum = 0;
        for (Object key : (List<?>) Objects.requireNonNull(redis.command("KEYS", "perfkit:cache:*"))) {
            if (!key.toString().endsWith("}")) {
                Object usage = redis.command("MEMORY", "USAGE", key.toString(), "SAMPLES", "0");
                sum += (Long) Objects.requireNonNull(usage);
            }
        }
        assertThat(sum).isPositive();
        return sum;
    }

    private static long growth(List<Long> weights) {
        return lightest(weights.subList(7, WEIGHINGS)) - lightest(weights.subList(4, 7));
    }

    private static long lightest(List<Long> weights) {
        return weights.stream().mapToLong(Long::longValue).min().orElseThrow();
    }
}
