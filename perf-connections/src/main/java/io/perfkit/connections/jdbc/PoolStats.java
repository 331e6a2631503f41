package io.perfkit.connections.jdbc;

/**
 * A {@link BoundedDataSource} at about one moment; the numbers are read one after the other.
 *
 * @param held the connections held by callers, with those being opened or closed
 * @param idle the connections that are open and free
 * @param waiting the callers that wait for a turn
 * @param maximum the most connections that may be open: size and overflow
 */
public record PoolStats(int held, int idle, int waiting, int maximum) {}
