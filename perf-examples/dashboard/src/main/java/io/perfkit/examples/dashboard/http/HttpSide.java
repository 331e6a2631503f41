package io.perfkit.examples.dashboard.http;

import io.perfkit.examples.dashboard.shop.Trouble;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The web server: an embedded Jetty with a thread per running request, as most servlet applications have. */
public final class HttpSide implements AutoCloseable {

    /** Enough for 200 clients that all wait for the same thing, and for Jetty's own threads. */
    private static final int THREADS = 260;

    /** Connections the kernel may hold for us while thousands of live feeds arrive. */
    private static final int BACKLOG = 4_096;

    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final JsonMapper json = JsonMapper.builder().build();
    private final Server server;
    private final ServerConnector connector;
    private final ServletContextHandler context = new ServletContextHandler(ServletContextHandler.NO_SESSIONS);

    /** Takes the port at once, so that a port in use is known before any data is loaded; 0 takes a free one. */
    public HttpSide(int port) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("http");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(600_000);
        server.addConnector(connector);
        server.setHandler(context);
        try {
            connector.open();
        } catch (IOException e) {
            throw Trouble.of("port " + port + " is in use; choose another with --port, or --port 0 for any free one");
        }
    }

    public void get(String path, Endpoint endpoint) {
        endpoints.put(path, endpoint);
        servlet(path, new EndpointServlet(endpoint));
    }

    /** What an endpoint answers, on the calling thread and without the web server: so that a test can count its queries. */
    public Object answer(String path, UnaryOperator<@Nullable String> parameters) throws Exception {
        Endpoint endpoint = endpoints.get(path);
        if (endpoint == null) {
            throw new IllegalArgumentException("there is no endpoint " + path + "; there are " + endpoints.keySet());
        }
        return endpoint.answer(new Query(parameters));
    }

    public void servlet(String path, HttpServlet servlet) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, path);
    }

    public void filter(String path, Filter filter) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, path, EnumSet.of(DispatcherType.REQUEST));
    }

    public void start() throws Exception {
        server.start();
    }

    public URI base() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the web server did not stop", e);
        }
    }

    private final class EndpointServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient Endpoint endpoint;

        EndpointServlet(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                Object answer = endpoint.answer(new Query(request::getParameter));
                if (answer instanceof Endpoint.Page page) {
                    send(response, page.contentType(), page.body().getBytes(StandardCharsets.UTF_8));
                } else {
                    send(response, "application/json", json.writeValueAsBytes(answer));
                }
            } catch (Query.BadRequest e) {
                fail(response, HttpServletResponse.SC_BAD_REQUEST, e);
            } catch (Exception e) {
                fail(response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, e);
            }
        }

        private void fail(HttpServletResponse response, int status, Exception e) throws IOException {
            response.setStatus(status);
            send(response, "application/json", json.writeValueAsBytes(Map.of("error", String.valueOf(e.getMessage()))));
        }

        private void send(HttpServletResponse response, String contentType, byte[] body) throws IOException {
            response.setContentType(contentType);
            response.setCharacterEncoding("UTF-8");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }
}
