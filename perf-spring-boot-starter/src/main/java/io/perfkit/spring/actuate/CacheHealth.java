package io.perfkit.spring.actuate;

import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Always up: without its shared tier the cache loads, and the application works. What is missing is a detail. */
final class CacheHealth extends AbstractHealthIndicator {

    private final PerfCache cache;

    CacheHealth(PerfCache cache) {
        this.cache = cache;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        long unacknowledged = 0;
        boolean shared = false;
        for (CacheRegion<?> region : cache.regions()) {
            shared |= region.isShared();
            unacknowledged += region.stats().unacknowledged();
        }
        builder.up()
                .withDetail("sharedTier", !shared ? "none" : cache.isSharedTierUp() ? "up" : "down: values are loaded")
                .withDetail("unacknowledgedInvalidations", unacknowledged);
    }
}
