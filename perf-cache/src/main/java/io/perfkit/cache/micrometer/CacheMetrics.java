package io.perfkit.cache.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a {@link PerfCache} as meters {@code perfkit.cache.*}, each with the tags {@code cache} and
 * {@code region}. Immutable and thread-safe.
 *
 * <p>Micrometer's own names for caches ({@code cache.gets}, {@code cache.size}, ...) are other libraries' too, and a
 * registry for Prometheus shows only one set of tag keys for a name before Micrometer 1.17: whatever is registered
 * second under the same name with other tags vanishes from the scrape. So they are used only when asked for, by
 * {@link #withStandardNames}, and then with exactly the tags that the application's other caches have.
 *
 * <p>Every registry that it is bound to keeps it, and the cache, for as long as it has the meters: they do not vanish
 * when the application drops its reference. Regions that are defined later are found when {@code perfkit.cache.regions}
 * is read, and have their meters from the next scrape on; where a filter denies that meter, bind again.
 *
 * <p>Reading a meter adds up the counters of one region, in well under a microsecond each. Nothing is asked of the
 * shared tier, except what {@link #withServer} adds.
 */
public final class CacheMetrics implements MeterBinder {

    private final PerfCache cache;
    private final @Nullable Supplier<Map<String, Double>> server;
    private final @Nullable Function<CacheRegion<?>, ? extends Iterable<Tag>> standard;

    private CacheMetrics(
            PerfCache cache,
            @Nullable Supplier<Map<String, Double>> server,
            @Nullable Function<CacheRegion<?>, ? extends Iterable<Tag>> standard) {
        this.cache = cache;
        this.server = server;
        this.standard = standard;
    }

    /**
     * The meters of a cache.
     *
     * @param cache the cache
     * @return to be bound to a registry
     */
    public static CacheMetrics of(PerfCache cache) {
        return new CacheMetrics(Objects.requireNonNull(cache, "cache"), null, null);
    }

    /**
     * Adds figures of the server behind the shared tier, as gauges {@code perfkit.cache.server.NAME}. Those that are
     * there when the meters are bound count; a figure that is missing later reads as NaN.
     *
     * @param figures such as {@code RedisFigures.of(redisClient, timeout)}: called once for each of its gauges whenever
     *     they are read, so it should remember its figures for a moment, and never wait long
     * @return a new instance
     */
    public CacheMetrics withServer(Supplier<Map<String, Double>> figures) {
        return new CacheMetrics(cache, Objects.requireNonNull(figures, "figures"), standard);
    }

    /**
     * Adds the meters that Micrometer has for every cache: {@code cache.size}, {@code cache.gets}, {@code cache.puts} and
     * {@code cache.evictions}, with the tags that Spring Boot gives to those of its own caches: {@code cache} and
     * {@code name} are the region's name, {@code cache.manager} is the cache's. A dashboard for Spring's caches then
     * shows the regions too.
     *
     * @return a new instance
     */
    public CacheMetrics withStandardNames() {
        return withStandardNames(
                region -> Tags.of("cache", region.name(), "cache.manager", cache.name(), "name", region.name()));
    }

    /**
     * Adds the meters that Micrometer has for every cache, as {@link #withStandardNames()} does, with other tags: those
     * that the application's other caches have. For caches that are bound by Micrometer's {@code CaffeineCacheMetrics}
     * without further tags that is {@code region -> Tags.of("cache", region.name())}.
     *
     * @param tags all tags of a region's meters but {@code result}: always the same keys, and for each region other
     *     values
     * @return a new instance
     */
    public CacheMetrics withStandardNames(Function<CacheRegion<?>, ? extends Iterable<Tag>> tags) {
        return new CacheMetrics(cache, server, Objects.requireNonNull(tags, "tags"));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Binding binding = new Binding(cache, standard, registry);
        Tags tags = Tags.of("cache", cache.name());
        Gauge.builder("perfkit.cache.regions", binding::bindNewRegions)
                .tags(tags)
                .description("Regions of the cache")
                .register(registry);
        Gauge.builder("perfkit.cache.shared.up", () -> cache.isSharedTierUp() ? 1 : 0)
                .tags(tags)
                .description(
                        "1 while the shared tier is in use, 0 while its circuit breaker is open or where there is none")
                .register(registry);
        binding.bindNewRegions();
        Supplier<Map<String, Double>> figures = server;
        if (figures != null) {
            for (String figure : figures.get().keySet()) {
                Gauge.builder(
                                "perfkit.cache.server." + figure,
                                () -> figures.get().getOrDefault(figure, Double.NaN))
                        .tags(tags)
                        .description("Of the server behind the shared tier")
                        .register(registry);
            }
        }
    }

    /** One registry's meters. Kept by the gauge that counts the regions. */
    private static final class Binding {

        private final PerfCache cache;
        private final @Nullable Function<CacheRegion<?>, ? extends Iterable<Tag>> standard;
        private final MeterRegistry registry;
        private final Set<String> bound = new HashSet<>();

        Binding(
                PerfCache cache,
                @Nullable Function<CacheRegion<?>, ? extends Iterable<Tag>> standard,
                MeterRegistry registry) {
            this.cache = cache;
            this.standard = standard;
            this.registry = registry;
        }

        synchronized int bindNewRegions() {
            var regions = cache.regions();
            for (CacheRegion<?> region : regions) {
                if (bound.add(region.name())) {
                    RegionMeters.bind(cache.name(), region, registry);
                    if (standard != null) {
                        RegionMeters.bindStandard(region, Tags.of(standard.apply(region)), registry);
                    }
                }
            }
            return regions.size();
        }
    }
}
