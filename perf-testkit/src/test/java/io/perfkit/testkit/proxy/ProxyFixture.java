package io.perfkit.testkit.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client, a proxy and a server that echoes, for the tests of the proxy. */
abstract class ProxyFixture {
    private static final int SILENCE_MILLIS = 150;

    private final List<Socket> clients = new ArrayList<>();
    EchoServer server;
    FaultProxy proxy;

    @BeforeEach
    void open() throws IOException {
        server = new EchoServer();
        proxy = FaultProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }

    final Socket connect() throws IOException {
        Socket client = new Socket("127.0.0.1", proxy.port());
        client.setTcpNoDelay(true);
        clients.add(client);
        return client;
    }

    static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    static void sendQuietly(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static String receive(Socket client, int count) throws IOException {
        client.setSoTimeout(10_000);
        return new String(client.getInputStream().readNBytes(count), US_ASCII);
    }

    static String roundTrip(Socket client, String text) throws IOException {
        send(client, text);
        return receive(client, text.length());
    }

    static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }
}
