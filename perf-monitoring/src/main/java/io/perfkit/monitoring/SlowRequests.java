package io.perfkit.monitoring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of requests that took longer than {@link Thresholds#responseTime()}. */
final class SlowRequests {
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.slow");

    private final long thresholdNanos;
    private final Alerts alerts;

    SlowRequests(Thresholds thresholds, Alerts alerts) {
        this.thresholdNanos = thresholds.responseTime().toNanos();
        this.alerts = alerts;
    }

    void closed(RequestScope scope, Timing timing, long nowNanos) {
        long elapsed = scope.elapsed().toNanos();
        if (elapsed < thresholdNanos) {
            return;
        }
        String message = "Slow request " + timing.name() + " took "
                + scope.elapsed().toMillis() + " ms, of it "
                + scope.databaseTime().toMillis() + " ms in " + scope.queries() + " queries";
        long suppressed = timing.log.tryPass(nowNanos);
        if (suppressed >= 0) {
            LOGGER.warn("{} ({} more since the last line)", message, suppressed);
        }
        alerts.raise(
                timing.coolDown,
                nowNanos,
                () -> new Alert(Alert.Kind.SLOW_RESPONSE, timing.name(), elapsed, thresholdNanos, message));
    }
}
