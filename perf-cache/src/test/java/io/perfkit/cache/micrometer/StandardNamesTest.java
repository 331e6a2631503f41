package io.perfkit.cache.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside caches that Micrometer itself measures, in a registry that shows one set of tag keys for each name. */
class StandardNamesTest {

    /** Held here: Micrometer refers to it weakly. */
    private final Cache<String, String> books =
            Caffeine.newBuilder().recordStats().build();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PerfCache cache =
            PerfCache.builder("shop").executor(Runnable::run).build();
    private final CacheRegion<String> users = cache.region("user", String.class, CachePolicy.of(Duration.ofMinutes(1)));

    @AfterEach
    void close() {
        cache.close();
        registry.close();
    }

    /** As Spring Boot binds one of its caches. */
    private void bindSprings(MeterRegistry registry) {
        bindCaffeine(registry, Tags.of("cache.manager", "cacheManager", "name", "books"));
    }

    private void bindCaffeine(MeterRegistry registry, Iterable<Tag> tags) {
        books.put("a", "1");
        var unused = books.getIfPresent("a");
        CaffeineCacheMetrics.monitor(registry, books, "books", tags);
    }

    /** The rule of Prometheus, which registries before Micrometer 1.17 enforce by silence. */
    private static void assertOneSetOfKeysForEachName(MeterRegistry registry) {
        Map<String, Set<Set<String>>> keys = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            keys.computeIfAbsent(meter.getId().getName(), name -> new HashSet<>())
                    .add(meter.getId().getTags().stream()
                            .map(Tag::getKey)
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
        assertThat(keys)
                .isNotEmpty()
                .allSatisfy((name, sets) -> assertThat(sets).as(name).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ownNames_besideSprings_areOurs(boolean springFirst) {
        if (springFirst) {
            bindSprings(registry);
        }
        CacheMetrics.of(cache).bindTo(registry);
        if (!springFirst) {
            bindSprings(registry);
        }
        users.getOrSet("a", key -> "1");
        assertOneSetOfKeysForEachName(registry);
        assertThat(registry.getMeters())
                .filteredOn(meter -> "shop".equals(meter.getId().getTag("cache")))
                .hasSizeGreaterThan(15)
                .allSatisfy(meter -> assertThat(meter.getId().getName()).startsWith("perfkit.cache."));
        assertThat(registry.scrape())
                .contains(
                        "cache_gets_total{cache=\"books\",cache_manager=\"cacheManager\",name=\"books\",result=\"hit\"} "
                                + "1")
                .contains("perfkit_cache_gets_total{cache=\"shop\",region=\"user\",result=\"miss\"} 1")
                .contains("perfkit_cache_size{cache=\"shop\",region=\"user\"} 1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void standardNames_besideSprings_areBothInTheScrape(boolean springFirst) {
        if (springFirst) {
            bindSprings(registry);
        }
        CacheMetrics.of(cache).withStandardNames().bindTo(registry);
        if (!springFirst) {
            bindSprings(registry);
        }
        users.getOrSet("a", key -> "1");
        users.getOrSet("a", key -> "1");
        assertOneSetOfKeysForEachName(registry);
        String springs = "cache=\"books\",cache_manager=\"cacheManager\",name=\"books\"";
        String ours = "cache=\"user\",cache_manager=\"shop\",name=\"user\"";
        assertThat(registry.scrape())
                .contains("cache_gets_total{" + springs + ",result=\"hit\"} 1")
                .contains("cache_gets_total{" + ours + ",result=\"hit\"} 1")
                .contains("cache_gets_total{" + ours + ",result=\"miss\"} 1")
                .contains("cache_size{" + springs + "} 1")
                .contains("cache_size{" + ours + "} 1")
                .contains("cache_puts_total{" + springs + "}")
                .contains("cache_puts_total{" + ours + "} 1")
                .contains("cache_evictions_total{" + springs + "}")
                .contains("cache_evictions_total{" + ours + "} 0")
                .contains("perfkit_cache_gets_total{cache=\"shop\",region=\"user\",result=\"hit\"} 1");
    }

    @Test
    void standardNames_withTheTagsOfOthers_areBothInTheScrape() {
        bindCaffeine(registry, Tags.empty());
        CacheMetrics.of(cache)
                .withStandardNames(region -> Tags.of("cache", region.name()))
                .bindTo(registry);
        assertOneSetOfKeysForEachName(registry);
        assertThat(registry.scrape())
                .contains("cache_size{cache=\"books\"} 1")
                .contains("cache_size{cache=\"user\"} 0");
    }

    @Test
    void standardNames_withServerAndOfALaterRegion_areThere() {
        CacheMetrics.of(cache)
                .withStandardNames()
                .withServer(() -> Map.of("memory.used", 1.0))
                .bindTo(registry);
        cache.region("late", String.class, CachePolicy.of(Duration.ofMinutes(1)));
        registry.scrape();
        assertThat(registry.get("cache.gets").tag("name", "late").meters()).hasSize(2);
        assertThat(registry.get("perfkit.cache.server.memory.used").gauge().value())
                .isEqualTo(1);
        assertOneSetOfKeysForEachName(registry);
    }
}
