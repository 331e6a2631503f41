package shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What docs/spring-boot.md has its readers do. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ShopTest {

    @LocalServerPort
    private int port;

    @Test
    void product_askedForTwice_isReadFromTheDatabaseOnce() throws Exception {
        assertThat(ask("GET", "/products/1").body()).isEqualTo("{\"id\":1,\"name\":\"tea\"}");
        HttpResponse<String> second = ask("GET", "/products/1");
        assertThat(second.body()).isEqualTo("{\"id\":1,\"name\":\"tea\"}");
        assertThat(queriesOf(second)).isEqualTo("0");
    }

    @Test
    void product_thatWasRenamed_isReadAgain() throws Exception {
        ask("GET", "/products/2");
        ask("PUT", "/products/2?name=mocha");
        HttpResponse<String> first = ask("GET", "/products/2");
        assertThat(first.body()).isEqualTo("{\"id\":2,\"name\":\"mocha\"}");
        assertThat(queriesOf(first)).isEqualTo("1");
    }

    private static String queriesOf(HttpResponse<?> response) {
        return response.headers().firstValue("X-Query-Count").orElse("no such header");
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }
}
