package io.perfkit.connections.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.connections.CloseReason;
import io.perfkit.connections.CloseReport;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.websocket.ManyClients.Client;
import io.perfkit.testkit.time.ManualClock;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A room full of real sockets, of which one in a hundred stops reading. */
@Timeout(300)
class ManySocketsIT {
    private static final Duration IDLE = Duration.ofSeconds(300);
    private static final int PER_OWNER = 5;
    private static final String MESSAGE = "m".repeat(1_000);
    private static final int ROUNDS = 20;

    private final ManualClock clock = new ManualClock();
    private final Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
    private final AtomicInteger heard = new AtomicInteger();
    private ConnectionRegistry<String, Session> registry;

    /** Counts what it hears. */
    private final class Ear extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> heard.incrementAndGet());
        }
    }

    @AfterEach
    void stop() throws Exception {
        registry.close();
        server.stop();
    }

    @Test
    void threeHundredClients_threeOfThemStalled() throws Exception {
        everything(300);
    }

    @Test
    @Tag("full")
    void fiveThousandClients_fiftyOfThemStalled() throws Exception {
        everything(5_000);
    }

    private void everything(int total) throws Exception {
        int port = start(total);
        long heapBefore = usedHeap();
        room(total, port);
        await().atMost(60, TimeUnit.SECONDS).until(() -> usedHeap() < heapBefore + (10 << 20));
    }

    /** Of its own, so that the clients are garbage afterwards. */
    private void room(int total, int port) throws Exception {
        try (ManyClients room = new ManyClients()) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < total; i++) {
                clients.add(room.connect(port, "/feed?user=" + i / PER_OWNER));
            }
            await().atMost(60, TimeUnit.SECONDS).until(() -> registry.stats().total() == total);
            caps(room, port);
            clients.forEach(client -> client.texts = 0);

            List<Client> stalled = clients.subList(0, total / 100);
            List<Client> others = clients.subList(total / 100, total);
            report(total + " clients", broadcast(others));
            stalled.forEach(room::stall);
            report("beside " + stalled.size() + " stalled ones", broadcast(others));
            slow(stalled, others);
            idle(others);
            drain(others);
        }
    }

    private int start(int total) throws Exception {
        registry = ConnectionRegistry.<String, Session>builder("room")
                .maximumTotal(total)
                .maximumPerOwner(PER_OWNER)
                .idleAfter(IDLE)
                .sweepEvery(Duration.ofMillis(50))
                .sendTimeout(Duration.ofSeconds(10))
                .onClose(WebSockets.closing())
                .ticker(clock::nanoTime)
                .build();
        ServletContextHandler context = new ServletContextHandler("/");
        JakartaWebSocketServletContainerInitializer.configure(context, (servletContext, container) -> {
            container.setDefaultMaxSessionIdleTimeout(0);
            container.addEndpoint(WebSockets.endpoint(
                            registry,
                            session ->
                                    session.getRequestParameterMap().get("user").get(0),
                            "/feed",
                            Ear::new)
                    .build());
        });
        server.setHandler(context);
        // So that what is sent to one that does not read does not disappear in the buffers of the machine.
        ((ServerConnector) server.getConnectors()[0]).setAcceptedSendBufferSize(32_768);
        server.start();
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private static void caps(ManyClients room, int port) throws Exception {
        Client sixthOfOwner = room.connect(port, "/feed?user=0");
        Client oneTooMany = room.connect(port, "/feed?user=somebody");
        await().until(() -> sixthOfOwner.closeCode == 1013 && oneTooMany.closeCode == 1013);
    }

    /** Sends to all, {@link #ROUNDS} times; returns how long each of these clients waited each time, sorted. */
    private long[] broadcast(List<Client> clients) {
        long[] waited = new long[clients.size() * ROUNDS];
        int n = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long expected = clients.get(0).texts + 1;
            long begun = System.nanoTime();
            registry.broadcastSized(MESSAGE.length(), WebSockets.text(MESSAGE));
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> clients.stream().allMatch(client -> client.texts == expected));
            for (Client client : clients) {
                waited[n++] = client.lastNanos - begun;
            }
        }
        Arrays.sort(waited);
        return waited;
    }

    private static void report(String what, long[] waited) {
        System.out.printf(
                "%s: a message of 1 kB reached the median client after %.1f ms, 99 of 100 within %.1f ms%n",
                what, waited[waited.length / 2] / 1e6, waited[waited.length * 99 / 100] / 1e6);
    }

    /** What is sent now does not fit into the buffers of those that do not read. */
    private void slow(List<Client> stalled, List<Client> others) {
        String large = "l".repeat(40_000);
        for (int i = 0; i < 4; i++) {
            long expected = others.get(0).texts + 1;
            registry.broadcastSized(large.length(), WebSockets.text(large));
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() -> others.stream().allMatch(client -> client.texts == expected));
        }
        for (int i = 0; i < 40 && registry.stats().closed().get(CloseReason.SLOW) < stalled.size(); i++) {
            clock.advance(Duration.ofSeconds(1));
            registry.broadcastSized(large.length(), WebSockets.text("."));
            await().pollDelay(Duration.ofMillis(120)).until(() -> true);
        }
        assertThat(registry.stats().closed()).containsEntry(CloseReason.SLOW, (long) stalled.size());
        assertThat(registry.stats().total()).isEqualTo(others.size());
    }

    /** Half of them say something before their time is up. */
    private void idle(List<Client> clients) throws Exception {
        List<Client> busy = clients.subList(0, clients.size() / 2);
        List<Client> quiet = clients.subList(clients.size() / 2, clients.size());
        clock.advance(IDLE.dividedBy(2));
        int before = heard.get();
        for (Client client : busy) {
            client.send("here");
        }
        await().until(() -> heard.get() == before + busy.size());
        await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        clock.advance(IDLE.dividedBy(2).plusSeconds(30));
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> quiet.stream().allMatch(client -> client.closeCode == 1001 && !client.isOpen));
        assertThat(registry.stats().closed()).containsEntry(CloseReason.IDLE, (long) quiet.size());
        assertThat(busy).allMatch(client -> client.isOpen);
    }

    private void drain(List<Client> clients) {
        List<Client> left = clients.subList(0, clients.size() / 2);
        CloseReport report = registry.close(Duration.ofSeconds(5));
        assertThat(report.unfinished() + report.notStarted()).isZero();
        await().atMost(60, TimeUnit.SECONDS).until(() -> left.stream().allMatch(client -> client.closeCode == 1001));
        assertThat(registry.stats().total()).isZero();
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
