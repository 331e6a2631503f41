package io.perfkit.examples.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.examples.dashboard.http.FeedClient;
import io.perfkit.examples.dashboard.shop.DataSize;
import io.perfkit.examples.dashboard.shop.Progress;
import io.perfkit.examples.dashboard.shop.Trouble;
import io.perfkit.monitoring.junit.MaxDuration;
import io.perfkit.monitoring.junit.MaxQueries;
import io.perfkit.monitoring.junit.NoNPlusOne;
import io.perfkit.monitoring.junit.QueryCount;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole application on little data: both sides of each story give the same answers, at the promised cost. */
class DashboardIT {

    private static final DataSize SIZE = new DataSize(500, 50, 5, 60);

    /** Longer than it takes to open the feeds, so that none is closed before all are. */
    private static final Duration FEED_IDLE = Duration.ofSeconds(6);

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static Application application;

    @BeforeAll
    static void start() throws Exception {
        application = new Application(0, SIZE, null, FEED_IDLE, silent());
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Progress silent() {
        return new Progress(new PrintStream(OutputStream.nullOutputStream()));
    }

    @Test
    void salesReport_bothSides_giveTheSameAnswer() throws Exception {
        for (int day : new int[] {16, 20}) {
            JsonNode before = json("/before/reports/sales?day=2026-11-" + day);
            JsonNode after = json("/after/reports/sales?day=2026-11-" + day);

            assertThat(after).isEqualTo(before);
            assertThat(after.get("lines")).hasSize(100);
        }
    }

    @Test
    void salesReport_queries_fallFromThousandsToOneAndToNoneWhenCached() throws Exception {
        assertThat(queries("/before/reports/sales?day=2026-11-17")).isEqualTo(1 + 4 * DataSize.SALES_PER_DAY);
        // A day without sales, which no other test asks for.
        assertThat(queries("/after/reports/sales?day=2026-01-01")).isEqualTo(1);
        assertThat(queries("/after/reports/sales?day=2026-01-01")).isZero();
    }

    /** The budgets of perf-monitoring on this thread: what was repaired keeps them. */
    @Test
    @MaxQueries(1)
    @NoNPlusOne
    void salesReport_ofADayNotAskedFor_keepsABudgetOfOneQuery() throws Exception {
        QueryCount count = QueryCount.of(() -> application.answer("/after/reports/sales", Map.of("day", "2026-01-02")));

        assertThat(count.queries()).isEqualTo(1);
    }

    @Test
    @MaxQueries(4)
    @NoNPlusOne
    void transactionList_twoPages_keepABudgetOfTwoQueriesEach() throws Exception {
        QueryCount.of(() -> application.answer("/after/transactions", Map.of())).requireAtMost(2);
        QueryCount.of(() -> application.answer("/after/transactions", Map.of("last", "50")))
                .requireAtMost(2);
    }

    @Test
    @MaxDuration(p95 = "2s", runs = 20)
    void transactionList_page_isQuick() throws Exception {
        application.answer("/after/transactions", Map.of());
    }

    @Test
    void salesReport_asItWasFound_breaksTheBudgetAndNamesTheLine() throws Exception {
        QueryCount count =
                QueryCount.of(() -> application.answer("/before/reports/sales", Map.of("day", "2026-11-17")));

        assertThatThrownBy(() -> count.requireAtMost(2))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expected at most 2 queries");
        assertThatThrownBy(count::requireNoNPlusOne)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("SalesReport.before(SalesReport.java:");
    }

    @Test
    void transactionList_everyPageByCursor_givesTheRowsOfTheNumberedPages() throws Exception {
        List<JsonNode> numbered = new ArrayList<>();
        for (int page = 1; page <= SIZE.transactions() / 50; page++) {
            json("/before/transactions?page=" + page).get("items").forEach(numbered::add);
        }

        List<JsonNode> forwards = new ArrayList<>();
        JsonNode page = json("/after/transactions?first=500");
        page.get("items").forEach(forwards::add);
        while (!page.get("next").isNull()) {
            page = json(
                    "/after/transactions?first=500&after=" + page.get("next").asString());
            page.get("items").forEach(forwards::add);
        }

        assertThat(numbered).hasSize((int) SIZE.transactions());
        assertThat(forwards).isEqualTo(numbered);
    }

    @Test
    void transactionList_fromTheEndBackwards_givesTheRowsOfTheNumberedPages() throws Exception {
        long last = SIZE.transactions() / 50;
        JsonNode page = json("/after/transactions?last=50");
        for (long number = last; number > last - 5; number--) {
            assertThat(page.get("items"))
                    .isEqualTo(json("/before/transactions?page=" + number).get("items"));
            page = json(
                    "/after/transactions?last=50&before=" + page.get("previous").asString());
        }
    }

    @Test
    void transactionList_ofACustomer_isTheStartOfTheWholeHistory() throws Exception {
        JsonNode history = json("/before/customers/transactions");
        JsonNode first = json("/after/customers/transactions").get("items");

        assertThat(history.size()).isGreaterThan(1_000);
        assertThat(first).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(first.get(i)).isEqualTo(history.get(i));
        }
    }

    @Test
    void transactionList_anyPage_takesTwoQueriesAtMost() throws Exception {
        String next = json("/after/transactions").get("next").asString();

        assertThat(queries("/after/transactions")).isLessThanOrEqualTo(2);
        assertThat(queries("/after/transactions?after=" + next)).isLessThanOrEqualTo(2);
        assertThat(queries("/after/transactions?last=50")).isLessThanOrEqualTo(2);
    }

    @Test
    void transactionList_forgedCursor_isTheClientsMistake() throws Exception {
        String next = json("/after/transactions").get("next").asString();
        String forged = (next.charAt(next.length() - 10) == 'A' ? "B" : "A");
        String cursor = next.substring(0, next.length() - 10) + forged + next.substring(next.length() - 9);

        HttpResponse<String> response = get("/after/transactions?after=" + cursor);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(queriesOf(response)).isZero();
    }

    @Test
    void projectTree_bothSides_giveTheSameTree() throws Exception {
        JsonNode before = json("/before/projects/tree?from=11");

        assertThat(json("/after/projects/tree?from=11")).isEqualTo(before);
        assertThat(before).hasSize(20);
        assertThat(before.get(0).get("features")).hasSize(DataSize.FEATURES_PER_PROJECT);
        assertThat(before.get(0).get("features").get(0).get("backlog")).hasSize(DataSize.BACKLOGS_PER_FEATURE);
    }

    @Test
    void projectTree_queries_fallToOnePerLevel() throws Exception {
        assertThat(queries("/before/projects/tree")).isEqualTo(1 + 20 + 20 * DataSize.FEATURES_PER_PROJECT);
        assertThat(queries("/after/projects/tree")).isEqualTo(3);
    }

    @Test
    void dashboardTiles_twoHundredClientsAtOnce_causeOneLoadAndGetTheSameAnswer() throws Exception {
        List<HttpResponse<String>> responses = atOnce(200, "/after/tiles");

        JsonNode before = json("/before/tiles");
        assertThat(responses).allSatisfy(response -> {
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(JSON.readTree(response.body())).isEqualTo(before);
        });
        // A load takes two queries. They were all in one request.
        assertThat(responses.stream()
                        .mapToLong(DashboardIT::queriesOf)
                        .filter(count -> count > 0)
                        .toArray())
                .containsExactly(2);
    }

    @Test
    void productPage_bothSides_giveTheSamePageAndTheCachedOneAsksNobody() throws Exception {
        JsonNode before = json("/before/product?id=3");

        assertThat(json("/after/product?id=3")).isEqualTo(before);
        assertThat(queries("/before/product?id=3")).isEqualTo(2);
        assertThat(queries("/after/product?id=3")).isZero();
        assertThat(get("/after/product?id=999999").statusCode()).isEqualTo(400);
    }

    @Test
    void productPage_newPrice_isThereAtOnceAndSoonOnTheOtherNode() throws Exception {
        json("/after/product?id=4");
        json("/after/other-node/product?id=4");

        json("/after/product/price?id=4&cents=777");

        assertThat(json("/after/product?id=4").get("price").decimalValue()).isEqualByComparingTo("7.77");
        await().atMost(Duration.ofSeconds(5))
                .until(() -> json("/after/other-node/product?id=4")
                                .get("price")
                                .decimalValue()
                                .compareTo(new BigDecimal("7.77"))
                        == 0);
    }

    @Test
    void redisDies_bothNodes_giveTheSamePrice() throws Exception {
        json("/after/price/set?id=5&cents=888");

        assertThat(json("/after/price?id=5").get("amount").decimalValue()).isEqualByComparingTo("8.88");
        assertThat(json("/after/price?id=5&node=2").get("amount").decimalValue())
                .isEqualByComparingTo("8.88");
    }

    @Test
    void peakHour_twoHundredClients_allGetTheSameAnswer() throws Exception {
        JsonNode before = json("/before/sales/today");

        assertThat(atOnce(200, "/after/sales/today")).allSatisfy(response -> {
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(JSON.readTree(response.body())).isEqualTo(before);
        });
    }

    @Test
    void liveFeed_moreAttemptsThanAllowed_keepsBothLimitsAndClosesAllButTheOneThatIsSeen() throws Exception {
        HttpResponse<Stream<String>> watched = CLIENT.send(request("/after/feed?user=watcher"), BodyHandlers.ofLines());
        String welcome = watched.body().findFirst().orElseThrow();
        String id = welcome.substring(welcome.lastIndexOf(' ') + 1);
        // 400 users with 4 attempts each are more than 1,000; the greedy one meets the limit per user first.
        List<String> users = Stream.concat(
                        IntStream.range(0, 50).mapToObj(i -> "greedy"),
                        IntStream.range(0, 1_600).mapToObj(i -> "u" + i % 400))
                .toList();
        try (FeedClient client = new FeedClient(application.base(), "/after/feed?user=")) {
            client.attempt(users, Duration.ofSeconds(30));

            assertThat(client.mostOpenOfOneUser()).isEqualTo(5);
            assertThat(client.mostOpen()).isEqualTo(1_000 - 1);
            assertThat(client.rejected()).isEqualTo(651);

            await().atMost(FEED_IDLE.multipliedBy(5)).until(() -> {
                client.listen(Duration.ofMillis(100));
                assertThat(json("/after/feed/seen?feed=" + id).asBoolean()).isTrue();
                return client.open() == 0;
            });
        }
        await().pollInterval(FEED_IDLE.multipliedBy(2))
                .atMost(FEED_IDLE.multipliedBy(10))
                .until(() -> !json("/after/feed/seen?feed=" + id).asBoolean());
    }

    @Test
    void endpoints_badParameter_areTheClientsMistake() throws Exception {
        assertThat(get("/before/transactions?page=0").statusCode()).isEqualTo(400);
        assertThat(get("/after/reports/sales?day=yesterday").statusCode()).isEqualTo(400);
    }

    @Test
    void livePage_root_linksToBothSidesOfEveryStory() throws Exception {
        String page = get("/").body();

        application.stories().forEach(story -> assertThat(page).contains(story.name(), story.fault()));
        assertThat(page).contains("href=\"/before/tiles\"", "href=\"/after/tiles\"");
        json("/after/projects/tree");
        assertThat(json("/live").get("after").toString()).contains("GET /after/projects/tree");
    }

    @Test
    void start_portInUse_saysSoAndStartsNothing() {
        assertThatThrownBy(() -> new Application(application.base().getPort(), SIZE, null, FEED_IDLE, silent()))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("port " + application.base().getPort() + " is in use");
    }

    private static List<HttpResponse<String>> atOnce(int clients, String path) {
        List<CompletableFuture<HttpResponse<String>>> pending = IntStream.range(0, clients)
                .mapToObj(i -> CLIENT.sendAsync(request(path), BodyHandlers.ofString()))
                .toList();
        return pending.stream().map(CompletableFuture::join).toList();
    }

    private static HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(application.base() + path)).build();
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(request(path), BodyHandlers.ofString());
    }

    private static JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static long queries(String path) throws IOException, InterruptedException {
        return queriesOf(get(path));
    }

    private static long queriesOf(HttpResponse<?> response) {
        return response.headers().firstValueAsLong("X-Query-Count").orElseThrow();
    }
}
