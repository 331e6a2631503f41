package io.perfkit.connections.websocket;

import jakarta.servlet.ServletException;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.io.TempDir;

class TomcatWebSocketsTest extends WebSocketsContract {
    @TempDir
    Path directory;

    private final Tomcat tomcat = new Tomcat();

    @Override
    int start(List<ServerEndpointConfig> programmatic, Class<?> annotated) throws Exception {
        tomcat.setBaseDir(directory.toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", directory.toString());
        context.addServletContainerInitializer(new WsSci(), Set.of());
        context.addServletContainerInitializer(
                (classes, servletContext) -> {
                    ServerContainer container =
                            (ServerContainer) servletContext.getAttribute(ServerContainer.class.getName());
                    try {
                        for (ServerEndpointConfig endpoint : programmatic) {
                            container.addEndpoint(endpoint);
                        }
                        container.addEndpoint(annotated);
                    } catch (DeploymentException e) {
                        throw new ServletException(e);
                    }
                },
                Set.of());
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
        tomcat.getConnector();
        tomcat.start();
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }
}
