package io.perfkit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import io.perfkit.spring.app.Http;
import io.perfkit.spring.app.RunningApplication;
import java.net.http.HttpResponse;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** What an operator sees of the application. */
class PerfkitEndpointIT {

    private static ConfigurableApplicationContext context;
    private static Http http;

    @BeforeAll
    static void start() {
        context = RunningApplication.shared();
        http = new Http(RunningApplication.port(context));
        context.getBean(JdbcTemplate.class).update("insert into owner (id, city) values (3000, 'c')");
    }

    @Test
    void endpoint_exposed_tellsRoutesQueriesAndRegions() {
        http.get("/owners/3000");
        http.get("/owners/3000");
        JsonNode report = http.json(http.get("/actuator/perfkit"));
        assertThat(report.get("endpoints").findValuesAsString("name")).contains("GET /owners/{id}");
        assertThat(report.get("queries").findValuesAsString("fingerprint"))
                .contains("select city from owner where id = ?");
        JsonNode region = report.get("cache").get("regions").get("owner");
        assertThat(region.get("localHits").asLong()).isPositive();
        assertThat(report.get("batchers").get("cities")).isNotNull();
    }

    @Test
    void response_ofAnyController_carriesItsTime() {
        HttpResponse<String> response = http.get("/owners/3000");
        assertThat(response.headers().firstValue("X-Response-Time")).isPresent();
    }

    @Test
    void health_withRedis_hasADetail() {
        JsonNode health = http.json(http.get("/actuator/health"));
        assertThat(health.get("components").get("perfkit").get("status").asString())
                .isEqualTo("UP");
        assertThat(health.get("components")
                        .get("perfkit")
                        .get("details")
                        .get("sharedTier")
                        .asString())
                .isEqualTo("up");
    }

    @Test
    void metersOfSpringBoot_withTheStarter_areAllThere() {
        http.get("/owners/3000");
        MeterRegistry registry = context.getBean(MeterRegistry.class);
        for (String each : new String[] {
            "http.server.requests",
            "hikaricp.connections.active",
            "jdbc.connections.active",
            "jdbc.connections.max",
            "cache.gets",
            "jvm.memory.used"
        }) {
            assertThat(registry.find(each).meters()).as(each).isNotEmpty();
        }
        assertThat(registry.find("http.server.requests").timers())
                .as("Boot's own, with its tags, and no other")
                .allSatisfy(timer -> assertThat(timer.getId().getTag("uri")).isNotNull());
        assertThat(context.getBean(DataSource.class)).isInstanceOf(MonitoredDataSource.class);
    }
}
