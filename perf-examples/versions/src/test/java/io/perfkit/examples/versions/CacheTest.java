package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.micrometer.CacheMetrics;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.testkit.RedisServer;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** perf-cache over Caffeine, Lettuce on a real Redis, Jackson, Resilience4j and Micrometer. */
@Timeout(60)
class CacheTest {

    record Report(String month, LocalDate on, List<Long> cents) {}

    private static final Report REPORT = new Report("2026-11", LocalDate.of(2026, 11, 30), List.of(4_200L, 17L));

    private final CachePolicy policy = CachePolicy.builder()
            .ttl(Duration.ofMinutes(5))
            .staleWhileRevalidate(Duration.ofMinutes(1))
            .crossNodeLoads(Duration.ofSeconds(5))
            .build();

    @Test
    void localTier_hitMissAndPattern() {
        try (PerfCache cache =
                PerfCache.builder("v").local(l -> l.maximumSize(100)).build()) {
            CacheRegion<Report> reports = cache.region("r", Report.class, policy);
            AtomicInteger loads = new AtomicInteger();
            for (int i = 0; i < 2; i++) {
                assertThat(reports.getOrSet("a:1", key -> {
                            loads.incrementAndGet();
                            return REPORT;
                        }))
                        .isEqualTo(REPORT);
            }
            assertThat(loads).hasValue(1);
            reports.invalidatePattern("a:*");
            assertThat(reports.getIfPresent("a:1")).isNull();
        }
    }

    private static PerfCache node(String name, RedisClient client) {
        return PerfCache.builder(name)
                .shared(RedisTier.of(client))
                .commandTimeout(Duration.ofSeconds(2))
                .build();
    }

    private static boolean sees(CacheRegion<Report> there, CacheRegion<Report> here) {
        here.put("warm", REPORT);
        return REPORT.equals(there.getIfPresent("warm"));
    }

    @Test
    void bothTiers_anotherNodeFindsWhatThisOneLoadedAndHearsOfInvalidations() throws Exception {
        RedisServer server = RedisServer.shared();
        RedisClient client = RedisClient.create(RedisURI.create(server.host(), server.port()));
        String name = "versions-" + System.nanoTime();
        try (PerfCache one = node(name, client);
                PerfCache two = node(name, client)) {
            CacheRegion<Report> here = one.region("r", Report.class, policy);
            CacheRegion<Report> there = two.region("r", Report.class, policy);
            // Each node connects in the background; what was put before that is not shared.
            await().atMost(Duration.ofSeconds(20)).until(() -> sees(there, here) && sees(here, there));
            AtomicInteger loads = new AtomicInteger();
            assertThat(here.getOrSetAll(List.of("a", "b"), keys -> {
                        loads.incrementAndGet();
                        return Map.of("a", REPORT, "b", REPORT);
                    }))
                    .hasSize(2);
            assertThat(there.getOrSet("a", () -> {
                        loads.incrementAndGet();
                        return REPORT;
                    }))
                    .isEqualTo(REPORT);
            assertThat(there.getOrSetAll(Set.of("b"), keys -> {
                        loads.incrementAndGet();
                        return Map.of("b", REPORT);
                    }))
                    .containsEntry("b", REPORT);
            assertThat(loads).hasValue(1);

            Report newer = new Report("new", REPORT.on(), List.of());
            assertThat(here.invalidatePattern("*").await(Duration.ofSeconds(5))).isTrue();
            // The acknowledgement is by Redis; the other node's memory follows through the log, within milliseconds.
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> "new".equals(there.getOrSetAsync("a", key -> CompletableFuture.completedFuture(newer))
                            .get(5, TimeUnit.SECONDS)
                            .month()));

            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            CacheMetrics.of(one).bindTo(registry);
            assertThat(registry.getMeters())
                    .isNotEmpty()
                    .allSatisfy(meter -> assertThat(meter.measure()).isNotEmpty());
        } finally {
            client.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }
}
