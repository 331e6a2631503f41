package io.perfkit.monitoring.load;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Adds up what happens to one scenario. Under its own lock: a few thousand times a second that costs nothing. */
final class ScenarioTally {
    private static final int MAXIMUM_FAILURES = 20;
    private static final int MAXIMUM_FAILURE_LENGTH = 200;

    private final String name;
    private final long timeoutNanos;
    private final Map<String, HeaderTally> headers = new LinkedHashMap<>();
    private final Histogram micros = new Histogram(3);
    private final Map<Integer, Long> statusCodes = new TreeMap<>();
    private final Map<String, Long> failures = new TreeMap<>();
    private long errors;
    private long timedOut;
    private long late;
    private long dropped;

    ScenarioTally(String name, List<String> headerNames, long timeoutNanos) {
        this.name = name;
        this.timeoutNanos = timeoutNanos;
        headerNames.forEach(header -> headers.put(header, new HeaderTally()));
        micros.setAutoResize(true);
    }

    synchronized void startedLate() {
        late++;
    }

    synchronized void dropped() {
        dropped++;
        errors++;
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(timeoutNanos));
    }

    /** One call has ended: {@code waitedNanos} from its intended to its real start, {@code tookNanos} from there. */
    synchronized void ended(long waitedNanos, long tookNanos, @Nullable Reply reply, @Nullable Throwable failure) {
        long took = tookNanos;
        if (failure != null) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            errors++;
            if (cause instanceof TimeoutException) {
                timedOut++;
                took = Math.max(timeoutNanos, tookNanos);
            }
            failed(cause);
        } else if (reply != null) {
            statusCodes.merge(reply.status(), 1L, Long::sum);
            if (reply.isError()) {
                errors++;
            }
            headers.forEach(
                    (header, tally) -> reply.headers().firstValue(header).ifPresent(tally::add));
        }
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(waitedNanos + took));
    }

    private void failed(Throwable cause) {
        String message = cause.getMessage();
        String text = cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        String kind = text.length() <= MAXIMUM_FAILURE_LENGTH ? text : text.substring(0, MAXIMUM_FAILURE_LENGTH);
        boolean known = failures.containsKey(kind) || failures.size() < MAXIMUM_FAILURES;
        failures.merge(known ? kind : "other", 1L, Long::sum);
    }

    synchronized long count() {
        return micros.getTotalCount();
    }

    synchronized long errors() {
        return errors;
    }

    synchronized ScenarioResult result(Duration elapsed) {
        long count = micros.getTotalCount();
        double seconds = elapsed.toNanos() / 1e9;
        Map<String, HeaderStatistics> collected = new LinkedHashMap<>();
        headers.forEach((header, tally) -> collected.put(header, tally.statistics()));
        return new ScenarioResult(
                name,
                count,
                errors,
                timedOut,
                late,
                dropped,
                duration(count == 0 ? 0 : Math.round(micros.getMean())),
                duration(micros.getValueAtPercentile(50)),
                duration(micros.getValueAtPercentile(95)),
                duration(micros.getValueAtPercentile(99)),
                duration(micros.getMaxValue()),
                seconds > 0 ? (count - errors) / seconds : 0,
                Collections.unmodifiableMap(new TreeMap<>(statusCodes)),
                Collections.unmodifiableMap(new TreeMap<>(failures)),
                Collections.unmodifiableMap(collected));
    }

    private static Duration duration(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }

    private static final class HeaderTally {
        private long count;
        private double sum;
        private double max;

        void add(String value) {
            double number;
            try {
                number = Double.parseDouble(value);
            } catch (NumberFormatException notANumber) {
                return;
            }
            max = count == 0 ? number : Math.max(max, number);
            count++;
            sum += number;
        }

        HeaderStatistics statistics() {
            return new HeaderStatistics(count, count == 0 ? 0 : sum / count, max);
        }
    }
}
