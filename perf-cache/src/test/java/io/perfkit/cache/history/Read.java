package io.perfkit.cache.history;

import java.util.Set;

/**
 * A call that returned a value.
 *
 * @param node where it was called
 * @param call its name
 * @param key the key it asked for
 * @param startedAt when it was called
 * @param endedAt when it returned
 * @param value what it returned
 * @param tier which tier it was answered from, as far as is known
 * @param stale whether the cache says that it was past its ttl
 * @param appliedUpTo the node had applied every invalidation that was acknowledged before this instant when the call
 *     began
 * @param faults what the node suffered from; not empty
 */
record Read(
        int node,
        String call,
        String key,
        long startedAt,
        long endedAt,
        Value value,
        Tier tier,
        boolean stale,
        long appliedUpTo,
        Set<Fault> faults) {

    /** Where the answer came from. */
    enum Tier {
        LOCAL,
        SHARED,
        /** Its own load, somebody else's load, or not known. */
        OTHER
    }
}
