package io.perfkit.connections.websocket;

import jakarta.websocket.server.ServerEndpointConfig;
import java.net.InetSocketAddress;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

class JettyWebSocketsTest extends WebSocketsContract {
    private final Server server = new Server(new InetSocketAddress("127.0.0.1", 0));

    @Override
    int start(List<ServerEndpointConfig> programmatic, Class<?> annotated) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JakartaWebSocketServletContainerInitializer.configure(context, (servletContext, container) -> {
            for (ServerEndpointConfig endpoint : programmatic) {
                container.addEndpoint(endpoint);
            }
            container.addEndpoint(annotated);
        });
        server.setHandler(context);
        server.start();
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    @Override
    void stop() throws Exception {
        server.stop();
    }
}
