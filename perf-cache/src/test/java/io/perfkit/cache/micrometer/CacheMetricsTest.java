package io.perfkit.cache.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.testkit.time.ManualClock;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheMetricsTest {

    private final ManualClock clock = new ManualClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PerfCache cache = PerfCache.builder("shop")
            .local(l -> l.maximumSize(10))
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
    private final CacheRegion<String> users = cache.region(
            "user",
            String.class,
            CachePolicy.builder()
                    .ttl(Duration.ofMinutes(1))
                    .staleWhileRevalidate(Duration.ofMinutes(1))
                    .build());

    @AfterEach
    void close() {
        cache.close();
    }

    private double counter(String name, String... tags) {
        return registry.get(name)
                .tags("cache", "shop", "region", "user")
                .tags(tags)
                .functionCounter()
                .count();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags("cache", "shop").tags(tags).gauge().value();
    }

    @Test
    void meters_sayWhatTheRegionDid() {
        CacheMetrics.of(cache).bindTo(registry);
        users.getOrSet("a", key -> {
            clock.advance(Duration.ofMillis(1));
            return "1";
        });
        users.getOrSet("a", key -> "1");
        users.getOrSet("a", key -> "1");
        try {
            users.getOrSet("b", key -> {
                throw new IllegalStateException("the loader fails");
            });
        } catch (IllegalStateException e) {
            // Counted.
        }
        clock.advance(Duration.ofSeconds(90));
        users.getOrSet("a", key -> "2");
        users.invalidate("a");
        users.getIfPresent("a");

        assertThat(counter("perfkit.cache.gets", "result", "hit")).isEqualTo(3);
        assertThat(counter("perfkit.cache.gets", "result", "miss")).isEqualTo(3);
        assertThat(counter("perfkit.cache.evictions")).isZero();
        assertThat(gauge("perfkit.cache.size", "region", "user")).isZero();
        assertThat(counter("perfkit.cache.hits", "tier", "local")).isEqualTo(3);
        assertThat(counter("perfkit.cache.hits", "tier", "shared")).isZero();
        assertThat(counter("perfkit.cache.loads", "result", "success")).isEqualTo(2);
        assertThat(counter("perfkit.cache.loads", "result", "failure")).isEqualTo(1);
        assertThat(counter("perfkit.cache.stale")).isEqualTo(1);
        assertThat(counter("perfkit.cache.coalesced")).isZero();
        assertThat(counter("perfkit.cache.invalidations", "origin", "local")).isEqualTo(1);
        assertThat(counter("perfkit.cache.invalidations", "origin", "remote")).isZero();
        assertThat(counter("perfkit.cache.stores.refused")).isZero();
        assertThat(counter("perfkit.cache.shared.failures")).isZero();
        assertThat(counter("perfkit.cache.undecodable")).isZero();
        assertThat(counter("perfkit.cache.resyncs")).isZero();
        assertThat(gauge("perfkit.cache.unacknowledged", "region", "user")).isZero();
        assertThat(gauge("perfkit.cache.local.size", "region", "user")).isZero();
        assertThat(gauge("perfkit.cache.shared.up")).isZero();
        assertThat(gauge("perfkit.cache.regions")).isEqualTo(1);
        var time =
                registry.get("perfkit.cache.load.time").tags("region", "user").functionTimer();
        assertThat(time.count()).isEqualTo(3);
        assertThat(time.totalTime(TimeUnit.NANOSECONDS))
                .isCloseTo(users.stats().loadNanos(), within(1.0))
                .isPositive();
    }

    @Test
    void evictionsAndSize_follow() {
        CacheMetrics.of(cache).bindTo(registry);
        for (int i = 0; i < 100; i++) {
            users.getOrSet("key" + i, key -> key);
        }
        assertThat(counter("perfkit.cache.evictions")).isEqualTo(90);
        assertThat(gauge("perfkit.cache.size", "region", "user")).isEqualTo(10);
    }

    @Test
    void region_definedLater_appearsAfterTheNextScrape() {
        CacheMetrics.of(cache).bindTo(registry);
        cache.region("late", String.class, CachePolicy.of(Duration.ofMinutes(1)))
                .getOrSet("a", key -> "1");
        assertThat(registry.find("perfkit.cache.gets").tag("region", "late").meters())
                .isEmpty();
        assertThat(gauge("perfkit.cache.regions")).isEqualTo(2);
        assertThat(registry.get("perfkit.cache.loads")
                        .tags("region", "late", "result", "success")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void bindTo_again_findsNewRegionsAndChangesNothingElse() {
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("perfkit.cache.regions"));
        CacheMetrics metrics = CacheMetrics.of(cache);
        metrics.bindTo(registry);
        int meters = registry.getMeters().size();
        metrics.bindTo(registry);
        assertThat(registry.getMeters()).hasSize(meters);
        cache.region("late", String.class, CachePolicy.of(Duration.ofMinutes(1)));
        metrics.bindTo(registry);
        assertThat(registry.find("perfkit.cache.gets").tag("region", "late").meters())
                .hasSize(2);
    }

    /** Function counters refer to their object weakly; a meter that reads NaN or stands still alarms nobody. */
    @Test
    void meters_whenNobodyElseHoldsTheCache_stay() {
        WeakReference<PerfCache> dropped = bindAndDrop();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        assertThat(dropped.get()).as("the registry holds the cache").isNotNull();
        assertThat(registry.get("perfkit.cache.gets")
                        .tags("cache", "dropped", "region", "only", "result", "miss")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.getMeters().stream()
                        .filter(meter -> "dropped".equals(meter.getId().getTag("cache")))
                        .map(Meter::getId))
                .isNotEmpty();
        registry.clear();
        await().until(() -> {
            System.gc();
            return dropped.get() == null;
        });
    }

    private WeakReference<PerfCache> bindAndDrop() {
        PerfCache other = PerfCache.builder("dropped")
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
        other.region("only", String.class, CachePolicy.of(Duration.ofMinutes(1)))
                .getOrSet("a", key -> "1");
        CacheMetrics.of(other).bindTo(registry);
        return new WeakReference<>(other);
    }

    @Test
    void serverFigures_areReadAtEachScrapeAndNaNWhereMissing() {
        Map<String, Double> figures = new HashMap<>(Map.of("memory.used", 1.0));
        CacheMetrics.of(cache).withServer(() -> figures).bindTo(registry);
        assertThat(gauge("perfkit.cache.server.memory.used")).isEqualTo(1);
        figures.put("memory.used", 2.0);
        assertThat(gauge("perfkit.cache.server.memory.used")).isEqualTo(2);
        figures.clear();
        assertThat(gauge("perfkit.cache.server.memory.used")).isNaN();
    }
}
