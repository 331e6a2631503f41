package io.perfkit.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Both sides, started as processes on few data, give the same answers; how fast is for {@code run}. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClinicIT {

    private static final int OWNERS = 100;
    private static final int VISITS = 2_000;

    /** After what compares the sides, since only one of them is changed. */
    private static final int CHANGES = Integer.MAX_VALUE;

    /** Started once and asked little: no time for the second compiler. */
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    /** Which module has the libraries of the side before: another Spring Boot by {@code -Dclinic.boot=boot-4.0}. */
    private static final String BOOT = System.getProperty("clinic.boot", "added");

    private static final String[] MORE = {
        "--management.endpoints.web.exposure.include=health,metrics,perfkit",
        "--spring.threads.virtual.enabled=" + Boolean.getBoolean("spring.threads.virtual.enabled")
    };

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final List<String> READS = List.of(
            "/owners", "/owners/7", "/owners/search?text=ada", "/visits", "/dashboard", "/report?month=2023-05");

    private static PostgresServer postgres;
    private static RedisServer redis;
    private static ClinicData data;
    private static Clinic before;
    private static Clinic after;
    /** The side before with the starter on its class path, and nothing else. */
    private static Clinic added;

    private static Bases bases;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.builder().settings(ClinicData.SETTINGS).start();
        redis = RedisServer.startNew();
        data = ClinicData.load(postgres, OWNERS, VISITS);
        Path folder = Path.of("..").toAbsolutePath().normalize();
        String withStarter = Clinic.classPath(folder, BOOT);
        String url = data.jdbcUrl(Side.BEFORE);
        before = Clinic.start("before", folder, withoutPerfkit(withStarter), url, redis.uri(), QUICK_START, MORE);
        added = Clinic.start("added", folder, withStarter, url, redis.uri(), QUICK_START, MORE);
        after = Clinic.start(Side.AFTER, folder, data, redis.uri(), QUICK_START);
        bases = new Bases(before.base(), after.base());
    }

    private static String withoutPerfkit(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .filter(jar -> !Path.of(jar).getFileName().toString().startsWith("perf-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @AfterAll
    static void stop() {
        added.close();
        after.close();
        before.close();
        redis.close();
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/owners/7", "/owners/search?text=ada", "/dashboard", "/report?month=2023-05"})
    void answer_ofTheRepairedSide_isTheOneThatItWas(String path) throws Exception {
        assertThat(json(Side.AFTER, path)).isEqualTo(json(Side.BEFORE, path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/owners", "/visits"})
    void pages_followedFromLinkToLink_haveTheRowsOfTheNumberedPages(String path) throws Exception {
        List<JsonNode> numbered = new ArrayList<>();
        for (int page = 0; page < 4; page++) {
            json(Side.BEFORE, path + "?page=" + page).forEach(numbered::add);
        }
        List<JsonNode> followed = new ArrayList<>();
        json(Side.AFTER, path + "?first=20").path("items").forEach(followed::add);
        for (String cursor : Cursors.walk(bases.after(), path + "?first=20", 3)) {
            json(Side.AFTER, path + "?first=20&after=" + cursor).path("items").forEach(followed::add);
        }
        assertThat(followed).hasSize(80).isEqualTo(numbered);
    }

    @Test
    @Order(CHANGES)
    void change_ofAnOwner_isSeenByTheNextReader() throws Exception {
        json(Side.AFTER, "/owners/11");
        assertThat(ask(Side.AFTER, "PUT", "/owners/11/city?city=Rome").statusCode())
                .isEqualTo(200);
        assertThat(json(Side.AFTER, "/owners/11").path("city").stringValue()).isEqualTo("Rome");
    }

    @Test
    @Order(CHANGES)
    void visit_thatIsBooked_isSeenAtItsOwner() throws Exception {
        int visits = visitsOf(12);
        String booked = "/visits?pet=23&vet=Dr.%20Orr&day=2026-11-30&reason=teeth&cost=50";
        assertThat(ask(Side.AFTER, "POST", booked).statusCode()).isEqualTo(200);
        assertThat(visitsOf(12)).isEqualTo(visits + 1);
    }

    @Test
    void statements_ofTheRepairedSide_areFew() throws Exception {
        assertThat(statements(Side.BEFORE, "/owners?page=0")).isGreaterThan(40);
        assertThat(statements(Side.AFTER, "/owners?first=20")).isLessThanOrEqualTo(2);
        json(Side.AFTER, "/dashboard");
        assertThat(statements(Side.BEFORE, "/dashboard")).isGreaterThan(20);
        assertThat(statements(Side.AFTER, "/dashboard")).isZero();
    }

    @Test
    void cursor_thatIsNone_isTheClientsFault() throws Exception {
        HttpResponse<String> refused = ask(Side.AFTER, "GET", "/visits?after=nonsense");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void starter_addedToTheClinicAndNothingElse_tellsTheQueriesOfEachEndpoint() throws Exception {
        for (String path : READS) {
            assertThat(json(added.base(), path)).isEqualTo(json(before.base(), path));
        }
        JsonNode endpoints = json(added.base(), "/actuator/perfkit").path("endpoints");
        Map<String, Long> queries = new TreeMap<>();
        endpoints.forEach(each -> queries.put(
                each.path("name").stringValue(),
                each.path("queries").longValue() / each.path("count").longValue()));
        // 20 owners and their 40 pets, the page and its count.
        assertThat(queries)
                .hasEntrySatisfying("GET /owners", each -> assertThat(each).isGreaterThan(40));
        // 20 vets with two aggregates each.
        assertThat(queries).containsEntry("GET /dashboard", 41L);
        assertThat(queries).containsKeys("GET /owners/{id}", "GET /visits", "GET /report");
    }

    @Test
    void starter_addedToTheClinicAndNothingElse_losesNoMeterOfSpringBoots() throws Exception {
        for (String path : READS) {
            json(added.base(), path);
            json(before.base(), path);
        }
        Set<String> without = meters(before.base());
        assertThat(without).contains("http.server.requests", "jdbc.connections.active name=dataSource");
        assertThat(meters(added.base())).containsAll(without);
    }

    /** The names of all meters, with their tags, and those of pools with the values of these. */
    private static Set<String> meters(String base) throws Exception {
        Set<String> all = new TreeSet<>();
        for (JsonNode name : json(base, "/actuator/metrics").path("names")) {
            if (name.stringValue().startsWith("jvm.gc.")) {
                continue; // There with the first collection of its kind.
            }
            JsonNode meter = json(base, "/actuator/metrics/" + name.stringValue());
            all.add(name.stringValue());
            for (JsonNode tag : meter.path("availableTags")) {
                all.add(name.stringValue() + " " + tag.path("tag").stringValue());
                if (name.stringValue().matches("(jdbc|hikaricp|executor|jvm|tomcat)\\..*")) {
                    tag.path("values")
                            .forEach(value -> all.add(name.stringValue() + " "
                                    + tag.path("tag").stringValue() + "=" + value.stringValue()));
                }
            }
        }
        return all;
    }

    private static int visitsOf(int owner) throws Exception {
        return json(Side.AFTER, "/owners/" + owner)
                .path("pets")
                .path(0)
                .path("visits")
                .size();
    }

    private static long statements(Side side, String path) throws Exception {
        long had = data.statements(side);
        json(side, path);
        return data.statements(side) - had;
    }

    private static JsonNode json(Side side, String path) throws Exception {
        return json(bases.of(side), path);
    }

    private static JsonNode json(String base, String path) throws Exception {
        HttpResponse<String> response = ask(base, "GET", path);
        assertThat(response.statusCode())
                .as(base + path + ": " + response.body())
                .isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static HttpResponse<String> ask(Side side, String method, String path)
            throws IOException, InterruptedException {
        return ask(bases.of(side), method, path);
    }

    private static HttpResponse<String> ask(String base, String method, String path)
            throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }
}
