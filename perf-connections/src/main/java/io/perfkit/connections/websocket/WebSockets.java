package io.perfkit.connections.websocket;

import io.perfkit.connections.CloseAction;
import io.perfkit.connections.CloseReason;
import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.connections.RegistryClosedException;
import io.perfkit.connections.Sending;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WebSockets of any Jakarta container within the limits of a {@link ConnectionRegistry}. The close action of the registry
 * is {@link #closing()}.
 *
 * <p>An {@link Endpoint} is deployed by {@link #endpoint}, which registers each session before the endpoint sees it, counts
 * each message as a use, and takes the session out when it ends. An endpoint with annotations calls {@link #open} in its
 * {@code @OnOpen}, {@link Registration#touch()} for each message, and {@link Registration#close()} in its
 * {@code @OnClose}.
 *
 * <p>A session takes one message at a time; containers fail or mix up frames otherwise. So send through the registry only,
 * whose outboxes see to it: {@code registry.broadcastSized(json.length(), WebSockets.text(json))}. No thread waits for a
 * slow peer then.
 */
public final class WebSockets {
    /** Where the user properties of a session that was let in by {@link #endpoint} have its {@link Registration}. */
    public static final String REGISTRATION = "io.perfkit.connections.registration";

    private static final Logger LOGGER = LoggerFactory.getLogger(WebSockets.class);

    private WebSockets() {}

    /**
     * Registers a session that was just opened. If the registry is full or closed, the session is closed with code 1013 (try
     * again later).
     *
     * @param registry where it is registered
     * @param owner who has opened it
     * @param session the session
     * @param <O> the type of owner
     * @return the registration, or null if it was refused: then leave the session alone
     */
    public static <O> @Nullable Registration open(ConnectionRegistry<O, Session> registry, O owner, Session session) {
        Registration registration;
        try {
            registration = registry.register(owner, session);
        } catch (ConnectionLimitException | RegistryClosedException full) {
            close(session, CloseCodes.TRY_AGAIN_LATER, "too many connections");
            return null;
        }
        if (!session.isOpen()) {
            // It ended meanwhile, and nobody may have known of the registration then.
            registration.close();
        }
        return registration;
    }

    /**
     * Deploys endpoints whose sessions are registered, one new endpoint for each session.
     *
     * @param registry where they are registered
     * @param owner who has opened a session, such as the name of its {@code getUserPrincipal()}; null is an error, so give
     *     those without a name one
     * @param path as for {@link ServerEndpointConfig.Builder#create}
     * @param endpoints makes the endpoint of a session
     * @param <O> the type of owner
     * @return a configuration to add the rest to, but for the configurator, which is set
     */
    public static <O> ServerEndpointConfig.Builder endpoint(
            ConnectionRegistry<O, Session> registry,
            Function<? super Session, ? extends O> owner,
            String path,
            Supplier<? extends Endpoint> endpoints) {
        Objects.requireNonNull(registry, "registry");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(endpoints, "endpoints");
        return ServerEndpointConfig.Builder.create(RegisteredEndpoint.class, path)
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(new RegisteredEndpoint<O>(registry, owner, endpoints.get()));
                    }
                });
    }

    /**
     * The close action of a registry of sessions: 1001 (going away) for {@link CloseReason#SHUTDOWN},
     * {@link CloseReason#AGED}, {@link CloseReason#IDLE} and {@link CloseReason#FAILED_HEARTBEAT}, 1013 (try again later) for
     * {@link CloseReason#EVICTED} and {@link CloseReason#SLOW}, and 1000 for {@link CloseReason#CLIENT}, if the session is
     * still open.
     *
     * @return the action
     */
    public static CloseAction<Session> closing() {
        return (session, reason) -> {
            if (session.isOpen()) {
                session.close(new jakarta.websocket.CloseReason(code(reason), text(reason)));
            }
        };
    }

    private static CloseCode code(CloseReason reason) {
        return switch (reason) {
            case CLIENT -> CloseCodes.NORMAL_CLOSURE;
            case EVICTED, SLOW -> CloseCodes.TRY_AGAIN_LATER;
            case IDLE, AGED, FAILED_HEARTBEAT, SHUTDOWN -> CloseCodes.GOING_AWAY;
        };
    }

    private static String text(CloseReason reason) {
        return switch (reason) {
            case CLIENT -> "";
            case EVICTED -> "made room for another";
            case SLOW -> "too slow";
            case IDLE -> "idle";
            case AGED -> "too old";
            case FAILED_HEARTBEAT -> "no heartbeat";
            case SHUTDOWN -> "going away";
        };
    }

    /**
     * Sends a text.
     *
     * @param text the message
     * @return to be given to the registry, for any number of sessions
     */
    public static Sending<Session> text(String text) {
        Objects.requireNonNull(text, "text");
        return session -> sent(handler -> session.getAsyncRemote().sendText(text, handler));
    }

    /**
     * Sends bytes.
     *
     * @param bytes the message, which must not change afterwards; its position is left alone
     * @return to be given to the registry, for any number of sessions
     */
    public static Sending<Session> binary(ByteBuffer bytes) {
        ByteBuffer message = bytes.asReadOnlyBuffer();
        return session -> sent(handler -> session.getAsyncRemote().sendBinary(message.duplicate(), handler));
    }

    /**
     * Sends a ping, for {@link ConnectionRegistry.Builder#heartbeat}. A peer that is gone without a word is found by it when
     * its socket takes no more. The pong is no use in the sense of {@code idleAfter}.
     *
     * @return to be given to the registry
     */
    public static Sending<Session> ping() {
        return session -> {
            session.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
            return null;
        };
    }

    private static CompletionStage<?> sent(Consumer<SendHandler> send) {
        CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
        send.accept(result -> {
            if (result.isOK()) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(result.getException());
            }
        });
        return sent;
    }

    static void close(Session session, CloseCode code, String reason) {
        try {
            session.close(new jakarta.websocket.CloseReason(code, reason));
        } catch (IOException | RuntimeException e) {
            LOGGER.debug("A session could not be closed, and is gone most likely", e);
        }
    }
}
