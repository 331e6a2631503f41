package io.perfkit.examples.dashboard.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One open stream of server-sent events.
 *
 * <p>The container takes a response back when it is complete, so nothing may be written before the stream has begun nor
 * after it has ended, whichever thread ends it: hence the lock.
 */
public final class Feed {

    private enum State {
        NEW,
        STREAMING,
        ENDED
    }

    private final AsyncContext async;
    private State state = State.NEW;

    private Feed(AsyncContext async) {
        this.async = async;
    }

    /** Takes the request out of its thread; nothing is sent yet. */
    public static Feed of(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        return new Feed(async);
    }

    /** Sends the head of the response and the first event. */
    public synchronized void begin(String firstEvent) throws IOException {
        if (state == State.NEW) {
            HttpServletResponse response = response();
            response.setContentType("text/event-stream");
            response.setCharacterEncoding("UTF-8");
            // The connection is of no use when the stream is over.
            response.setHeader("Connection", "close");
            state = State.STREAMING;
            send(firstEvent);
        }
    }

    /** Sends an event; does nothing before the stream has begun and after it has ended. */
    public synchronized void send(String event) throws IOException {
        if (state == State.STREAMING) {
            HttpServletResponse response = response();
            response.getOutputStream().write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
            response.flushBuffer();
        }
    }

    /** Sends an event; ends the stream if its viewer has gone. */
    public void sendOrEnd(String event) {
        try {
            send(event);
        } catch (IOException e) {
            end();
        }
    }

    /** Answers with an error instead of a stream. */
    public synchronized void reject(int status, String message) throws IOException {
        HttpServletResponse response = response();
        response.setStatus(status);
        response.setHeader("Retry-After", "30");
        response.setHeader("Connection", "close");
        response.setContentType("text/plain");
        response.getOutputStream().write(message.getBytes(StandardCharsets.UTF_8));
        end();
    }

    public synchronized void end() {
        if (state != State.ENDED) {
            state = State.ENDED;
            async.complete();
        }
    }

    /** Runs the action when the stream is over, whoever ended it. */
    public void onEnd(Runnable action) {
        async.addListener(new AsyncListener() {
            @Override
            public void onComplete(AsyncEvent event) {
                ended();
                action.run();
            }

            @Override
            public void onTimeout(AsyncEvent event) {
                end();
            }

            @Override
            public void onError(AsyncEvent event) {
                end();
            }

            @Override
            public void onStartAsync(AsyncEvent event) {}
        });
    }

    private synchronized void ended() {
        state = State.ENDED;
    }

    private HttpServletResponse response() {
        return (HttpServletResponse) async.getResponse();
    }
}
