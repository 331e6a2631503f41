package io.perfkit.monitoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of what took too long in a database, and which part of it did. */
final class SlowQueries {
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.slow");
    private static final int LOGGED_CHARACTERS = 300;
    private static final int LINES_OF_A_MINUTE = 100;

    private final PerformanceMonitor monitor;
    private final long slowNanos;
    private final long alertNanos;
    private final Counter slow;
    private final Budget lines = new Budget(TimeUnit.MINUTES.toNanos(1), LINES_OF_A_MINUTE);

    SlowQueries(PerformanceMonitor.Builder settings, PerformanceMonitor monitor, MeterRegistry registry) {
        this.monitor = monitor;
        this.slowNanos = settings.slowQuery.toNanos();
        this.alertNanos = settings.thresholds.queryTime().toNanos();
        this.slow = Counter.builder("perfkit.jdbc.slow")
                .description("Queries at or above the slow query time")
                .register(registry);
    }

    /** Whether there is anything to say of what took so long. */
    boolean tellsOf(long totalNanos) {
        return totalNanos >= slowNanos || totalNanos >= alertNanos;
    }

    /** So far, executing and fetching. */
    void took(Execution execution, Query query, long totalNanos, long now) {
        long told = execution.toldNanos();
        boolean becameSlow = totalNanos >= slowNanos && told < slowNanos;
        boolean becameTooSlow = totalNanos >= alertNanos && told < alertNanos;
        boolean farMore = told > 0 && totalNanos / 2 >= told;
        if (!becameSlow && !becameTooSlow && !farMore) {
            return;
        }
        execution.told(totalNanos);
        if (becameSlow) {
            query.figures().wasSlow();
            slow.increment();
        }
        if (totalNanos >= slowNanos) {
            long suppressed = query.figures().log.tryPass(now, totalNanos);
            // A flood of texts that are slow once each is no flood of lines.
            if (suppressed >= 0 && LOGGER.isWarnEnabled() && lines.trySpend(now)) {
                LOGGER.warn(
                        "Slow query took {} ms{} ({} more since the last line): {}",
                        millis(totalNanos),
                        parts(execution),
                        suppressed,
                        shortened(query));
            }
        }
        if (totalNanos >= alertNanos) {
            monitor.alerts().raise(query.figures().coolDown, now, () -> alert(query, totalNanos));
        }
    }

    /** The wait for a connection, or the end of a transaction. */
    void waited(Execution execution, DataSourceMeters meters, long now) {
        long nanos = execution.executeNanos();
        if (nanos < slowNanos) {
            return;
        }
        boolean acquire = execution.kind == Execution.Kind.ACQUIRE;
        long suppressed = (acquire ? meters.slowAcquires : meters.slowTransactions).tryPass(now, nanos);
        if (suppressed >= 0) {
            LOGGER.warn(
                    "Slow {} of {} took {} ms ({} more since the last line)",
                    execution.query.fingerprint(),
                    meters.name,
                    millis(nanos),
                    suppressed);
        }
    }

    void stillRunning(Execution execution, long now) {
        long nanos = execution.elapsed(now).toNanos();
        if (nanos < alertNanos || execution.reportedInFlight || execution.isEnded()) {
            return;
        }
        execution.reportedInFlight = true;
        String message = String.format(
                Locale.ROOT,
                "Still running after %d ms on %s: %s",
                millis(nanos),
                execution.dataSource,
                shortened(execution.query));
        LOGGER.warn("{}", message);
        monitor.alerts()
                .raise(
                        execution.query.figures().coolDown,
                        now,
                        () -> new Alert(
                                Alert.Kind.SLOW_QUERY, execution.query.fingerprint(), nanos, alertNanos, message));
    }

    private static String parts(Execution execution) {
        long fetched = execution.fetchNanos();
        return fetched < 1_000_000 ? "" : ", of it " + millis(fetched) + " ms fetching " + execution.rows() + " rows";
    }

    private Alert alert(Query query, long elapsedNanos) {
        String message = String.format(
                Locale.ROOT,
                "Query took %d ms, the threshold queryTime is %d ms: %s",
                millis(elapsedNanos),
                millis(alertNanos),
                shortened(query));
        return new Alert(Alert.Kind.SLOW_QUERY, query.fingerprint(), elapsedNanos, alertNanos, message);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** The beginning with the tables, and the end with the condition. */
    private static String shortened(Query query) {
        String text = query.fingerprint();
        return text.length() <= LOGGED_CHARACTERS
                ? text
                : text.substring(0, LOGGED_CHARACTERS - 100) + " … " + text.substring(text.length() - 97);
    }
}
