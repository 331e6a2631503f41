package io.perfkit.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.spring.app.Http;
import io.perfkit.spring.app.RunningApplication;
import io.perfkit.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** Redis is killed and started again while requests come in. */
class RedisKilledIT {

    private static final int USERS = 6;

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile boolean over;

    @Test
    @Timeout(120)
    void redis_killedAndStartedAgainUnderLoad_failsNoRequestAndHealthStaysUp() throws Exception {
        try (RedisServer redis = RedisServer.startNew();
                ConfigurableApplicationContext context = RunningApplication.start(
                        "--spring.data.redis.url=" + redis.uri(),
                        // Spring Boot's own indicator says DOWN, where the application needs Redis for nothing but the
                        // cache.
                        "--management.health.redis.enabled=false")) {
            Http http = new Http(RunningApplication.port(context));
            for (int user = 0; user < USERS; user++) {
                context.getBean(JdbcTemplate.class).update("insert into owner (id, city) values (?, 'c0')", user);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> sharedTier(http).equals("up"));
            List<Thread> users = new ArrayList<>();
            for (int user = 0; user < USERS; user++) {
                int id = user;
                Thread thread = new Thread(() -> use(http, id), "user-" + user);
                users.add(thread);
                thread.start();
            }
            awaitAnswers(300);
            redis.kill();
            await().atMost(Duration.ofSeconds(20)).until(() -> sharedTier(http).startsWith("down"));
            awaitAnswers(300);
            redis.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> sharedTier(http).equals("up"));
            awaitAnswers(300);
            over = true;
            for (Thread each : users) {
                each.join();
            }
        }
        assertThat(wrong).isEmpty();
    }

    private void awaitAnswers(int more) {
        int had = answers.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> answers.get() >= had + more);
    }

    /** One user changes what nobody else changes, so knows what is to be read. */
    private void use(Http http, int id) {
        String written = "c0";
        for (int i = 1; !over; i++) {
            if (i % 5 == 0) {
                HttpResponse<String> moved = http.put("/owners/" + id + "/city?city=c" + i);
                if (moved.statusCode() != 200) {
                    wrong.add("PUT " + moved.statusCode() + " " + moved.body());
                }
                written = "c" + i;
            }
            HttpResponse<String> read = http.get("/owners/" + id);
            if (read.statusCode() != 200) {
                wrong.add("GET " + read.statusCode() + " " + read.body());
            } else if (!read.body().contains("\"" + written + "\"")) {
                wrong.add(read.body() + " after " + written + " was written");
            }
            answers.incrementAndGet();
        }
    }

    private String sharedTier(Http http) {
        HttpResponse<String> response = http.get("/actuator/health");
        JsonNode health = http.json(response);
        if (response.statusCode() != 200 || !health.get("status").asString().equals("UP")) {
            wrong.add("health " + response.body());
        }
        return health.get("components")
                .get("perfkit")
                .get("details")
                .get("sharedTier")
                .asString();
    }
}
