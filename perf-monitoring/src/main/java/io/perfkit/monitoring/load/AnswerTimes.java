package io.perfkit.monitoring.load;

import java.time.Duration;

/**
 * How long the calls of a scenario took to succeed, each with its repetitions: the time from when a call was due until
 * one of its attempts ended without an error. What failed before is in it, as it is for a user who tries again. So two
 * servers can be compared of which one fails fast and the other answers late; their latencies per call cannot.
 *
 * <p>A call none of whose attempts succeeded, of {@link LoadTest#maximumAttempts} that it had, counts as
 * {@code unanswered} and with the time until the last of them ended. Its user would have waited longer: with such calls
 * among them, the figures are lower bounds.
 *
 * @param count the calls that were due, each once, however often it was repeated
 * @param unanswered those among them that never succeeded
 * @param p50 the median
 * @param p95 the 95th percentile
 * @param p99 the 99th percentile
 * @param max the longest
 */
public record AnswerTimes(long count, long unanswered, Duration p50, Duration p95, Duration p99, Duration max) {}
