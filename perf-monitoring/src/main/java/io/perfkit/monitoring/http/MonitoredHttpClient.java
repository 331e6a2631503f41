package io.perfkit.monitoring.http;

import io.perfkit.monitoring.OutboundRecorder;
import io.perfkit.monitoring.PerformanceMonitor;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link HttpClient} whose calls are timed under method, host and the pattern of the path, and count in the
 * {@link io.perfkit.monitoring.RequestScope} of the thread that makes them.
 *
 * <p>A call is timed until the client hands over the response: with its body, or for a body handler that streams, with its
 * head. An asynchronous one is timed until its future completes; the future is the client's own, so that cancelling it
 * cancels the exchange. Requests, body handlers and exceptions pass unchanged, and an interruption stays one. Redirects and
 * retries of the client are part of the call. Web sockets are not measured.
 *
 * <p>Of an address, neither the query nor a part of the path that could be a value is kept; a hash tells whether two calls
 * had the same. What is a word is kept, so where names of people stand in paths, name the calls yourself.
 *
 * <p>Thread-safe as the wrapped client, whose closing (Java 21) it passes on.
 */
public final class MonitoredHttpClient {
    private MonitoredHttpClient() {}

    /**
     * Wraps a client. Wrapping one twice with the same monitor gives the first wrapper.
     *
     * @param client the client to measure; it stays the caller's
     * @param monitor where to report
     * @return the wrapper
     */
    public static HttpClient wrap(HttpClient client, PerformanceMonitor monitor) {
        return wrapped(client, monitor, null);
    }

    /**
     * As {@link #wrap(HttpClient, PerformanceMonitor)}, for paths that hold names which no rule can tell from words.
     *
     * @param client the client to measure; it stays the caller's
     * @param monitor where to report
     * @param callName gives a name from a bounded set, such as {@code GET users/{name}}; empty or null for method, host and
     *     the pattern of the path
     * @return the wrapper
     */
    public static HttpClient wrap(
            HttpClient client, PerformanceMonitor monitor, Function<HttpRequest, @Nullable String> callName) {
        return wrapped(client, monitor, Objects.requireNonNull(callName, "callName"));
    }

    private static HttpClient wrapped(
            HttpClient client, PerformanceMonitor monitor, @Nullable Function<HttpRequest, @Nullable String> callName) {
        Objects.requireNonNull(client, "client");
        OutboundRecorder recorder = monitor.outboundRecorder();
        boolean wrapped = client instanceof MeasuredHttpClient measured && measured.reportsTo(recorder);
        return wrapped ? client : new MeasuredHttpClient(client, recorder, callName);
    }
}
