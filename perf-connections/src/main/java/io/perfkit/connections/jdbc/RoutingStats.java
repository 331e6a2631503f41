package io.perfkit.connections.jdbc;

/**
 * Where a {@link ReplicaRouting} has sent its transactions since it was built.
 *
 * @param toReplicas those that went to a replica
 * @param toPrimary those that went to the primary because they were not read-only
 * @param ownWrites read-only ones that went to the primary because their caller had just written
 * @param fallbacks read-only ones that went to the primary because no replica could serve them
 * @param promotions how often another server was found to be the primary
 */
public record RoutingStats(long toReplicas, long toPrimary, long ownWrites, long fallbacks, long promotions) {}
