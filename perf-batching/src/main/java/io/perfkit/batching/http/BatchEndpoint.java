package io.perfkit.batching.http;

import static java.util.Objects.requireNonNull;

import io.perfkit.batching.Parallel;
import io.perfkit.batching.ParallelFunction;
import io.perfkit.batching.Result;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The other half of an {@link HttpBatchLoader}: takes the body of a batch, gives each request to a function of the
 * application, and answers item by item. It knows no web framework; a handler at {@code <endpoint>/batch} passes it the
 * body.
 *
 * <pre>{@code
 * BatchEndpoint<UserRequest, User> users =
 *         BatchEndpoint.builder(UserRequest.class, (UserRequest request) -> service.find(request)).build();
 * BatchResponse response = users.handle(body, contentEncoding, acceptEncoding);
 * }</pre>
 *
 * <p><b>Statuses of an item.</b> 200 with what the function returned; 404 if that is {@code null}; 400 if the request is not
 * what it should be; what an {@link HttpStatusException} says; 500 for any other failure, which is logged and not told
 * to the one who asked. <b>Of the whole:</b> 400 for what is no batch, 413 for more bytes or requests than permitted, 415
 * for an unknown encoding.
 *
 * <p>Rights are checked by the application: in front of the handler, or in the function, which may run in another thread.
 * Thread-safe.
 *
 * @param <K> the requests, as Jackson reads them
 * @param <V> the answers, as Jackson writes them
 */
public final class BatchEndpoint<K, V extends @Nullable Object> {
    private static final Logger log = LoggerFactory.getLogger(BatchEndpoint.class);
    private static final int COMPRESS_ABOVE = 1024;

    private final Class<K> type;
    private final ParallelFunction<? super K, ? extends V> function;
    private final JsonMapper mapper;
    private final int maximumBodyBytes;
    private final int maximumRequests;
    private final Parallel parallel;

    private BatchEndpoint(Builder<K, V> settings) {
        type = settings.type;
        function = settings.function;
        mapper = settings.mapper == null ? JsonMapper.builder().build() : settings.mapper;
        maximumBodyBytes = settings.maximumBodyBytes;
        maximumRequests = settings.maximumRequests;
        Parallel.Builder builder = Parallel.builder(settings.concurrency);
        if (settings.executor != null) {
            builder.executor(settings.executor);
        }
        parallel = builder.build();
    }

    /**
     * Begins an endpoint.
     *
     * @param type the type of the requests
     * @param function answers one request
     * @param <K> the requests
     * @param <V> the answers
     * @return a builder with the default settings
     */
    public static <K, V extends @Nullable Object> Builder<K, V> builder(
            Class<K> type, ParallelFunction<? super K, ? extends V> function) {
        return new Builder<>(type, function);
    }

    /** One request, or why it is none. */
    private record Item<K>(@Nullable JsonNode id, @Nullable K request, String refusal) {}

    /**
     * Answers a batch.
     *
     * @param body of the HTTP request; read, and closed
     * @param contentEncoding the header {@code Content-Encoding}, {@code null} if there is none
     * @param acceptEncoding the header {@code Accept-Encoding}, {@code null} if there is none
     * @return what to answer
     * @throws IOException if the body cannot be read
     */
    public BatchResponse handle(InputStream body, @Nullable String contentEncoding, @Nullable String acceptEncoding)
            throws IOException {
        if (!Body.isGzip(contentEncoding) && !Body.isPlain(contentEncoding)) {
            return refusal(415, "the body may be sent plain or with gzip, not with " + contentEncoding);
        }
        byte[] bytes;
        try {
            bytes = Body.read(body, Body.isGzip(contentEncoding), maximumBodyBytes);
        } catch (Body.TooLarge e) {
            return refusal(413, "a body has at most " + maximumBodyBytes + " bytes");
        } catch (java.util.zip.ZipException | java.io.EOFException e) {
            return refusal(400, "the body is not what gzip makes");
        }
        JsonNode requests;
        try {
            requests = mapper.readTree(bytes).get("requests");
        } catch (JacksonException e) {
            return refusal(400, "the body is no JSON");
        }
        if (requests == null || !requests.isArray()) {
            return refusal(400, "the body has no array \"requests\"");
        }
        if (requests.size() > maximumRequests) {
            return refusal(413, "a batch has at most " + maximumRequests + " requests");
        }
        return answer(requests, Body.acceptsGzip(acceptEncoding));
    }

    private BatchResponse answer(JsonNode requests, boolean acceptsGzip) {
        List<Item<K>> items = new ArrayList<>(requests.size());
        for (JsonNode request : requests) {
            items.add(item(request));
        }
        List<Result<V>> results = parallel.mapResults(items, this::apply);
        ObjectNode root = mapper.createObjectNode();
        ArrayNode responses = root.putArray("responses");
        for (int i = 0; i < items.size(); i++) {
            ObjectNode response = responses.addObject();
            JsonNode id = items.get(i).id;
            if (id != null) {
                response.set("id", id);
            }
            tell(results.get(i), response);
        }
        return new Sent(200, mapper.writeValueAsBytes(root)).packed(acceptsGzip);
    }

    private Item<K> item(JsonNode request) {
        JsonNode id = request.get("id");
        JsonNode body = request.get("body");
        if (body == null || body.isNull()) {
            return new Item<>(id, null, "the request has no body");
        }
        try {
            return new Item<>(id, mapper.treeToValue(body, type), "");
        } catch (RuntimeException e) {
            return new Item<>(id, null, "the body is no " + type.getSimpleName());
        }
    }

    private V apply(Item<K> item) throws Exception {
        if (item.request == null) {
            throw new HttpStatusException(400, item.refusal);
        }
        return function.apply(item.request);
    }

    private void tell(Result<V> result, ObjectNode response) {
        Throwable failure = result.failure();
        if (failure != null) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            if (cause instanceof HttpStatusException told) {
                put(response, told.status(), String.valueOf(told.getMessage()));
            } else {
                log.warn("a request of a batch failed", cause);
                put(response, 500, "the request failed");
            }
            return;
        }
        V value = result.value();
        if (value == null) {
            put(response, 404, "not found");
            return;
        }
        try {
            JsonNode body = mapper.valueToTree(value);
            response.put("status", 200);
            response.set("body", body);
        } catch (RuntimeException e) {
            log.warn("the answer to a request of a batch cannot be written", e);
            put(response, 500, "the request failed");
        }
    }

    private static void put(ObjectNode response, int status, String message) {
        response.put("status", status);
        response.putObject("body").put("error", message);
    }

    private BatchResponse refusal(int status, String message) {
        ObjectNode root = mapper.createObjectNode();
        root.put("error", message);
        return new Sent(status, mapper.writeValueAsBytes(root)).packed(false);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(int status, byte[] body) {
        BatchResponse packed(boolean acceptsGzip) {
            if (acceptsGzip && body.length > COMPRESS_ABOVE) {
                return new BatchResponse(
                        status,
                        Map.of(
                                "Content-Type",
                                "application/json",
                                "Content-Encoding",
                                "gzip",
                                "Vary",
                                "Accept-Encoding"),
                        Body.gzip(body));
            }
            return new BatchResponse(status, Map.of("Content-Type", "application/json"), body);
        }
    }

    /**
     * The settings of a {@link BatchEndpoint}. Not thread-safe.
     *
     * @param <K> the requests
     * @param <V> the answers
     */
    public static final class Builder<K, V extends @Nullable Object> {
        private final Class<K> type;
        private final ParallelFunction<? super K, ? extends V> function;
        private @Nullable JsonMapper mapper;
        private @Nullable Executor executor;
        private int maximumBodyBytes = 1024 * 1024;
        private int maximumRequests = 500;
        private int concurrency = 1;

        private Builder(Class<K> type, ParallelFunction<? super K, ? extends V> function) {
            this.type = requireNonNull(type, "type");
            this.function = requireNonNull(function, "function");
        }

        /**
         * Reads the requests and writes the answers. Default: Jackson's defaults.
         *
         * @param mapper of Jackson
         * @return this
         */
        public Builder<K, V> mapper(JsonMapper mapper) {
            this.mapper = requireNonNull(mapper, "mapper");
            return this;
        }

        /**
         * How large a body may be, unpacked. Default 1 MiB.
         *
         * @param bytes at least 1
         * @return this
         */
        public Builder<K, V> maximumBodyBytes(int bytes) {
            this.maximumBodyBytes = atLeastOne("maximumBodyBytes", bytes);
            return this;
        }

        /**
         * How many requests a batch may have. Default 500.
         *
         * @param requests at least 1
         * @return this
         */
        public Builder<K, V> maximumRequests(int requests) {
            this.maximumRequests = atLeastOne("maximumRequests", requests);
            return this;
        }

        /**
         * How many requests of one batch are answered at once. Default 1: one after the other, in the calling thread or one
         * like it.
         *
         * @param requests at least 1
         * @return this
         */
        public Builder<K, V> concurrency(int requests) {
            this.concurrency = atLeastOne("concurrency", requests);
            return this;
        }

        /**
         * Where requests are answered besides the calling thread. It stays the caller's to close. Default: as with
         * {@link Parallel}.
         *
         * @param executor runs the function
         * @return this
         */
        public Builder<K, V> executor(Executor executor) {
            this.executor = requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Builds the endpoint.
         *
         * @return an endpoint with these settings
         */
        public BatchEndpoint<K, V> build() {
            return new BatchEndpoint<>(this);
        }

        private static int atLeastOne(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(setting + " must be at least 1, but was " + value);
            }
            return value;
        }
    }
}
