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

    /** Its heartbeat could not be sent. */
    FAILED_HEARTBEAT,

    /** It did not take what was sent to it, within the limits of its outbox. */
    SLOW,

    /** The registry was closed. */
    SHUTDOWN
}
