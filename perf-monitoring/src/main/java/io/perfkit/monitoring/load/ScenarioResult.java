package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.Map;

/**
 * What came of one scenario, without the warm-up. Latencies include those of errors and are exact to 0.1 %.
 *
 * @param name the scenario
 * @param count the calls that were due: completed, cut, failed and dropped; a call that was repeated counts each time
 * @param errors the calls that failed, were cut at the timeout, answered with a status of 400 or more, or were dropped
 * @param timedOut the calls cut at the timeout; each is an error with a latency of at least the timeout
 * @param late the calls that started more than 10 ms after their intended start (open model only)
 * @param dropped the calls that could not start within the timeout because {@code maximumInFlight} calls were under way
 *     (open model only); each is an error with the latency of the timeout
 * @param mean the mean latency
 * @param p50 the median latency
 * @param p95 the 95th percentile
 * @param p99 the 99th percentile
 * @param max the longest
 * @param answers the time until a call succeeded, its repetitions included
 * @param throughput the calls that ended without an error in the measured time, per second of it
 * @param statusCodes how many responses had which status; 0 for what is not HTTP
 * @param failures how many calls failed with which exception, at most twenty kinds and the rest as {@code other}
 * @param headers the response headers that were collected, by the name under which they were asked for
 */
public record ScenarioResult(
        String name,
        long count,
        long errors,
        long timedOut,
        long late,
        long dropped,
        Duration mean,
        Duration p50,
        Duration p95,
        Duration p99,
        Duration max,
        AnswerTimes answers,
        double throughput,
        Map<Integer, Long> statusCodes,
        Map<String, Long> failures,
        Map<String, HeaderStats> headers) {

    /**
     * The share of calls that are errors.
     *
     * @return from 0 to 1; 0 where there were no calls
     */
    public double errorRate() {
        return count == 0 ? 0 : (double) errors / count;
    }
}
