package io.perfkit.cache.history;

import io.perfkit.cache.spi.SharedTier;
import java.util.List;
import java.util.Random;

/** Redis as the nodes of a history reach it, each over wires of its own, and what may happen to it. */
interface Site extends AutoCloseable {

    /** A tier for a node. The node's clients are closed with the site. */
    SharedTier tier(int node);

    Wires wires(int node);

    /** What {@link #disturb} can do. */
    List<Fault> faults();

    /** Lets something happen to Redis, and returns when it is over, after about that many nanoseconds. */
    void disturb(Fault fault, Random random, long nanos);

    @Override
    void close();
}
