package io.perfkit.connections.docs;

import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.connections.websocket.WebSockets;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import java.time.Duration;
import java.util.function.Supplier;

/** The snippets about WebSockets of docs/registry.md. {@code ConnectionsDocsTest} checks that they are the same. */
final class WebSocketDocs {
    private WebSocketDocs() {}

    static ConnectionRegistry<String, Session> registry() {
        ConnectionRegistry<String, Session> sockets = ConnectionRegistry.<String, Session>builder("dashboard")
                .maximumTotal(1_000)
                .maximumPerOwner(5)
                .idleAfter(Duration.ofMinutes(5))
                .heartbeat(Duration.ofSeconds(30), WebSockets.ping())
                .onClose(WebSockets.closing())
                .build();
        return sockets;
    }

    static void deploy(
            ServerContainer container, ConnectionRegistry<String, Session> sockets, Supplier<Endpoint> newFeedEndpoint)
            throws DeploymentException {
        container.addEndpoint(WebSockets.endpoint(
                        sockets, session -> session.getUserPrincipal().getName(), "/feed", newFeedEndpoint)
                .build());
    }

    static void send(ConnectionRegistry<String, Session> sockets, String json) {
        sockets.broadcastSized(json.length(), WebSockets.text(json));
    }

    private static final ConnectionRegistry<String, Session> sockets = registry();

    @ServerEndpoint("/prices")
    public static class Prices {
        private Registration registration;

        @OnOpen
        public void open(Session session) {
            registration = WebSockets.open(sockets, session.getUserPrincipal().getName(), session);
        }

        @OnMessage
        public void message(String text) {
            if (registration != null) {
                registration.touch();
            }
        }

        @OnClose
        public void close() {
            if (registration != null) {
                registration.close();
            }
        }
    }
}
