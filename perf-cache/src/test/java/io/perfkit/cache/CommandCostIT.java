package io.perfkit.cache;

import static io.perfkit.cache.Nodes.awaitApplied;
import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a call costs in Redis commands, counted by the server, with 1 to 16 nodes: the figures of docs/cache-cost.md. What
 * scripts do inside is left out by counting only commands that no script contains.
 */
@ExtendWith(ServersExtension.class)
@Timeout(120)
class CommandCostIT {

    private static final int CALLS = 300;
    private static final List<String> COUNTED = List.of("mget", "evalsha", "del", "xread");

    private final Nodes nodes = new Nodes();

    @AfterEach
    void stop() {
        nodes.close();
    }

    private static Map<String, Long> counts(RedisServer redis) {
        Map<String, Long> counts = new TreeMap<>();
        String.valueOf(redis.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_"))
                .forEach(line -> {
                    String command = line.substring("cmdstat_".length(), line.indexOf(':'));
                    if (COUNTED.contains(command)) {
                        counts.put(command, Long.parseLong(line.replaceAll(".*:calls=([0-9]+),.*", "$1")));
                    }
                });
        return counts;
    }

    /** Commands per call, rounded: looking after the connections and confirming positions goes on meanwhile. */
    private static Map<String, Long> cost(RedisServer redis, Runnable calls) {
        Map<String, Long> before = counts(redis);
        calls.run();
        Map<String, Long> cost = new TreeMap<>();
        counts(redis).forEach((command, count) -> {
            long each = Math.round((count - before.getOrDefault(command, 0L)) / (double) CALLS);
            if (each > 0) {
                cost.put(command, each);
            }
        });
        return cost;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void calls_costWhatTheDocsSay(int count, RedisServer redis) {
        List<CacheRegion<String>> regions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            regions.add(ready(nodes.node(redis.host(), redis.port())
                    .region("user", String.class, CachePolicy.of(Duration.ofHours(1)))));
        }
        CacheRegion<String> first = regions.get(0);
        CacheRegion<String> last = regions.get(count - 1);

        assertThat(cost(redis, () -> each(i -> first.getOrSet("k" + i, key -> "v"))))
                .as("a miss: the read, the lease, the store")
                .isEqualTo(Map.of("mget", 1L, "evalsha", 2L));
        assertThat(cost(redis, () -> each(i -> first.getOrSet("k" + i, key -> "v"))))
                .as("a local hit")
                .isEmpty();
        if (count > 1) {
            assertThat(cost(redis, () -> each(i -> last.getOrSet("k" + i, key -> "v"))))
                    .as("a shared hit")
                    .isEqualTo(Map.of("mget", 1L));
        }
        assertThat(cost(redis, () -> {
                    List<Invalidation> all = new ArrayList<>();
                    each(i -> all.add(first.invalidatePattern("k" + i + "?*")));
                    all.forEach(invalidation -> assertThat(invalidation.await(Duration.ofSeconds(10)))
                            .isTrue());
                    regions.forEach(region -> awaitApplied(region, all.get(CALLS - 1)));
                }))
                .as("a pattern: one script, and at most one answered read of the log for each node")
                .containsEntry("evalsha", 1L)
                .allSatisfy((command, each) -> assertThat(each).isLessThanOrEqualTo(count))
                .doesNotContainKeys("mget", "del");
        assertThat(cost(redis, () -> {
                    List<Invalidation> all = new ArrayList<>();
                    each(i -> all.add(first.invalidate("k" + i)));
                    all.forEach(invalidation -> assertThat(invalidation.await(Duration.ofSeconds(10)))
                            .isTrue());
                }))
                .as("a key: the deletion, then the event")
                .containsEntry("del", 1L)
                .containsEntry("evalsha", 1L);
    }

    private static void each(java.util.function.IntConsumer call) {
        for (int i = 0; i < CALLS; i++) {
            call.accept(i);
        }
    }
}
