package io.perfkit.spring.cache;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import io.perfkit.spring.internal.PropertyErrors;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The cache of the application.
 *
 * @param enabled whether there is a cache, and the annotations do something
 * @param name of the cache, under which all nodes of the application share it; by default the application's name
 * @param local bounds what is kept in this JVM
 * @param redis how the shared tier is used, where the application has a Lettuce client
 * @param defaults settings of every region that does not say otherwise
 * @param regions settings of regions, by their names
 */
@ConfigurationProperties(prefix = "perfkit.cache", ignoreUnknownFields = false)
public record CacheProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String name,
        @DefaultValue Local local,
        @DefaultValue Redis redis,
        @DefaultValue RegionProperties defaults,
        @Nullable Map<String, RegionProperties> regions) {

    /**
     * Bounds what is kept in this JVM; by default 10,000 entries of each region.
     *
     * @param maximumSize how many entries each region keeps
     * @param maximumWeight how many bytes each region keeps, as JSON would have them; in place of maximum-size
     */
    public record Local(
            @Nullable Long maximumSize, @Nullable DataSize maximumWeight) {}

    /**
     * How Redis is used.
     *
     * @param enabled whether nodes share their entries through the Redis that the application is connected to
     * @param commandTimeout how long a call waits for one command
     * @param maxStaleness how long a node serves what it keeps itself without confirmation that it is up to date
     * @param maximumPendingInvalidations how many invalidations wait for Redis to come back before a region is cleared
     */
    public record Redis(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("250ms") Duration commandTimeout,
            @DefaultValue("5s") Duration maxStaleness,
            @DefaultValue("1000") int maximumPendingInvalidations) {}

    /** A builder with these settings, but for those of a shared tier. */
    PerfCache.Builder builder(@Nullable String application) {
        PerfCache.Builder builder = PropertyErrors.named(
                "perfkit.cache.name", () -> PerfCache.builder(name != null ? name : nameOf(application)));
        builder.local(options -> {
            if (local.maximumSize() != null) {
                long size = local.maximumSize();
                PropertyErrors.named("perfkit.cache.local.maximum-size", () -> options.maximumSize(size));
            }
            if (local.maximumWeight() != null) {
                long bytes = local.maximumWeight().toBytes();
                PropertyErrors.named("perfkit.cache.local.maximum-weight", () -> options.maximumWeight(bytes));
            }
        });
        return builder;
    }

    void applyShared(PerfCache.Builder builder) {
        PropertyErrors.named(
                "perfkit.cache.redis.command-timeout", () -> builder.commandTimeout(redis.commandTimeout()));
        PropertyErrors.named("perfkit.cache.redis.max-staleness", () -> builder.maxStaleness(redis.maxStaleness()));
        PropertyErrors.named(
                "perfkit.cache.redis.maximum-pending-invalidations",
                () -> builder.maximumPendingInvalidations(redis.maximumPendingInvalidations()));
    }

    /** An application's name may have characters that the name of a cache may not. */
    private static String nameOf(@Nullable String application) {
        String name = application == null ? "" : application.replaceAll("[^\\p{Graph}&&\\p{ASCII}]|[:{}]", "-");
        return name.isEmpty() ? "application" : name.substring(0, Math.min(name.length(), 100));
    }

    /**
     * The policy of a region: its own settings before the defaults.
     *
     * @param region its name
     * @return as {@link CachePolicy} has it where nothing is set
     */
    public CachePolicy policy(String region) {
        RegionProperties own = regions == null ? null : regions.get(region);
        return own == null
                ? defaults.policy("perfkit.cache.defaults")
                : own.over(defaults).policy("perfkit.cache.regions." + region);
    }

    /**
     * The type of a region's values, where it is set.
     *
     * @param region its name
     * @return null if it follows from the methods that are cached there
     */
    public @Nullable Class<?> typeOf(String region) {
        RegionProperties own = regions == null ? null : regions.get(region);
        return own == null ? null : own.type();
    }
}
