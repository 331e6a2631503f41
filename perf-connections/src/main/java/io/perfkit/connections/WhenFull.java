package io.perfkit.connections;

/** What a {@link ConnectionRegistry} does with a registration that would exceed a limit. */
public enum WhenFull {
    /** The registration fails with a {@link ConnectionLimitException}; those already registered stay. */
    REJECT,

    /**
     * The connection whose last {@link Registration#touch() touch} is longest ago makes room. It is chosen among those
     * of the same owner if the owner has any, and among all otherwise. Those touched between the same two sweeps
     * count as equally idle.
     */
    EVICT_IDLEST,

    /**
     * The connection registered first makes room. It is chosen among those of the same owner if the owner has any, and
     * among all otherwise.
     */
    EVICT_OLDEST
}
