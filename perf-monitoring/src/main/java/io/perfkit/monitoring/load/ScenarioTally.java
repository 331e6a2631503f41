package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Adds up what happens to one scenario. Under its own lock: a few thousand times a second that costs nothing. */
final class ScenarioTally {
    private static final int MAXIMUM_FAILURES = 20;
    private static final int MAXIMUM_FAILURE_LENGTH = 200;

    private final String name;
    private final long timeoutNanos;
    private final Map<String, HeaderTally> headers = new LinkedHashMap<>();
    private final Times latencies = new Times();
    private final Times answerTimes = new Times();
    private final Map<Integer, Long> statusCodes = new TreeMap<>();
    private final Map<String, Long> failures = new TreeMap<>();
    private long errors;
    private long timedOut;
    private long late;
    private long dropped;
    private long succeededInTime;
    private long unanswered;

    ScenarioTally(String name, List<String> headerNames, long timeoutNanos) {
        this.name = name;
        this.timeoutNanos = timeoutNanos;
        headerNames.forEach(header -> headers.put(header, new HeaderTally()));
    }

    synchronized void startedLate() {
        late++;
    }

    synchronized void dropped() {
        dropped++;
        errors++;
        latencies.add(timeoutNanos);
        answered(timeoutNanos, false);
    }

    /**
     * One call is over, with all its attempts.
     *
     * @param nanos from when it was due to the end of its last attempt
     * @param success whether that one succeeded
     */
    synchronized void answered(long nanos, boolean success) {
        answerTimes.add(nanos);
        unanswered += success ? 0 : 1;
    }

    /**
     * One attempt has ended.
     *
     * @param waitedNanos from its intended to its real start
     * @param tookNanos from there to its end
     * @param inTime whether it ended before the measured time was over
     * @return the latency that it counts with
     */
    synchronized long ended(
            long waitedNanos, long tookNanos, boolean inTime, @Nullable Reply reply, @Nullable Throwable failure) {
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
            } else if (inTime) {
                succeededInTime++;
            }
            headers.forEach(
                    (header, tally) -> reply.headers().firstValue(header).ifPresent(tally::add));
        }
        latencies.add(waitedNanos + took);
        return waitedNanos + took;
    }

    private void failed(Throwable cause) {
        String message = cause.getMessage();
        String text = cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        String kind = text.length() <= MAXIMUM_FAILURE_LENGTH ? text : text.substring(0, MAXIMUM_FAILURE_LENGTH);
        boolean known = failures.containsKey(kind) || failures.size() < MAXIMUM_FAILURES;
        failures.merge(known ? kind : "other", 1L, Long::sum);
    }

    synchronized long count() {
        return latencies.count();
    }

    synchronized long errors() {
        return errors;
    }

    /** @param measured the time that was measured */
    synchronized ScenarioResult result(Duration measured) {
        double seconds = measured.toNanos() / 1e9;
        Map<String, HeaderStats> collected = new LinkedHashMap<>();
        headers.forEach((header, tally) -> collected.put(header, tally.statistics()));
        return new ScenarioResult(
                name,
                latencies.count(),
                errors,
                timedOut,
                late,
                dropped,
                latencies.mean(),
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99),
                latencies.max(),
                answers(),
                seconds > 0 ? succeededInTime / seconds : 0,
                Collections.unmodifiableMap(new TreeMap<>(statusCodes)),
                Collections.unmodifiableMap(new TreeMap<>(failures)),
                Collections.unmodifiableMap(collected));
    }

    private AnswerTimes answers() {
        return new AnswerTimes(
                answerTimes.count(),
                unanswered,
                answerTimes.percentile(50),
                answerTimes.percentile(95),
                answerTimes.percentile(99),
                answerTimes.max());
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

        HeaderStats statistics() {
            return new HeaderStats(count, count == 0 ? 0 : sum / count, max);
        }
    }
}
