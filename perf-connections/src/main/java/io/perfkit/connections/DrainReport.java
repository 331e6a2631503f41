package io.perfkit.connections;

/**
 * What {@link ConnectionRegistry#drain} achieved.
 *
 * @param closed the connections that were registered when the drain began and are closed now
 * @param unfinished the connections whose close action had not returned when the time was up
 */
public record DrainReport(int closed, int unfinished) {}
