package io.perfkit.spring.app;

import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
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
        PostgresServer postgres = PostgresServer.shared();
        String[] settings = {
            "--spring.datasource.url=" + postgres.jdbcUrl(postgres.createDatabase()),
            "--spring.datasource.hikari.maximum-pool-size=4",
            "--spring.jpa.hibernate.ddl-auto=create",
            "--spring.data.redis.url=" + RedisServer.shared().uri(),
            "--perfkit.cache.name=test-" + System.nanoTime(),
            "--perfkit.pagination.generate-key=true",
            "--perfkit.monitoring.response-time-header=true",
            "--management.endpoints.web.exposure.include=*",
            "--management.endpoint.health.show-details=always",
            "--server.port=0",
            "--spring.main.banner-mode=off"
        };
        String[] all = new String[settings.length + more.length];
        System.arraycopy(settings, 0, all, 0, settings.length);
        System.arraycopy(more, 0, all, settings.length, more.length);
        return new SpringApplication(Application.class).run(all);
    }

    public static int port(ConfigurableApplicationContext context) {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }
}
