package io.perfkit.batching.http;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.Result;
import io.perfkit.batching.ResultBatchLoader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The bulk call behind a {@link io.perfkit.batching.Batcher} that asks over HTTP: many requests are posted as one to
 * {@code <endpoint>/batch}, where a {@link BatchEndpoint} answers each.
 *
 * <pre>{@code
 * HttpBatchLoader<UserRequest, User> loader =
 *         HttpBatchLoader.builder(URI.create("https://users.example/api/users"), User.class).build();
 * Batcher<UserRequest, User> users = Batcher.resultBuilder("users", loader).maximumBatchSize(100).build();
 * }</pre>
 *
 * <p><b>Outcomes.</b> An answer belongs to the request whose {@code id} it carries; answers without ids belong by their
 * position, if there are as many as requests. A status 200 to 299 is a value, {@code null} or 404 is no value (the batcher's
 * {@code whenMissing} decides), any other fails that request with an {@link HttpStatusException}. A request that is not
 * answered, or answered twice, fails alone. What concerns the whole body fails the batch: an unreachable endpoint, another
 * status than 200, a body that is too large or is not in the format.
 *
 * <p>Waits in the thread of the batch, and heeds interrupts. Repeating is the batcher's ({@code retry}): an
 * {@link HttpStatusException} tells the status, an {@link IOException} that there was none. Thread-safe.
 *
 * @param <K> the requests, as Jackson writes them; they need {@code equals} and {@code hashCode}
 * @param <V> the answers, as Jackson reads them
 */
public final class HttpBatchLoader<K, V> implements ResultBatchLoader<K, V> {
    private static final int SHOWN = 200;

    private final URI address;
    private final Class<V> type;
    private final HttpClient client;
    private final JsonMapper mapper;
    private final Duration timeout;
    private final int compressAbove;
    private final int maximumResponseBytes;
    private final Map<String, String> headers;

    private HttpBatchLoader(Builder<K, V> settings) {
        address = URI.create(settings.endpoint.toString().replaceFirst("/$", "") + "/batch");
        type = settings.type;
        client = settings.client == null
                ? HttpClient.newBuilder().connectTimeout(settings.timeout).build()
                : settings.client;
        mapper = settings.mapper == null ? JsonMapper.builder().build() : settings.mapper;
        timeout = settings.timeout;
        compressAbove = settings.compressAbove;
        maximumResponseBytes = settings.maximumResponseBytes;
        headers = Map.copyOf(settings.headers);
    }

    /**
     * Begins a loader.
     *
     * @param endpoint the address before {@code /batch}
     * @param type the type of the answers
     * @param <K> the requests
     * @param <V> the answers
     * @return a builder with the default settings
     */
    public static <K, V> Builder<K, V> builder(URI endpoint, Class<V> type) {
        return new Builder<>(endpoint, type);
    }

    @Override
    public Map<K, Result<V>> load(Set<K> keys) throws IOException, InterruptedException {
        Map<K, Result<V>> results = new HashMap<>(keys.size() * 2);
        List<K> requests = new ArrayList<>(keys.size());
        ObjectNode root = mapper.createObjectNode();
        ArrayNode list = root.putArray("requests");
        for (K key : keys) {
            try {
                JsonNode body = mapper.valueToTree(key);
                ObjectNode each = list.addObject();
                each.put("id", Integer.toString(requests.size()));
                each.set("body", body);
                requests.add(key);
            } catch (RuntimeException e) {
                // It cannot be asked for; the others can.
                results.put(key, Result.failure(new IOException("a request to " + address + " is no JSON: " + e, e)));
            }
        }
        if (!requests.isEmpty()) {
            results.putAll(results(requests, ask(root)));
        }
        return results;
    }

    private JsonNode ask(ObjectNode root) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = exchange(request(root));
        byte[] body;
        try {
            String encoding = response.headers().firstValue("Content-Encoding").orElse(null);
            body = Body.read(new ByteArrayInputStream(response.body()), Body.isGzip(encoding), maximumResponseBytes);
        } catch (Body.TooLarge e) {
            throw tooLarge(e);
        }
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), body);
        }
        return answers(body);
    }

    /** Until the last byte of the answer: the client's own timeout ends with its first. */
    private HttpResponse<byte[]> exchange(HttpRequest request) throws IOException, InterruptedException {
        BoundedBody body = new BoundedBody(maximumResponseBytes);
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, info -> body);
        try {
            return exchange.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException(address + " did not answer within " + timeout
                    + "; raise timeout, or lower the batcher's maximumBatchSize");
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } finally {
            if (!exchange.isDone()) {
                // Nobody waits for it any more. Cancelling alone does not end a body that has begun.
                exchange.cancel(true);
                body.cancel();
            }
        }
    }

    private IOException failed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Body.TooLarge tooLarge) {
                return tooLarge(tooLarge);
            }
        }
        if (failure instanceof HttpTimeoutException) {
            return new HttpTimeoutException(
                    address + " did not answer within " + timeout + ": " + failure.getMessage());
        }
        return new IOException(address + " could not be asked: " + failure, failure);
    }

    private IOException tooLarge(Body.TooLarge cause) {
        return new IOException(
                address + " answered with more than " + maximumResponseBytes
                        + " bytes; raise maximumResponseBytes, or lower the batcher's maximumBatchSize",
                cause);
    }

    private HttpRequest request(ObjectNode root) {
        byte[] body = mapper.writeValueAsBytes(root);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .header("Accept-Encoding", "gzip");
        headers.forEach(request::setHeader);
        if (body.length > compressAbove) {
            body = Body.gzip(body);
            request.header("Content-Encoding", "gzip");
        }
        return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    private RuntimeException refused(int status, byte[] body) throws IOException {
        String text = new String(body, 0, Math.min(body.length, SHOWN), java.nio.charset.StandardCharsets.UTF_8);
        String what = address + " answered with status " + status + ": " + text;
        String remedy = switch (status) {
            case 404, 405, 501 -> "; it speaks no batch there: put a BatchEndpoint at this address";
            case 413 -> "; lower the batcher's maximumBatchSize, or set its maximumBatchBytes";
            default -> "";
        };
        if (status < 400 || status > 599) {
            throw new IOException(what + remedy + "; only 200 is an answer to a batch");
        }
        return new HttpStatusException(status, what + remedy);
    }

    private JsonNode answers(byte[] body) throws IOException {
        JsonNode answers;
        try {
            answers = mapper.readTree(body).get("responses");
        } catch (JacksonException e) {
            throw new IOException(address + " answered with what is no JSON: " + e.getOriginalMessage(), e);
        }
        if (answers == null || !answers.isArray()) {
            throw new IOException(address + " answered without an array \"responses\"; it speaks no batch");
        }
        return answers;
    }

    private Map<K, Result<V>> results(List<K> requests, JsonNode answers) {
        boolean isByPosition = answers.size() == requests.size();
        for (JsonNode answer : answers) {
            isByPosition &= answer.get("id") == null;
        }
        @Nullable JsonNode[] found = new JsonNode[requests.size()];
        boolean[] isTwice = new boolean[requests.size()];
        int position = 0;
        for (JsonNode answer : answers) {
            int at = isByPosition ? position++ : indexOf(answer, requests.size());
            if (at >= 0) {
                isTwice[at] = found[at] != null;
                found[at] = answer;
            }
        }
        Map<K, Result<V>> results = new HashMap<>(requests.size() * 2);
        for (int i = 0; i < requests.size(); i++) {
            results.put(requests.get(i), isTwice[i] ? unclear("answered this request twice") : result(found[i]));
        }
        return results;
    }

    private static int indexOf(JsonNode answer, int count) {
        JsonNode id = answer.get("id");
        try {
            int at = id == null ? -1 : Integer.parseInt(id.asString());
            return at < count ? at : -1;
        } catch (NumberFormatException | JacksonException e) {
            return -1;
        }
    }

    @SuppressWarnings("NullAway") // no value: the batcher treats it as its whenMissing says
    private Result<V> result(@Nullable JsonNode answer) {
        if (answer == null) {
            return unclear("did not answer this request");
        }
        JsonNode body = answer.get("body");
        JsonNode told = answer.get("status");
        int status = told == null ? 200 : told.asInt(0);
        if (status == 404) {
            return Result.success(null);
        }
        if (status >= 200 && status < 300) {
            try {
                return Result.success(body == null || body.isNull() ? null : mapper.treeToValue(body, type));
            } catch (RuntimeException e) {
                return Result.failure(new IOException(
                        address + " answered this request with what is no " + type.getSimpleName() + ": "
                                + (e instanceof JacksonException parsing ? parsing.getOriginalMessage() : e),
                        e));
            }
        }
        if (status < 400 || status > 599) {
            return unclear("answered this request with the status " + told);
        }
        String text = body == null ? "" : ": " + body;
        return Result.failure(new HttpStatusException(
                status,
                address + " answered this request with status " + status
                        + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text)));
    }

    private Result<V> unclear(String what) {
        return Result.failure(new IOException(address + " " + what + "; its endpoint has to answer each id once"));
    }

    /**
     * The settings of an {@link HttpBatchLoader}. Not thread-safe.
     *
     * @param <K> the requests
     * @param <V> the answers
     */
    public static final class Builder<K, V> {
        private final URI endpoint;
        private final Class<V> type;
        private @Nullable HttpClient client;
        private @Nullable JsonMapper mapper;
        private Duration timeout = Duration.ofSeconds(10);
        private int compressAbove = 1024;
        private int maximumResponseBytes = 16 * 1024 * 1024;
        private final Map<String, String> headers = new LinkedHashMap<>();

        private Builder(URI endpoint, Class<V> type) {
            this.endpoint = requireNonNull(endpoint, "endpoint");
            this.type = requireNonNull(type, "type");
            String scheme = endpoint.getScheme();
            if (scheme == null
                    || !(scheme.equals("http") || scheme.equals("https"))
                    || endpoint.getRawQuery() != null) {
                throw new IllegalArgumentException(
                        "endpoint must be an http or https address without a query, but was " + endpoint);
            }
        }

        /**
         * The client that sends. It stays the caller's. Default: one of its own, whose connect timeout is the
         * {@code timeout}.
         *
         * @param client of the JDK
         * @return this
         */
        public Builder<K, V> client(HttpClient client) {
            this.client = requireNonNull(client, "client");
            return this;
        }

        /**
         * Writes the requests and reads the answers. Default: Jackson's defaults.
         *
         * @param mapper of Jackson
         * @return this
         */
        public Builder<K, V> mapper(JsonMapper mapper) {
            this.mapper = requireNonNull(mapper, "mapper");
            return this;
        }

        /**
         * How long one attempt may take, from the first byte sent to the last of the answer. Default 10 seconds.
         *
         * @param timeout more than zero
         * @return this
         */
        public Builder<K, V> timeout(Duration timeout) {
            if (requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout must be more than zero, but was " + timeout);
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * From which size a body is sent compressed (gzip). Default 1,024 bytes; {@link Integer#MAX_VALUE} for never.
         *
         * @param bytes zero or more
         * @return this
         */
        public Builder<K, V> compressAbove(int bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("compressAbove must be at least 0, but was " + bytes);
            }
            this.compressAbove = bytes;
            return this;
        }

        /**
         * How large an answer may be, unpacked. Default 16 MiB.
         *
         * @param bytes at least 1
         * @return this
         */
        public Builder<K, V> maximumResponseBytes(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maximumResponseBytes must be at least 1, but was " + bytes);
            }
            this.maximumResponseBytes = bytes;
            return this;
        }

        /**
         * Adds a header to each request, such as {@code Authorization}; the same name again replaces it.
         *
         * @param name of the header
         * @param value of the header
         * @return this
         */
        public Builder<K, V> header(String name, String value) {
            headers.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        /**
         * Builds the loader.
         *
         * @return a loader with these settings
         */
        public HttpBatchLoader<K, V> build() {
            return new HttpBatchLoader<>(this);
        }
    }
}
