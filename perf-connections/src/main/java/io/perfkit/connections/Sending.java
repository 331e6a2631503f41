package io.perfkit.connections;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends one message to one connection, at once or by and by.
 *
 * @param <C> the type of connection
 */
@FunctionalInterface
public interface Sending<C> {
    /**
     * Sends the message. Until it returns, and until the stage that it returns is complete, nothing else is sent to that
     * connection.
     *
     * @param connection the connection
     * @return completed when the connection can take the next message, exceptionally if this one failed; null if it can at
     *     once
     * @throws Exception if the message could not be sent, which is logged and counted
     */
    @Nullable
    CompletionStage<?> send(C connection) throws Exception;
}
