package io.perfkit.spring.connections;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.perfkit.connections.jdbc.BoundedDataSource;
import io.perfkit.spring.app.Http;
import io.perfkit.spring.app.RunningApplication;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** An application with bounds: what is refused, how, and how it stops. */
class ConnectionsIT {

    @Test
    void boundedApplication_isFull_refusesAndStopsAtOnce() throws Exception {
        ConfigurableApplicationContext context = RunningApplication.start(
                "--perfkit.datasource.size=1",
                "--perfkit.datasource.acquire-timeout=300ms",
                "--spring.datasource.hikari.maximum-pool-size=2",
                // One in the database would now and then hold the only connection.
                "--perfkit.jobs.store=memory",
                "--perfkit.feeds.maximum-per-owner=2",
                "--perfkit.feeds.maximum-total=3",
                "--spring.jpa.open-in-view=false");
        List<HttpResponse<InputStream>> open = new ArrayList<>();
        long stopped;
        try {
            assertThat(context.getBean(DataSource.class).isWrapperFor(BoundedDataSource.class))
                    .isTrue();
            assertThat(context.getBean(MeterRegistry.class)
                            .find("hikaricp.connections")
                            .meters())
                    .isNotEmpty();
            Http http = new Http(RunningApplication.port(context));
            CompletableFuture<HttpResponse<String>> slow = CompletableFuture.supplyAsync(() -> http.get("/slow"));
            BoundedDataSource pool = context.getBean(DataSource.class).unwrap(BoundedDataSource.class);
            while (pool.holders().isEmpty()) {
                Thread.onSpinWait();
            }
            HttpResponse<String> refused = http.get("/slow");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(refused.body()).doesNotContain("thread");
            assertThat(slow.join().statusCode()).isEqualTo(200);

            open.add(http.open("/feed?user=anna"));
            open.add(http.open("/feed?user=anna"));
            assertThat(http.get("/feed?user=anna").statusCode()).isEqualTo(429);
            open.add(http.open("/feed?user=bert"));
            assertThat(http.get("/feed?user=carl").statusCode()).isEqualTo(503);
            assertThat(context.getBean(Feeds.class).stats().total()).isEqualTo(3);
        } finally {
            long begun = System.nanoTime();
            context.close();
            stopped = System.nanoTime() - begun;
        }
        for (HttpResponse<InputStream> each : open) {
            assertThat(new String(each.body().readAllBytes(), StandardCharsets.UTF_8))
                    .as("ended, not cut")
                    .startsWith(":open");
        }
        assertThat(Duration.ofNanos(stopped)).as("the time to stop").isLessThan(Duration.ofSeconds(10));
    }
}
