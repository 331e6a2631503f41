package io.perfkit.connections;

/**
 * What a close within a time achieved: {@link ConnectionRegistry#close(java.time.Duration)}, or that of a pool.
 *
 * @param closed the connections that were there when the close began and are closed now
 * @param unfinished the connections whose close action had been started and had not returned when the time was up; in a
 *     pool, those that were still held and were aborted
 * @param notStarted the connections whose close action could not even be started, since too many before it hang; it is
 *     started when one of those ends
 */
public record CloseReport(int closed, int unfinished, int notStarted) {}
