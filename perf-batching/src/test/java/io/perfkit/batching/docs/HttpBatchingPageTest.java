package io.perfkit.batching.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.http.BatchEndpoint;
import io.perfkit.batching.http.BatchResponse;
import io.perfkit.batching.http.HttpBatchLoader;
import io.perfkit.batching.micrometer.BatchingMetrics;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The code of docs/http-batching.md, and that of docs/batching.md about meters, compiled and run; docs-check compares. */
class HttpBatchingPageTest {
    record UserRequest(long id) {}

    record User(long id, String name) {}

    private interface Service {
        User find(UserRequest request);
    }

    private interface Repository {
        Map<Long, User> findAllById(Set<Long> ids);
    }

    @Test
    void bothHalves_ofThePage_run() throws Exception {
        Service service = request -> new User(request.id(), "user " + request.id());
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/users/batch", exchange -> {
            InputStream body = exchange.getRequestBody();
            String contentEncoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
            String acceptEncoding = exchange.getRequestHeaders().getFirst("Accept-Encoding");
            BatchEndpoint<UserRequest, User> batch = BatchEndpoint.<UserRequest, User>builder(
                            UserRequest.class, request -> service.find(request))
                    .build();
            BatchResponse response = batch.handle(body, contentEncoding, acceptEncoding);
            response.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(response.status(), response.body().length);
            exchange.getResponseBody().write(response.body());
            exchange.close();
        });
        server.start();
        try {
            URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/users");
            HttpBatchLoader<UserRequest, User> loader = HttpBatchLoader.<UserRequest, User>builder(endpoint, User.class)
                    .build();
            Batcher<UserRequest, User> users =
                    Batcher.resultBuilder("users", loader).maximumBatchSize(100).build();
            User user = users.get(new UserRequest(42));
            assertThat(user.name()).isEqualTo("user 42");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void meters_ofThePage_areThere() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Repository repository =
                ids -> ids.stream().collect(Collectors.toMap(id -> id, id -> new User(id, "user " + id)));
        BatchingMetrics metrics = new BatchingMetrics();
        Batcher<Long, User> users = Batcher.<Long, User>builder("users", ids -> repository.findAllById(ids))
                .listener(metrics)
                .build();
        metrics.bindTo(registry);
        assertThat(users.get(1L).name()).isEqualTo("user 1");
        assertThat(registry.get("perfkit.batching.calls").functionCounter().count())
                .isEqualTo(1);
    }
}
