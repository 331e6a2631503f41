package io.perfkit.connections;

/** Why a {@link ConnectionRegistry} closed a connection. */
public enum CloseReason {
    /** Its {@link Registration} was closed. */
    CLIENT,

    /** It was not touched for as long as {@code idleAfter}. */
    IDLE,

    /** It was registered for longer than {@code maximumAge}. */
    AGED,

    /** It made room for another; see {@link WhenFull}. */
    EVICTED,

    /** The registry was closed. */
    SHUTDOWN
}
