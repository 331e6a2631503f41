package io.perfkit.monitoring;

import java.time.Duration;
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
        DatabaseTimes times = scope.databaseTimes();
        String message = "Slow request " + timing.name() + " took "
                + scope.elapsed().toMillis() + " ms, of it "
                + times.total().toMillis() + " ms in " + scope.queries() + " queries" + parts(times) + calls(scope);
        long suppressed = timing.log.tryPass(nowNanos, elapsed);
        if (suppressed >= 0) {
            LOGGER.warn("{} ({} more since the last line)", message, suppressed);
        }
        alerts.raise(
                timing.coolDown,
                nowNanos,
                () -> new Alert(Alert.Kind.SLOW_RESPONSE, timing.name(), elapsed, thresholdNanos, message));
    }

    private static String calls(RequestScope scope) {
        long calls = scope.outboundCalls();
        return calls == 0 ? "" : ", " + scope.outboundTime().toMillis() + " ms in " + calls + " outbound calls";
    }

    /** What of it was not executing, where that is a millisecond or more. */
    private static String parts(DatabaseTimes times) {
        String parts = part("acquire", times.acquire())
                + part("fetch", times.fetch())
                + part("transaction", times.transaction());
        return parts.isEmpty() ? "" : " (execute " + times.execute().toMillis() + " ms" + parts + ")";
    }

    private static String part(String name, Duration time) {
        return time.toMillis() == 0 ? "" : ", " + name + " " + time.toMillis() + " ms";
    }
}
