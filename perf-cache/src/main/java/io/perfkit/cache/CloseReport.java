package io.perfkit.cache;

/**
 * What a close within a time achieved: {@link PerfCache#close(java.time.Duration)}.
 *
 * @param unacknowledged the changes made on this node that Redis had not acknowledged when the time was up: other nodes may
 *     never hear of them
 */
public record CloseReport(long unacknowledged) {}
