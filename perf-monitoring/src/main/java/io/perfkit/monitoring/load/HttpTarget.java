package io.perfkit.monitoring.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.LongFunction;

/**
 * Calls a server. The body is read to its end and dropped: a response is complete with its last byte.
 *
 * <p>It uses {@code send} from a thread per call rather than {@code sendAsync}, which on one or two processors starts a
 * new thread for each response and takes three to four times the processor time.
 */
final class HttpTarget implements Target {
    private final HttpClient client;
    private final LongFunction<HttpRequest> requests;

    HttpTarget(HttpClient client, LongFunction<HttpRequest> requests) {
        this.client = client;
        this.requests = requests;
    }

    static HttpTarget of(HttpClient client, URI base, LongFunction<LoadRequest> requests) {
        return new HttpTarget(client, nth -> requests.apply(nth).toHttp(base));
    }

    static HttpTarget of(HttpClient client, URI base, LoadRequest request) {
        HttpRequest always = request.toHttp(base);
        return new HttpTarget(client, nth -> always);
    }

    @Override
    public Reply call(long nth) throws Exception {
        HttpResponse<Void> response = client.send(requests.apply(nth), BodyHandlers.discarding());
        return new Reply(response.statusCode(), response.headers());
    }
}
