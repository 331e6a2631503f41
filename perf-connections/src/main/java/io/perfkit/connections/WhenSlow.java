package io.perfkit.connections;

/** What a {@link ConnectionRegistry} does with a message for a connection whose outbox is full. */
public enum WhenSlow {
    /** Closes the connection, for the reason {@link CloseReason#SLOW}. */
    CLOSE,

    /** Forgets the oldest message that waits in the outbox. */
    DROP_OLDEST
}
