package io.perfkit.monitoring.load;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An HTTP request to a path of the server under test. Immutable. */
public final class LoadRequest {
    private final String method;
    private final String path;
    private final byte @Nullable [] body;
    private final List<String> headers;

    private LoadRequest(String method, String path, byte @Nullable [] body, List<String> headers) {
        this.method = method;
        this.path = path;
        this.body = body;
        this.headers = headers;
    }

    /**
     * A {@code GET}.
     *
     * @param path the path with its query, already encoded, starting with {@code /}
     * @return the request
     */
    public static LoadRequest get(String path) {
        return of("GET", path);
    }

    /**
     * A {@code DELETE}.
     *
     * @param path the path with its query, already encoded, starting with {@code /}
     * @return the request
     */
    public static LoadRequest delete(String path) {
        return of("DELETE", path);
    }

    /**
     * A {@code POST}.
     *
     * @param path the path with its query, already encoded, starting with {@code /}
     * @param body the body, sent as UTF-8; its type is a header
     * @return the request
     */
    public static LoadRequest post(String path, String body) {
        return of("POST", path).body(body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A {@code PUT}.
     *
     * @param path the path with its query, already encoded, starting with {@code /}
     * @param body the body, sent as UTF-8; its type is a header
     * @return the request
     */
    public static LoadRequest put(String path, String body) {
        return of("PUT", path).body(body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A request with any method.
     *
     * @param method the method, such as {@code PATCH}
     * @param path the path with its query, already encoded, starting with {@code /}
     * @return the request, without a body
     */
    public static LoadRequest of(String method, String path) {
        Objects.requireNonNull(method, "method");
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path must start with /, but was " + path);
        }
        return new LoadRequest(method, path, null, List.of());
    }

    /**
     * The same request with a body.
     *
     * @param bytes the body
     * @return a new request
     */
    public LoadRequest body(byte[] bytes) {
        return new LoadRequest(method, path, bytes.clone(), headers);
    }

    /**
     * The same request with one more header.
     *
     * @param name the name
     * @param value the value
     * @return a new request
     */
    public LoadRequest header(String name, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(Objects.requireNonNull(name, "name"));
        more.add(Objects.requireNonNull(value, "value"));
        return new LoadRequest(method, path, body, List.copyOf(more));
    }

    HttpRequest toHttp(URI base) {
        BodyPublisher publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(base + path)).method(method, publisher);
        if (!headers.isEmpty()) {
            builder.headers(headers.toArray(String[]::new));
        }
        return builder.build();
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
