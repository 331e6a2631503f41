package io.perfkit.monitoring;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands alerts to the listeners. The cool-down lives with the subject, so that nothing here grows with subjects. */
final class Alerts {
    private static final Logger LOGGER = LoggerFactory.getLogger(PerformanceMonitor.class);

    private final List<MonitoringListener> listeners;
    private final long coolDownNanos;
    private final Throttle failures = new Throttle(Duration.ofMinutes(1).toNanos());

    Alerts(List<MonitoringListener> listeners, Duration coolDown) {
        this.listeners = List.copyOf(listeners);
        this.coolDownNanos = coolDown.toNanos();
    }

    /** The state that each pair of kind and subject keeps. */
    Throttle newCoolDown() {
        return new Throttle(coolDownNanos);
    }

    void raise(Throttle coolDown, long nowNanos, Supplier<Alert> alert) {
        if (listeners.isEmpty() || coolDown.tryPass(nowNanos) < 0) {
            return;
        }
        Alert raised = alert.get();
        tell(nowNanos, listener -> listener.onAlert(raised));
    }

    void found(Finding finding, long nowNanos) {
        tell(nowNanos, listener -> listener.onFinding(finding));
    }

    private void tell(long nowNanos, Consumer<MonitoringListener> event) {
        for (MonitoringListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException failure) {
                long suppressed = failures.tryPass(nowNanos);
                if (suppressed >= 0) {
                    LOGGER.warn("A listener failed ({} more since the last line)", suppressed, failure);
                }
            }
        }
    }
}
