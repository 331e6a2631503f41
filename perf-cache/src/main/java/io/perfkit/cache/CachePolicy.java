package io.perfkit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a region's values live and where. Immutable.
 *
 * <p>A value is <em>fresh</em> for {@link #ttl()} after it was loaded. For {@link #staleWhileRevalidate()} after that
 * it is still served, while one background load per node fetches the next one; for {@link #staleIfError()} after its
 * ttl it is served if loading the next one fails (both RFC 5861). Then it is gone. An invalidation ends all of it at
 * once: stale serving covers expiry only.
 */
public final class CachePolicy {

    private static final CachePolicy DEFAULTS = new Builder().build();

    private final Duration ttl;
    private final double ttlJitter;
    private final Duration staleWhileRevalidate;
    private final Duration staleIfError;
    private final double refreshAhead;
    private final @Nullable Duration nullTtl;
    private final @Nullable Duration softLoadTimeout;
    private final @Nullable Duration hardLoadTimeout;
    private final @Nullable Duration crossNodeLoads;
    private final int compressAbove;
    private final boolean localOnly;
    private final boolean sharedOnly;
    private final OnUnreachable onUnreachable;
    private final int schemaVersion;

    private CachePolicy(Builder builder) {
        ttl = builder.ttl;
        ttlJitter = builder.ttlJitter;
        staleWhileRevalidate = builder.staleWhileRevalidate;
        staleIfError = builder.staleIfError;
        refreshAhead = builder.refreshAhead;
        nullTtl = builder.nullTtl;
        softLoadTimeout = builder.softLoadTimeout;
        hardLoadTimeout = builder.hardLoadTimeout;
        crossNodeLoads = builder.crossNodeLoads;
        compressAbove = builder.compressAbove;
        localOnly = builder.localOnly;
        sharedOnly = builder.sharedOnly;
        onUnreachable = builder.onUnreachable;
        schemaVersion = builder.schemaVersion;
    }

    /** What an invalidation does that the shared tier does not acknowledge in time. */
    public enum OnUnreachable {
        /** It takes effect on this node and is sent again until acknowledged; the call returns at once. */
        CONTINUE,
        /**
         * The same, and the call waits for the acknowledgement and throws a {@link CacheException} if there is none
         * within the command timeout.
         */
        FAIL
    }

    /**
     * A policy with a time to live and every other setting at its default.
     *
     * @param ttl how long a value is fresh, 1 ms to 3650 days
     * @return the policy
     */
    public static CachePolicy of(Duration ttl) {
        return builder().ttl(ttl).build();
    }

    /**
     * A builder with the defaults: a ttl of one hour, nothing stale served, both tiers.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /**
     * A builder that starts from this policy.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * How long a value is fresh.
     *
     * @return one hour unless set
     */
    public Duration ttl() {
        return ttl;
    }

    /**
     * By which part of itself a ttl may be shortened at random, so that what was loaded together does not expire
     * together.
     *
     * @return 0 unless set
     */
    public double ttlJitter() {
        return ttlJitter;
    }

    /**
     * How long after its ttl a value is still served while it is loaded anew in the background.
     *
     * @return zero unless set
     */
    public Duration staleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    /**
     * How long after its ttl a value is still served where loading the next one fails.
     *
     * @return zero unless set
     */
    public Duration staleIfError() {
        return staleIfError;
    }

    /**
     * How eagerly a value is loaded anew before its ttl ends.
     *
     * @return 0, which is never, unless set
     */
    public double refreshAhead() {
        return refreshAhead;
    }

    /**
     * How long the absence of a value is cached.
     *
     * @return empty unless set: a loader's null is an error then
     */
    public Optional<Duration> nullTtl() {
        return Optional.ofNullable(nullTtl);
    }

    /**
     * After which time of loading a stale value is served, if there is one.
     *
     * @return empty unless set
     */
    public Optional<Duration> softLoadTimeout() {
        return Optional.ofNullable(softLoadTimeout);
    }

    /**
     * After which time of loading a caller gets a {@link LoadTimeoutException}.
     *
     * @return empty unless set
     */
    public Optional<Duration> hardLoadTimeout() {
        return Optional.ofNullable(hardLoadTimeout);
    }

    /**
     * For how long one node's load of a key keeps the other nodes from loading it.
     *
     * @return empty unless set: every node loads for itself
     */
    public Optional<Duration> crossNodeLoads() {
        return Optional.ofNullable(crossNodeLoads);
    }

    /**
     * From how many bytes on an encoded value is compressed in the shared tier.
     *
     * @return 1,024 unless set
     */
    public int compressAbove() {
        return compressAbove;
    }

    /**
     * Whether the region stays out of the shared tier.
     *
     * @return false unless set
     */
    public boolean localOnly() {
        return localOnly;
    }

    /**
     * Whether the region keeps nothing in the local tier.
     *
     * @return false unless set
     */
    public boolean sharedOnly() {
        return sharedOnly;
    }

    /**
     * What an invalidation does that the shared tier does not acknowledge in time.
     *
     * @return {@link OnUnreachable#CONTINUE} unless set
     */
    public OnUnreachable onUnreachable() {
        return onUnreachable;
    }

    /**
     * The version of the values' form: shared entries of another version are misses.
     *
     * @return 1 unless set
     */
    public int schemaVersion() {
        return schemaVersion;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("ttl", ttl);
        settings.put("ttlJitter", ttlJitter);
        settings.put("staleWhileRevalidate", staleWhileRevalidate);
        settings.put("staleIfError", staleIfError);
        settings.put("refreshAhead", refreshAhead);
        settings.put("nullTtl", orNone(nullTtl));
        settings.put("softLoadTimeout", orNone(softLoadTimeout));
        settings.put("hardLoadTimeout", orNone(hardLoadTimeout));
        settings.put("crossNodeLoads", orNone(crossNodeLoads));
        settings.put("compressAbove", compressAbove);
        settings.put("localOnly", localOnly);
        settings.put("sharedOnly", sharedOnly);
        settings.put("onUnreachable", onUnreachable);
        settings.put("schemaVersion", schemaVersion);
        return settings;
    }

    private static Object orNone(@Nullable Duration duration) {
        return duration == null ? "none" : duration;
    }

    /** The settings in which this policy differs from another, one text per setting; empty if they agree. */
    List<String> differences(CachePolicy other) {
        List<String> result = new ArrayList<>();
        Map<String, Object> others = other.settings();
        settings().forEach((setting, value) -> {
            if (!value.equals(others.get(setting))) {
                result.add(setting + " " + value + " and " + others.get(setting));
            }
        });
        return result;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CachePolicy other && settings().equals(other.settings());
    }

    @Override
    public int hashCode() {
        return settings().hashCode();
    }

    /** The ttl, and whatever else is not at its default. */
    @Override
    public String toString() {
        Map<String, Object> defaults = DEFAULTS.settings();
        StringBuilder text = new StringBuilder("CachePolicy[ttl=").append(ttl);
        settings().forEach((setting, value) -> {
            if (!setting.equals("ttl") && !value.equals(defaults.get(setting))) {
                text.append(", ").append(setting).append('=').append(value);
            }
        });
        return text.append(']').toString();
    }

    /** Collects the settings of a {@link CachePolicy}. Not thread-safe. */
    public static final class Builder {

        private Duration ttl = Duration.ofHours(1);
        private double ttlJitter;
        private Duration staleWhileRevalidate = Duration.ZERO;
        private Duration staleIfError = Duration.ZERO;
        private double refreshAhead;
        private @Nullable Duration nullTtl;
        private @Nullable Duration softLoadTimeout;
        private @Nullable Duration hardLoadTimeout;
        private @Nullable Duration crossNodeLoads;
        private int compressAbove = 1_024;
        private boolean localOnly;
        private boolean sharedOnly;
        private OnUnreachable onUnreachable = OnUnreachable.CONTINUE;
        private int schemaVersion = 1;

        private Builder() {}

        private Builder(CachePolicy from) {
            ttl = from.ttl;
            ttlJitter = from.ttlJitter;
            staleWhileRevalidate = from.staleWhileRevalidate;
            staleIfError = from.staleIfError;
            refreshAhead = from.refreshAhead;
            nullTtl = from.nullTtl;
            softLoadTimeout = from.softLoadTimeout;
            hardLoadTimeout = from.hardLoadTimeout;
            crossNodeLoads = from.crossNodeLoads;
            compressAbove = from.compressAbove;
            localOnly = from.localOnly;
            sharedOnly = from.sharedOnly;
            onUnreachable = from.onUnreachable;
            schemaVersion = from.schemaVersion;
        }

        /**
         * How long a value is fresh.
         *
         * @param ttl 1 ms to 3650 days
         * @return this builder
         */
        public Builder ttl(Duration ttl) {
            this.ttl = Checks.positive("ttl", ttl);
            return this;
        }

        /**
         * Shortens each value's ttl by a random part of it, so that what was loaded together does not expire together.
         *
         * @param fraction the largest part, 0 to 0.9: with 0.1, an hour becomes 54 to 60 minutes
         * @return this builder
         */
        public Builder ttlJitter(double fraction) {
            if (!(fraction >= 0 && fraction <= 0.9)) {
                throw new IllegalArgumentException("ttlJitter must be between 0 and 0.9, but was " + fraction);
            }
            this.ttlJitter = fraction;
            return this;
        }

        /**
         * How long after its ttl a value is still served while it is loaded anew in the background.
         *
         * @param window zero to 3650 days
         * @return this builder
         */
        public Builder staleWhileRevalidate(Duration window) {
            this.staleWhileRevalidate = Checks.notNegative("staleWhileRevalidate", window);
            return this;
        }

        /**
         * How long after its ttl a value is still served where loading the next one fails. A key whose load has failed
         * is tried again after a second; meanwhile its stale value is served without trying.
         *
         * @param window zero to 3650 days
         * @return this builder
         */
        public Builder staleIfError(Duration window) {
            this.staleIfError = Checks.notNegative("staleIfError", window);
            return this;
        }

        /**
         * Loads a value anew in the background before its ttl ends, at a random moment that comes the earlier the
         * longer it took to load: a call refreshes if {@code now - took * beta * ln(random)} is past the end of the ttl
         * (XFetch; Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015).
         *
         * @param beta 1 is the optimum for most; larger is earlier; 0, the default, never
         * @return this builder
         */
        public Builder refreshAhead(double beta) {
            if (!(beta >= 0 && beta <= 1_000)) {
                throw new IllegalArgumentException("refreshAhead must be between 0 and 1000, but was " + beta);
            }
            this.refreshAhead = beta;
            return this;
        }

        /**
         * Caches the absence of a value: a loader may return null, and {@code getOrSet} does then.
         *
         * @param ttl how long an absence is cached, 1 ms to 3650 days
         * @return this builder
         */
        public Builder nullTtl(Duration ttl) {
            this.nullTtl = Checks.positive("nullTtl", ttl);
            return this;
        }

        /**
         * Bounds the time that a caller waits for a load. Loaders then run on the cache's executor. A load that is late
         * goes on, and stores its value.
         *
         * @param soft after this time a stale value is served, where {@link #staleWhileRevalidate} or
         *     {@link #staleIfError} still allows one; 1 ms to 3650 days
         * @param hard after this time the caller gets a {@link LoadTimeoutException}; at least {@code soft}
         * @return this builder
         */
        public Builder loadTimeout(Duration soft, Duration hard) {
            Checks.positive("The soft loadTimeout", soft);
            Checks.positive("The hard loadTimeout", hard);
            if (hard.compareTo(soft) < 0) {
                throw new IllegalArgumentException(
                        "The hard loadTimeout (" + hard + ") must not be shorter than the soft one (" + soft + ")");
            }
            this.softLoadTimeout = soft;
            this.hardLoadTimeout = hard;
            return this;
        }

        /**
         * Lets one node load a key, while the others wait for its value.
         *
         * @param lease for how long they wait, at most: set it to more than a load takes. A node that dies while
         *     loading holds the others up for this long; 10 ms to 3650 days
         * @return this builder
         */
        public Builder crossNodeLoads(Duration lease) {
            if (lease.compareTo(Duration.ofMillis(10)) < 0) {
                throw new IllegalArgumentException("crossNodeLoads must be at least 10 ms, but was " + lease);
            }
            this.crossNodeLoads = Checks.positive("crossNodeLoads", lease);
            return this;
        }

        /**
         * Compresses encoded values from this size on, where that makes them smaller.
         *
         * @param bytes at least 1; {@link Integer#MAX_VALUE} for never. The default is 1,024
         * @return this builder
         */
        public Builder compressAbove(int bytes) {
            this.compressAbove = (int) Checks.atLeastOne("compressAbove", bytes);
            return this;
        }

        /**
         * Keeps the region out of the shared tier: every node loads for itself, and an invalidation reaches this node
         * only.
         *
         * @return this builder
         */
        public Builder localOnly() {
            this.localOnly = true;
            return this;
        }

        /**
         * Keeps nothing in the local tier: every hit asks the shared one, and no node ever serves what another one has
         * invalidated. For values that are large or must be the same everywhere at once.
         *
         * @return this builder
         */
        public Builder sharedOnly() {
            this.sharedOnly = true;
            return this;
        }

        /**
         * What an invalidation does that the shared tier does not acknowledge in time.
         *
         * @param reaction the default is {@link OnUnreachable#CONTINUE}
         * @return this builder
         */
        public Builder onUnreachable(OnUnreachable reaction) {
            this.onUnreachable = Objects.requireNonNull(reaction, "reaction");
            return this;
        }

        /**
         * The version of the values' form. With another number, every entry that is in the shared tier is a miss:
         * raise it when the class of the values changes in a way that old entries must not be read as new ones.
         *
         * @param version 0 to 2,147,483,647; the default is 1
         * @return this builder
         */
        public Builder schemaVersion(int version) {
            if (version < 0) {
                throw new IllegalArgumentException("schemaVersion must not be negative, but was " + version);
            }
            this.schemaVersion = version;
            return this;
        }

        /**
         * The policy.
         *
         * @return an immutable policy
         * @throws IllegalStateException if two settings contradict each other
         */
        public CachePolicy build() {
            if (localOnly) {
                exclude("sharedOnly", sharedOnly, "has no tier left");
                exclude("crossNodeLoads(" + crossNodeLoads + ")", crossNodeLoads != null, "needs the shared tier");
                exclude("onUnreachable(FAIL)", onUnreachable == OnUnreachable.FAIL, "needs the shared tier");
            }
            return new CachePolicy(this);
        }

        private static void exclude(String setting, boolean set, String why) {
            if (set) {
                throw new IllegalStateException("localOnly and " + setting + " exclude each other: a region with "
                        + "both " + why + ". Leave one of them out");
            }
        }
    }
}
