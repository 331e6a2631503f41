package io.perfkit.connections.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.connections.CloseReason;
import io.perfkit.connections.ConnectionRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a real Jetty, with sockets for clients. */
@Timeout(30)
class EventStreamTest {
    private final ConnectionRegistry<String, EventStream> registry = ConnectionRegistry.<String, EventStream>builder(
                    "events")
            .maximumTotal(3)
            .maximumPerOwner(2)
            .sweepEvery(Duration.ofMillis(20))
            .heartbeat(Duration.ofMillis(100), EventStream.heartbeat())
            .onClose((stream, reason) -> stream.close())
            .build();
    private final Server server = new Server(new InetSocketAddress("127.0.0.1", 0));

    @BeforeEach
    void start() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                EventStream.open(registry, request.getParameter("user"), request, response);
            }
        });
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/events");
        server.setHandler(context);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        registry.close();
        server.stop();
    }

    private final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Client(String user) throws IOException {
            socket = new Socket("127.0.0.1", ((ServerConnector) server.getConnectors()[0]).getLocalPort());
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /events?user=" + user + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** Reads up to a line that contains this. */
        String until(String part) throws IOException {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.contains(part)) {
                    return line;
                }
            }
            throw new IOException("the stream ended before " + part);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void open_registersAndSendsEventsAndHeartbeats() throws Exception {
        try (Client client = new Client("ann")) {
            assertThat(client.until("HTTP/1.1")).contains("200");
            assertThat(client.until("Content-Type")).contains("text/event-stream");
            client.until(":");
            registry.broadcastSized(10, EventStream.event("price", "one\ntwo"));
            client.until("event: price");
            client.until("data: one");
            client.until("data: two");
            client.until(":");
            assertThat(registry.stats().connectionsByOwner()).containsEntry("ann", 1);
        }
        await().untilAsserted(() -> assertThat(registry.stats().total()).isZero());
    }

    @Test
    void open_beyondTheLimit_isAnsweredWith503() throws Exception {
        try (Client one = new Client("ann");
                Client two = new Client("ann")) {
            one.until("200");
            two.until("200");
            try (Client three = new Client("ann")) {
                assertThat(three.until("HTTP/1.1")).contains("503");
                assertThat(three.until("Retry-After")).endsWith("5");
            }
            assertThat(registry.stats().rejected()).isEqualTo(1);
        }
    }

    @Test
    void close_ofTheRegistry_endsTheStreams() throws Exception {
        try (Client client = new Client("ann")) {
            client.until("200");
            await().until(() -> registry.stats().total() == 1);
            assertThat(registry.close(Duration.ofSeconds(2)).closed()).isEqualTo(1);
            assertThatThrownBy(() -> client.until("never")).hasMessageContaining("ended");
            assertThat(registry.stats().closed().get(CloseReason.SHUTDOWN)).isEqualTo(1);
        }
        try (Client late = new Client("ann")) {
            assertThat(late.until("HTTP/1.1")).contains("503");
        }
    }

    @Test
    void event_nameOfSeveralLines_isRejected() {
        assertThatThrownBy(() -> EventStream.event("a\nb", "c")).hasMessage("name must be of one line, but was 'a\nb'");
    }
}
