package io.perfkit.connections.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.connections.CloseReason;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.testkit.time.ManualClock;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds on every container, with real sockets. */
@Timeout(60)
abstract class WebSocketsContract {
    private static final Duration IDLE = Duration.ofSeconds(100);

    /** What the endpoint saw, in order. */
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private final ManualClock clock = new ManualClock();
    private final Sweeps sweeps = new Sweeps();
    private final ConnectionRegistry<String, Session> registry = ConnectionRegistry.<String, Session>builder("sockets")
            .maximumTotal(10)
            .maximumPerOwner(2)
            .idleAfter(IDLE)
            .sendTimeout(Duration.ofSeconds(5))
            .outbox(1_000, 64 << 20)
            .onClose(WebSockets.closing())
            .ticker(clock::nanoTime)
            .scheduler(sweeps)
            .build();

    /** Sweeps only when it is told to. */
    private static final class Sweeps extends ScheduledThreadPoolExecutor {
        private final AtomicReference<Runnable> sweep = new AtomicReference<>();

        Sweeps() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(
                Runnable command, long initialDelay, long delay, TimeUnit unit) {
            sweep.set(command);
            return schedule(() -> {}, 1, TimeUnit.DAYS);
        }
    }

    /** Starts the container with these endpoints; returns its port. */
    abstract int start(List<ServerEndpointConfig> programmatic, Class<?> annotated) throws Exception;

    abstract void stop() throws Exception;

    private int port;

    @BeforeEach
    void startContainer() throws Exception {
        Annotated.registry = registry;
        port = start(
                List.of(WebSockets.endpoint(registry, WebSocketsContract::user, "/feed", Echo::new)
                        .build()),
                Annotated.class);
    }

    @AfterEach
    void stopContainer() throws Exception {
        registry.close();
        sweeps.shutdownNow();
        stop();
    }

    private static @Nullable String user(Session session) {
        List<String> user = session.getRequestParameterMap().get("user");
        return user == null ? null : user.get(0);
    }

    private Client client(String user) {
        return new Client(port, "/feed?user=" + user);
    }

    private void awaitTotal(int total) {
        await().until(() -> registry.stats().total() == total);
    }

    /** Answers each text with itself. */
    private final class Echo extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            seen.add("open " + user(session));
            if ("mallory".equals(user(session))) {
                throw new IllegalStateException("as asked for");
            }
            Registration registration =
                    (Registration) session.getUserProperties().get(WebSockets.REGISTRATION);
            MessageHandler.Whole<String> echo = new MessageHandler.Whole<>() {
                @Override
                public void onMessage(String message) {
                    if (message.equals("silence")) {
                        seen.add(message);
                    } else if (message.equals("handlers")) {
                        Set<MessageHandler> handlers = session.getMessageHandlers();
                        registry.send(
                                registration, 1, WebSockets.text(handlers.size() + " " + handlers.contains(this)));
                    } else if (message.equals("deaf")) {
                        session.removeMessageHandler(this);
                        registry.send(registration, 1, WebSockets.text("deaf"));
                    } else {
                        registry.send(registration, message.length(), WebSockets.text(message));
                    }
                }
            };
            session.addMessageHandler(echo);
        }

        @Override
        public void onClose(Session session, jakarta.websocket.CloseReason reason) {
            seen.add("close " + reason.getCloseCode().getCode());
        }

        @Override
        public void onError(Session session, Throwable failure) {
            seen.add("error " + failure.getMessage());
        }
    }

    /** The same by annotations, as an application would write it. */
    @ServerEndpoint("/annotated")
    public static final class Annotated {
        static volatile @Nullable ConnectionRegistry<String, Session> registry;

        private @Nullable Registration registration;

        @OnOpen
        public void open(Session session) {
            ConnectionRegistry<String, Session> sockets = registry;
            if (sockets != null) {
                registration = WebSockets.open(sockets, "annotated", session);
            }
        }

        @OnMessage
        public void message(String message) {
            ConnectionRegistry<String, Session> sockets = registry;
            if (registration != null && sockets != null) {
                registration.touch();
                sockets.send(registration, message.length(), WebSockets.text(message));
            }
        }

        @OnClose
        public void closed() {
            if (registration != null) {
                registration.close();
            }
        }
    }

    @Test
    void session_isRegisteredForItsOwner_untilTheClientGoes() throws Exception {
        try (Client ann = client("ann")) {
            ann.send("hello");
            assertThat(ann.next()).isEqualTo("hello");
            assertThat(registry.stats().connectionsByOwner()).containsOnlyKeys("ann");
        }
        awaitTotal(0);
        // One container tells the endpoint of the error first.
        await().until(() -> seen.stream().anyMatch(event -> event.startsWith("close 1")));
        assertThat(seen.stream().filter(event -> !event.startsWith("error")))
                .hasSize(2)
                .first()
                .isEqualTo("open ann");
        assertThat(registry.stats().closed()).containsEntry(CloseReason.CLIENT, 1L);
    }

    @Test
    void session_oneTooMany_isClosedWith1013AndTheEndpointSeesNothingOfIt() throws Exception {
        try (Client one = client("ann");
                Client two = client("ann")) {
            awaitTotal(2);
            try (Client three = client("ann")) {
                assertThat(three.closeCode()).isEqualTo(1013);
            }
            two.send("still here");
            assertThat(two.next()).isEqualTo("still here");
            assertThat(registry.stats().rejected()).isEqualTo(1);
            assertThat(seen).containsExactly("open ann", "open ann");
            assertThat(one.closed).isNotDone();
        }
        awaitTotal(0);
    }

    @Test
    void session_withoutAnOwner_isClosedWith1011() throws Exception {
        try (Client nobody = new Client(port, "/feed")) {
            assertThat(nobody.closeCode()).isEqualTo(1011);
        }
        assertThat(registry.stats().total()).isZero();
        assertThat(seen).isEmpty();
    }

    @Test
    void session_whoseEndpointFailsToOpenIt_leavesNothingBehind() throws Exception {
        try (Client mallory = client("mallory")) {
            assertThat(mallory.closeCode()).isPositive();
        }
        awaitTotal(0);
        // One container puts it into an exception of its own.
        await().until(() -> seen.stream().anyMatch(event -> event.startsWith("error ")));
    }

    @Test
    void message_countsAsUse() throws Exception {
        try (Client ann = client("ann")) {
            awaitTotal(1);
            sweep(3);
            clock.advance(Duration.ofSeconds(60));
            ann.send("silence");
            await().until(() -> seen.contains("silence"));
            sweep(1);
            clock.advance(Duration.ofSeconds(60));
            sweep(3);
            assertThat(registry.stats().total()).isEqualTo(1);

            clock.advance(Duration.ofSeconds(300));
            sweep(3);
            assertThat(ann.closeCode()).isEqualTo(1001);
            assertThat(registry.stats().closed()).containsEntry(CloseReason.IDLE, 1L);
        }
    }

    private void sweep(int times) {
        for (int i = 0; i < times; i++) {
            sweeps.sweep.get().run();
        }
    }

    @Test
    void handlers_areThoseOfTheEndpoint_andCanBeRemoved() throws Exception {
        try (Client ann = client("ann")) {
            ann.send("handlers");
            assertThat(ann.next()).isEqualTo("1 true");
            ann.send("deaf");
            assertThat(ann.next()).isEqualTo("deaf");
            ann.send("lost");
            registry.broadcastSized(4, WebSockets.text("last"));
            assertThat(ann.next()).isEqualTo("last");
        }
    }

    @Test
    void close_ofTheRegistry_closesWith1001_andWhoComesLaterWith1013() throws Exception {
        try (Client ann = client("ann");
                Client bob = client("bob")) {
            awaitTotal(2);
            assertThat(registry.close(Duration.ofMillis(500)).closed()).isEqualTo(2);
            assertThat(ann.closeCode()).isEqualTo(1001);
            assertThat(bob.closeCode()).isEqualTo(1001);
        }
        try (Client late = client("cid")) {
            assertThat(late.closeCode()).isEqualTo(1013);
        }
        await().until(() -> seen.stream().filter("close 1001"::equals).count() == 2);
    }

    @Test
    void send_byManyThreads_arrivesWholeAndInTheOrderOfEach() throws Exception {
        String filling = "x".repeat(3_000);
        try (Client ann = client("ann")) {
            awaitTotal(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int thread = t;
                threads.add(new Thread(() -> {
                    for (int i = 0; i < 50; i++) {
                        String message = thread + " " + i + " " + filling;
                        registry.broadcastSized(message.length(), WebSockets.text(message));
                    }
                }));
            }
            threads.forEach(Thread::start);
            int[] next = new int[8];
            for (int i = 0; i < 400; i++) {
                String[] parts = ann.next().split(" ", -1);
                assertThat(parts).hasSize(3);
                assertThat(parts[2]).isEqualTo(filling);
                assertThat(Integer.parseInt(parts[1])).isEqualTo(next[Integer.parseInt(parts[0])]++);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void broadcast_besideAStalledPeer_reachesTheOthers_andTheStalledOneIsClosedAsSlow() throws Exception {
        String large = "y".repeat(100_000);
        try (Socket stalled = Client.stalled(port, "/feed?user=stalled");
                Client ann = client("ann")) {
            awaitTotal(2);
            for (int i = 0; i < 100; i++) {
                assertThat(registry.broadcastSized(large.length(), WebSockets.text(i + large))
                                .reached())
                        .isEqualTo(2);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(ann.next()).startsWith(i + "y").hasSizeGreaterThan(100_000);
            }
            clock.advance(Duration.ofSeconds(6));
            await().until(() -> {
                sweep(1);
                return registry.stats().closed().get(CloseReason.SLOW) == 1;
            });
            assertThat(stalled.isClosed()).isFalse();
            ann.send("and on");
            assertThat(ann.next()).isEqualTo("and on");
            assertThat(registry.stats().connectionsByOwner()).containsOnlyKeys("ann");
        }
    }

    @Test
    void heartbeat_reachesThePeer() throws Exception {
        try (Client ann = client("ann")) {
            awaitTotal(1);
            registry.broadcastSized(0, WebSockets.ping());
            registry.broadcastSized(3, WebSockets.text("end"));
            assertThat(ann.next()).isEqualTo("end");
            assertThat(registry.stats().failedSends()).isZero();
        }
    }

    @Test
    void annotated_registersTouchesAndLeaves() throws Exception {
        try (Client ann = new Client(port, "/annotated")) {
            ann.send("hello");
            assertThat(ann.next()).isEqualTo("hello");
            assertThat(registry.stats().connectionsByOwner()).containsOnlyKeys("annotated");
        }
        awaitTotal(0);
    }
}
