package io.perfkit.spring.cache;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CachePolicy.OnUnreachable;
import io.perfkit.spring.internal.PropertyErrors;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * The settings of one region. What is not set is as {@link CachePolicy} has it.
 *
 * @param type the class of the values, where it does not follow from the methods that are cached
 * @param ttl how long a value is fresh; an hour if nothing is said
 * @param ttlJitter by which fraction the ttl of each value is shortened at random, so that not all expire at once
 * @param staleWhileRevalidate how long after its ttl a value is still served while a new one is loaded
 * @param staleIfError how long after its ttl a value is still served where loading fails
 * @param refreshAhead how early a value that is asked for often is loaded again before its ttl ends; 1 is usual
 * @param nullTtl how long it is remembered that there is no value
 * @param softLoadTimeout how long a caller waits for a load before a stale value is served
 * @param hardLoadTimeout how long a caller waits for a load at all
 * @param crossNodeLoads for how long one node may load a value for all of them
 * @param compressAbove from which size on an entry is compressed in the shared tier
 * @param localOnly whether values stay in this JVM
 * @param sharedOnly whether values are kept in the shared tier only
 * @param onUnreachable what an invalidation does that the shared tier does not acknowledge
 * @param schemaVersion changed where values of another form are stored, so that older ones are not read
 */
public record RegionProperties(
        @Nullable Class<?> type,
        @Nullable Duration ttl,
        @Nullable Double ttlJitter,
        @Nullable Duration staleWhileRevalidate,
        @Nullable Duration staleIfError,
        @Nullable Double refreshAhead,
        @Nullable Duration nullTtl,
        @Nullable Duration softLoadTimeout,
        @Nullable Duration hardLoadTimeout,
        @Nullable Duration crossNodeLoads,
        @Nullable DataSize compressAbove,
        @Nullable Boolean localOnly,
        @Nullable Boolean sharedOnly,
        @Nullable OnUnreachable onUnreachable,
        @Nullable Integer schemaVersion) {

    private static <T> @Nullable T first(@Nullable T own, @Nullable T other) {
        return own != null ? own : other;
    }

    /** These settings, and those of others where these say nothing. */
    RegionProperties over(RegionProperties others) {
        return new RegionProperties(
                type,
                first(ttl, others.ttl),
                first(ttlJitter, others.ttlJitter),
                first(staleWhileRevalidate, others.staleWhileRevalidate),
                first(staleIfError, others.staleIfError),
                first(refreshAhead, others.refreshAhead),
                first(nullTtl, others.nullTtl),
                first(softLoadTimeout, others.softLoadTimeout),
                first(hardLoadTimeout, others.hardLoadTimeout),
                first(crossNodeLoads, others.crossNodeLoads),
                first(compressAbove, others.compressAbove),
                first(localOnly, others.localOnly),
                first(sharedOnly, others.sharedOnly),
                first(onUnreachable, others.onUnreachable),
                first(schemaVersion, others.schemaVersion));
    }

    /** @param prefix where the settings stand, for messages */
    CachePolicy policy(String prefix) {
        CachePolicy.Builder builder = CachePolicy.builder();
        set(prefix + ".ttl", ttl, builder::ttl);
        set(prefix + ".ttl-jitter", ttlJitter, builder::ttlJitter);
        set(prefix + ".stale-while-revalidate", staleWhileRevalidate, builder::staleWhileRevalidate);
        set(prefix + ".stale-if-error", staleIfError, builder::staleIfError);
        set(prefix + ".refresh-ahead", refreshAhead, builder::refreshAhead);
        set(prefix + ".null-ttl", nullTtl, builder::nullTtl);
        Duration hard = hardLoadTimeout;
        if (hard == null && softLoadTimeout != null) {
            set(prefix + ".soft-load-timeout", softLoadTimeout, soft -> {
                throw new IllegalArgumentException("it needs hard-load-timeout beside it");
            });
        }
        set(prefix + ".hard-load-timeout", hard, value -> {
            Duration soft = softLoadTimeout;
            builder.loadTimeout(soft == null ? value : soft, value);
        });
        set(prefix + ".cross-node-loads", crossNodeLoads, builder::crossNodeLoads);
        set(prefix + ".compress-above", compressAbove, size -> builder.compressAbove((int) size.toBytes()));
        set(prefix + ".on-unreachable", onUnreachable, builder::onUnreachable);
        set(prefix + ".schema-version", schemaVersion, builder::schemaVersion);
        if (Boolean.TRUE.equals(localOnly)) {
            builder.localOnly();
        }
        if (Boolean.TRUE.equals(sharedOnly)) {
            builder.sharedOnly();
        }
        return PropertyErrors.named(prefix, builder::build);
    }

    private static <T> void set(String property, @Nullable T value, Consumer<T> setter) {
        if (value != null) {
            PropertyErrors.named(property, value, () -> setter.accept(value));
        }
    }
}
