package io.perfkit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a region's values live and where. Immutable.
 *
 * <p>A value is <em>fresh</em> for {@link #ttl()} after it was loaded. For {@link #staleWhileRevalidate()} after that
 * it is still served, while one background load per node fetches the next one (RFC 5861). Then it is gone. An
 * invalidation ends both at once: stale serving covers expiry only.
 */
public final class CachePolicy {

    private static final CachePolicy DEFAULTS = new CachePolicy(Duration.ofHours(1), Duration.ZERO, false);

    private final Duration ttl;
    private final Duration staleWhileRevalidate;
    private final boolean localOnly;

    private CachePolicy(Duration ttl, Duration staleWhileRevalidate, boolean localOnly) {
        this.ttl = ttl;
        this.staleWhileRevalidate = staleWhileRevalidate;
        this.localOnly = localOnly;
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
     * How long after its ttl a value is still served while it is loaded anew in the background.
     *
     * @return zero unless set
     */
    public Duration staleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    /**
     * Whether the region stays out of the shared tier.
     *
     * @return false unless set
     */
    public boolean localOnly() {
        return localOnly;
    }

    /** The settings in which this policy differs from another, one text per setting; empty if they agree. */
    List<String> differences(CachePolicy other) {
        List<String> result = new ArrayList<>();
        if (!ttl.equals(other.ttl)) {
            result.add("ttl " + ttl + " and " + other.ttl);
        }
        if (!staleWhileRevalidate.equals(other.staleWhileRevalidate)) {
            result.add("staleWhileRevalidate " + staleWhileRevalidate + " and " + other.staleWhileRevalidate);
        }
        if (localOnly != other.localOnly) {
            result.add("localOnly " + localOnly + " and " + other.localOnly);
        }
        return result;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CachePolicy other && differences(other).isEmpty();
    }

    @Override
    public int hashCode() {
        return 31 * (31 * ttl.hashCode() + staleWhileRevalidate.hashCode()) + Boolean.hashCode(localOnly);
    }

    @Override
    public String toString() {
        return "CachePolicy[ttl=" + ttl + ", staleWhileRevalidate=" + staleWhileRevalidate + ", localOnly=" + localOnly
                + "]";
    }

    /** Collects the settings of a {@link CachePolicy}. Not thread-safe. */
    public static final class Builder {

        private Duration ttl;
        private Duration staleWhileRevalidate;
        private boolean localOnly;

        private Builder(CachePolicy from) {
            ttl = from.ttl;
            staleWhileRevalidate = from.staleWhileRevalidate;
            localOnly = from.localOnly;
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
         * The policy.
         *
         * @return an immutable policy
         */
        public CachePolicy build() {
            return new CachePolicy(ttl, staleWhileRevalidate, localOnly);
        }
    }
}
