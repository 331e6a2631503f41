package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.OwnServer;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Freshness rule 8: storing a loaded value tells nobody. */
@ExtendWith(ServersExtension.class)
@Timeout(60)
class EventsIT {

    private static final int LOADS = 200;

    private final Nodes nodes = new Nodes();

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void loads_ofEveryForm_sendNoEvent_andEachInvalidationExactlyOne(@OwnServer RedisServer redis) {
        List<CacheRegion<String>> regions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            regions.add(ready(nodes.node(redis.host(), redis.port())
                    .region("r", String.class, CachePolicy.of(Duration.ofHours(1)))));
        }
        CacheRegion<String> one = regions.get(0);
        for (int i = 0; i < LOADS; i++) {
            CacheRegion<String> region = regions.get(i % 3);
            region.getOrSet("a" + i, () -> "v");
            region.getOrSetAsync("b" + i, key -> CompletableFuture.completedFuture("v"))
                    .join();
            region.getOrSetAll(
                    List.of("c" + i, "d" + i), keys -> keys.stream().collect(Collectors.toMap(k -> k, k -> "v")));
            region.getOrSet("e" + i, (key, context) -> {
                context.tags("t");
                return "v";
            });
        }
        assertThat(eventsIn(redis)).isZero();
        assertThat(regions)
                .allSatisfy(r -> assertThat(r.stats().remoteInvalidations()).isZero());

        List<Acknowledgement> sent = List.of(
                one.invalidate("a1"),
                one.invalidatePattern("b*"),
                one.invalidateTag("t"),
                one.put("c1", "w"),
                one.putAll(Map.of("c2", "w")),
                one.expire("d1"),
                one.expirePattern("d*"),
                one.clear());
        for (Acknowledgement invalidation : sent) {
            assertThat(invalidation.await(Duration.ofSeconds(10))).isTrue();
            regions.forEach(region -> Nodes.awaitApplied(region, invalidation));
        }
        assertThat(eventsIn(redis)).isEqualTo(sent.size());
        assertThat(one.stats().remoteInvalidations()).isZero();
        assertThat(regions.get(1).stats().remoteInvalidations()).isEqualTo(sent.size());
        assertThat(regions.get(2).stats().remoteInvalidations()).isEqualTo(sent.size());
    }

    /** By the server's own count of what was added to any log or published on any channel. */
    private static long eventsIn(RedisServer redis) {
        String calls = Objects.toString(redis.command("INFO", "commandstats"));
        long events = 0;
        Matcher matcher = Pattern.compile("cmdstat_(?:xadd|publish|spublish):calls=(\\d+)")
                .matcher(calls);
        while (matcher.find()) {
            events += Long.parseLong(matcher.group(1));
        }
        return events;
    }
}
