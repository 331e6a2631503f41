package io.perfkit.spring.connections;

import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.connections.RegistryClosedException;
import io.perfkit.connections.RegistryStats;
import java.security.Principal;
import java.time.Duration;
import java.util.Objects;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * The WebSockets that clients have open, within the bounds of {@code perfkit.feeds.*}. Put {@link #bounded} around the
 * handler that is registered. A session belongs to its principal, or else to its client's address. One too many is closed
 * with status 1013. All are closed when the application begins to stop. Thread-safe.
 */
public final class Sockets implements SmartLifecycle {

    private static final String REGISTRATION = Sockets.class.getName() + ".registration";
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final ConnectionRegistry<Object, WebSocketSession> registry;
    private volatile boolean running;

    Sockets(ConnectionRegistry.Builder<Object, WebSocketSession> registry) {
        this.registry = registry.onClose((session, reason) -> session.close(CloseStatus.GOING_AWAY))
                .build();
    }

    /**
     * Counts the sessions of a handler.
     *
     * @param handler what does the work
     * @return to be registered in its place
     */
    public WebSocketHandler bounded(WebSocketHandler handler) {
        return new WebSocketHandlerDecorator(handler) {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) throws Exception {
                try {
                    session.getAttributes().put(REGISTRATION, registry.register(owner(session), session));
                } catch (ConnectionLimitException | RegistryClosedException full) {
                    session.close(CloseStatus.SERVICE_OVERLOAD.withReason("too many connections"));
                    return;
                }
                super.afterConnectionEstablished(session);
            }

            @Override
            public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
                if (session.getAttributes().get(REGISTRATION) instanceof Registration registration) {
                    registration.touch();
                    super.handleMessage(session, message);
                }
            }

            @Override
            public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
                // One that was never let in is none of the handler's.
                if (session.getAttributes().remove(REGISTRATION) instanceof Registration registration) {
                    registration.close();
                    super.afterConnectionClosed(session, status);
                }
            }
        };
    }

    private static Object owner(WebSocketSession session) {
        Principal principal = session.getPrincipal();
        if (principal != null) {
            return principal.getName();
        }
        var address = session.getRemoteAddress();
        return address == null ? "unknown" : Objects.requireNonNullElse(address.getAddress(), address);
    }

    /**
     * How many are open.
     *
     * @return a snapshot
     */
    public RegistryStats<Object> stats() {
        return registry.stats();
    }

    ConnectionRegistry<Object, WebSocketSession> registry() {
        return registry;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        registry.close(CLOSE_WITHIN);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Feeds.PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
