package io.perfkit.connections.servlet;

import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.connections.RegistryClosedException;
import io.perfkit.connections.Sending;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events to one client, over an asynchronous servlet, and registered in a
 * {@link ConnectionRegistry}.
 *
 * <p>Send through the registry: {@code registry.broadcastSized(bytes, EventStream.event("price", json))}. Its outboxes see
 * to it that one thread writes at a time. A stream leaves the registry when the client goes away, which a write finds out:
 * give the registry a {@code heartbeat(time, EventStream.heartbeat())}. The close action of the registry has to be
 * {@link #close()}.
 */
public final class EventStream implements AutoCloseable {
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);
    private static final int SECONDS_UNTIL_RETRY = 5;

    private final AsyncContext context;
    private final OutputStream out;

    private EventStream(AsyncContext context, OutputStream out) {
        this.context = context;
        this.out = out;
    }

    /**
     * Answers a request with a stream of events and registers it. If the registry is full or closed, the answer is 503 with
     * {@code Retry-After}.
     *
     * @param registry where it is registered
     * @param owner who has asked for it
     * @param request a request whose servlet and filters support asynchronous processing
     * @param response its response, not committed yet
     * @param <O> the type of owner
     * @return the registration, or null if it was refused
     * @throws IOException if the client has gone already
     */
    public static <O> @Nullable Registration open(
            ConnectionRegistry<O, EventStream> registry,
            O owner,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0);
        Registration registration;
        try {
            response.setContentType("text/event-stream;charset=utf-8");
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("X-Accel-Buffering", "no");
            registration = registry.register(owner, new EventStream(context, response.getOutputStream()));
        } catch (ConnectionLimitException | RegistryClosedException full) {
            response.reset();
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            response.setIntHeader("Retry-After", SECONDS_UNTIL_RETRY);
            context.complete();
            return null;
        }
        context.addListener(new Ending(registration));
        // Through the outbox, since somebody may broadcast already. It tells the client that the stream is open.
        registry.send(registration, COMMENT.length, heartbeat());
        return registration;
    }

    /**
     * Sends an event.
     *
     * @param name the type of event, of one line; or null for the default type
     * @param data of any number of lines
     * @return what sends it to one stream
     */
    public static Sending<EventStream> event(@Nullable String name, String data) {
        byte[] text = text(name, data);
        return stream -> {
            stream.write(text);
            return null;
        };
    }

    /**
     * Sends a comment, which clients ignore.
     *
     * @return what sends it to one stream
     */
    public static Sending<EventStream> heartbeat() {
        return stream -> {
            stream.write(COMMENT);
            return null;
        };
    }

    private static byte[] text(@Nullable String name, String data) {
        Objects.requireNonNull(data, "data");
        StringBuilder text = new StringBuilder();
        if (name != null) {
            if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
                throw new IllegalArgumentException("name must be of one line, but was '" + name + "'");
            }
            text.append("event: ").append(name).append('\n');
        }
        for (String line : data.split("\r\n|\r|\n", -1)) {
            text.append("data: ").append(line).append('\n');
        }
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(byte[] text) throws IOException {
        out.write(text);
        out.flush();
    }

    /** Ends the stream. Does nothing if it has ended. */
    @Override
    public void close() {
        try {
            context.complete();
        } catch (IllegalStateException ended) {
            // The container was quicker.
        }
    }

    /** Takes the stream out of the registry when the container says that it is over. */
    private record Ending(Registration registration) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            registration.close();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            registration.close();
        }

        @Override
        public void onError(AsyncEvent event) {
            registration.close();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
