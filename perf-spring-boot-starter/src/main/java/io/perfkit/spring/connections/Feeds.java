package io.perfkit.spring.connections;

import io.perfkit.connections.BroadcastReport;
import io.perfkit.connections.CloseReason;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.connections.RegistryStats;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/**
 * The feeds of server-sent events that clients have open, within the bounds of {@code perfkit.feeds.*}:
 *
 * <pre>{@code
 * @GetMapping("/feed")
 * SseEmitter feed(Principal user) {
 *     return feeds.register(user.getName(), new SseEmitter(0L));
 * }
 *
 * feeds.send("anna", SseEmitter.event().data(visit));
 * }</pre>
 *
 * <p>They are completed when the application begins to stop, before the web server waits for its open requests. One too
 * many is a {@link io.perfkit.connections.ConnectionLimitException}, which is answered with status 429 for the bound of one
 * owner and 503 for that of all. Thread-safe.
 */
public final class Feeds implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);

    /** Above that of the web server's graceful shutdown, which would wait for the feeds. */
    static final int PHASE = Integer.MAX_VALUE - 512;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final ConnectionRegistry<Object, SseEmitter> registry;
    private volatile boolean running;

    Feeds(ConnectionRegistry.Builder<Object, SseEmitter> registry) {
        this.registry = registry.onClose(Feeds::complete).build();
    }

    private static void complete(SseEmitter emitter, CloseReason reason) {
        // Of a client that has gone, there is nothing left to complete.
        if (reason != CloseReason.CLIENT) {
            emitter.complete();
        }
    }

    /**
     * Counts a feed until it ends.
     *
     * @param owner whose it is, with {@code equals} and {@code hashCode}
     * @param feed to be returned by the controller
     * @return the same
     * @throws io.perfkit.connections.ConnectionLimitException if it is one too many
     */
    public SseEmitter register(Object owner, SseEmitter feed) {
        Registration registration = registry.register(owner, feed);
        feed.onCompletion(registration::close);
        feed.onTimeout(registration::close);
        feed.onError(failure -> registration.close());
        return feed;
    }

    /**
     * Sends an event to all feeds of an owner.
     *
     * @param owner whose
     * @param event what
     * @return what became of it
     */
    public BroadcastReport send(Object owner, SseEventBuilder event) {
        var parts = event.build();
        return registry.broadcast(owner, feed -> send(feed, parts));
    }

    /**
     * Sends an event to all feeds.
     *
     * @param event what
     * @return what became of it
     */
    public BroadcastReport sendToAll(SseEventBuilder event) {
        var parts = event.build();
        return registry.broadcast(feed -> send(feed, parts));
    }

    private static void send(
            SseEmitter feed,
            java.util.Set<org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter.DataWithMediaType>
                    parts) {
        try {
            feed.send(parts);
        } catch (IOException | IllegalStateException gone) {
            // The container tells the emitter, which takes it out of the registry.
            LOG.debug("A feed is gone", gone);
        }
    }

    /**
     * How many are open.
     *
     * @return a snapshot
     */
    public RegistryStats<Object> stats() {
        return registry.stats();
    }

    ConnectionRegistry<Object, SseEmitter> registry() {
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
        return PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
