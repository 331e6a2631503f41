package io.perfkit.cache.history;

/** What may happen to a node or to Redis. */
enum Fault {
    NONE(false),
    /** Answers come late: sometimes later than the cache waits, and not equally late on all connections. */
    DELAY(false),
    /** Nothing arrives in either direction, and nobody is told. */
    DROP(false),
    /** What the node sends arrives; no answer comes back. */
    HALF_OPEN(false),
    /** What is sent arrives later, in order. */
    STALL(false),
    /** Connections are reset, again and again. */
    CUT(false),
    /** Connections are reset, and new ones refused. */
    REFUSE(false),
    /** {@code CLIENT PAUSE}. */
    CLIENT_PAUSE(true),
    /** SIGSTOP, then SIGCONT. */
    FREEZE(true),
    /** {@code kill -9}, then a start with all data. */
    KILL(true),
    /** {@code kill -9}, then a start without any data. */
    EMPTY(true),
    /** A replica that lags is promoted; what it had not received is lost. */
    FAILOVER(true),
    /** Redis loses some of the cache's keys, as by eviction. */
    EVICTION(true),
    /** Slots of a cluster move to another master. */
    MOVE(true);

    private final boolean everywhere;

    Fault(boolean everywhere) {
        this.everywhere = everywhere;
    }

    /** Whether it hits Redis, and thereby every node. */
    boolean isEverywhere() {
        return everywhere;
    }
}
