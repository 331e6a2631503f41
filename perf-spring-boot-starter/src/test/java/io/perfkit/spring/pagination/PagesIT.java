package io.perfkit.spring.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.spring.app.Http;
import io.perfkit.spring.app.RunningApplication;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** Pages over HTTP, as a client sees them. */
class PagesIT {

    private static Http http;

    @BeforeAll
    static void start() {
        var context = RunningApplication.shared();
        http = new Http(RunningApplication.port(context));
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        for (long id = 1_000; id < 1_007; id++) {
            jdbc.update("insert into owner (id, city) values (?, 'c')", id);
        }
    }

    @Test
    void cursorPage_ofAController_hasItemsCursorsAndLinks() {
        HttpResponse<String> first = http.get("/owners?first=2");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        JsonNode page = http.json(first);
        assertThat(page.get("items")).hasSize(2);
        assertThat(page.get("items").get(0).propertyNames()).containsExactly("id", "city");
        assertThat(page.get("hasNext").asBoolean()).isTrue();
        assertThat(page.get("previous").isNull()).isTrue();
        assertThat(first.headers().firstValue("Link").orElseThrow()).contains("rel=\"next\"", "first=2&after=");
        HttpResponse<String> second =
                http.get("/owners?first=2&after=" + page.get("next").asString());
        assertThat(http.json(second).get("items")).hasSize(2).isNotEqualTo(page.get("items"));
        HttpResponse<String> back = http.get(
                "/owners?last=2&before=" + http.json(second).get("previous").asString());
        assertThat(http.json(back).get("items")).isEqualTo(page.get("items"));
    }

    @Test
    void numberedPage_ofAController_hasTotals() {
        HttpResponse<String> response = http.get("/numbered?page=2&per_page=3");
        assertThat(http.json(response).get("pagination").get("page").asInt()).isEqualTo(2);
        assertThat(response.headers().firstValue("Link").orElseThrow()).contains("rel=\"last\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/owners?first=0",
                "/owners?first=-1",
                "/owners?first=x",
                "/owners?first=",
                "/owners?first=99999999999",
                "/owners?first=1&first=2",
                "/owners?first=1&last=1",
                "/owners?last=1&after=x",
                "/owners?first=1&before=x",
                "/owners?after=forged",
                "/owners?after=",
                "/numbered?page=0",
                "/numbered?per_page=0",
                "/numbered?page=one"
            })
    void faultOfTheClient_isAProblemOf400(String path) {
        HttpResponse<String> response = http.get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(http.json(response).get("detail").asString()).isNotEmpty();
    }
}
