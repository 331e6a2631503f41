package io.perfkit.cache.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.CacheStats;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one region.
 *
 * <p>Micrometer refers to the object behind a function counter weakly, and to the function strongly. So the functions
 * here hold the region themselves and take no notice of the object: a meter lives as long as its registry.
 */
final class RegionMeters {

    private final CacheRegion<?> region;
    private final Tags tags;
    private final MeterRegistry registry;

    private RegionMeters(CacheRegion<?> region, Tags tags, MeterRegistry registry) {
        this.region = region;
        this.tags = tags;
        this.registry = registry;
    }

    static void bind(String cache, CacheRegion<?> region, MeterRegistry registry) {
        RegionMeters meters = new RegionMeters(region, Tags.of("cache", cache, "region", region.name()), registry);
        meters.bindLookups("perfkit.cache");
        meters.bindReads();
        meters.bindLoads();
        meters.bindShared();
    }

    /** Under the names of Micrometer's {@code CacheMeterBinder}, whose meters these must not push out. */
    static void bindStandard(CacheRegion<?> region, Tags tags, MeterRegistry registry) {
        RegionMeters meters = new RegionMeters(region, tags, registry);
        meters.bindLookups("cache");
        meters.counter("cache.puts", null, null, "Values that loads brought", CacheStats::loads);
    }

    private void bindLookups(String prefix) {
        String gets = prefix + ".gets";
        gauge(prefix + ".size", null, "Entries in the local tier, an estimate", CacheStats::localEntries);
        counter(gets, "result", "hit", "Calls by their result", s -> s.localHits() + s.sharedHits());
        counter(gets, "result", "miss", "Calls by their result", CacheStats::misses);
        counter(prefix + ".evictions", null, null, "Entries pushed out of the local tier", CacheStats::evictions);
    }

    private void bindReads() {
        counter("perfkit.cache.hits", "tier", "local", "Calls answered by one tier", CacheStats::localHits);
        counter("perfkit.cache.hits", "tier", "shared", "Calls answered by one tier", CacheStats::sharedHits);
        counter("perfkit.cache.coalesced", null, null, "Calls that waited for another's load", CacheStats::coalesced);
        counter("perfkit.cache.stale", null, null, "Calls answered with a value past its ttl", CacheStats::staleServed);
        gauge("perfkit.cache.local.size", "bytes", "What the local entries weigh", CacheStats::localBytes);
    }

    private void bindLoads() {
        counter("perfkit.cache.loads", "result", "success", "Loads", CacheStats::loads);
        counter("perfkit.cache.loads", "result", "failure", "Loads", CacheStats::loadFailures);
        FunctionTimer.builder(
                        "perfkit.cache.load.time",
                        region,
                        ignored -> stats().loads() + stats().loadFailures(),
                        ignored -> stats().loadNanos(),
                        TimeUnit.NANOSECONDS)
                .tags(tags)
                .description("Time spent in loaders")
                .register(registry);
    }

    private void bindShared() {
        String invalidations = "Invalidations and puts, by the node that called them";
        counter("perfkit.cache.invalidations", "origin", "local", invalidations, CacheStats::invalidations);
        counter("perfkit.cache.invalidations", "origin", "remote", invalidations, CacheStats::remoteInvalidations);
        counter(
                "perfkit.cache.stores.refused",
                null,
                null,
                "Loaded values that were outdated before they could be shared",
                CacheStats::refusedStores);
        counter("perfkit.cache.shared.failures", null, null, "Failed commands", CacheStats::sharedFailures);
        counter("perfkit.cache.undecodable", null, null, "Shared entries of no value", CacheStats::undecodable);
        counter("perfkit.cache.resyncs", null, null, "Losses of all trust in what is held", CacheStats::resyncs);
        gauge(
                "perfkit.cache.unacknowledged",
                null,
                "Invalidations that other nodes may not know of yet",
                CacheStats::unacknowledged);
    }

    private CacheStats stats() {
        return region.stats();
    }

    private void counter(
            String name,
            @Nullable String tag,
            @Nullable String value,
            String description,
            ToLongFunction<CacheStats> figure) {
        FunctionCounter.builder(name, region, ignored -> figure.applyAsLong(stats()))
                .tags(tag == null || value == null ? tags : tags.and(tag, value))
                .description(description)
                .register(registry);
    }

    private void gauge(String name, @Nullable String unit, String description, ToLongFunction<CacheStats> figure) {
        Gauge.builder(name, () -> figure.applyAsLong(stats()))
                .tags(tags)
                .baseUnit(unit)
                .description(description)
                .register(registry);
    }
}
