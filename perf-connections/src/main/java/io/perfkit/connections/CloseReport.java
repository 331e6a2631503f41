package io.perfkit.connections;

/**
 * What {@link ConnectionRegistry#close(java.time.Duration)} achieved.
 *
 * @param closed the connections that were registered when the close began and are closed now
 * @param unfinished the connections whose close action had not returned when the time was up
 */
public record CloseReport(int closed, int unfinished) {}
