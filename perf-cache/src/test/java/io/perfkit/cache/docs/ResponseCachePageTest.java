package io.perfkit.cache.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.micrometer.CacheMetrics;
import io.perfkit.cache.servlet.CachedResponse;
import io.perfkit.cache.servlet.ResponseCacheFilter;
import jakarta.servlet.Filter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The snippets of docs/response-cache.md, and of docs/cache-metrics.md that need no Redis, run. */
class ResponseCachePageTest {

    @Test
    void responses() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<CachedResponse> pages =
                    cache.region("pages", CachedResponse.codec(), CachePolicy.of(Duration.ofMinutes(5)));
            Filter filter = ResponseCacheFilter.builder(pages).build();
            pages.invalidatePattern("/api/products/*");
            pages.invalidatePattern(ResponseCacheFilter.pattern("/api/products/42"));

            assertThat(filter).isNotNull();
            assertThat(pages.stats().invalidations()).isEqualTo(2);
        }
    }

    @Test
    void meters() {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            cache.region("user", String.class, CachePolicy.of(Duration.ofMinutes(5)));
            CacheMetrics.of(cache).bindTo(registry);

            assertThat(registry.get("perfkit.cache.size")
                            .tags("cache", "shop", "region", "user")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    @Test
    void meters_besideOtherCaches() {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            cache.region("user", String.class, CachePolicy.of(Duration.ofMinutes(5)));
            CacheMetrics.of(cache).withStandardNames().bindTo(registry);
            CacheMetrics.of(cache)
                    .withStandardNames(region -> Tags.of("cache", region.name()))
                    .bindTo(registry);

            assertThat(registry.get("cache.size").gauges()).hasSize(2);
        }
    }
}
