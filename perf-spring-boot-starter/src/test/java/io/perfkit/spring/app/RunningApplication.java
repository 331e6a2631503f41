package io.perfkit.spring.app;

import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The application on the servers that all tests share: started with the first test that asks for it, and kept. */
public final class RunningApplication {

    private static ConfigurableApplicationContext shared;

    private RunningApplication() {}

    public static synchronized ConfigurableApplicationContext shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    public static ConfigurableApplicationContext start(String... more) {
        return new SpringApplication(Application.class).run(arguments(more).toArray(String[]::new));
    }

    /** What an application in a process of its own is started with, too. */
    public static List<String> arguments(String... more) {
        PostgresServer postgres = PostgresServer.shared();
        String[] settings = {
            "--spring.datasource.url=" + postgres.jdbcUrl(postgres.createDatabase()),
            "--spring.datasource.hikari.maximum-pool-size=4",
            "--spring.jpa.hibernate.ddl-auto=create",
            "--spring.data.redis.url=" + RedisServer.shared().uri(),
            "--perfkit.cache.name=test-" + System.nanoTime(),
            "--perfkit.pagination.generate-key=true",
            "--perfkit.jobs.store=database",
            "--perfkit.jobs.initialize-schema=true",
            "--perfkit.monitoring.response-time-header=true",
            "--management.endpoints.web.exposure.include=*",
            "--management.endpoint.health.show-details=always",
            "--server.port=0",
            "--spring.main.banner-mode=off"
        };
        // Given twice, an argument would become a list.
        Map<String, String> all = new LinkedHashMap<>();
        Stream.concat(Stream.of(settings), Stream.of(more))
                .forEach(each -> all.put(each.substring(0, each.indexOf('=')), each));
        return List.copyOf(all.values());
    }

    public static int port(ConfigurableApplicationContext context) {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }
}
